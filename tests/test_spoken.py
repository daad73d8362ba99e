"""Screens asked for in words, without a slash: the same words for whoever may open them, with or without accents."""

from __future__ import annotations

import pytest

from domain.people import Role
from handlers.routes import SCREENS
from handlers.spoken import FOR_ALL, FOR_OFFICE, screen_of
from tests.app import running_app
from tests.registering import WORK, all_said, seat
from texts.compose import plain
from texts.message import line


@pytest.mark.parametrize(
    ("said", "delegate", "officer"),
    [
        ("nop bao cao", "reports", "reports"),
        ("Báo cáo", "reports", "reports"),
        ("tôi muốn nộp báo cáo", "reports", "reports"),
        ("tinh hinh nop", "reports", "progress_all"),
        ("Hạn nộp", "duties_mine", "dates_of_plans"),
        ("xin gia hạn", "extensions", "extensions"),
        ("nhac viec", "preferences", "preferences"),
        ("dang ky", "register", "register"),
        ("xin gia han bao cao giai doan 1", "extensions", "extensions"),
        ("tôi muốn nộp lại báo cáo giai đoạn 1", "reports", "reports"),
        ("xin gia hạn báo cáo giai đoạn 1 thì làm thế nào", None, None),
        ("phát động", None, "launch"),
        ("phat dong giai doan 2", None, "launch"),
        ("phát động giai đoạn 2 khi nào", None, None),
        ("ban nhap", "drafts", "drafts"),
        ("nộp báo cáo giai đoạn 2 ở đâu", None, None),
        ("", None, None),
    ],
)
def test_words_open_what_they_name(said, delegate, officer):
    assert screen_of(said, Role.DELEGATE) == delegate
    assert screen_of(said, Role.OFFICER) == officer
    assert screen_of(said, None) == delegate


def test_what_they_open_is_there():
    assert {*FOR_ALL, *FOR_OFFICE} <= SCREENS.keys()


async def test_they_open_it_where_no_answer_is_waited_for(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db") as app:
        await seat(app, "a")
        assert await app.say("a", "nhac viec") == await app.say("a", "/nhacviec")
        for word in ("huy", "/huy", "thôi", "lưu"):
            assert await app.say("a", word) == [plain(line("flow.nothing_open"), "vi")]
        assert await app.say("a", "quay lai") == await app.say("a", "menu")
        await all_said(app, "a", "/dangky", "1", "1")
        assert "gia han" in (await all_said(app, "a", "gia han", *WORK[2:]))[0], "at a question it is its answer"

"""What has been put aside: told apart by what was said in it, and never so much that nothing else stands in the menu."""

from __future__ import annotations

import pytest

from tests.launching import everybody
from tests.registering import words

pytestmark = pytest.mark.begins.with_args(everybody)


async def begins(app, text):
    """A message that is left for another one."""
    await app.tap("o", "broadcast_new")
    await app.say("o", text)


def labels(app):
    return [label for label, _ in app.phone.buttons("o")]


async def test_many_drafts_are_one_button_and_each_is_told_apart(app):
    for text in ("Lịch họp giao ban", "{ten} kính mến,\nHội nghị ngày 12/5 " + "rất dài " * 20, "Nhắc nộp báo cáo"):
        await begins(app, text)
    await app.say("o", "lưu")
    await app.say("o", "menu")
    assert labels(app)[:2] == [
        "▶ Làm tiếp: Thông báo – Nhắc nộp báo cáo",
        words("drafts.button", number=3),
    ]
    (told,) = await app.tap("o", words("drafts.button", number=3))
    assert words("drafts.head", number=3) in told
    first, second, third = labels(app)[:3]
    assert "Nhắc nộp báo cáo" in first
    assert "Hội nghị ngày 12/5" in second
    assert second.endswith("… (08:00 24/04/2023)"), second
    await app.tap("o", third)
    await app.say("o", "quay lại")
    assert "Lịch họp giao ban" in app.phone.texts("o")[-1]
    await app.say("o", "menu")
    assert words("drafts.button", number=3) not in labels(app)


async def test_with_none_left_it_is_said(app):
    assert await app.tap("o", "drafts") == [words("flow.no_draft")]


async def test_a_text_that_took_its_time_is_not_dropped_by_a_slip(app):
    await begins(app, "Họp")
    assert "Em đã dừng lại" in (await app.say("o", "huỷ"))[0]
    await begins(app, "Kính mời anh/chị dự họp giao ban")
    (asked,) = await app.say("o", "huỷ")
    assert words("flow.sure", what=words("flow.title.broadcast")) in asked
    await app.say("o", "lưu")
    await app.say("o", "menu")
    assert "họp giao ban" in labels(app)[0]


async def test_the_offices_everyday_lists_stand_in_its_menu(app):
    await app.say("o", "menu")
    assert labels(app)[:4] == [
        words(f"{one}.button") for one in ("progress_all", "dossiers", "broadcasts", "dates_of_plans")
    ]
    await app.say("a", "menu")
    assert words("progress_all.button") not in [label for label, _ in app.phone.buttons("a")]

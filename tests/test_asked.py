"""Free questions are answered with dates as they stand for whoever asks: extended, moved, confirmed."""

from __future__ import annotations

import pytest

from tests.extending import YES, asked, everybody
from tests.registering import words
from tests.setting_dates import DUTY, PLAN, in_production

ASK = "hạn nộp báo cáo giai đoạn 1 khi nào?"

pytestmark = pytest.mark.begins.with_args(everybody)


async def test_a_units_own_day_is_told_to_its_people_alone(app):
    (before,) = await app.say("a", ASK)
    assert "trước ngày 01/5/2023" in before
    assert "đã gia hạn" not in before
    await asked(app)
    await app.tap("o", YES)
    for who, extended in (("a", True), ("head", True), ("other", False), ("visitor", False)):
        (told,) = await app.say(who, ASK)
        assert ("đã gia hạn đến 12/05/2023" in told) == extended, who
        assert (words("duty.last", last="12/05/2023", working="12/05/2023") in told) == extended, who


async def test_also_at_an_open_question_which_is_asked_again(app):
    await asked(app)
    await app.tap("o", YES)
    await app.say("a", "/dangky")
    await app.say("a", "1")
    told = await app.say("a", ASK)
    assert "đã gia hạn đến 12/05/2023" in told[0]


async def test_a_moved_date_is_told_to_everybody(tmp_path):
    async with in_production(f"sqlite:///{tmp_path}/t.db") as one:
        await one.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
        await one.say("o", "20/4")
        await one.say("o", "Nhiều doanh nghiệp nghỉ phòng dịch")
        await one.tap("o", words("move_date.review.confirm"))
        for who in ("a", "visitor"):
            (told,) = await one.say(who, "hạn đăng ký danh hiệu năm 2020 ở Bắc Giang khi nào?")
            assert "Ban ấn định đến hết 20/04/2020" in told, who

"""Once a week officers are asked about dates nobody can be reminded of, through the whole app."""

from __future__ import annotations

from datetime import date, datetime

import pytest

import campaigns
from handlers.here import ZONE
from scheduler.ask_dates import begins_a_week
from tests.noticing import action, turned
from tests.registering import words
from tests.setting_dates import DUTY, PLAN, REVIEW, in_production

MONDAY = datetime(2020, 4, 6, 8, tzinfo=ZONE)


@pytest.fixture
async def app(database_url):
    async with in_production(database_url) as one:
        yield one


def asked(running, who="o"):
    return [one for one in running.phone.texts(who) if "Đầu tuần" in one]


async def test_in_one_message_with_the_way_to_them(app):
    await turned(app, MONDAY)
    (told,) = asked(app)
    for one in ("5 thời hạn", "❔ Đăng ký danh hiệu thi đua năm 2020", "❔ Đợt 2", "❔ Sơ kết 6 tháng"):
        assert one in told
    assert len(asked(app, "p")) == 1
    assert asked(app, "far") == asked(app, "a") == [], "their plans do not run"
    assert action(app, "o", "dates/") == f"+dates/{PLAN}"
    (listed,) = await app.tap("o", action(app, "o", "dates/"))
    assert "Đăng ký danh hiệu" in listed
    await turned(app, datetime(2020, 4, 13, 8, tzinfo=ZONE))
    (one,) = await app.tap("o", action(app, "o", f"date/{PLAN}/duty/{REVIEW}"))
    assert words("dates.no_day") in one, "each has a button of its own"


async def test_once_a_week_and_not_at_night(app):
    await turned(app, datetime(2020, 4, 6, 7, 29, tzinfo=ZONE))
    assert asked(app) == []
    await turned(app, MONDAY)
    await turned(app)
    await turned(app, datetime(2020, 4, 7, 8, tzinfo=ZONE))
    assert len(asked(app)) == 1
    await turned(app, datetime(2020, 4, 13, 8, tzinfo=ZONE))
    assert len(asked(app)) == 2


async def test_on_another_day_than_the_first_nobody_is_asked(app):
    await turned(app, datetime(2020, 4, 8, 8, tzinfo=ZONE))
    assert asked(app) == []


async def test_what_is_confirmed_muted_or_set_is_not_asked_about_again(app):
    await app.tap("o", f"dates_all/{PLAN}")
    await app.tap("o", "✅ Đúng cả, xác nhận 5 ngày")
    await turned(app, MONDAY)
    (told,) = asked(app)
    assert "Đăng ký danh hiệu" not in told
    assert "➖ Sơ kết 6 tháng" in told, "it still has no day"
    await app.tap("o", f"date_mute/{PLAN}/duty/t4")
    await turned(app, datetime(2020, 4, 13, 8, tzinfo=ZONE))
    assert app.phone.buttons("o") == [(words("weekly.button"), f"+date/{PLAN}/duty/{REVIEW}")], "the very one"
    await app.tap("o", f"date_mute/{PLAN}/duty/{REVIEW}")
    await turned(app, datetime(2020, 4, 20, 8, tzinfo=ZONE))
    assert len(asked(app)) == 2, "nothing is left to ask"


async def test_what_is_over_is_not_asked_about(app):
    await turned(app, datetime(2020, 4, 20, 8, tzinfo=ZONE))
    (told,) = asked(app)
    assert "Đăng ký danh hiệu" not in told
    await app.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    await turned(app, datetime(2021, 1, 4, 8, tzinfo=ZONE))
    assert len(asked(app)) == 1, "the campaign is over"


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("2023-04-24", True), ("2023-04-25", False), ("2023-04-23", False), ("2023-05-04", True), ("2023-05-05", False),
        ("2023-01-27", True),
    ],
)  # fmt: skip
def test_a_week_begins_with_its_first_working_day(day, begins):
    calendar, today = campaigns.calendar(), date.fromisoformat(day)
    assert (calendar.works(today) and begins_a_week(today, calendar)) == begins

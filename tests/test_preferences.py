"""One's own hour and topics, through the whole app; and how they stand among one's data."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from handlers.here import ZONE
from tests.extending import WHY, asked
from tests.noticing import D3, notices, offices, turned
from tests.registering import all_said, files_for, words

PHASES = "Các giai đoạn của phong trào"

pytestmark = pytest.mark.begins.with_args(offices)


async def test_told_from_the_hour_that_was_chosen(both):
    (shown,) = await both.say("a", "/nhacviec")
    assert "07:30" in shown
    await both.tap("a", words("preferences.hour"))
    (told,) = await both.tap("a", "14:00")
    assert words("preferences.hour_set", at="14:00") in told
    before = len(both.phone.texts("a"))
    await turned(both, D3)
    assert len(both.phone.texts("a")) == before
    assert both.phone.texts("other"), "the others are told in the morning"
    await turned(both, datetime(2023, 4, 25, 14, tzinfo=ZONE))
    assert len(both.phone.texts("a")) == before + 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9h15", "09:15"),
        ("7:30", "07:30"),
        ("20", "20:00"),
        ("19 giờ 5", "19:05"),
        ("luc 9 gio sang", "09:00"),
        ("3h chiều", "15:00"),
        ("730", "07:30"),
        ("8g rưỡi", "08:30"),
    ],
)
async def test_any_minute_can_be_typed(app, typed, kept):
    (told,) = await app.say("a", f"/nhacviec {typed}")
    assert words("preferences.hour_set", at=kept) in told
    await app.say("a", "/nhacviec")
    await app.tap("a", words("preferences.hour"))
    assert await app.say("a", typed) == [told], "the question takes it without the command"


@pytest.mark.parametrize("typed", ["7h29", "20:01", "25", "sớm", "12:60"])
async def test_an_hour_at_which_nothing_goes_out_is_refused_and_asked_for_again(app, typed):
    (told,) = await app.say("a", f"/nhacviec {typed}")
    assert words("preferences.ask", first="07:30", last="20:00") in told
    (row,) = await app.rows("SELECT notice_minute FROM members WHERE id = 1")
    assert row["notice_minute"] == 450
    assert "08:00" in (await app.tap("a", "08:00"))[0]


async def test_phases_can_be_switched_off_and_on_duties_cannot(both):
    (shown,) = await both.say("member", "/nhacviec")
    assert not [one for one, _ in both.phone.buttons("member") if "phải nộp:" in one]
    (off,) = await both.tap("member", words("preferences.switch_off", topic=PHASES))
    assert words("preferences.off", topic=PHASES) in off
    await turned(both, datetime(2023, 5, 4, 9, tzinfo=ZONE))
    assert both.phone.texts("member")[-1] == off
    ended = await notices(both, "kind = 'phase' AND day = '2023-05-04'")
    assert {row["state"] for row in ended if row["reason"]} >= {"expired"}
    assert "bắt đầu" in both.phone.texts("other")[-1]
    await both.tap("member", words("preferences.switch_on", topic=PHASES))
    assert (await both.say("member", "/nhacviec"))[0] == shown


async def test_summaries_are_offered_to_officers_alone(app):
    summaries = words("preferences.switch_off", topic=words("preferences.topic.summaries"))
    for who, there in (("o", True), ("a", False)):
        await app.say(who, "/nhacviec")
        assert (summaries in dict(app.phone.buttons(who))) == there


async def test_forged_buttons_and_visitors_change_nothing(app):
    for action in ("topic/duties/off", "topic/phases/x", "topic", "notice_hour/3", "notice_hour/x/y"):
        await app.tap("a", action)
    assert await app.rows("SELECT 1 FROM members WHERE mutes <> '' OR notice_minute <> 450") == []
    for action in ("preferences", "topic/phases/off", "notice_hour/09:00"):
        assert await app.tap("visitor", action) == [words("register.not_a_member")]


async def test_they_stand_among_ones_data_and_go_with_it(both):
    await all_said(both, "a", "/nhacviec 9h15")
    await both.tap("a", "topic/phases/off")
    await asked(both)
    await both.tap("a", "report/haiphong-2023/r1/0")
    await both.say("a", "/tailen")
    await turned(both, D3)
    told = "\n".join(await both.say("a", "/dulieu"))
    assert words("privacy.notices", at="09:15", number=1) in told
    assert words("privacy.extensions_asked", number=1) in told
    file = files_for(both, "a")[-1]
    kept = json.loads(file.content)
    assert kept["extensions_asked"][0]["reason"] == WHY
    assert kept["preferences"] == [{"notice_minute": 555, "mutes": "phases"}]
    await both.say("a", "/xoadulieu")
    await both.tap("a", words("erase.review.confirm"))
    (row,) = await both.rows("SELECT notice_minute, mutes FROM members WHERE id = 1")
    assert (row["notice_minute"], row["mutes"]) == (450, "")


async def test_what_one_was_told_and_an_open_link_stand_among_ones_data(app):
    await turned(app, D3)
    await app.tap("a", "report/haiphong-2023/r1/0")
    await app.say("a", "/tailen")
    told = "\n".join(await app.say("a", "/dulieu"))
    assert words("privacy.upload_links", number=1) in told
    kept = json.loads(files_for(app, "a")[-1].content)
    assert {(one["about"], one["state"]) for one in kept["told"]} >= {("r1", "sent")}
    assert kept["upload_links"][0]["expires_at"].startswith("2023-04-25T")

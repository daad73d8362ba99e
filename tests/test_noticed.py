"""What people answer to notices, through the whole app: received, later, into the calendar; tapped or typed."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from handlers.here import ZONE
from tests.app import Phone, running_app
from tests.extending import SEND, WHY, YES, asked
from tests.noticing import D3, action, notices, offices, turned
from tests.planning import written
from tests.registering import all_said, filed, seat, words

EVE = datetime(2023, 4, 28, 9, tzinfo=ZONE)
"""the last working day before the deadline, which is on the Sunday after"""

pytestmark = pytest.mark.begins.with_args(offices)


def last(running, who):
    return running.phone.texts(who)[-1]


async def reminded(running):
    """On a Monday everybody reads what they missed before, on Tuesday only of the two duties that are near."""
    await turned(running)
    await turned(running, D3)


async def test_received_is_kept_once_and_the_notice_stands_without_the_button(both):
    await reminded(both)
    before, got = last(both, "a"), action(both, "a", "got/")
    shown = both.phone.sent[-1]
    (told,) = await both.say("a", kind="tap", action=got, tapped="7")
    assert told.startswith(before)
    assert told.endswith(words("noticed.thanks", at="09:00 25/04/2023"))
    edited = both.phone.sent[-1]
    assert edited.edits == "7", "it takes the notice's place"
    assert not [one for _, one in edited.buttons if "got/" in one]
    assert [one for _, one in edited.buttons if "report/" in one]
    rows = await notices(both, "acknowledged_at IS NOT NULL")
    assert {row["member"] for row in rows} == {1}
    await both.move_to(datetime(2023, 4, 25, 10, tzinfo=ZONE))
    await both.say("a", kind="tap", action=got)
    assert await notices(both, "acknowledged_at IS NOT NULL") == rows, "the first time counts"
    assert shown.edits is None


async def test_the_buttons_that_stay_open_beside_the_notice(app):
    await reminded(app)
    await app.say("a", kind="tap", action=action(app, "a", "got/"), tapped="7")
    await app.say("a", kind="tap", action=action(app, "a", "ics/"), tapped="7")
    assert app.phone.sent[-1].edits is None


async def test_once_more_on_the_next_working_morning(both):
    await reminded(both)
    (told,) = await both.tap("a", action(both, "a", "later/"))
    assert told == words("noticed.later", day="26/04/2023")
    await both.tap("a", action(both, "a", "later/"))
    before = len(both.phone.texts("a"))
    await turned(both, datetime(2023, 4, 26, 7, 31, tzinfo=ZONE))
    assert len(both.phone.texts("a")) == before + 1
    assert "Báo cáo kết quả Giai đoạn 1" in last(both, "a")
    await turned(both)
    assert len(both.phone.texts("a")) == before + 1


async def test_not_where_it_has_been_handed_in_meanwhile(app):
    await reminded(app)
    await app.tap("a", action(app, "a", "later/"))
    await filed(app, "a")
    before = len(app.phone.texts("a"))
    await turned(app, datetime(2023, 4, 26, 8, tzinfo=ZONE))
    assert [one for one in app.phone.texts("a")[before:] if "công trình, mô hình" in one] == []


async def test_what_is_in_is_not_asked_for_once_more(app):
    await reminded(app)
    later = action(app, "a", "later/")
    await filed(app, "a")
    await app.tap("a", later)
    assert {row["about"] for row in await notices(app, "rung LIKE 'later:%'")} == {"r1"}
    await written(app.app.database, "UPDATE dossiers SET kind = 'report', subject = 'r1'")
    await written(app.app.database, "DELETE FROM notices WHERE about <> 'r1'")
    assert await app.tap("a", later) == [words("noticed.is_in")]


async def test_a_tap_at_night_means_the_next_morning_and_none_past_the_deadline(app):
    await reminded(app)
    await turned(app, EVE)
    assert action(app, "a", "later/") == "", "the next working day is past the deadline"
    rows = await notices(app, "member = 1 AND state = 'sent'")
    (told,) = await app.tap("a", f"later/{rows[-1]['outbox']}")
    assert told == words("noticed.too_late", day="04/05/2023")
    assert not await notices(app, "rung LIKE 'later:%'")


async def test_one_duty_for_the_calendar_with_the_units_own_day(both):
    await asked(both)
    await both.tap("o", YES)
    await turned(both, datetime(2023, 5, 9, 9, tzinfo=ZONE))
    await both.tap("a", "ics/haiphong-2023/r1")
    file = both.phone.sent[-1].file
    assert file
    text = file.content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20230512" in text
    await both.tap("other", "ics/haiphong-2023/r1")
    other = both.phone.sent[-1].file
    assert other
    assert "DTSTART;VALUE=DATE:20230430" in other.content.decode()
    assert await both.tap("a", "ics/haiphong-2023/x") == [words("noticed.not_yours")]


async def test_only_whom_it_was_for_can_answer_it(both):
    await reminded(both)
    got = action(both, "a", "got/")
    later = action(both, "a", "later/")
    assert got
    assert later
    for who in ("other", "far", "o", "visitor"):
        for forged in (got, later, "got/999999", "later/x", "got/", "got/1/2/3"):
            assert await both.tap(who, forged) == [words("noticed.not_yours")], (who, forged)
    assert await notices(both, "member = 1 AND (acknowledged_at IS NOT NULL OR rung LIKE 'later:%')") == []


async def test_two_taps_at_once_are_one(both):
    await reminded(both)
    got, later = action(both, "a", "got/"), action(both, "a", "later/")
    await asyncio.gather(*(both.phone.hand_in("a", kind="tap", action=one) for one in (later, got, later, got)))
    await both.settled()
    again = await notices(both, "rung LIKE 'later:%'")
    assert len(again) == len({(row["about"], row["unit"]) for row in again})


async def test_the_words_of_a_notices_button_can_be_typed(app):
    await reminded(app)
    (told,) = await app.say("a", "da nhan")
    assert "em đã ghi nhận" in told
    assert await notices(app, "member = 1 AND acknowledged_at IS NOT NULL")
    await app.say("a", "/phongtrao")
    (asked_for,) = await app.say("a", "nop bao cao")
    assert "Báo cáo kết quả Giai đoạn 1" in asked_for
    assert words("flow.not_a_choice") not in asked_for


async def test_also_at_an_open_question_to_which_a_button_leads_back(app):
    await reminded(app)
    await app.tap("other", "register")
    await app.say("other", "1")
    (told,) = await app.say("other", "da nhan")
    assert "em đã ghi nhận" in told
    assert "resume:register_work" in [action for _, action in app.phone.buttons("other")]


async def test_not_after_two_weeks_and_not_what_another_was_told(app):
    await reminded(app)
    await seat(app, "new", unit="kkt-hai-phong-dn-4")
    assert "em đã ghi nhận" not in (await app.say("new", "da nhan"))[-1]
    await app.move_to(datetime(2023, 5, 20, 9, tzinfo=ZONE))
    assert "em đã ghi nhận" not in (await app.say("a", "da nhan"))[-1]


async def test_where_nothing_is_tapped_a_notice_has_no_numbers(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone(buttons=False)]) as one:
        await offices(one)
        await all_said(one, "a", "/giahan")
        menu = one.phone.buttons("a")
        await reminded(one)
        notice = one.phone.sent[-1]
        assert notice.unasked
        reply = next(sent for sent in one.phone.sent if sent.buttons == tuple(menu))
        assert not reply.unasked
        (told,) = await one.say("a", "1")
        assert "xin gia hạn" in told.lower(), "a number means the menu that was answered last"


async def test_a_request_for_an_extension_is_answered_by_typing_too(app):
    await app.tap("a", "ask_extension/haiphong-2023/r1/0")
    await all_said(app, "a", "12/5", WHY)
    await app.tap("a", SEND)
    (told,) = await app.say("p", "dong y den ngay")
    assert "12/05/2023" in told

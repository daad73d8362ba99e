"""Deadlines through the whole app, to the microsecond: in time, late, refused, returned."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.campaign import Asks
from domain.dossier import After
from domain.people import ENTERPRISE_ACTORS
from handlers import turn
from handlers.here import ZONE
from storage import openings
from storage.openings import ByHand
from tests.registering import (
    CONFIRM,
    OFFICE,
    WORK,
    WORKS,
    all_said,
    at_review,
    dossiers,
    filed,
    hand_in_at,
    seat,
    words,
)

LAST = datetime(2023, 4, 30, 23, 59, 59, 999_999, tzinfo=ZONE)
"""the last moment that is in time"""

pytestmark = pytest.mark.begins(start=WORKS)


async def production(running):
    """Stamps of messengers count, as they do where no clock can be moved."""
    turns = running.app.turns._turns
    turns._site = turn.replace(turns._site, trusts_stamps=True)


async def refuse_late(running):
    """The board takes nothing after the last day."""
    opened = ByHand(ENTERPRISE_ACTORS, LAST.date(), After.REFUSE)
    now = running.app.clock.business()
    await running.app.database.run(openings.open_, "haiphong-2023", Asks.WORK, opened, now, None)


@pytest.mark.parametrize(("sent", "late"), [(LAST, 0), (LAST + timedelta(microseconds=1), 1)])
async def test_the_messengers_stamp_decides_to_the_last_microsecond(both, sent, late):
    await production(both)
    await seat(both, "a")
    await at_review(both, "a")
    await both.move_to(LAST + timedelta(hours=2))
    await hand_in_at(both, "a", {"text": "1"}, sent, "u")
    (dossier,) = await dossiers(both)
    assert dossier["filed_at"] == int(sent.timestamp() * 1e6)
    assert dossier["late"] == late
    assert (words("dossier.late") in both.phone.texts("a")[-1]) == bool(late)


@pytest.mark.parametrize("trusted", [True, False])
async def test_no_stamp_is_believed_that_is_later_than_the_intake_and_none_under_a_movable_clock(app, trusted):
    if trusted:
        await production(app)
    await seat(app, "a")
    await at_review(app, "a")
    await app.move_to(LAST + timedelta(hours=2))
    other = timedelta(days=9) if trusted else -timedelta(days=2)
    await hand_in_at(app, "a", {"text": "1"}, LAST + other, "u")
    (dossier,) = await dossiers(app)
    (taken,) = await app.rows("SELECT taken_at FROM inbox WHERE update_id = 'u'")
    assert dossier["filed_at"] == taken["taken_at"]
    assert dossier["late"] == 1


async def test_a_tap_carries_no_stamp(app):
    await production(app)
    await seat(app, "a")
    await at_review(app, "a")
    action = dict(app.phone.buttons("a"))[CONFIRM]
    await app.move_to(LAST + timedelta(hours=2))
    await hand_in_at(app, "a", {"kind": "tap", "action": action}, LAST, "u")
    assert (await dossiers(app))[0]["late"] == 1


@pytest.mark.parametrize(("moment", "late"), [(LAST.replace(second=30), 0), (LAST + timedelta(microseconds=1), 1)])
async def test_the_clock_decides_where_there_is_no_stamp(app, moment, late):
    await seat(app, "a")
    await at_review(app, "a")
    await app.move_to(moment)
    await app.tap("a", CONFIRM)
    assert (await dossiers(app))[0]["late"] == late


async def test_where_nothing_late_is_taken_the_answers_stay_as_a_draft(both):
    await seat(both, "a")
    await refuse_late(both)
    await at_review(both, "a")
    await both.move_to(LAST + timedelta(microseconds=1))
    refused = await both.tap("a", CONFIRM)
    assert refused[0].startswith(words("register.too_late", last=LAST.date()))
    assert await dossiers(both) == []
    assert len(await both.rows("SELECT 1 FROM drafts")) == 1
    assert WORK[1] not in "".join(await both.say("a", "/dangky"))
    await both.say("a", "menu")
    draft = next(action for _, action in both.phone.buttons("a") if action.startswith("resume:"))
    assert WORK[1] in "".join(await both.tap("a", draft))
    await both.tap("a", CONFIRM)
    assert await dossiers(both) == []
    assert len(await both.rows("SELECT 1 FROM drafts")) == 1, "kept again"


async def test_where_nothing_late_is_taken_the_last_second_is_in_time(app):
    await production(app)
    await seat(app, "a")
    await refuse_late(app)
    await at_review(app, "a")
    await app.move_to(LAST + timedelta(hours=2))
    await hand_in_at(app, "a", {"text": "1"}, LAST, "u")
    assert [one["late"] for one in await dossiers(app)] == [0]


async def decide(running, number, *answers):
    await running.tap("o", f"judge/{number}")
    await all_said(running, "o", *answers, "1")


@pytest.mark.parametrize("refuses", [False, True])
async def test_what_was_in_time_and_returned_is_not_late_for_coming_back(app, refuses):
    await seat(app, "a")
    await seat(app, "o", OFFICE, "officer")
    if refuses:
        await refuse_late(app)
    number = await filed(app, "a")
    await decide(app, number, "2", "Chưa rõ mục tiêu")
    assert (await dossiers(app))[0]["state"] == "returned"
    await app.move_to(LAST + timedelta(days=3))
    await app.tap("a", f"edit/{number}")
    await all_said(app, "a", "2", "muc tieu", "300 cây")
    await app.tap("a", CONFIRM)
    (dossier,) = await dossiers(app)
    assert (dossier["state"], dossier["version"], dossier["late"]) == ("submitted", 2, 0)


async def test_what_is_changed_after_the_deadline_is_marked_late_and_the_version_in_time_stays(app):
    await seat(app, "a")
    number = await filed(app, "a")
    await app.move_to(LAST + timedelta(days=3))
    await app.tap("a", f"edit/{number}")
    await all_said(app, "a", "2", "muc tieu", "300 cây")
    await app.tap("a", CONFIRM)
    kept = await app.rows("SELECT version, late FROM dossier_versions ORDER BY version")
    assert [(one["version"], one["late"]) for one in kept] == [(1, 0), (2, 1)]

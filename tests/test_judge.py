"""What is claimed is judged in the same transaction: words made now, nothing at night, nothing that holds no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Sent
from domain.calendar import Calendar
from handlers.here import ZONE
from scheduler.judge import GIVE_UP_AFTER, Judge
from scheduler.outcomes import after
from storage import broadcasts, claims, coverage, people
from storage.broadcasts import LEFT, Counts
from storage.claims import Claim, Drop, Hold
from storage.outbox import NOTICE, REPLY
from tests.app import rows
from tests.broadcasting import RUNNING, made, queued, write
from tests.databases import opened, queue
from tests.test_fan_out import UNITS, seats
from texts.message import line, say


def at(text):
    """Business time in microseconds of a moment in Asia/Ho_Chi_Minh."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1_000_000)


WEDNESDAY, NIGHT, SATURDAY = at("2023-11-15 09:00"), at("2023-11-15 20:30"), at("2023-11-18 09:00")
NEXT_MORNING, MONDAY = at("2023-11-16 07:30"), at("2023-11-20 07:30")


@dataclass
class Words:
    """Words for notices, in a test's hand."""

    verdict: object = field(default_factory=lambda: say(line("menu.head")))
    asked: list = field(default_factory=list)

    async def __call__(self, tx, parcel, now):
        self.asked.append((parcel.key, now.isoformat()))
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


class Sender:
    """Claims as the sender of one process does."""

    def __init__(self, database, now=WEDNESDAY):
        self.database, self.now, self.at, self.words = database, now, now, Words()
        self.judge = Judge(self.words, Calendar)

    def business(self):
        return self.now

    def machine(self):
        return self.at

    async def claim(self, most=100):
        want = Claim("phone", "me", most, None, self.now, self.at, self.judge.hours(self.now))
        self.parcels, self.again = await self.database.run(claims.claim, want, self.judge)
        return [one.key for one in self.parcels]

    async def sent(self):
        return await self.database.run(after, "me", "phone", [(one, Sent("1")) for one in self.parcels], self)


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:

        async def units(tx):
            for unit in UNITS.values():
                await people.put_unit(tx, unit, "kkt")

        await one.run(units)
        yield one


@pytest.fixture
def sender(database):
    return Sender(database)


async def running(database, *members, **more):
    """A broadcast to unit a, running, with a row for each of them."""
    number = await made(database, *RUNNING, created_at=WEDNESDAY, **more)

    async def unit(tx):
        await tx.run("fan_out.add_unit", broadcast=number, unit="a")

    await database.run(unit)
    await queued(database, number, *members)
    return number


async def row(database, key):
    return next(one for one in await rows(database, "SELECT * FROM outbox") if one["key"] == key)


async def test_notices_get_their_words_when_they_are_claimed(database, sender):
    await database.run(queue, "notices:7", "a", NOTICE)
    assert await sender.claim() == ["notices:7"]
    assert sender.parcels[0].message == say(line("menu.head"))
    assert sender.words.asked == [("notices:7", "2023-11-15T09:00:00+07:00")]


async def test_what_holds_no_more_ends_with_its_reason_and_never_goes(database, sender):
    sender.words.verdict = Drop("cancelled", "handed in")
    await database.run(queue, "notices:7", "a", NOTICE)
    assert await sender.claim() == []
    assert sender.again is not None, "there may be more behind it"
    told = await row(database, "notices:7")
    assert (told["state"], told["reason"], told["ended_at"]) == ("cancelled", "handed in", WEDNESDAY)
    assert await sender.claim() == []


@pytest.mark.parametrize(("now", "opens"), [(NIGHT, NEXT_MORNING), (SATURDAY, MONDAY)])
async def test_reminders_wait_for_working_hours(database, now, opens):
    sender = Sender(database, now)
    await database.run(queue, "notices:7", "a", NOTICE)
    assert await sender.claim() == []
    told = await row(database, "notices:7")
    assert (told["state"], told["not_before"], told["attempts"]) == ("ready", opens, 0)
    assert sender.words.asked == [], "the words are made when it goes"
    sender.now = opens
    assert await sender.claim() == ["notices:7"]


async def test_what_concerns_one_person_goes_on_any_day_but_not_at_night(database):
    sender = Sender(database, NIGHT)
    await database.run(queue, "dossier:1", "a", NOTICE)
    await database.run(queue, "reply:1:0", "b", REPLY)
    assert await sender.claim() == ["reply:1:0"], "who speaks at night is answered at night"
    assert (await row(database, "dossier:1"))["not_before"] == NEXT_MORNING
    early = Sender(database, at("2023-11-16 03:00"))
    await database.run(queue, "dossier:2", "c", NOTICE)
    assert await early.claim() == []
    assert (await row(database, "dossier:2"))["not_before"] == NEXT_MORNING
    weekend = Sender(database, SATURDAY)
    assert sorted(await weekend.claim()) == ["dossier:1", "dossier:2"]


async def test_what_cannot_be_worded_keeps_nobody_else_back_and_is_given_up_one_day(database, sender):
    sender.words.verdict = KeyError("phase")
    await database.run(queue, "notices:7", "a", NOTICE)
    await database.run(queue, "dossier:1", "b", NOTICE)
    assert await sender.claim() == ["dossier:1"]
    told = await row(database, "notices:7")
    assert (told["state"], told["not_before"]) == ("ready", WEDNESDAY + 600_000_000)
    await write(database, f"UPDATE outbox SET attempts = {GIVE_UP_AFTER} WHERE key = 'notices:7'")
    sender.now = told["not_before"]
    assert await sender.claim() == []
    assert (await row(database, "notices:7"))["state"] == "failed"


async def test_a_broadcasts_words_stand_once_and_its_button_names_it(database, sender):
    (member,) = await seats(database, 1, "a")
    number = await running(database, member)
    assert await sender.claim() == [f"broadcast:{number}:{member}"]
    (choice,) = sender.parcels[0].message.choices
    assert choice.action == f"+received/{number}"
    await sender.sent()
    assert await database.read(broadcasts.counts, number) == Counts(sent=1)


async def test_who_has_left_the_unit_is_taken_away_and_nobody_is_added(database, sender):
    stays, leaves = await seats(database, 2, "a")
    number = await running(database, stays, leaves)
    await write(database, f"DELETE FROM memberships WHERE member = {leaves}")
    await seats(database, 1, "a")
    assert await sender.claim() == [f"broadcast:{number}:{stays}"]
    assert await database.read(broadcasts.counts, number) == Counts(queued=1, removed=1)
    listed = {one.member: one.reason for one in await database.read(coverage.people, number, 0, 9)}
    assert listed == {stays: None, leaves: LEFT}


async def test_a_broadcast_waits_for_working_hours_unless_it_goes_at_once(database):
    first, second = await seats(database, 2, "a")
    waits = await running(database, first)
    urgent = await running(database, second, at_once=True)
    sender = Sender(database, SATURDAY)
    assert await sender.claim() == [f"broadcast:{urgent}:{second}"]
    sender.now = MONDAY
    assert await sender.claim() == [f"broadcast:{waits}:{first}"]


async def test_a_pause_holds_at_once(database, sender):
    members = await seats(database, 5, "a")
    number = await running(database, *members)
    assert len(await sender.claim(2)) == 2
    await database.run(broadcasts.pause, number, WEDNESDAY)
    assert await sender.claim() == []
    await sender.sent()
    assert await sender.claim() == [], "what was in flight is all that goes"
    await database.run(broadcasts.resume, number, WEDNESDAY)
    assert len(await sender.claim()) == 3


async def test_what_was_paused_between_claim_and_judging_is_held(database, sender):
    """On PostgreSQL a pause may commit in between."""
    (member,) = await seats(database, 1, "a")
    number = await running(database, member)
    await sender.claim()
    await database.run(broadcasts.pause, number, WEDNESDAY)
    (verdict,) = (await database.run(sender.judge, sender.parcels, WEDNESDAY)).values()
    assert isinstance(verdict, Hold)


async def test_several_at_once_share_what_there_is(database, sender):
    members = await seats(database, 12, "a")
    numbers = [await running(database, *members[n : n + 4]) for n in (0, 4, 8)]
    going = [key.split(":")[1] for key in await sender.claim(6)]
    assert sorted(going) == sorted(str(n) for n in numbers for _ in range(2))


@given(st.lists(st.sampled_from(["claim", "pause", "resume", "stop", "sent", "feed"]), max_size=14))
def test_paused_or_stopped_sends_nothing_and_nobody_twice(steps):
    """Whatever officers do in whatever order: what goes out after a pause was in flight, cancelled never goes."""
    import asyncio
    import tempfile

    async def play():
        with tempfile.TemporaryDirectory() as folder:
            async with opened(f"sqlite:///{folder}/p.db") as database:
                await write(database, "INSERT INTO units(slug, board, kind, name, predecessors, sample) "
                            "VALUES ('a', 'kkt', 'enterprise', 'A', '[]', 0)")  # fmt: skip
                await _play(database, steps)

    asyncio.run(play())


async def _play(database, steps):
    sender, claimed, free = Sender(database), [], iter(await seats(database, 30, "a"))
    number = await running(database, next(free), next(free))
    for step in steps:
        if step == "claim":
            keys = await sender.claim(1)
            state = (await database.read(broadcasts.get, number)).state
            assert not keys or state == "running"
            claimed += keys
        elif step == "sent" and claimed:
            await sender.sent()
        elif step == "feed":
            await queued(database, number, next(free))
        elif step in {"pause", "resume", "stop"}:
            await database.run(getattr(broadcasts, step), number, WEDNESDAY)
    assert len(claimed) == len(set(claimed))
    cancelled = {row["key"] for row in await rows(database, "SELECT key FROM outbox WHERE state = 'cancelled'")}
    assert not cancelled & set(claimed)

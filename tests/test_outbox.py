"""Rows on their way out: lanes, order, pace, fences, and what becomes of each ending. No channel, no clock that runs."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

import pytest

from channels.contract import Moved, NotSent, Refused, Sent, SlowDown, Unknown, Unreachable
from domain.broadcast import RecipientState
from scheduler import outcomes
from scheduler.outcomes import LONGEST_WAIT, REPEAT_AFTER, after, recover
from storage import broadcasts, claims, coverage, pace
from storage.claims import Claim
from storage.outbox import A_CHAT, LEASE, NOTICE, REPLY
from storage.pace import AHEAD, SLOWED
from tests.app import rows
from tests.broadcasting import RUNNING, made, queued, write
from tests.databases import NOW, SECOND, opened, queue, receive

RATE = 20.0
STEP = int(SECOND / RATE)


@dataclass
class Hand:
    """Both clocks in a test's hand."""

    now: int = NOW
    at: int = NOW

    def business(self) -> int:
        return self.now

    def machine(self) -> int:
        return self.at


class Sender:
    """Claims and records as one worker would."""

    def __init__(self, database, name="worker", rate=None):
        self.database, self.name, self.rate, self.hand = database, name, rate, Hand()

    async def claim(self, most=100):
        want = Claim("phone", self.name, most, self.rate, self.hand.now, self.hand.at)
        self.parcels, self.again = await self.database.run(claims.claim, want)
        return [parcel.key for parcel in self.parcels]

    async def ends(self, *outcomes_):
        """The parcels just claimed end like this, one after another; how many were still ours."""
        landed = list(zip(self.parcels, outcomes_, strict=True))
        return await self.database.run(after, self.name, "phone", landed, self.hand)

    async def recover(self, alone="", held=()):
        return await self.database.run(recover, self.hand.at, self.hand.now, alone, self.name, held)


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


@pytest.fixture
def sender(database):
    return Sender(database)


async def put(database, *keys, **more):
    for key in keys:
        await database.run(lambda tx, key=key: queue(tx, key, **more))


async def row(database, key):
    return next(one for one in await rows(database, "SELECT * FROM outbox") if one["key"] == key)


async def test_the_same_occasion_twice_is_one_row(database, sender):
    await put(database, "notice:1", "notice:1")
    assert await sender.claim() == ["notice:1"]


async def test_replies_go_before_notices_and_notices_before_broadcasts(database, sender):
    number = await made(database, *RUNNING)
    await queued(database, number, 1, 2)
    for lane in (NOTICE, REPLY):
        await put(database, f"{lane}.1", address=f"x{lane}", lane=lane)
        await put(database, f"{lane}.2", address=f"y{lane}", lane=lane)
    assert await sender.claim(3) == [f"{REPLY}.1", f"{REPLY}.2", f"{NOTICE}.1"]
    assert await sender.claim(3) == [f"{NOTICE}.2", f"broadcast:{number}:1", f"broadcast:{number}:2"]


async def test_one_is_in_flight_to_an_address_and_order_holds(database, sender):
    await put(database, "r1", "r2", "r3", address="a")
    await put(database, "other", address="b")
    await put(database, "notice", address="a", lane=NOTICE)
    assert await sender.claim() == ["r1", "other"]
    other = Sender(database, "somebody else")
    assert await other.claim() == []
    await sender.ends(Sent("1"), Sent("2"))
    assert await other.claim() == ["r2"]
    await other.ends(NotSent("no line"))
    assert await sender.claim() == [], "a chat has just been sent something: what we begin there waits a second"
    sender.hand.at += A_CHAT
    await write(database, f"UPDATE outbox SET retry_at = {sender.hand.at + SECOND} WHERE key = 'r2'")
    assert await sender.claim() == ["notice"], "a reply that is tried again later keeps its place before the next"
    await sender.ends(Sent("3"))
    sender.hand.at += 10 * SECOND
    assert await sender.claim() == ["r2"]


async def test_nothing_goes_before_its_time(database, sender):
    await put(database, "tomorrow", not_before=NOW + 1)
    assert await sender.claim() == []
    sender.hand.now += 1
    assert await sender.claim() == ["tomorrow"]


async def test_a_result_counts_only_for_the_worker_that_holds_the_row(database, sender):
    await put(database, "r1")
    await sender.claim()
    stranger = Sender(database, "stranger")
    stranger.parcels = sender.parcels
    assert await stranger.ends(Refused("not mine")) == 0
    assert (await row(database, "r1"))["state"] == "sending"
    assert await sender.ends(Sent("7")) == 1
    assert await sender.ends(Refused("too late")) == 0
    told = await row(database, "r1")
    assert (told["state"], told["ref"], told["worker"]) == ("sent", "7", None)


async def test_what_was_not_sent_is_tried_again_ever_later_and_one_day_given_up(database, sender, monkeypatch):
    monkeypatch.setattr(outcomes, "GIVE_UP_AFTER", 12)
    await put(database, "r1")
    waits = []
    while (await row(database, "r1"))["state"] == "ready":
        assert await sender.claim() == ["r1"]
        await sender.ends(NotSent("no line"))
        told = await row(database, "r1")
        waits.append((told["retry_at"] - sender.hand.at) // SECOND)
        assert told["reason"] == "no line"
        sender.hand.at = max(sender.hand.at, told["retry_at"])
    assert waits[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert max(waits[:-1]) == LONGEST_WAIT
    assert (told["state"], told["attempts"]) == ("failed", 12)


async def test_slow_down_pauses_the_whole_channel_and_costs_no_attempt(database):
    sender, other = Sender(database, "one", RATE), Sender(database, "two", RATE)
    await put(database, "r1", address="a")
    await put(database, "r2", address="b")
    await sender.claim(1)
    await sender.ends(SlowDown(30.0, "wait 30 s"))
    assert (await row(database, "r1"))["attempts"] == 0
    for one in (sender, other):
        one.hand.at += 29 * SECOND
        assert await one.claim() == []
        assert one.again > one.hand.at
    await other.database.run(pace.pause, "phone", other.hand.at, other.hand.at)
    assert await other.claim() == [], "a shorter pause does not end a longer one"
    other.hand.at += SECOND
    assert sorted(await other.claim()) == ["r1", "r2"]
    assert min(parcel.at for parcel in other.parcels) >= other.hand.at
    spaced = sorted(parcel.at for parcel in other.parcels)
    assert spaced[1] - spaced[0] == int(STEP / SLOWED)


async def test_an_address_that_moved_gets_the_same_message_there(database, sender):
    await database.run(receive, "u1", "old")
    await put(database, "r1", "r2", address="old")
    await sender.claim()
    await sender.ends(Moved("new"))
    assert await sender.claim() == ["r1"]
    assert sender.parcels[0].address == "new"
    await sender.ends(Sent("1"))
    assert await sender.claim() == ["r2"]
    assert [one["address"] for one in await rows(database, "SELECT address FROM addresses")] == ["new"]


async def test_an_address_may_move_to_one_that_is_known(database, sender):
    await database.run(receive, "u1", "old")
    await database.run(receive, "u2", "new")
    await put(database, "r1", address="old")
    await sender.claim()
    assert await sender.ends(Moved("new")) == 1
    assert await sender.claim() == ["r1"]


async def test_who_cannot_be_reached_gets_nothing_more_until_they_speak_again(database, sender):
    await database.run(receive, "u1", "a")
    await put(database, "r1", "r2", address="a")
    await put(database, "others", address="b")
    assert await sender.claim() == ["r1", "others"]
    await sender.ends(Unreachable("blocked by the user"), Sent("1"))
    assert await sender.claim() == []
    r1, r2 = await row(database, "r1"), await row(database, "r2")
    assert [(one["state"], one["reason"]) for one in (r1, r2)] == [
        ("failed", "blocked by the user"),
        ("cancelled", "blocked by the user"),
    ]
    await put(database, "r3", address="a")
    assert await sender.claim() == ["r3"]


async def test_a_doubtful_reply_is_repeated_once(database, sender):
    await database.run(receive, "u1", "a")
    await put(database, "reply:1:0")
    await sender.claim()
    await sender.ends(Unknown("cut"))
    assert await sender.claim() == []
    sender.hand.at += REPEAT_AFTER * SECOND
    assert await sender.claim() == ["reply:1:0"]
    await sender.ends(Unknown("cut again"))
    told = await row(database, "reply:1:0")
    assert (told["state"], told["reason"], told["repeats"]) == ("unknown", "cut again", 1)
    sender.hand.at += 1000 * SECOND
    assert await sender.claim() == []


async def test_a_doubtful_reply_is_left_when_the_person_has_spoken_since(database, sender):
    member = await database.run(receive, "u1", "a")
    await put(database, "reply:1:0", member=member)
    await sender.claim()
    await database.run(receive, "u2", "a")
    await sender.ends(Unknown("cut"))
    told = await row(database, "reply:1:0")
    assert (told["state"], told["reason"]) == ("unknown", "cut")


async def test_a_doubtful_broadcast_is_left_and_named(database, sender):
    number = await made(database, *RUNNING)
    await queued(database, number, 1)
    await sender.claim()
    await sender.ends(Unknown("cut"))
    assert (await row(database, f"broadcast:{number}:1"))["state"] == "unknown"
    (listed,) = await database.read(coverage.people, number, 0, 9)
    assert (listed.state, listed.reason, listed.ended_at) == (RecipientState.UNKNOWN, "cut", sender.hand.now)


async def test_a_lost_lease_is_in_doubt_and_a_renewed_one_is_not(database, sender):
    await put(database, "reply:1:0", address="a")
    await put(database, "reply:2:0", address="b")
    await sender.claim()
    held = [parcel.id for parcel in sender.parcels if parcel.key == "reply:2:0"]
    sender.hand.at += LEASE + 1
    assert await sender.recover(held=held) == {"repeated": 1, "unknown": 0}
    assert (await row(database, "reply:1:0"))["repeats"] == 1
    assert (await row(database, "reply:2:0"))["state"] == "sending"
    other = Sender(database, "other")
    other.hand.at = sender.hand.at + LEASE - 1
    assert await other.recover() == {"repeated": 0, "unknown": 0}
    other.hand.at += 2
    assert await other.recover() == {"repeated": 1, "unknown": 0}
    assert await sender.ends(Sent("late"), Sent("late")) == 0


async def test_where_one_process_is_alone_it_takes_up_what_was_left_at_once(database, sender):
    await put(database, "reply:1:0", address="a")
    await put(database, "notice:1", address="b", lane=NOTICE)
    await sender.claim()
    heir = Sender(database, "heir")
    assert await heir.recover(alone="heir") == {"repeated": 1, "unknown": 1}
    left = await row(database, "notice:1")
    assert (left["state"], left["reason"]) == ("unknown", "the process ended while sending")


async def test_a_clock_of_the_office_that_moves_on_touches_no_lease_and_no_retry(database, sender):
    await put(database, "reply:1:0", address="a")
    await put(database, "reply:2:0", address="b")
    await sender.claim()
    await sender.ends(NotSent("no line"), Sent("1"))
    await put(database, "reply:3:0", address="c")
    await sender.claim()
    sender.hand.now += 365 * 24 * 3600 * SECOND
    assert await sender.recover() == {"repeated": 0, "unknown": 0}
    assert await sender.claim() == []


async def drained(senders, number, every=7_000):
    """Send slots of all messages, with senders that look every few milliseconds of a common machine clock."""
    slots, at = [], NOW
    while len(slots) < number:
        at += every
        for one in senders:
            one.hand.at = at
        for keys in await asyncio.gather(*(one.claim() for one in senders)):
            assert len(keys) <= 2 * AHEAD // STEP + 2
        slots += [parcel.at for one in senders for parcel in one.parcels]
        for one in senders:
            await one.ends(*[Sent("1")] * len(one.parcels))
            one.parcels = []
    return sorted(slots)


@pytest.mark.parametrize("workers", [1, 2])
async def test_workers_together_get_no_more_slots_than_one(database, workers):
    senders = [Sender(database, f"w{n}", RATE) for n in range(workers)]
    for n in range(40):
        await put(database, f"r{n}", address=f"a{n}")
    slots = await drained(senders, 40)
    assert {b - a for a, b in itertools.pairwise(slots)} == {STEP}


async def test_no_burst_after_a_rest_or_a_restart(database):
    first = Sender(database, "first", RATE)
    await put(database, *[f"r{n}" for n in range(6)], address="a")
    for n in range(12):
        await put(database, f"s{n}", address=f"a{n}")
    await first.claim(3)
    slots = [parcel.at for parcel in first.parcels]
    again = Sender(database, "after a restart", RATE)
    again.hand.at += 1
    await again.claim()
    slots += [parcel.at for parcel in again.parcels]
    assert {b - a for a, b in itertools.pairwise(slots)} == {STEP}
    again.hand.at += 3600 * SECOND
    await again.claim()
    assert next(parcel.at for parcel in again.parcels) == again.hand.at
    assert len(again.parcels) <= 2 * AHEAD // STEP + 1


async def test_a_reply_overtakes_broadcasts_that_have_no_slot_yet(database):
    sender = Sender(database, rate=RATE)
    await queued(database, await made(database, *RUNNING), *range(30))
    await sender.claim()
    assert await sender.claim() == []
    await put(database, "reply", address="z")
    assert await sender.claim() == ["reply"], "for a reply there is always a slot"


async def test_a_paused_broadcasts_rows_are_not_even_claimed(database, sender):
    number = await made(database, *RUNNING)
    await queued(database, number, 1, 2)
    assert len(await sender.claim(1)) == 1
    await database.run(broadcasts.pause, number, NOW)
    assert await sender.claim() == []

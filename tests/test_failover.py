"""An address that fails for good hands its row on; what is in doubt is repeated or named; clocks and freezes do no harm."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from channels.contract import NotSent, Refused, Sent, SlowDown, Unknown, Unreachable
from domain.broadcast import BroadcastState, Step
from domain.calendar import Calendar, SpecialDay
from scheduler.departures import Departures
from scheduler.outcomes import REPEAT_NOTICE_AFTER, after, recover
from scheduler.unseen import UNSEEN_FOR, Unseen, before
from storage import broadcasts, claims, failover, outbox, transcript
from storage.broadcasts import Counts
from storage.claims import LONG, Claim
from storage.outbox import LEASE, NOTICE
from storage.unseen import NOT_SEEN
from tests.app import rows
from tests.broadcasting import RUNNING, made, queued, write
from tests.databases import NOW, SECOND, opened, queue
from tests.test_fan_out import seats

RATE = 20.0


class Sender:
    """Claims and records for one channel as one process does."""

    def __init__(self, database, channel="telegram", name="me", rate=None):
        self.database, self.channel, self.name, self.rate = database, channel, name, rate
        self.now = self.at = NOW

    def business(self):
        return self.now

    def machine(self):
        return self.at

    async def claim(self, most=100):
        want = Claim(self.channel, self.name, most, self.rate, self.now, self.at)
        self.parcels, self.again = await self.database.run(claims.claim, want)
        return [one.key for one in self.parcels]

    async def ends(self, *outcomes):
        landed = list(zip(self.parcels, outcomes, strict=True))
        return await self.database.run(after, self.name, self.channel, landed, self)


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        await write(one, "INSERT INTO units(slug, board, kind, name, predecessors, sample) "
                    "VALUES ('a', 'kkt', 'enterprise', 'A', '[]', 0)")  # fmt: skip
        yield one


@pytest.fixture
def telegram(database):
    return Sender(database)


@pytest.fixture
def web(database):
    return Sender(database, "web")


async def notice(database, member, channel="telegram", key="notices:1"):
    """A message that waits for somebody, with one notice in the ledger that it tells."""

    async def unit(tx):
        await queue(tx, key, f"{channel}-{member}", NOTICE, channel=channel, member=member)

    await database.run(unit)
    (row,) = await rows(database, f"SELECT id FROM outbox WHERE key = '{key}'")
    await write(database, "INSERT INTO notices(member, board, unit, kind, campaign, about, version, rung, day, until, state, why, "
                f"outbox, planned_at) VALUES ({member}, 'kkt', 'a', 'duty', 'c', '{key}', '', 'd1', '2023-11-15', '2023-11-15', "
                f"'queued', '', {row['id']}, 0)")  # fmt: skip
    return row["id"]


async def ledger(database):
    return [
        (row["state"], row["reason"]) for row in await rows(database, "SELECT state, reason FROM notices ORDER BY id")
    ]


async def the_row(database):
    (row,) = await rows(database, "SELECT * FROM outbox")
    return row


@pytest.mark.parametrize("outcome", [Unreachable("blocked"), Refused("too long")])
async def test_the_same_row_goes_to_the_next_best_address(database, telegram, web, outcome):
    (member,) = await seats(database, 1, "a", channels=("web", "telegram"))
    await notice(database, member)
    assert await telegram.claim() == ["notices:1"]
    await telegram.ends(outcome)
    assert await ledger(database) == [("queued", None)], "it is still to come"
    assert await web.claim() == ["notices:1"]
    assert web.parcels[0].address == f"web-{member}"
    await web.ends(Sent("1"))
    assert await ledger(database) == [("sent", None)]
    row = await the_row(database)
    assert (row["tried"], row["state"]) == (f"telegram telegram-{member}|", "sent")


async def test_where_every_address_has_failed_it_ends_with_the_last_reason(database, telegram, web):
    (member,) = await seats(database, 1, "a", channels=("web", "telegram"))
    await notice(database, member)
    await telegram.claim()
    await telegram.ends(Refused("too long"))
    await web.claim()
    await web.ends(Refused("too long here too"))
    assert await telegram.claim() == [], "an address is not tried twice"
    assert await ledger(database) == [("failed", "too long here too")]


async def test_what_waits_at_a_lost_address_goes_on_too(database, telegram, web):
    (member,) = await seats(database, 1, "a", channels=("web", "telegram"))
    number = await made(database, *RUNNING)
    await queued(database, number, member, channel="telegram")
    await write(database, f"UPDATE outbox SET address = 'telegram-{member}'")
    await notice(database, member, key="notices:2")
    await database.run(failover.lost, "telegram", f"telegram-{member}", "left", NOW)
    assert await telegram.claim() == []
    assert await web.claim() == ["notices:2"]
    await web.ends(Sent("1"))
    web.at += SECOND
    assert await web.claim() == [f"broadcast:{number}:{member}"]


async def test_where_nothing_else_is_left_it_fails_by_name_and_replies_are_cancelled(database):
    (member,) = await seats(database, 1, "a")
    number = await made(database, *RUNNING)
    await queued(database, number, member, channel="telegram")
    await write(database, f"UPDATE outbox SET address = 'telegram-{member}'")
    await notice(database, member)

    async def reply(tx):
        await queue(tx, "reply:1:0", f"telegram-{member}", channel="telegram", member=member)

    await database.run(reply)
    await database.run(failover.lost, "telegram", f"telegram-{member}", "left", NOW)
    ended = {row["key"]: row["state"] for row in await rows(database, "SELECT key, state FROM outbox")}
    assert ended == {f"broadcast:{number}:{member}": "failed", "notices:1": "failed", "reply:1:0": "cancelled"}
    assert await ledger(database) == [("failed", "left")]
    assert await database.read(broadcasts.failures, number) == [("left", 1)]


async def test_a_doubtful_reminder_is_repeated_once_later_and_then_named(database, telegram):
    (member,) = await seats(database, 1, "a")
    await notice(database, member)
    await telegram.claim()
    await telegram.ends(Unknown("cut"))
    telegram.at += (REPEAT_NOTICE_AFTER - 1) * SECOND
    assert await telegram.claim() == []
    telegram.at += SECOND
    assert await telegram.claim() == ["notices:1"]
    await telegram.ends(Unknown("cut again"))
    telegram.at += 10 * REPEAT_NOTICE_AFTER * SECOND
    assert await telegram.claim() == []
    assert await ledger(database) == [("unknown", "cut again")]


async def test_a_crash_leaves_a_broadcasts_row_in_doubt_and_listed(database, telegram):
    (member,) = await seats(database, 1, "a")
    number = await made(database, *RUNNING)
    await queued(database, number, member, channel="telegram")
    await telegram.claim()
    await database.run(recover, NOW + LEASE + 1, NOW)
    assert await database.read(broadcasts.counts, number) == Counts(unknown=1)
    assert await telegram.ends(Sent("1")) == 0, "what wakes up later changes nothing any more"
    assert await database.read(broadcasts.counts, number) == Counts(unknown=1)


# the web chat


def local(text):
    return datetime.fromisoformat(text)


def test_four_working_hours_before():
    days = Calendar.of([SpecialDay(local("2023-11-16").date(), works=False, name="", source="")], [])
    assert before(local("2023-11-15 12:00"), UNSEEN_FOR, days) == local("2023-11-15 08:00")
    assert before(local("2023-11-15 08:30"), UNSEEN_FOR, days) == local("2023-11-14 17:30")
    assert before(local("2023-11-17 07:30"), UNSEEN_FOR, days) == local("2023-11-15 16:30"), "the 16th is off"
    assert before(local("2023-11-20 09:30"), UNSEEN_FOR, days) == local("2023-11-17 18:30"), "over the weekend"
    assert before(local("2023-11-18 03:00"), UNSEEN_FOR, days) == local("2023-11-17 16:30")


async def in_the_web_chat(database, web, key, member):
    """It is stored there at NOW: a Wednesday, five in the morning."""

    async def unit(tx):
        return await transcript.add(tx, "web", f"web-{member}", transcript.Said(key, NOW, "{}"))

    await web.claim()
    entry = await database.run(unit)
    await web.ends(Sent(str(entry)))
    return entry


MORNING = NOW + 8 * 3600 * SECOND


async def test_what_nobody_sees_in_the_web_chat_goes_to_the_next_address(database, telegram, web):
    (member,) = await seats(database, 1, "a", channels=("telegram", "web"))
    await notice(database, member, "web")
    await in_the_web_chat(database, web, "notices:1", member)
    now = [NOW]
    job = Unseen(database, Calendar, lambda: now[0])
    now[0] = NOW + 6 * 3600 * SECOND
    assert not any((await job()).values()), "not four working hours yet"
    now[0] = MORNING + 12 * 3600 * SECOND
    assert (await job())["passed_on"] == 1
    assert not any((await job()).values()), "once"
    assert await ledger(database) == [("queued", NOT_SEEN)]
    telegram.now = now[0]
    assert await telegram.claim() == ["notices:1"]
    await telegram.ends(Sent("1"))
    assert await ledger(database) == [("sent", None)]


async def test_what_was_seen_stays_and_what_has_no_other_way_counts_as_not_reached(database, web):
    seen, unseen = [(await seats(database, 1, "a", channels=("web",)))[0] for _ in range(2)]
    await notice(database, seen, "web", "notices:1")
    await notice(database, unseen, "web", "notices:2")
    await web.claim()
    parcels = web.parcels
    for one in parcels:
        said = transcript.Said(one.key, NOW, "{}")
        await database.run(transcript.add, "web", one.address, said)
    await web.ends(*(Sent("1") for _ in parcels))
    await database.run(transcript.seen, "web", f"web-{seen}", 10**9, NOW)
    assert (await Unseen(database, Calendar, lambda: MORNING + 12 * 3600 * SECOND)())["not_seen"] == 1
    assert await ledger(database) == [("sent", None), ("failed", NOT_SEEN)]


async def test_a_broadcast_that_was_done_goes_on_for_whom_it_was_not_seen_by(database, telegram, web):
    (member,) = await seats(database, 1, "a", channels=("telegram", "web"))
    number = await made(database, *RUNNING)
    await queued(database, number, member, channel="web")
    await write(database, f"UPDATE outbox SET address = 'web-{member}'")
    await in_the_web_chat(database, web, f"broadcast:{number}:{member}", member)
    assert await database.run(broadcasts.move, number, Step.FINISH, NOW)
    await Unseen(database, Calendar, lambda: MORNING + 12 * 3600 * SECOND)()
    assert (await database.read(broadcasts.get, number)).state is BroadcastState.RUNNING
    telegram.now = MORNING + 12 * 3600 * SECOND
    assert await telegram.claim() == [f"broadcast:{number}:{member}"]


# clocks


async def test_a_clock_set_back_an_hour_holds_nothing_up(database):
    sender = Sender(database, rate=RATE)
    for n in range(6):
        await database.run(lambda tx, n=n: queue(tx, f"reply:{n}:0", f"x{n}", channel="telegram"))
    assert len(await sender.claim(2)) == 2
    await sender.ends(SlowDown(3.0, "wait"), NotSent("no line"))
    sender.at -= LONG + 60 * SECOND
    assert len(await sender.claim()) >= 5, "neither slots, pauses nor retries of the future hold"
    assert min(one.at for one in sender.parcels) <= sender.at + SECOND


async def test_a_lease_of_the_future_is_cut(database, telegram):
    await database.run(lambda tx: queue(tx, "broadcast:1:1", "x", channel="telegram"))
    await telegram.claim()
    earlier = NOW - LONG
    await database.run(recover, earlier, NOW)
    (row,) = await rows(database, "SELECT state, lease_until FROM outbox")
    assert (row["state"], row["lease_until"]) == ("sending", earlier + LEASE), "it has its time, and no more"
    await database.run(recover, earlier + LEASE + 1, NOW)
    assert (await the_row(database))["state"] != "sending"


async def test_a_clock_set_forward_loses_nothing_that_is_held(database, telegram):
    await database.run(lambda tx: queue(tx, "broadcast:1:1", "x", channel="telegram"))
    await telegram.claim()
    held = [one.id for one in telegram.parcels]
    telegram.at += LONG
    assert await database.run(recover, telegram.at, NOW, "", "me", held) == {"repeated": 0, "unknown": 0}
    assert await telegram.ends(Sent("1")) == 1


async def test_what_is_not_ones_own_any_more_is_not_renewed(database, telegram):
    await database.run(lambda tx: queue(tx, "reply:1:0", "x", channel="telegram"))
    await telegram.claim()
    (parcel,) = telegram.parcels
    assert await database.run(outbox.renew, "me", [parcel.id], NOW) == {parcel.id: NOW + LEASE}
    await database.run(recover, NOW + LEASE + 1, NOW)
    assert await database.run(outbox.renew, "me", [parcel.id], NOW) == {}


async def test_departures_do_not_wait_for_a_slot_of_the_future():
    now = [10**15]
    door = Departures(29.0, lambda: now[0])
    async with asyncio.timeout(5):
        await door.wait(now[0])
        now[0] -= LONG
        await door.wait(now[0] + LONG)
        await door.wait(now[0])

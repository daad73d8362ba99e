"""Rows of slow work: asked once, claimed by one, told exactly once, whatever ends in between; and what is told meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from channels.contract import Sent, Unknown
from scheduler.outcomes import after
from storage import claims, outbox, people, work
from storage.claims import Claim
from storage.units import Query, Want
from storage.work import LEASE, TRIES
from tests.app import rows
from tests.databases import NOW, opened, receive
from tests.working import Hand, asked, claimed, results_of, states
from texts.message import line, say


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def test_asked_twice_it_is_there_once(database):
    await asyncio.gather(*(asked(database, "k1", n=1) for _ in range(5)))
    await asked(database, "k2")
    assert len(await rows(database, "SELECT id FROM work")) == 2


async def test_its_result_is_an_inbox_row_of_that_person(database):
    member = await asked(database, n=1)
    (mine,) = await claimed(database)
    assert (mine.kind, mine.params, mine.member, mine.attempts) == ("count", {"n": 1}, member, 1)
    assert await database.run(work.finish, mine, {"sum": "hai"}, NOW + 5)
    (row,) = await results_of(database)
    assert row["raw"] == {"kind": "count", "params": {"n": 1}, "result": {"sum": "hai"}}
    assert (row["member"], row["channel"], row["address"], row["work"]) == (member, "phone", "a", mine.id)
    assert (row["update_id"], row["state"], row["taken_at"]) == (f"work:{mine.id}", "waiting", NOW + 5)
    assert not await database.run(work.finish, mine, {"sum": "ba"}, NOW), "it counts once"
    assert len(await results_of(database)) == 1
    assert await claimed(database) == []


async def test_two_workers_never_have_the_same_and_a_person_has_one_at_a_time(database):
    for number in range(12):
        await asked(database, f"k{number}", f"address{number % 4}")
    both = await asyncio.gather(*(claimed(database, worker, 3) for worker in ("one", "two") * 3))
    got = [one for some in both for one in some]
    assert len(got) == len({one.id for one in got}) == len({one.member for one in got}) == 4
    assert {one.key for one in got} == {"k0", "k1", "k2", "k3"}, "the oldest of each"
    await database.run(work.finish, got[0], {}, NOW)
    assert [one.member for one in await claimed(database)] == [got[0].member]


async def test_what_is_interrupted_is_done_again_and_given_up_at_the_third_time(database):
    await asked(database)
    for attempt in range(1, TRIES + 1):
        (mine,) = await claimed(database)
        assert mine.attempts == attempt
        assert await database.run(work.interrupted, NOW + LEASE - 1, NOW) == {"again": 0, "failed": 0}
        told = await database.run(work.interrupted, NOW + LEASE + 1, NOW)
        assert told == ({"again": 1, "failed": 0} if attempt < TRIES else {"again": 0, "failed": 1})
        assert not await database.run(work.finish, mine, {"late": 1}, NOW), "whoever lost it cannot end it"
        assert not await database.run(work.again, mine, 0, "late")
    (row,) = await results_of(database)
    assert row["raw"]["result"]["failed"]
    assert await states(database) == ["done"]


async def test_a_renewed_lease_holds_and_the_only_process_takes_all(database):
    await asked(database)
    (mine,) = await claimed(database)
    await database.run(work.renew, "two", [mine.id], NOW + LEASE)
    await database.run(work.renew, "one", [mine.id], NOW + LEASE)
    assert await database.run(work.interrupted, NOW + LEASE + 1, NOW) == {"again": 0, "failed": 0}
    assert await database.run(work.interrupted, NOW, NOW, "one") == {"again": 0, "failed": 0}
    assert await database.run(work.interrupted, NOW, NOW, "two") == {"again": 1, "failed": 0}


async def test_the_result_follows_a_person_who_was_linked(database):
    visitor = await asked(database)
    (mine,) = await claimed(database)
    into = await database.run(people.at_address, "phone", "b", NOW)
    await database.run(people.link, visitor, into)
    assert await database.run(work.finish, mine, {}, NOW)
    (row,) = await results_of(database)
    assert (row["member"], row["address"]) == (into, "a")


async def test_linked_while_it_ends(database_url):
    """On PostgreSQL both at once; whoever is first, the result has a person who is there."""
    async with opened(database_url) as database:
        for number in range(20):
            visitor = await asked(database, f"k{number}", f"v{number}")
            (mine,) = await claimed(database)
            into = await database.run(people.at_address, "phone", f"m{number}", NOW)
            await asyncio.gather(
                database.run(people.link, visitor, into), database.run(work.finish, mine, {"n": number}, NOW)
            )
            assert (await results_of(database))[-1]["member"] == into
        assert len(await results_of(database)) == 20


async def test_an_address_that_is_somebody_elses_now_is_not_told(database):
    member = await asked(database)
    (mine,) = await claimed(database)
    other = await database.run(people.at_address, "phone", "b", NOW)
    await database.run(_taken_over, "a", other)
    await database.run(_taken_over, "b", member)
    await database.run(work.finish, mine, {}, NOW)
    (row,) = await results_of(database)
    assert (row["member"], row["address"]) == (member, "b")


async def _taken_over(tx, address, member):
    await Query(f"UPDATE addresses SET member = {member} WHERE address = '{address}'", [], Want.COUNT)


async def test_nobody_is_told_who_has_no_address_left(database):
    member = await asked(database)
    (mine,) = await claimed(database)

    async def erased(tx):
        await tx.run("addresses.drop_of_member", member=member)

    await database.run(erased)
    assert await database.run(work.finish, mine, {}, NOW)
    assert await results_of(database) == []
    assert await states(database) == ["done"]


class Told:
    """What a person is told of work under way, and the sending of it."""

    def __init__(self, database, mine):
        self.database, self.mine = database, mine

    async def report(self, number):
        await self.database.run(work.report, self.mine, say(line("menu.no_such", number=number)), NOW)

    async def claim(self):
        want = Claim("phone", "sender", 10, None, NOW, NOW)
        self.parcels, _ = await self.database.run(claims.claim, want)
        return [(p.key, p.message.lines[0].params["number"], p.edits) for p in self.parcels]

    async def ends(self, outcome):
        await self.database.run(after, "sender", "phone", [(p, outcome) for p in self.parcels], Hand())


@pytest.fixture
async def told(database):
    await asked(database)
    return Told(database, (await claimed(database))[0])


async def test_progress_replaces_what_was_told_before(told):
    await told.report(1)
    await told.report(2)
    assert await told.claim() == [("work:1:1", 2, None)], "what is not sent yet is re-worded"
    await told.report(3)
    await told.ends(Sent("ref-1"))
    assert await told.claim() == [], "while one is being sent, the next is dropped"
    await told.report(4)
    assert await told.claim() == [("work:1:2", 4, "ref-1")], "what was sent is edited"


async def test_progress_in_doubt_is_not_repeated(told):
    await told.report(1)
    await told.claim()
    await told.ends(Unknown("cut"))
    (row,) = await rows(told.database, "SELECT state FROM outbox")
    assert row["state"] == "unknown"
    await told.report(2)
    assert await told.claim() == [("work:1:2", 2, None)]


async def test_no_progress_after_the_end(told):
    await told.report(1)
    await told.database.run(work.finish, told.mine, {}, NOW)
    await told.report(2)
    assert await told.claim() == [], "what was still to be told is out of date"
    (row,) = await rows(told.database, "SELECT state, reason FROM outbox")
    assert row["state"] == "cancelled"
    assert row["reason"]


async def test_a_result_is_not_speech(database):
    member = await database.run(receive, "u1", "a")
    await asked(database)
    (mine,) = await claimed(database)
    await database.run(work.finish, mine, {}, NOW)
    assert not await database.run(outbox.spoken_since, member, "reply:1:0")
    await database.run(receive, "u2", "a")
    assert await database.run(outbox.spoken_since, member, "reply:1:0")

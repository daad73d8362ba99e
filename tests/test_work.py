"""Slow work: asked once, done at least once, told exactly once, whatever ends in between; and what a turn makes of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from channels.contract import Envelope, Sent, Unknown
from handlers import results, turn
from handlers.here import Reply
from scheduler import slow_work
from scheduler.outcomes import after
from scheduler.slow_work import AgainError, SlowWork
from storage import outbox, people, work
from storage.outbox import Claim
from storage.units import Query, StorageUnavailableError, Want
from storage.work import LEASE, TRIES
from tests.app import START, Phone, rows, running_app
from tests.databases import NOW, SECOND, opened, receive
from texts.compose import plain
from texts.message import line, say


@dataclass
class Hand:
    """Both clocks in a test's hand."""

    now: int = NOW
    at: int = NOW

    def business(self) -> int:
        return self.now

    def machine(self) -> int:
        return self.at


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def asked(database, key="k1", address="a", kind="count", **params):
    """Work for the person at that address, who is met if need be."""

    async def unit(tx):
        member = await people.at_address(tx, "phone", address, NOW)
        await work.ask(tx, key=key, kind=kind, member=member, channel="phone", address=address, params=params, now=NOW)
        return member

    return await database.run(unit)


async def claimed(database, worker="one", most=10, at=NOW):
    return await database.run(work.claim, worker, most, at)


async def results_of(database):
    found = await rows(database, "SELECT * FROM inbox WHERE work IS NOT NULL ORDER BY id")
    return [{**row, "raw": json.loads(row["raw"])} for row in found]


async def states(database):
    return [row["state"] for row in await rows(database, "SELECT state FROM work ORDER BY id")]


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
        self.parcels, _ = await self.database.run(outbox.claim, want)
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


class Doing:
    """A SlowWork with doers of the test's own, and what they were given."""

    def __init__(self, database, hand=None, worker="one"):
        self.database, self.hand, self.done = database, hand or Hand(), []
        self.go, self.begun = asyncio.Event(), asyncio.Event()
        doers = {"count": self.count, "again": self.again, "breaks": self.breaks, "waits": self.waits, "no": self.no}
        self.slow = SlowWork(database, doers, self.hand, worker)

    async def count(self, mine, report):
        await report(say(line("menu.head")))
        self.done.append(mine.key)
        return {"n": mine.params.get("n")}

    async def again(self, mine, report):
        self.done.append(mine.attempts)
        if mine.attempts <= mine.params["fails"]:
            raise AgainError("not now", 30)
        return {}

    async def breaks(self, mine, report):
        self.done.append(mine.attempts)
        raise ZeroDivisionError("on purpose")

    async def waits(self, mine, report):
        self.begun.set()
        await self.go.wait()
        self.done.append(mine.key)
        return {}

    async def no(self, mine, report):
        return {"not JSON": {1, 2}}

    async def until(self, what):
        async with asyncio.timeout(20):
            while not await what():  # noqa: ASYNC110 - it is rows that say so, not an event
                await asyncio.sleep(0.005)

    async def all_done(self):
        return set(await states(self.database)) <= {"done"}

    async def idle(self):
        return not self.slow._tasks and not await claimed_rows(self.database)


async def claimed_rows(database):
    return await rows(database, "SELECT id FROM work WHERE state = 'running'")


@pytest.fixture
async def doing(database, monkeypatch):
    monkeypatch.setattr(slow_work, "IDLE", 0.005)
    one = Doing(database)
    await one.slow.start(alone=False)
    yield one
    one.go.set()
    await one.slow.stop(5)


async def test_it_is_done_and_told(database, doing):
    for number in range(10):
        await asked(database, f"k{number}", f"a{number % 3}", n=number)
    doing.slow.wake()
    await doing.until(doing.all_done)
    assert sorted(row["raw"]["result"]["n"] for row in await results_of(database)) == list(range(10))
    for person in range(3):
        mine = [int(key[1:]) for key in doing.done if int(key[1:]) % 3 == person]
        assert mine == sorted(mine), "one person's in order"


async def test_what_is_put_off_is_begun_again_later(database, doing):
    await asked(database, kind="again", fails=4)
    for attempt in range(1, 5):
        await doing.until(lambda attempt=attempt: _reached(doing, attempt))
        doing.hand.at += 29 * SECOND
        assert await claimed(database, at=doing.hand.at) == [], "not before its time"
        doing.hand.at += 2 * SECOND
    await doing.until(doing.all_done)
    assert doing.done == [1, 2, 3, 4, 5]
    (row,) = await results_of(database)
    assert "failed" not in row["raw"]["result"]


async def _reached(doing, attempt):
    return len(doing.done) == attempt and await doing.idle()


@pytest.mark.parametrize(
    ("kind", "tries", "says"), [("breaks", TRIES, "ZeroDivisionError"), ("nobody", TRIES, "KeyError"),
                                ("no", TRIES, "TypeError"), ("again", slow_work.PATIENT_TRIES, "not now")],
)  # fmt: skip
async def test_what_fails_ends_and_is_told(database, doing, kind, tries, says):
    await asked(database, kind=kind, fails=100)
    while not await doing.all_done():
        await doing.until(doing.idle)
        doing.hand.at += 1000 * SECOND
        await asyncio.sleep(0.005)
    (row,) = await results_of(database)
    assert says in row["raw"]["result"]["failed"]
    assert (await rows(database, "SELECT attempts FROM work"))[0]["attempts"] == tries


async def test_one_that_is_stuck_is_ended(database, doing, monkeypatch):
    monkeypatch.setattr(slow_work, "LIMIT", 0.02)
    await asked(database, kind="waits")
    while not await doing.all_done():
        doing.hand.at += 1000 * SECOND
        await asyncio.sleep(0.005)
    assert "TimeoutError" in (await results_of(database))[0]["raw"]["result"]["failed"]


async def test_what_is_not_done_at_the_stop_is_given_back_and_no_attempt_spent(database):
    one = Doing(database)
    await one.slow.start(alone=False)
    await asked(database, kind="waits")
    one.slow.wake()
    await one.begun.wait()
    await one.slow.stop(0.01)
    (row,) = await rows(database, "SELECT state, attempts, worker FROM work")
    assert tuple(row.values()) == ("ready", 0, None)
    two = Doing(database, worker="two")
    two.go.set()
    await two.slow.start(alone=False)
    await two.until(two.all_done)
    await two.slow.stop(5)
    assert two.done == ["k1"]


async def test_what_is_in_hand_at_the_stop_may_finish(database):
    one = Doing(database)
    await one.slow.start(alone=False)
    await asked(database, kind="waits")
    one.slow.wake()
    await one.begun.wait()
    stopping = asyncio.create_task(one.slow.stop(20))
    await asyncio.sleep(0)
    one.go.set()
    await stopping
    assert await states(database) == ["done"]
    assert len(await results_of(database)) == 1


async def test_in_hand_outlives_its_lease_and_a_dead_process_does_not(database):
    one, hand = Doing(database), Hand()
    await one.slow.start(alone=False)
    await asked(database, kind="waits")
    await asked(database, "k2", "b", kind="count")
    one.slow.wake()
    await one.begun.wait()
    await one.until(lambda: _only_waits(database))
    one.hand.at += 10 * LEASE
    assert await one.slow.recover() == {"again": 0, "failed": 0}
    hand.at = one.hand.at + 10 * LEASE
    two = Doing(database, hand, "two")
    assert await two.slow.recover() == {"again": 1, "failed": 0}, "one has not been heard of"
    await two.slow.start(alone=False)
    two.go.set()
    await two.until(two.all_done)
    one.go.set()
    await one.slow.stop(5)
    await two.slow.stop(5)
    assert one.done.count("k1") == two.done.count("k1") == 1, "done twice,"
    assert len(await results_of(database)) == 2, "told once"


async def _only_waits(database):
    return await states(database) == ["running", "done"]


async def test_a_database_that_is_away_delays_the_end(database, doing, monkeypatch):
    good, away = database.run, []

    async def run(unit, *args):
        if unit is work.finish and len(away) < 3:
            away.append(unit)
            raise StorageUnavailableError("on purpose")
        return await good(unit, *args)

    monkeypatch.setattr(database, "run", run)
    await asked(database)
    await doing.until(doing.all_done)
    assert len(away) == 3
    assert doing.done == ["k1"], "done once"


# What a turn makes of it.


@pytest.fixture
def counting(monkeypatch):
    """A kind of work whose result is told; who told it, and where."""
    heard = []

    async def told_(here, params, result):
        heard.append((here, params, result))
        return Reply((say(line("either", vi=f"tổng {result['n']}", en="")),), here.session)

    monkeypatch.setitem(results.RESULTS, "count", told_)
    return heard


async def ask_in(running, key="k1", address="u1", **params):
    member = (await running.rows(f"SELECT member FROM addresses WHERE address = '{address}'"))[0]["member"]
    now = running.app.clock.business()
    phone = running.phone.name

    async def unit(tx):
        await work.ask(tx, key=key, kind="count", member=member, channel=phone, address=address, params=params, now=now)

    await running.app.database.run(unit)


async def test_through_the_whole_app(database_url, counting):
    async with running_app(database_url, start=None, seeded=False) as running:
        await running.say("u1", "/menu")
        before = await running.rows("SELECT last_contact FROM addresses")
        done = Doing(running.app.database)
        running.app.slow._doers = {"count": done.count}
        await ask_in(running, n=7)
        await running.settled()
        assert running.phone.texts("u1")[-1] == "tổng 7"
        ((here, params, result),) = counting
        assert (params, result) == ({"n": 7}, {"n": 7})
        assert here.filed_at == (await running.rows("SELECT taken_at FROM inbox WHERE work IS NOT NULL"))[0]["taken_at"]
        assert await running.rows("SELECT last_contact FROM addresses") == before, "it is no contact"
        assert await running.app.database.read(work.counts) == {"done": 1}


async def test_results_are_told_however_many_and_are_no_flood(database_url, counting, monkeypatch):
    monkeypatch.setattr(turn, "FLOOD", 3)
    async with running_app(database_url, start=None, seeded=False) as running:
        done = Doing(running.app.database)
        running.app.slow._doers = {"count": done.count}
        for _ in range(2):
            await running.say("u1", "/menu")
        for number in range(5):
            await ask_in(running, f"k{number}", n=number)
        await running.settled()
        assert sum(text.startswith("tổng") for text in running.phone.texts("u1")) == 5
        assert await running.say("u1", "/menu") != [], "the third message of the person's own"


async def test_nothing_that_a_person_sends_passes_for_a_result(database_url, counting):
    async with running_app(database_url, start=None, seeded=False) as running:
        forged = json.dumps({"kind": "count", "params": {}, "result": {"n": 1}})
        await running.say("u1", forged)
        await running.phone.hand_in("u1", "/menu", update_id="work:1", kind="work", result={"n": 1}, params={})
        await running.settled()
        assert counting == []


async def test_a_kind_of_another_version_is_said(database_url):
    async with running_app(database_url, start=None, seeded=False) as running:
        await running.say("u1", "/menu")
        done = Doing(running.app.database)
        running.app.slow._doers = {"count": done.count}
        await ask_in(running)
        await running.settled()
        assert running.phone.texts("u1")[-1] == plain(line("work.unknown"), "vi")


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(
    ("kind", "early", "late"),
    [
        ("text", "stamp", "taken"),
        ("file", "stamp", "taken"),
        ("tap", "taken", "taken"),
        ("unsupported", "taken", "taken"),
    ],
)
async def test_when_it_counts_as_filed(tmp_path, kind, early, late, trusted, monkeypatch):
    seen = []
    good = turn._answer

    async def answer(here, heard):
        seen.append(here)
        return await good(here, heard)

    monkeypatch.setattr(turn, "_answer", answer)
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], start=START, seeded=False) as running:
        turns = running.app.turns._turns
        turns._site = turn.replace(turns._site, trusts_stamps=trusted)
        for minutes, counts in ((-90, early), (90, late)):
            stamp = int((START + timedelta(minutes=minutes)).timestamp() * 1e6)
            await stamped(running, kind, stamp)
            await running.settled()
            taken = (await running.rows("SELECT taken_at FROM inbox ORDER BY id DESC LIMIT 1"))[0]["taken_at"]
            assert seen[-1].filed_at == (stamp if counts == "stamp" and trusted else taken)
            assert seen[-1].filed_at <= taken


async def stamped(running, kind, stamp):
    number = len(await running.rows("SELECT id FROM inbox"))
    raw = json.dumps({"kind": kind, "text": "/menu"})
    assert await running.phone.intake(Envelope("phone", f"s{number}", "u1", stamp, raw))

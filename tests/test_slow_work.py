"""Slow work is done: at least once, told once, given back at a stop; and what a turn makes of its result."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from channels.contract import Envelope
from handlers import results, turn
from handlers.here import Reply
from scheduler import slow_work
from storage import work
from storage.units import StorageUnavailableError
from storage.work import LEASE, TRIES
from tests.app import START, Phone, rows, running_app
from tests.databases import SECOND, opened
from tests.working import Doing, Hand, asked, claimed, results_of, states
from texts.compose import plain
from texts.message import line, say


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


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

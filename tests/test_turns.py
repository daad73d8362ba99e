"""The road in: nothing twice, nothing lost, one person's turns in order whoever takes them, a bad one in nobody's way."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scheduler.take_turns
import storage.sqlite
from channels.contract import Envelope
from handlers import converse
from storage import inbox, people
from storage.units import Query, Want
from tests.app import Phone, rows, running_app
from tests.databases import NOW, opened, receive
from tests.machine import full_size
from texts.message import line, say

ECHO = "unknown_command"


@pytest.fixture
def echoes(monkeypatch):
    """Every message is answered by its own text, so that each answer tells which message it belongs to."""

    async def typed(here, text):
        return converse.reply(here, say(line("either", vi=text, en=text)))

    monkeypatch.setattr(converse, "typed", typed)


async def states(database):
    return Counter(row["state"] for row in await rows(database, "SELECT state FROM inbox"))


async def test_the_same_update_fifty_times_at_once_is_one_row(database_url):
    async with opened(database_url) as database:
        told = await asyncio.gather(*(database.run(receive, "u1") for _ in range(50)))
        assert sum(one is not None for one in told) == 1
        assert await states(database) == {"waiting": 1}


async def test_every_address_has_one_person_from_its_first_contact(database_url):
    async with opened(database_url) as database:
        told = await asyncio.gather(*(database.run(receive, f"u{n}", f"address{n % 4}") for n in range(40)))
        assert len(set(told)) == 4
        assert len(await rows(database, "SELECT id FROM members")) == 4
        mine = await rows(database, "SELECT DISTINCT member, address FROM inbox")
        assert len(mine) == 4


async def test_one_update_id_on_two_channels_is_two_updates(database_url):
    async with opened(database_url) as database:
        assert await database.run(receive, "1", "a", "x", "phone")
        assert await database.run(receive, "1", "a", "x", "desk")


async def test_stamp_and_moment_of_intake_come_back_as_they_were(database_url):
    async with opened(database_url) as database:
        for number, stamp in enumerate((None, 0, NOW - 5, 2**53 + 1)):
            await database.run(inbox.receive, inbox.Arrival("phone", f"s{number}", "a", "{}", stamp, NOW + number))
        kept = await rows(database, "SELECT stamped_at, taken_at FROM inbox ORDER BY id")
        assert [tuple(row.values()) for row in kept] == [
            (None, NOW), (0, NOW + 1), (NOW - 5, NOW + 2), (2**53 + 1, NOW + 3),
        ]  # fmt: skip


async def test_what_cannot_be_read_is_kept_and_blocks_nobody(database_url):
    async with running_app(database_url, start=None, seeded=False) as running:
        phone = running.phone
        await phone.intake(Envelope("phone", "no address", None, None, "\ufffd not json"))
        await phone.hand_in("u1", unreadable="a field is missing")
        assert await running.say("u1", "/menu")
        assert await states(running.app.database) == {"unreadable": 2, "done": 1}
        kept = await running.rows("SELECT raw, reason FROM inbox WHERE state = 'unreadable' ORDER BY id")
        assert "not json" in kept[0]["raw"]
        assert all(row["reason"] for row in kept)


async def test_a_row_of_a_messenger_that_is_gone_blocks_nobody(database_url):
    async with running_app(database_url, start=None, seeded=False) as running:
        await running.phone.intake(Envelope("telex", "1", "u1", None, "{}"))
        await running.settled()
        assert await running.say("u1", "/menu")
        assert (await running.rows("SELECT reason FROM inbox WHERE channel = 'telex'"))[0]["reason"]


async def test_who_writes_does_not_wait_behind_many_who_send_a_file(database_url):
    async with running_app(database_url, start=None, seeded=False) as running:
        many = [f"f{number}" for number in range(10 * scheduler.take_turns.WITH_FILES)]
        file = {"ref": "none", "name": "bao cao.pdf", "size": 10}
        await asyncio.gather(*(running.phone.hand_in(who, kind="file", file=file) for who in many))
        assert await running.say("u1", "/menu")
        answered = [one.address for one in running.phone.sent]
        assert {*many} <= {*answered}
        assert answered.index("u1") < len(many) / 2


async def test_the_third_failure_parks_the_message_and_the_next_goes_on(database_url, monkeypatch):
    good, tries = converse.typed, []

    async def fails(here, text):
        if text == "hỏng":
            tries.append(text)
            await here.tx.run("members.name", id=here.member.id, name="half done")
            raise ZeroDivisionError("on purpose")
        return await good(here, text)

    monkeypatch.setattr(converse, "typed", fails)
    async with running_app(database_url, start=None, seeded=False) as running:
        told = await running.say("u1", "hỏng")
        assert len(tries) == inbox.TRIES
        assert len(told) == 1
        assert await running.say("u1", "/menu") not in ([], told)
        parked = (await running.rows("SELECT state, reason FROM inbox ORDER BY id"))[0]
        assert parked["state"] == "parked"
        assert "ZeroDivisionError" in parked["reason"]
        assert (await running.rows("SELECT name FROM members"))[0]["name"] is None


@asynccontextmanager
async def processes(url, number):
    """So many identical processes on one database, each with a phone of the same name."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(running_app(url, [Phone()], start=None, seeded=False))
            for _ in range(number)
        ]


async def played(running, plan):
    """Hand messages in as planned (person, process), then say what each person was sent, over all processes, in order.

    `plan` is an interleaving; one person's own messages are handed in one after another, as a messenger does.
    """
    expected, sent = {}, []
    for one in running:
        one.phone.sent = sent
    turns = {person: asyncio.Lock() for person, _ in plan}

    async def hand_in(person, text, process):
        async with turns[person]:
            assert await running[process].phone.hand_in(person, text, f"{person}{text}")

    handed = []
    for number, (person, process) in enumerate(plan):
        expected.setdefault(person, []).append(str(number))
        handed.append(hand_in(person, str(number), process % len(running)))
    await asyncio.gather(*handed)
    async with asyncio.timeout(20):
        while len(sent) < len(plan):
            await asyncio.wait([asyncio.ensure_future(one.committed.wait()) for one in running], timeout=1.2, return_when="FIRST_COMPLETED")  # fmt: skip
            for one in running:
                one.committed.clear()
    for one in running:
        await one.settled()
    found = {person: [d.text[0].text for d in sent if d.address == person] for person in expected}
    return found, expected


PLANS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 1)), min_size=1, max_size=40)


@settings(max_examples=full_size(8, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS)
async def test_each_person_is_answered_in_order_by_many_workers(plan, tmp_path_factory, echoes):
    url = f"sqlite:///{tmp_path_factory.mktemp('turns')}/turns.db"
    async with processes(url, 1) as running:
        found, expected = await played(running, plan)
    assert found == expected


@pytest.mark.postgres
async def test_each_person_is_answered_in_order_by_two_processes(postgres_url, echoes):
    async with processes(postgres_url, 2) as running:
        for seed in range(full_size(3, 50)):
            plan = [(f"{seed}{'abcdefgh'[n * 7 % (seed + 3) % 8]}", (n * 5 + seed) % 3 % 2) for n in range(48)]
            found, expected = await played(running, plan)
            assert found == expected


async def test_a_message_that_arrives_while_its_sender_is_linked_is_not_lost(postgres_url):
    """The person behind an address changes in the very moment a message of that address is stored."""
    async with opened(postgres_url) as database:
        visitor = await database.run(receive, "first", "laptop")
        person = await database.run(receive, "other", "mobile")
        await asyncio.gather(
            *(database.run(receive, f"m{n}", "laptop") for n in range(8)), database.run(people.link, visitor, person)
        )
        assert {row["member"] for row in await rows(database, "SELECT member FROM inbox")} == {person}


async def test_a_file_locked_for_a_while_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(storage.sqlite, "BUSY_SECONDS", 0.02)
    monkeypatch.setattr(scheduler.take_turns, "PATIENCE", 0.01)
    path = tmp_path / "locked.db"
    async with running_app(f"sqlite:///{path}", start=None, seeded=False) as running:
        refused = 0
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                try:
                    await running.phone.hand_in("u1", "/menu", "the same")
                except storage.units.StorageUnavailableError:
                    refused += 1
            other.rollback()
        assert refused == 3
        assert await running.say("u1", "/menu", update_id="the same")
        assert await running.say("u1", "/menu", update_id="the same") == []


async def test_a_turn_waits_for_a_file_that_is_locked_and_goes_on_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(storage.sqlite, "BUSY_SECONDS", 0.02)
    monkeypatch.setattr(scheduler.take_turns, "PATIENCE", 0.01)
    path = tmp_path / "locked.db"
    async with running_app(f"sqlite:///{path}", start=None, seeded=False) as running:
        other, failures = sqlite3.connect(path, check_same_thread=False), []
        good = running.app.database.run

        async def locked_once_stored(unit, *args):
            try:
                result = await good(unit, *args)
            except storage.units.StorageUnavailableError:
                failures.append(unit)
                if len(failures) == 4:
                    other.rollback()
                raise
            if unit is inbox.receive:
                other.execute("BEGIN IMMEDIATE")
            return result

        running.app.database.run = locked_once_stored
        assert await running.say("u1", "/menu")
        assert len(failures) >= 4
        other.close()


@pytest.mark.postgres
async def test_a_server_that_drops_every_line_loses_nothing(postgres_url, monkeypatch):
    """Like a restart of the server: every connection is gone at once, again and again, while messages come in."""
    monkeypatch.setattr(scheduler.take_turns, "PATIENCE", 0.01)

    async def drop_all(_tx):
        await Query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()", [], Want.ALL,
        )  # fmt: skip

    async with opened(postgres_url) as other, running_app(postgres_url, start=None, seeded=False) as running:
        for number in range(12):
            await _until_stored(running.phone, f"u{number % 3}", f"n{number}")
            if number % 3 == 0:
                await other.run(drop_all)
        await running.until(lambda: _answered(running, 12))
        assert await states(running.app.database) == {"done": 12}
        replies = await running.rows("SELECT state FROM outbox")
        assert {row["state"] for row in replies} <= {"sent", "unknown"}


async def _answered(running, number):
    try:
        return len(await running.rows("SELECT 1 FROM outbox WHERE state IN ('sent', 'unknown')")) == number
    except storage.units.StorageUnavailableError:
        return False


async def _until_stored(phone, who, update_id):
    """As a messenger does it: again, until it is acknowledged."""
    for _ in range(20):
        try:
            await phone.hand_in(who, "/menu", update_id)
        except storage.units.StorageUnavailableError:
            continue
        return
    raise AssertionError("never stored")

"""A process that stands still in the middle of what it does holds nobody up, and does nothing wrong when it wakes."""

from __future__ import annotations

import asyncio
import time

import asyncpg
import pytest

from channels.contract import Abilities, Sent
from scheduler.deliver import Deliver
from scheduler.outcomes import recover
from storage import claims, outbox, postgres
from storage.claims import Claim
from storage.migrate import open_database
from storage.outbox import LEASE
from storage.units import Query, StorageUnavailableError, Want
from tests.app import rows
from tests.databases import NOW, opened, put, queue
from texts.message import Attachment, Message, line

FREEZE = 1.0
"""Seconds."""
IMPATIENT = "SET LOCAL idle_in_transaction_session_timeout = '200ms'"
"""Said within the one transaction that stands still: all others have the patience that the product asks for."""


def want(worker):
    return Claim("phone", worker, 10, 20.0, NOW, NOW)


@pytest.mark.postgres
async def test_a_frozen_claim_lets_go_of_the_pace(postgres_url):
    """It has locked the row that all take their slots from, and asks for nothing more."""
    async with opened(postgres_url) as database:
        await database.run(queue, "reply:1:0")
        await database.run(claims.claim, want("first"))
        await database.run(queue, "reply:2:0", "b")
        frozen = await asyncpg.connect(postgres_url, server_settings=postgres.ON_THE_SERVER)
        await frozen.execute(f"BEGIN; {IMPATIENT}; SELECT next_at FROM pace FOR UPDATE")
        async with asyncio.timeout(20):
            parcels, _ = await database.run(claims.claim, want("second"))
        assert [one.key for one in parcels] == ["reply:2:0"]
        frozen.terminate()


@pytest.mark.postgres
async def test_who_wakes_within_a_transaction_has_written_nothing_and_goes_on(postgres_url):
    async def stands_still(tx):
        await put(tx, "before")
        await Query(IMPATIENT, [], Want.ALL)
        time.sleep(FREEZE)  # noqa: ASYNC251 - the whole process stands still, as SIGSTOP has it
        await put(tx, "after")

    async with opened(postgres_url) as database:
        with pytest.raises(StorageUnavailableError):
            await database.run(stands_still)
        assert await rows(database, "SELECT name FROM settings") == []
        await database.run(put, "again")
        assert await rows(database, "SELECT name FROM settings") == [{"name": "again"}]


@pytest.mark.postgres
async def test_no_connection_is_without_that_patience(postgres_url):
    database = await open_database(postgres_url)
    try:
        shown = await rows(database, "SELECT current_setting('idle_in_transaction_session_timeout') AS patience")
        assert shown == [{"patience": "5s"}]
    finally:
        await database.close()


class Phone:
    """A messenger that takes everything."""

    name, rate = "phone", None
    abilities = Abilities(buttons=True, edits=True, files_out=True, text_limit=None, link_payload=True)

    def __init__(self):
        self.sent = []

    async def send(self, delivery):
        self.sent.append(delivery.key)
        return Sent("1")


class Hand:
    """Both clocks in a test's hand."""

    at = NOW

    def business(self):
        return NOW

    def machine(self):
        return self.at


class StandsStill:
    """Makes files; while it does, the process stands still for so long, and somebody else may look after its rows."""

    def __init__(self, database, hand, length, *, others):
        self.database, self.hand, self.length, self.others = database, hand, length, others
        self.made = asyncio.Event()

    async def file(self, _attachment, _language):
        self.hand.at += self.length
        self.length = 0
        if self.others:
            await self.database.run(recover, self.hand.at, NOW)
        self.made.set()

    async def lines(self, _attachment, _language):
        return ()


@pytest.mark.parametrize(("length", "others", "ends"), [
    (LEASE + 1, True, "unknown"), (LEASE + 1, False, "sent"), (LEASE // 2, False, "sent"),
])  # fmt: skip
async def test_what_wakes_sends_nothing_that_may_be_anothers(database_url, length, others, ends):
    """After its lease it is another's to end; where nobody came it is its own again, and goes later, once."""
    async with opened(database_url) as database:
        phone, hand = Phone(), Hand()
        body = outbox.packed(Message((line("group"),), attach=Attachment("receipt")))
        await database.run(lambda tx: queue(tx, "alarm:1", lane=outbox.NOTICE, body=body))
        maker = StandsStill(database, hand, length, others=others)
        sender = Deliver(database, phone, maker, hand, "me")
        await sender.start()
        async with asyncio.timeout(20):
            await maker.made.wait()
            while (await rows(database, "SELECT state FROM outbox"))[0]["state"] != ends:
                hand.at += 1_000_000
                sender.wake()
                await asyncio.sleep(0.01)
        await sender.stop(1)
        assert len(phone.sent) == (ends == "sent")

"""Slow work in a test: asked for short, claimed, and done by doers of the test's own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from scheduler.slow_work import AgainError, SlowWork
from storage import people, work
from tests.app import rows
from tests.databases import NOW
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

"""How fast an audience is listed and fed, and whom it keeps waiting: `python -m bench.fan_out [--people 1000000]`.

Listed: from a due broadcast to everybody written down, in chunks, by the job itself. Beside it one raw `INSERT … SELECT`
of as many recipients into the same table, in the same run. Meanwhile somebody else writes a row every few milliseconds:
the longest they wait is told beside the longest without it. Memory is how much this process grew at its peak.
Fed: a tenth of them into the outbox, beside a raw `INSERT … SELECT` of as many rows of it.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bench.table import Figure, show
from domain.audience import Recipients
from domain.people import Unit, UnitKind
from handlers.world import World
from scheduler import fan_out as job
from scheduler.fan_out import FanOut
from storage import broadcasts, outbox, people
from storage.broadcasts import Draft
from storage.migrate import open_database
from storage.postgres import PostgresDatabase
from storage.units import Database, Query, Tx, Want
from tests import postgres
from texts.message import line, say

PEOPLE, FIRMS = 1_000_000, 1000
OFTEN = 0.004
"""seconds between two rows that somebody else writes"""
TIMES, WAIT, GROWTH = 3, 0.05, 64
"""times the raw statement, seconds that a writer waits, megabytes"""
NOW = 1_700_000_000_000_000
BOARD = "kkt"
UNITS = {
    BOARD: Unit(slug=BOARD, name="Ban", kind=UnitKind.BOARD),
    **{
        f"dn-{n}": Unit(slug=f"dn-{n}", name=f"Công ty {n}", kind=UnitKind.ENTERPRISE, parent=BOARD)
        for n in range(FIRMS)
    },
}
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
_FILL = (
    "INSERT INTO members(language, first_seen, last_seen, wrong_codes, wrong_since) SELECT 'vi', 0, 0, 0, 0 FROM n",
    "INSERT INTO addresses(channel, address, member, reachable, since, last_contact) SELECT 'telegram', 'a' || i, i, 1, 0, 0 FROM n",
    "INSERT INTO memberships(member, unit, role, since) SELECT i, 'dn-' || (i % {firms}), 'delegate', 0 FROM n",
)
_RAW_LIST = (
    "INSERT INTO recipients(broadcast, member, unit, state) "
    "SELECT {number}, member, unit, 'listed' FROM memberships WHERE unit IN (SELECT slug FROM units)"
)
_RAW_FEED = (
    "INSERT INTO outbox(key, member, channel, address, lane, body, not_before, state, attempts, repeats, retry_at, created_at, "
    "broadcast) SELECT 'broadcast:' || r.broadcast || ':' || r.member, r.member, a.channel, a.address, 2, '', 0, 'ready', 0, 0, "
    "0, 0, r.broadcast FROM recipients r JOIN addresses a ON a.member = r.member WHERE r.broadcast = {number} AND r.member <= {upto}"
)


async def statement(_tx: Tx, sql: str) -> int:
    """One statement of the measurement's own."""
    written: int = await Query(sql, [], Want.COUNT)
    return written


async def alone(database: Database, url: str, sql: str) -> None:
    """One long statement, which no time-out of ours may cut short."""
    if not isinstance(database, PostgresDatabase):
        await database.run(statement, sql)
        # the next to commit clears up after it; that is not to be whoever is measured next
        await database.run(statement, "DELETE FROM settings WHERE name = 'bench'")
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def fill(database: Database, number: int) -> None:
    """So many people, each with an address, in a thousand enterprises."""

    async def units(tx: Tx) -> None:
        for unit in UNITS.values():
            await people.put_unit(tx, unit, BOARD)

    await database.run(units)
    chunk = 50_000
    for first in range(1, number + 1, chunk):
        numbers = _NUMBERS.format(first=first, last=min(number, first + chunk - 1))
        for sql in _FILL:
            await database.run(statement, sql.format(firms=FIRMS).replace(" SELECT ", f" {numbers} SELECT ", 1))


async def looked_over(database: Database, url: str) -> None:
    """What PostgreSQL does by itself within a minute of such a change, and SQLite does not need."""
    if isinstance(database, PostgresDatabase):
        await alone(database, url, "ANALYZE")


async def due(database: Database, number: int) -> int:
    """A broadcast to everybody, whose time has come."""
    body = outbox.packed(say(line("menu.head")))
    audience = Recipients(board=BOARD).model_dump_json()
    made = await database.run(
        broadcasts.create, Draft(BOARD, 1, body, audience, number, NOW, NOW, at_once=True, waits=True)
    )
    assert made is not None
    # so many are never sent to without a second person's word
    await database.run(broadcasts.approve, made, 2, NOW)
    return made


@asynccontextmanager
async def somebody_else(database: Database) -> AsyncIterator[list[float]]:
    """Writes a row again and again; how long each took."""
    waits: list[float] = []

    async def write(tx: Tx) -> None:
        await tx.run("settings.put", name="bench", value="x")

    async def for_ever() -> None:
        while True:
            began = time.perf_counter()
            await database.run(write)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(OFTEN)

    writing = asyncio.create_task(for_ever())
    try:
        yield waits
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def timed(do: Callable[[], Any]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    await do()
    return time.perf_counter() - began


def megabytes() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _longest(waits: list[float]) -> str:
    ordered = sorted(waits)
    return f"{ordered[-1] * 1000:.0f} ms, p99 {ordered[len(ordered) * 99 // 100] * 1000:.0f} ms"


class Listing(FanOut):
    """The job, its two halves apart."""

    async def listed(self, number: int) -> None:
        """Begin it and write everybody down; feed nobody."""
        job.LOW = 0
        await self()
        found = await self._database.read(broadcasts.counts, number)
        assert found.listed, found

    async def fed(self, number: int, many: int) -> None:
        """Feed so many."""
        job.LOW, job.LOOKS = many, many
        await self()
        found = await self._database.read(broadcasts.counts, number)
        assert found.queued >= many, found


async def measured(url: str, name: str, number: int) -> list[Figure]:
    """All figures on one database."""
    database = await open_database(url)
    try:
        await fill(database, number)
        await looked_over(database, url)

        async def world() -> World:
            return World(units=UNITS)

        listing = Listing(database, world, ("telegram",), lambda: NOW, 0)
        async with somebody_else(database) as idle:
            await asyncio.sleep(2)
        ours, theirs = await due(database, number), await due(database, number)
        # over, not stopped: what is found waiting of a stopped one is taken back
        await alone(database, url, f"UPDATE broadcasts SET state = 'done' WHERE id = {theirs}")
        raw = await timed(lambda: alone(database, url, _RAW_LIST.format(number=theirs)))
        before = megabytes()
        async with somebody_else(database) as waits:
            listed = await timed(lambda: listing.listed(ours))
        many = number // 10
        raw_fed = await timed(lambda: alone(database, url, _RAW_FEED.format(number=theirs, upto=many)))
        async with somebody_else(database) as feeding:
            fed = await timed(lambda: listing.fed(ours, many))
        grown = megabytes() - before
    finally:
        await database.close()
    return [
        Figure(f"{name}: {number:,} people listed", f"one INSERT … SELECT {raw:.2f} s", f"{listed:.2f} s", f"{listed / raw:.2f}",
               f"≤ {TIMES}", listed / raw <= TIMES),
        Figure("longest another writer waits meanwhile", f"idle {_longest(idle)}", _longest(waits), "",
               f"≤ {WAIT * 1000:.0f} ms", max(waits) <= WAIT),
        Figure(f"{many:,} of them fed into the outbox", f"one INSERT … SELECT {raw_fed:.2f} s", f"{fed:.2f} s, {many / fed:,.0f}/s",
               f"{fed / raw_fed:.2f}"),
        Figure("longest another writer waits meanwhile", "", _longest(feeding), "", f"≤ {WAIT * 1000:.0f} ms",
               max(feeding) <= WAIT),
        Figure("memory this process grew by", "", f"{grown:.0f} MB", "", f"≤ {GROWTH} MB", grown <= GROWTH),
    ]  # fmt: skip


async def figures(number: int = PEOPLE, only: str | None = None) -> list[Figure]:
    """SQLite, and PostgreSQL where there is one."""
    found: list[Figure] = []
    if only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            found += await measured(f"sqlite:///{folder}/fan_out.db", "SQLite", number)
    if only != "sqlite":
        with postgres.server() as url:
            if url is not None:
                async with postgres.fresh_database(url) as fresh:
                    found += await measured(fresh, "PostgreSQL", number)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    show(asyncio.run(figures(asked.people, asked.database)))

"""A year of notices for ten thousand units: planned, looked at again, moved, put together: `python -m bench.planning`.

One board with that many enterprises, a delegate in each, a head beside every fourth; the plan of Hải Phòng with its three
reports. Seconds and queries of each; beside it somebody else writes a row every 5 ms, and the longest they waited, before
and meanwhile. The reference of planning is the same rows written by one plain INSERT … SELECT into a table of the same
indexes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.table import Figure, Spent, show
from storage import content, due_dates, notices
from storage.due_dates import Dated
from storage.units import Query, Want
from tests import postgres
from tests.app import rows
from tests.planning import HAIPHONG, R2, Office, office

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.units import Tx

UNITS = 10_000
EVERY, LONGEST = 0.005, 50
"""seconds between two of somebody else's writes; milliseconds they may wait at most"""
BEGINS = datetime.fromisoformat("2023-04-14T08:00")
MORNING = datetime.fromisoformat("2023-06-09T08:00")
"""the first rung of the second report: everybody has something to be told"""


@dataclass
class Waits:
    """How long somebody else's writes took, in milliseconds."""

    database: Any
    longest: float = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began = time.perf_counter()
            await self.database.run(_touch)
            self.longest = max(self.longest, (time.perf_counter() - began) * 1000)
            await asyncio.sleep(EVERY)


async def _touch(tx: Tx) -> None:
    await tx.run("settings.put", name="bench", value="x")


@dataclass
class Measured:
    """What something took."""

    seconds: float
    cpu: float
    queries: int
    longest: float
    found: dict[str, int]


async def measured(one: Office, what: Callable[[], Awaitable[dict[str, int]]]) -> Measured:
    """Do it beside somebody who writes, and count."""
    asked = 0
    queries = one.database._queries
    bind = queries.bind

    def counted(name: str, args: dict[str, Any]) -> Any:
        nonlocal asked
        asked += 1
        return bind(name, args)

    waits = Waits(one.database)
    beside = asyncio.create_task(waits.run())
    queries.bind = counted
    began = Spent.now()
    try:
        found = await what()
    finally:
        took = began.since()
        queries.bind = bind
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
    return Measured(took.wall, took.cpu, asked, waits.longest, found)


async def _idle() -> dict[str, int]:
    await asyncio.sleep(2)
    return {}


def _said(one: Measured) -> str:
    return f"{one.seconds:.1f} s ({one.cpu:.1f} s CPU), {one.queries:,} queries, longest wait {one.longest:.0f} ms"


async def of(url: str, name: str, units: int) -> list[Figure]:
    """On that database."""
    async with office(url, BEGINS) as one:
        for start in range(0, units, 500):
            await one.database.run(_people, range(start, min(start + 500, units)), one.now)
        await one.database.run(_analysed)
        idle = await measured(one, _idle)
        year = await measured(one, one.plan)
        count = (await rows(one.database, "SELECT COUNT(*) AS n FROM notices"))[0]["n"]
        plain = await _plainly(one)
        await one.database.run(notices.replan, "once more")
        again = await measured(one, one.plan)
        await one.database.run(due_dates.set_last_day, Dated(HAIPHONG, "duty", R2), date(2023, 7, 7), "x", 1, one.now)
        moved = await measured(one, one.plan)
        await one.database.run(due_dates.restore, Dated(HAIPHONG, "duty", R2), 1, one.now)
        await one.plan()
        one.at = MORNING
        await one.plan()
        told = await measured(one, one.bundle)
    what = f"{name}, {units:,} units"
    return [
        Figure(f"{what}: longest wait while nothing is planned", "", f"{idle.longest:.0f} ms"),
        Figure(f"{what}: a year planned, {count:,} rows", f"plain {plain:.1f} s", _said(year),
               f"{year.seconds / plain:.1f}", f"wait <= {LONGEST} ms", year.longest <= LONGEST),
        Figure(f"{what}: looked at again, nothing to do", "", _said(again), "", f"wait <= {LONGEST} ms",
               again.longest <= LONGEST),
        Figure(f"{what}: one date moved, {moved.found}", "", _said(moved), "", f"wait <= {LONGEST} ms",
               moved.longest <= LONGEST),
        Figure(f"{what}: a morning put together, {told.found.get('messages', 0):,} messages", "", _said(told), "",
               f"wait <= {LONGEST} ms", told.longest <= LONGEST),
    ]  # fmt: skip


async def _plainly(one: Office) -> float:
    """Seconds in which the database writes the same rows, without asking anything."""
    columns = "member, board, unit, kind, campaign, about, version, rung, day, until, state, why, planned_at"
    await one.database.run(_script, [
        ("CREATE TABLE plain (id BIGINT, member BIGINT, board TEXT, unit TEXT, kind TEXT, campaign TEXT, about TEXT,"
        " version TEXT, rung TEXT, day TEXT, until TEXT, state TEXT, why TEXT, planned_at BIGINT, outbox BIGINT,"
        " UNIQUE (member, kind, campaign, about, unit, version, rung))"),
        "CREATE INDEX plain_1 ON plain(campaign, about, member) WHERE state = 'planned'",
        "CREATE INDEX plain_2 ON plain(day, member) WHERE state = 'planned'",
        "CREATE INDEX plain_3 ON plain(campaign, about, unit)",
    ])  # fmt: skip
    began = time.perf_counter()
    await one.database.run(_script, [f"INSERT INTO plain({columns}) SELECT {columns} FROM notices"])
    return time.perf_counter() - began


async def _script(tx: Tx, statements: list[str]) -> None:
    for one in statements:
        await Query(one, {} if tx._queries.dialect == "sqlite" else [], Want.ALL)


async def _analysed(tx: Tx) -> None:
    """What PostgreSQL does by itself within a minute; SQLite does nothing of the kind."""
    await _script(tx, ["ANALYZE"] if tx._queries.dialect == "postgres" else [])


async def _people(tx: Tx, numbers: range, now: int) -> None:
    for n in numbers:
        slug = f"bench-{n}"
        await tx.run("units.put", slug=slug, board="kkt-hai-phong", parent="kkt-hai-phong", kind="enterprise",
                     name=f"Doanh nghiệp {n}", short_name=None, tax_code=None, predecessors="[]", sample=0)  # fmt: skip
        for role in ("delegate", "head") if n % 4 == 0 else ("delegate",):
            member = (await tx.one("members.add", name="x", shown_name=None, language="vi", now=now))["id"]
            await tx.run("addresses.add", channel="phone", address=f"m{member}", member=member, now=now)
            await tx.run("memberships.add", member=member, unit=slug, role=role, position=None, since=now)
    await content.changed(tx)


async def figures(only: str = "", units: int = UNITS) -> list[Figure]:
    """On SQLite, and on PostgreSQL where there is one; `only` one of "sqlite", "postgres"."""
    load = os.getloadavg()[0]
    found = [Figure("planning: load of the machine before", "", f"{load:.1f} on {os.cpu_count()} cores")]
    if only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            found += await of(f"sqlite:///{Path(folder, 'bench.db')}", "SQLite", units)
    with postgres.server() if only != "sqlite" else nullcontext() as server:
        if server:
            async with postgres.fresh_database(str(server)) as url:
                found += await of(url, "PostgreSQL", units)
    return found if server or only == "sqlite" else [*found, Figure("PostgreSQL", "", postgres.MISSING)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="")
    parser.add_argument("--units", type=int, default=UNITS)
    wanted = parser.parse_args()
    sys.exit(0 if show(asyncio.run(figures(wanted.database, wanted.units))) else 1)

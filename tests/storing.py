"""A file store in a test: what is handed to it, what lies in it, and an arrival that can be made to stand still."""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import asynccontextmanager

from scheduler.check_files import AFTER
from storage.files import FileStore
from storage.units import Query, Want
from tests.app import rows

MEGABYTE = 1024 * 1024
MOST = 20 * MEGABYTE
NOW = 1_700_000_000_000_000
LATER = NOW + AFTER + 60_000_000
CONTENT = b"ban thanh tich " * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()
NOTHING = {"arrivals": 0, "temporary": 0, "unknown": 0, "missing": 0}
STEPS = [(1, False), (2, True), (2, False), (3, True)]
"""begun; all bytes there; named; in its place: where a process may end or stand still"""


class Machine:
    """The machine's clock in a test's hand."""

    now = NOW

    def __call__(self) -> int:
        return self.now


class Stopping:
    """A database at which the store's nth unit waits: `before` it is carried out, or after."""

    def __init__(self, database, number, *, before=True):
        self._database, self._left, self._before = database, number, before
        self.there, self.go_on = asyncio.Event(), asyncio.Event()
        self.read = database.read

    async def run(self, unit, *args):
        self._left -= 1
        if self._left == 0 and self._before:
            await self._pause()
        result = await self._database.run(unit, *args)
        if self._left == 0 and not self._before:
            await self._pause()
        return result

    async def _pause(self):
        self.there.set()
        await self.go_on.wait()


async def chunks(content=CONTENT, size=4096, fails=None):
    for start in range(0, len(content), size):
        yield content[start : start + size]
    if fails:
        raise fails


async def whole(store, sha256=SHA):
    return b"".join([block async for block in store.open(sha256)])


def lying(folder):
    """Everything in the folder, by path."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def standing(database):
    """Names of stored files, and how many arrive."""
    found = await rows(database, "SELECT sha256 FROM files ORDER BY sha256")
    return [row["sha256"] for row in found], len(await rows(database, "SELECT token FROM arriving"))


def orphan(folder, content=CONTENT, age_hours=48):
    """Content that no row knows, as old as that."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / sha256[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    aged(path, age_hours)
    return path


def aged(path, hours):
    at = NOW / 1e6 - hours * 3600
    os.utime(path, (at, at))


async def forget(database, folder):
    """As if nothing had been."""

    async def unit(_tx):
        await Query("DELETE FROM files", [], Want.COUNT)

    await database.run(unit)
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


@asynccontextmanager
async def stopped_at(database, folder, step):
    """A file that arrives and stands still there; what it comes to when it goes on."""
    number, before = step
    stopping = Stopping(database, number, before=before)
    keeping = asyncio.create_task(FileStore(stopping, folder, Machine()).keep(chunks(), MOST))
    await stopping.there.wait()

    async def on():
        stopping.go_on.set()
        return await keeping

    try:
        yield on
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

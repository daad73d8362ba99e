"""Five hundred people handing in a file of 5 MB at once, from the file to the receipt: `python -m bench.reporting`.

Each is a delegate of a unit of their own, whose file is unlike every other, and stands at the question for files when
it begins; then all send it in one moment, end the form when it is listed, and confirm. Hand-ins a second: until the last
receipt. Meanwhile somebody else (people in turn) says /menu every 50 ms, counted from when it was due; beside it the
same before. The memory is this process's; files come from a messenger in memory that gives them in pieces, of one
template, so that what is held of them would be ours. Beside it the same bytes written, hashed and synced by threads
alone, as many at once as there are files on their way: what this disk and this CPU give.
For comparison, from elsewhere and on other machines: ODK Central's published 41 submissions a second on 2 GB.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

from bench.registering import BOARD, IDLE, Memory, Messenger, Others, Person, beside, running
from bench.table import Figure, show
from bot.build import App
from channels.contract import Delivery
from channels.fitting import plain
from domain.people import Unit, UnitKind
from scheduler.slow_work import AT_ONCE
from storage import content, people
from storage.units import Tx
from tests import hostile, postgres
from tests.app import rows
from tests.delegates import CONFIRM
from tests.registering import WORKS, seated, words

PEOPLE, MEGABYTES, PIECE = 500, 5, 64 * 1024
"""people; size of a file; bytes that the messenger gives at once"""
MEGABYTE, PLAIN = 1024 * 1024, 40
"""bytes; files that threads alone write"""
GROWS = 64
"""megabytes by which the process may grow, whatever comes in"""
MARK = b"number " + b"0" * 12
ODK = "ODK Central, published: 41/s, 2 GB"


class Streaming(Messenger):
    """Gives every file in pieces: one template with the file's own number in it."""

    def __init__(self) -> None:
        super().__init__()
        self.template = b""

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        yield self.template[:PIECE].replace(MARK, b"number %012d" % int(ref), 1)
        for start in range(PIECE, len(self.template), PIECE):
            yield self.template[start : start + PIECE]


def template(megabytes: int) -> bytes:
    """A PDF of that size, most of it something that does not pack, as in a scan."""
    noise = random.Random(1).randbytes(megabytes * MEGABYTE).replace(b"/", b"x")
    drawn = b"<</Length %d>>\nstream\n%s\nendstream" % (len(noise), noise)
    return hostile.raw_pdf(hostile.ROOT, hostile.TREE, hostile.PAGE + b"%" + MARK + b"\n", drawn)


async def _seat(tx: Tx, number: int, now: int) -> None:
    for n in range(number):
        unit = Unit(slug=f"dn-{n}", name=f"Công ty thứ {n}", kind=UnitKind.ENTERPRISE, parent=BOARD)
        await people.put_unit(tx, unit, BOARD)
        await seated(tx, "phone", f"n{n}", f"Người {n}", "delegate", unit.slug, now)
    await content.changed(tx)


class Crowd:
    """People at the question for files; `listed` and `receipts`: when each file was listed, each hand-in received."""

    def __init__(self, app: App, number: int) -> None:
        self._messenger = cast("Streaming", app.channels["phone"])
        self._people = [Person(self._messenger, f"n{n}") for n in range(number)]
        self.listed, self.receipts = list[float](), list[float]()

    async def come(self) -> None:
        """To the question for files."""
        await asyncio.gather(*(self._comes(one) for one in self._people))

    async def _comes(self, one: Person) -> None:
        await one.say("/baocao")
        await one.say("1")

    async def hand_in(self) -> float:
        """All at once; seconds until the last receipt."""
        began = time.perf_counter()
        await asyncio.gather(*(self._hands_in(one, n, began) for n, one in enumerate(self._people)))
        return time.perf_counter() - began

    async def _hands_in(self, one: Person, number: int, began: float) -> None:
        name = f"bc{number}.pdf"
        sent = {"ref": str(number), "name": name, "size": len(self._messenger.template)}
        await self._messenger.hand_in(one.who, kind="file", file=sent)
        await one.until(_shows(f"1. {name}"))
        self.listed.append(time.perf_counter() - began)
        await one.say("xong")
        review = await one.say("bỏ qua")
        await self._messenger.hand_in(one.who, kind="tap", action=dict(review.buttons)[CONFIRM])
        await one.until(_shows(words("report.done")))
        self.receipts.append(time.perf_counter() - began)


def _shows(text: str) -> Callable[[Delivery], Any]:
    return lambda delivery: text in plain(delivery.text)


def by_threads(template: bytes, folder: Path) -> float:
    """Files a second that threads alone write, hash and sync."""

    def one(number: int) -> None:
        path = folder / f"plain{number}"
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for start in range(0, len(template), PIECE):
                file.write(template[start : start + PIECE])
                digest.update(template[start : start + PIECE])
            file.flush()
            os.fsync(file.fileno())
        path.rename(folder / digest.hexdigest())

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(PLAIN)))
    return PLAIN / (time.perf_counter() - began)


async def measured(url: str, name: str, folder: Path, number: int, megabytes: int) -> list[Figure]:
    """Throughput, memory, and what another person sees of it."""
    async with running(url, WORKS, Streaming()) as process:
        app = process.app
        messenger = cast("Streaming", app.channels["phone"])
        messenger.template = template(megabytes)
        await app.database.run(_seat, number, app.clock.business())
        crowd = Crowd(app, number)
        await crowd.come()
        others, began = Others(messenger), time.perf_counter()
        await asyncio.sleep(IDLE)
        idle, memory, ended = others.between(began, time.perf_counter()), Memory(), time.perf_counter()
        spent = time.process_time()
        seconds = await crowd.hand_in()
        spent = (time.process_time() - spent) / number
        memory.end()
        meanwhile = others.between(ended, time.perf_counter())
        await others.end()
        there = await rows(
            app.database, "SELECT (SELECT COUNT(*) FROM dossier_versions) AS d, COUNT(*) AS f FROM files"
        )
    rate, alone = number / seconds, by_threads(messenger.template, folder)
    grown = memory.ours - memory.before
    what = f"{name}: {number} people hand in {megabytes} MB at once"
    return [
        Figure(what, f"threads alone {alone:.0f} files/s; {ODK}", f"{rate:.1f} hand-ins/s, {rate * megabytes:.0f} MB/s; "
               f"last listed {max(crowd.listed):.0f} s, last receipt {seconds:.0f} s; "
               f"CPU of this process {spent * 1000:.0f} ms each", f"{rate / alone:.2f}",
               "all there, once", (there[0]["d"], there[0]["f"]) == (number, number)),
        Figure("… memory meanwhile", f"{memory.before:.0f} MB before", f"at most {memory.ours:.0f} MB, "
               f"a child {memory.child:.0f} MB", f"{memory.ours / (memory.before or 1):.2f}",
               f"grows by less than {GROWS} MB", grown < GROWS),
        beside("… another's /menu", idle, meanwhile),
    ]  # fmt: skip


async def figures(number: int = PEOPLE, megabytes: int = MEGABYTES, only: str = "") -> list[Figure]:
    """On SQLite, and on PostgreSQL where there is one; `only` one of "sqlite", "postgres"."""
    found: list[Figure] = []
    if only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            found += await measured(f"sqlite:///{folder}/t.db", "SQLite", Path(folder), number, megabytes)
    with postgres.server() if only != "sqlite" else nullcontext() as server:
        if server:
            with tempfile.TemporaryDirectory() as folder:
                async with postgres.fresh_database(str(server)) as url:
                    found += await measured(url, "PostgreSQL", Path(folder), number, megabytes)
    return found if server or only == "sqlite" else [*found, Figure("PostgreSQL", "", postgres.MISSING)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.reporting")
    parser.add_argument("--people", type=int, default=PEOPLE, help="at once")
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help="size of a file")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="")
    asked = parser.parse_args()
    sys.exit(0 if show(asyncio.run(figures(asked.people, asked.megabytes, asked.database))) else 1)

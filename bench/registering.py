"""A thousand people registering at once, and a workbook of 5,000 rows: `python -m bench.registering`.

People: each a delegate, five to an enterprise, registers a work from /dangky to the receipt, nine messages, every
answer their own. One message in ten comes twice from the messenger, one person in ten taps the confirmation twice. Once
nobody pauses (as many turns wait as there are people), once everybody reads and types for ten seconds; and once nobody
pauses at a messenger that takes no files, so that no receipt's PDF is made. A turn: from the hand-over of a message to
its answer at the messenger. Beside it the same conversation held by one person after another, alone, before and after.
Workbook: taken in the chat, filled in by a process of its own, sent back with mistakes, sent back right, confirmed.
Meanwhile somebody else says /menu every 50 ms, counted from when it was due; beside it the same before the workbook.
The messenger is in memory, in this process and without a pace; people's own part of the CPU is in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import multiprocessing
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import structlog

from bench.table import Figure, show
from bot.build import App, build
from bot.lifecycle import Process
from bot.seed import seed
from channels.contract import Delivery, Outcome, Sent
from domain.people import Unit, UnitKind
from storage import content, people
from storage.units import Tx
from tests import postgres
from tests.app import Phone, rows, settings_for
from tests.registering import CONFIRM, FACTORY, TITLES, WORKS, seated
from tests.registration_books import filled

PEOPLE, TO_A_UNIT, ALONE, ROWS = 1000, 5, 20, 5000
"""people at once, of them in one enterprise; people one after another before and after; rows"""
CROWDS = ((0.0, True), (10.0, True), (0.0, False))
"""seconds between an answer and the next message, on average, and whether receipts come as files"""
DOUBLED, WRONG, GIVE_UP = 10, 100, 900.0
"""one in so many comes twice; one row in so many is wrong at first; seconds after which no answer is an answer lost"""
OTHERS, EVERY, IDLE = 40, 0.05, 10.0
"""people who say /menu in turn, seconds between two of them, seconds for which they do before anything else"""
SAID, BOARD = 9, "kkt-hai-phong"
"""messages of one registration; whom it is handed in to"""
COUNTED = (
    "SELECT COUNT(*) AS messages, SUM(CASE WHEN i.state = 'done' AND EXISTS (SELECT 1 FROM outbox o "
    "WHERE o.key = 'reply:' || i.id || ':0' AND o.state = 'sent') THEN 0 ELSE 1 END) AS unanswered FROM inbox i"
)
FILED = "SELECT v.content FROM dossiers d JOIN dossier_versions v ON v.dossier = d.id"
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Quốc", "Ngọc", "Hữu", "Kim", "Xuân")
GIVEN = ("An", "Bình", "Cường", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam")
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


class Messenger(Phone):
    """In memory; puts what arrives at an address into the hands of the person there."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, Person] = {}

    async def send(self, delivery: Delivery) -> Outcome:
        self.people[delivery.address].news.put_nowait((time.perf_counter(), delivery))
        return Sent(delivery.key)


class Person:
    """Says things and waits for the answers; `taken` are the seconds that each took."""

    def __init__(self, messenger: Messenger, who: str) -> None:
        self.who, self._messenger = who, messenger
        self.news: asyncio.Queue[tuple[float, Delivery]] = asyncio.Queue()
        self.taken, self._numbers = list[float](), itertools.count()
        messenger.people[who] = self

    async def say(
        self, text: str = "", *, due: float | None = None, redelivered: bool = False, **more: Any
    ) -> Delivery:
        """Say it; the answer."""
        began = time.perf_counter() if due is None else due
        one, times = f"{self.who}:{next(self._numbers)}", 2 if redelivered else 1
        await asyncio.gather(*(self._messenger.hand_in(self.who, text, one, **more) for _ in range(times)))
        return await self._answered(began)

    async def tap(self, action: str, times: int = 1) -> None:
        """Tap a button, so many times in a row, and be answered as often."""
        began = time.perf_counter()
        for _ in range(times):
            await self._messenger.hand_in(self.who, kind="tap", action=action)
        for _ in range(times):
            await self._answered(began)

    async def until(self, what: Callable[[Delivery], Any]) -> Delivery:
        """What arrives, up to the first that is this."""
        while not what(delivery := await self._answered(time.perf_counter())):
            pass
        return delivery

    async def _answered(self, began: float) -> Delivery:
        async with asyncio.timeout(GIVE_UP):
            at, delivery = await self.news.get()
        self.taken.append(at - began)
        return delivery


def human(number: int) -> str:
    """A name that people have: of a thousand, the one of that number."""
    return f"{FAMILIES[number % 10]} {MIDDLES[number // 10 % 10]} {GIVEN[number // 100 % 10]}"


def answers(number: int) -> dict[str, str]:
    """What a person answers, each their own; the same as the dossier's content has it."""
    return {
        "name": f"Công trình cải tiến thứ {number}", "what": f"Lắp đặt, thử và bàn giao dây chuyền {number}",
        "target": f"{number + 7} sản phẩm mỗi ca", "responsible": human(number),
    }  # fmt: skip


async def registers(person: Person, number: int, think: float) -> None:
    """One person's conversation; TimeoutError: something was not answered."""
    mine = answers(number)
    await asyncio.sleep(random.uniform(0, think))
    said = ("/dangky", "1", "1", mine["name"], mine["what"], mine["target"], "30/6", mine["responsible"])
    for place, text in enumerate(said):
        shown = await person.say(text, redelivered=(number + place) % DOUBLED == 0)
        await asyncio.sleep(random.uniform(think / 2, think * 3 / 2))
    await person.tap(dict(shown.buttons)[CONFIRM], 2 if number % DOUBLED == 0 else 1)


@asynccontextmanager
async def running(url: str, start: datetime, messenger: Messenger | None = None) -> AsyncIterator[Process]:
    """The process as in production, with our messenger alone."""
    app = await build(settings_for(url, start), [messenger or Messenger()])
    await seed(app.database, app.clock.business(), confirmed=True)
    process = Process(app)
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


async def _enterprises(tx: Tx, number: int) -> None:
    for n in range(number):
        unit = Unit(slug=f"dn-{n}", name=f"Công ty thứ {n}", kind=UnitKind.ENTERPRISE, parent=BOARD)
        await people.put_unit(tx, unit, BOARD)
    await content.changed(tx)


class Crowd:
    """People who register: what each turn took, which of them ended with the receipt, and the seconds of them all."""

    def __init__(self, app: App) -> None:
        self._app, self._messenger = app, cast("Messenger", app.channels["phone"])
        self.taken, self.receipts, self.seconds = list[float](), list[float](), 0.0

    async def come(self, numbers: range, lanes: int, think: float = 0, *, files: bool = True) -> None:
        """Seat these people, let so many of them register side by side."""
        self._messenger.abilities = replace(self._messenger.abilities, files_out=files)
        now = self._app.clock.business()
        for n in numbers:
            unit = f"dn-{n // TO_A_UNIT}"
            await self._app.database.run(seated, "phone", f"n{n}", f"Người {n}", "delegate", unit, now)
        began = time.perf_counter()
        await asyncio.gather(*(self._lane(numbers[first::lanes], think) for first in range(lanes)))
        self.seconds += time.perf_counter() - began

    async def _lane(self, numbers: range, think: float) -> None:
        for number in numbers:
            person = Person(self._messenger, f"n{number}")
            with contextlib.suppress(TimeoutError):  # it is counted among what was not answered
                await registers(person, number, think)
            self.taken += person.taken
            self.receipts += person.taken[SAID - 1 : SAID]


async def outcome(app: App, name: str, number: int) -> Figure:
    """What stands in the database beside what was said."""
    filed = await rows(app.database, FILED)
    mine = {found["name"]: found for found in (json.loads(one["content"])["registration"] for one in filed)}
    doubled = len(filed) - len(mine)
    lost = sum(mine.get(said["name"], {}).get(key) != said[key] for said in map(answers, range(number)) for key in said)
    (there,) = await rows(app.database, COUNTED)
    said = SAID * number + len(range(0, number, DOUBLED))
    ours = f"{len(filed):,} dossiers, {doubled} double, {lost} answers lost"
    ours += f", {there['unanswered']} of {there['messages']:,} messages unanswered"
    held = (len(filed), doubled, lost, there["messages"], there["unanswered"]) == (number, 0, 0, said, 0)
    return Figure(f"{name}: {number:,} people register", f"{said:,} messages said", ours, "", "all there, once", held)


async def crowds(url: str, name: str, number: int) -> list[Figure]:
    """People alone, at once, alone again."""
    ends = [*itertools.accumulate([0, ALONE, *(number for _ in CROWDS), ALONE])]
    first, *middle, last = itertools.starmap(range, itertools.pairwise(ends))
    async with running(url, WORKS) as process:
        app = process.app
        await app.database.run(_enterprises, ends[-1] // TO_A_UNIT + 1)
        alone, found = Crowd(app), [Crowd(app) for _ in CROWDS]
        await alone.come(first, 1)
        for crowd, who, (think, files) in zip(found, middle, CROWDS, strict=True):
            await crowd.come(who, number, think, files=files)
        await alone.come(last, 1)
        await process.idle()
        told = [await outcome(app, name, ends[-1])]
    for crowd, (think, files) in zip(found, CROWDS, strict=True):
        how = f"{number:,} at once, {f'pausing {think:g} s' if think else 'none pausing'}{'' if files else ', no PDFs'}"
        rate = f", {len(crowd.taken) / crowd.seconds:,.0f}/s"
        told.append(beside(f"{name}: a turn, {how}", alone.taken, crowd.taken, rate))
        told.append(beside("… of these the one with the receipt", alone.receipts, crowd.receipts))
    return told


def beside(what: str, alone: list[float], ours: list[float], more: str = "") -> Figure:
    """What turns took beside what they took alone."""
    ratio = f"{at(ours, 0.5) / at(alone, 0.5):.1f}, {at(ours, 0.99) / at(alone, 0.99):.1f}"
    return Figure(what, f"alone {spread(alone)}", spread(ours) + more, ratio)


def spread(taken: list[float]) -> str:
    return f"p50 {at(taken, 0.5) * 1000:,.1f}, p99 {at(taken, 0.99) * 1000:,.1f}, longest {max(taken) * 1000:,.0f} ms"


def at(taken: list[float], share: float) -> float:
    return sorted(taken)[int((len(taken) - 1) * share)]


class Memory:
    """The most that this process, and any one process below it, has held at once, in megabytes; 0 where nobody tells."""

    def __init__(self) -> None:
        self.ours, self.child, self.before = 0.0, 0.0, _held("VmRSS")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._thread.start()

    def end(self) -> None:
        """Look for the last time."""
        self._over.set()
        self._thread.join()
        self.ours = _held("VmHWM")

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.child = max([self.child, *(_held("VmHWM", child) for child in _below("self"))])


def _held(which: str, process: str = "self") -> float:
    with contextlib.suppress(OSError):
        found = re.search(rf"{which}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def _below(process: str) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            for child in task.read_text(encoding="ascii").split():
                yield from (child, *_below(child))


class Others:
    """People who say /menu in turn, every so often: when each was due, and what it took."""

    def __init__(self, messenger: Messenger) -> None:
        self._people = itertools.cycle([Person(messenger, f"khach{n}") for n in range(OTHERS)])
        self.taken, self._saying = list[tuple[float, float]](), list[asyncio.Task[None]]()
        self._going = asyncio.create_task(self._go())

    async def _go(self) -> None:
        began = time.perf_counter()
        for number, person in enumerate(self._people):
            due = began + number * EVERY
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._saying.append(asyncio.create_task(self._say(person, due)))

    async def _say(self, person: Person, due: float) -> None:
        await person.say("/menu", due=due)
        self.taken.append((due, person.taken[-1]))

    async def end(self) -> None:
        """No more; what was said is answered."""
        self._going.cancel()
        await asyncio.gather(*self._saying)

    def between(self, began: float, ended: float) -> list[float]:
        """What the messages took that were under way then."""
        return [taken for due, taken in self.taken if due < ended and due + taken > began]


def written(content: bytes, number: int, *, wrong: bool) -> bytes:
    """The workbook filled in, with rows that name no title where some are to be wrong."""
    who = ({"subject": "Cá nhân", "name": human(n), "position": f"Công nhân tổ {n // 1000}"} for n in range(number))
    titles = (None if wrong and n % WRONG == 0 else "Lao động tiên tiến" for n in range(number))
    return filled(*({**one, "title": title} for one, title in zip(who, titles, strict=True)), content=content)


class Workbook:
    """A delegate with a workbook; `took`: what was done, and from when to when."""

    def __init__(self, messenger: Messenger, number: int) -> None:
        self._messenger, self._me, self._number = messenger, Person(messenger, "dn"), number
        self.took: dict[str, tuple[float, float]] = {}

    async def fill(self) -> None:
        """Ask for it, and fill it in: in a process of its own, so that this one's memory is the bot's."""
        form = await self._timed("given out", lambda one: one.file, action="workbook/bacgiang-2020/0")
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            for name, wrong in (("wrong", True), ("right", False)):
                make = partial(written, form.file.content, self._number, wrong=wrong)
                self._messenger.files[name] = await asyncio.get_running_loop().run_in_executor(pool, make)

    async def come_back(self) -> None:
        """Sent with mistakes, sent right, confirmed."""
        some = f"checked, {len(range(0, self._number, WRONG))} of them wrong"
        await self._timed(some, _asked, file=self._sent("wrong"))
        good = await self._timed("checked, all right", _asked, file=self._sent("right"))
        await self._timed("registered after the word", lambda one: one.file, action=_asked(good))

    def _sent(self, name: str) -> dict[str, Any]:
        return {"ref": name, "name": f"{name}.xlsx", "size": len(self._messenger.files[name])}

    async def _timed(self, what: str, end: Callable[[Delivery], Any], **said: Any) -> Any:
        began = time.perf_counter()
        await self._messenger.hand_in("dn", kind="tap" if "action" in said else "file", **said)
        found = await self._me.until(end)
        self.took[what] = began, time.perf_counter()
        return found


def _asked(delivery: Delivery) -> str:
    """The action of the button that says: register them."""
    return next((action for _, action in delivery.buttons if action.startswith("import/")), "")


async def workbook(url: str, name: str, number: int) -> list[Figure]:
    """Seconds, memory, and what another person sees of it."""
    async with running(url, TITLES) as process:
        database, now = process.app.database, process.app.clock.business()
        await database.run(seated, "phone", "dn", "Người nộp", "delegate", FACTORY, now)
        messenger = cast("Messenger", process.app.channels["phone"])
        book = Workbook(messenger, number)
        await book.fill()
        others, began = Others(messenger), time.perf_counter()
        await asyncio.sleep(IDLE)
        idle, memory = others.between(began, time.perf_counter()), Memory()
        await book.come_back()
        memory.end()
        await others.end()
        there = len(await rows(database, "SELECT id FROM dossiers"))
    told = []
    for what, (began, ended) in book.took.items():
        turned = beside(f"{name}: {number:,} rows {what}", idle, others.between(began, ended) or idle)
        alone, ours = f"/menu {turned.reference}", f"{ended - began:.1f} s; another's /menu {turned.ours}"
        told.append(replace(turned, reference=alone, ours=ours))
    held = f"at most {memory.ours:.0f} MB, a child {memory.child:.0f} MB"
    return [*told, Figure(f"{name}: memory meanwhile", f"{memory.before:.0f} MB before", held,
                          f"{memory.ours / (memory.before or 1):.2f}", f"{number:,} dossiers", there == number)]  # fmt: skip


async def figures(number: int = PEOPLE, book: int = ROWS, only: str = "") -> list[Figure]:
    """Both on SQLite, and on PostgreSQL where there is one; `only` one of "sqlite", "postgres"."""
    found: list[Figure] = []
    wanted = [(measure, many) for measure, many in ((crowds, number), (workbook, book)) if many]
    for measure, many in wanted if only != "postgres" else ():
        with tempfile.TemporaryDirectory() as folder:
            found += await measure(f"sqlite:///{folder}/t.db", "SQLite", many)
    with postgres.server() if only != "sqlite" else nullcontext() as server:
        for measure, many in wanted if server else ():
            async with postgres.fresh_database(str(server)) as url:
                found += await measure(url, "PostgreSQL", many)
    return found if server or only == "sqlite" else [*found, Figure("PostgreSQL", "", postgres.MISSING)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.registering")
    parser.add_argument("--people", type=int, default=PEOPLE, help="at once; 0: none")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the workbook; 0: none")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="")
    asked = parser.parse_args()
    sys.exit(0 if show(asyncio.run(figures(asked.people, asked.rows, asked.database))) else 1)

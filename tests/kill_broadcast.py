"""Kill -9 at random within a broadcast, against a Bot API that refuses, fails, hangs and cuts; and count what became of each.

`python -m tests.kill_broadcast --kills 200 --people 5000` prints the figures for both databases, and for three processes on
PostgreSQL of which one at random is killed or stands still (SIGSTOP); tests/test_kill_broadcast.py runs the same small.
What each chat shows is laid beside what the list of recipients says: whoever it names as sent has it once, whoever it
does not name as in doubt has it exactly as it says.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import tempfile
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.audience import Recipients
from domain.people import Unit, UnitKind
from storage import broadcasts, content, outbox, people
from storage.broadcasts import Draft
from storage.migrate import open_database
from tests import postgres
from tests.bot_process import BotProcess
from tests.killing import Killing, arguments, tell
from texts.message import line, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

FAULTS = ("429", "403", "403", "500", "500", "502", "cut", "cut", "cut_after", "garbage")
HANGS = ("hang", "hang_after")
"""These take until the bot gives up on an answer."""
BOARD, FIRM = "kkt", "dn"
FIRST_CHAT = 1000
AUTHOR = 10**9
"""somebody with no messenger: what the author is told of it would be counted as the broadcast"""
OVER = {"done", "stopped", "paused"}
PATIENCE = 600.0


@dataclass
class Figures:
    """What became of the people of one broadcast."""

    people: int
    kills: int = 0
    freezes: int = 0
    in_flight: set[str] = field(default_factory=set)
    """messages that were claimed when a process was killed or stopped, by key"""
    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """people who have it more or less often than their row says, without its saying that it is in doubt"""
    standstill: float = 0.0
    """the longest time in seconds in which the others sent nothing after one was killed or stood still"""
    paused: int = 0


class Paced(BotProcess):
    """A bot that may send so many messages a second."""

    rate = 29.0

    def stop(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGCONT)

    def _environment(self) -> dict[str, str]:
        made = super()._environment() | {"THIDUA_TELEGRAM_RATE": str(self.rate)}
        if "PYTHONPYCACHEPREFIX" in made:
            made["PYTHONPYCACHEPREFIX"] = str(self.folder.parent / "compiled")
        return made


class Trial(Killing):
    """One broadcast, sent by one process or several."""

    def __init__(self, url: str, folder: Path, seed: int, *, real_leases: bool, processes: int, rate: float) -> None:
        super().__init__(url, "polling", folder, seed, real_leases=real_leases)
        self.bots = [self._bot(number, rate) for number in range(processes)]
        self.bot = self.bots[0]
        self.trouble = 0

    def _bot(self, number: int, rate: float) -> Paced:
        folder = self.folder / str(number)
        folder.mkdir()
        bot = Paced(self.url, self.telegram, "polling", folder)
        bot.rate = rate
        return bot

    async def run(self, kills: int, people_: int, frozen_for: tuple[float, ...]) -> Figures:
        """Send it, with so many kills and freezes in between, until it is done; and count."""
        figures = Figures(people_)
        await self._prepare(people_)
        async with self.telegram:
            troubling = asyncio.create_task(self._make_trouble())
            try:
                await asyncio.gather(*(bot.start() for bot in self.bots))
                every = max(4, people_ // (kills + 1))
                for number in range(kills):
                    if await self._hit(figures, every, () if number % 2 else frozen_for):
                        break
                troubling.cancel()
                await self._until_done(figures)
            finally:
                troubling.cancel()
                for bot in self.bots:
                    if bot.is_up():
                        bot.go_on()
                        await bot.kill()
            await self._count(figures)
        return figures

    async def _prepare(self, number: int) -> None:
        database = await open_database(self.url)
        try:
            await database.run(_audience, number)
        finally:
            await database.close()

    async def _make_trouble(self) -> None:
        """Every so many calls one goes wrong."""
        while True:
            awaited = len(self.telegram.calls) + self.random.randrange(5, 60)
            await self.telegram.until(lambda n=awaited: len(self.telegram.calls) >= n, PATIENCE)
            self.telegram.fault(self.random.choice((*FAULTS, *HANGS) if self.real_leases else FAULTS))
            self.trouble += 1

    async def _hit(self, figures: Figures, every: int, frozen_for: tuple[float, ...]) -> bool:
        """Kill a process within the next so many messages, or have it stand still; True: the broadcast is over."""
        self.bot = self.random.choice(self.bots)
        awaited = len(self.telegram.sent) + self.random.randrange(1, every)
        with suppress(TimeoutError):
            await self.telegram.until(lambda: len(self.telegram.sent) >= awaited, 5)
        await asyncio.sleep(self.random.random() * 0.05)
        if frozen_for:
            await self._freeze(figures, self.random.choice(frozen_for))
        else:
            await self.bot.kill()
            figures.kills += 1
            await self._note_in_flight(figures)
            if len(self.bots) > 1:
                await self._others_get_on(figures)
            await self._officer(figures)
            if len(self.bots) == 1:
                await self.start_again()
            else:
                await self.bot.start()
        return await self._state() in OVER - {"paused"}

    async def _freeze(self, figures: Figures, seconds: float) -> None:
        assert isinstance(self.bot, Paced)
        self.bot.stop()
        figures.freezes += 1
        await self._note_in_flight(figures)
        began = asyncio.get_running_loop().time()
        await self._others_get_on(figures)
        await asyncio.sleep(max(0.0, began + seconds - asyncio.get_running_loop().time()))
        self.bot.go_on()
        await self._officer(figures)

    async def _others_get_on(self, figures: Figures) -> None:
        """How long it takes until the next message goes out; of no meaning where there is none left to go."""
        if await self._state() != "running":
            return
        clock, sent = asyncio.get_running_loop(), len(self.telegram.sent)
        began = clock.time()
        while len(self.telegram.sent) == sent and await self._state() == "running":
            with suppress(TimeoutError):
                await self.telegram.until(lambda: len(self.telegram.sent) > sent, 0.5)
            if not await self._ready():
                return
        figures.standstill = max(figures.standstill, clock.time() - began)

    async def _note_in_flight(self, figures: Figures) -> None:
        figures.in_flight |= {r["key"] for r in await self.look("SELECT key FROM outbox WHERE state = 'sending'")}

    async def _state(self) -> str:
        (row,) = await self.look("SELECT state FROM broadcasts")
        return str(row["state"])

    async def _ready(self) -> bool:
        return bool(await self.look("SELECT 1 FROM outbox WHERE state = 'ready' LIMIT 1"))

    async def _officer(self, figures: Figures) -> None:
        """Where it has paused by itself, somebody has looked and has it go on."""
        if await self._state() != "paused":
            return
        figures.paused += 1
        database = await open_database(self.url)
        try:
            (row,) = await self.look("SELECT MAX(ended_at) AS last FROM recipients")
            await database.run(broadcasts.resume, 1, row["last"] + 1, 1)
        finally:
            await database.close()

    async def _until_done(self, figures: Figures) -> None:
        """Until nobody is left; what a dead process held is taken over when its leases run out."""
        clock = asyncio.get_running_loop()
        until = clock.time() + PATIENCE
        while await self._state() != "done":
            if clock.time() > until:
                raise TimeoutError(f"not done: {await self._state()}\n{self.bot.log()}")
            if not await self._ready() and not self.real_leases and len(self.bots) > 1:
                await self._expire()
            if await self._state() == "paused":
                if self.url.startswith("sqlite"):
                    await self.bot.kill()
                await self._officer(figures)
                if self.url.startswith("sqlite"):
                    await self.start_again()
            await asyncio.sleep(0.2)

    async def _expire(self) -> None:
        """What hangs in a process that is there is renewed by it; what a dead one left is not."""
        database = await open_database(self.url)
        try:
            await database.run(_expired)
        finally:
            await database.close()
        await asyncio.sleep(1)

    # counting

    async def _count(self, figures: Figures) -> None:
        shown = Counter(one.chat for one in self.telegram.sent)
        rows = await self.look(
            "SELECT r.member, r.state, r.reason, a.address FROM recipients r JOIN addresses a ON a.member = r.member"
        )
        figures.lost += [f"{figures.people - len(rows)} people were not listed"] * (len(rows) != figures.people)
        for row in rows:
            figures.states[row["state"]] += 1
            times, name = shown[int(row["address"])], f"{row['member']}: {row['state']} ({row['reason']})"
            if row["state"] in {"listed", "queued"} or (row["state"] == "sent" and not times):
                figures.lost.append(name)
            if times > 1:
                figures.doubled.append(f"{name}, {times} times")
            if row["state"] != "unknown" and times != (row["state"] == "sent"):
                figures.unnamed.append(f"{name}, seen {times} times")


async def _audience(tx: Any, number: int) -> None:
    now = 1
    for slug, kind, parent in ((BOARD, UnitKind.BOARD, None), (FIRM, UnitKind.ENTERPRISE, BOARD)):
        await people.put_unit(tx, Unit(slug=slug, name=slug, kind=kind, parent=parent), BOARD)
    for n in range(number):
        member = await people.at_address(tx, "telegram", str(FIRST_CHAT + n), now)
        await tx.run("memberships.add", member=member, unit=FIRM, role="delegate", position=None, since=now)
    await content.changed(tx)
    audience = Recipients(board=BOARD).model_dump_json()
    body = outbox.packed(say(line("broadcast.body", board=BOARD, text="Chào anh/chị")))
    draft = Draft(BOARD, AUTHOR, body, audience, number, now, now, at_once=True, waits=True)
    assert await broadcasts.create(tx, draft) == 1
    # so many are never sent to without a second person's word
    assert await broadcasts.approve(tx, 1, AUTHOR + 1, now)


async def _expired(tx: Any) -> None:
    from storage.units import Query, Want

    await Query("UPDATE outbox SET lease_until = 0 WHERE state = 'sending'", [], Want.COUNT)


async def trial(
    url: str, folder: Path, kills: int, people_: int, seed: int, *, real: bool, processes: int = 1, rate: float = 29.0,
    frozen_for: tuple[float, ...] = (),
) -> Figures:  # fmt: skip
    """One trial, from an empty database to the figures."""
    one = Trial(url, folder, seed, real_leases=real, processes=processes, rate=rate)
    return await one.run(kills, people_, frozen_for)


COLUMNS = (
    "people",
    "kills",
    "frozen",
    "in flight",
    "sent",
    "failed",
    "in doubt",
    "lost",
    "twice",
    "unnamed",
    "paused",
    "still s",
)


def table(results: dict[str, Figures]) -> str:
    """The figures of several trials."""
    lines = [f"{'':<24}" + "".join(f"{one:>10}" for one in COLUMNS)]
    for name, one in results.items():
        cells = (one.people, one.kills, one.freezes, len(one.in_flight), one.states["sent"], one.states["failed"],
                 one.states["unknown"], len(one.lost), len(one.doubled), len(one.unnamed), one.paused, f"{one.standstill:.1f}")  # fmt: skip
        lines.append(f"{name:<24}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)


async def _places(asked: argparse.Namespace) -> AsyncIterator[tuple[str, str, Path, int]]:
    """Name, database, folder and number of processes of each trial that was asked for."""
    wanted = [("sqlite", 1), ("postgres", 1), ("postgres", 3)]
    with nullcontext() if asked.database == "sqlite" else postgres.server() as server:
        for kind, processes in wanted:
            if asked.database in {None, kind} and asked.processes in {None, processes} and (server or kind == "sqlite"):
                with tempfile.TemporaryDirectory(prefix="thidua-kill-") as folder:
                    fresh = postgres.fresh_database(str(server))
                    async with fresh if kind == "postgres" else nullcontext(f"sqlite:///{folder}/kill.db") as url:
                        yield f"{kind}, {processes} process{'es' * (processes > 1)}", url, Path(folder), processes


async def _all(asked: argparse.Namespace) -> dict[str, Figures]:
    results = {}
    numbers = itertools.count(asked.seed)
    async for name, url, folder, processes in _places(asked):
        frozen = (2.0, 8.0, 40.0) if processes > 1 else ()
        results[name] = one = await trial(
            url, folder, asked.kills, asked.people, next(numbers), real=True, processes=processes, rate=asked.rate,
            frozen_for=frozen,
        )  # fmt: skip
        tell(f"{name}:", *one.lost, *one.doubled, *one.unnamed, table({name: one}))
    return results


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--processes", type=int, choices=(1, 3))
    parser.add_argument("--rate", type=float, default=29.0)
    tell(table(asyncio.run(_all(parser.parse_args()))))


if __name__ == "__main__":
    main()

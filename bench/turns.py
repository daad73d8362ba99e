"""What one durable turn costs, beside a bare python-telegram-bot handler: `python -m bench.turns`.

A turn: the inbox row taken, parsed, session and engine, the reply in the outbox, all committed with synchronous=FULL.
Receiving (the inbox row committed) and sending (claimed, sent into a stub, the result recorded) stand beside it.
CPU is that of the whole process, so the writing thread counts. The reference answers one command with one line and
keeps nothing. Rounds alternate and medians are compared, so a noisy machine disturbs both alike.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from telegram import Update

from bench import people
from bench.peer import ANSWER, application, updates
from bench.table import Figure, Spent, show, us
from bot.build import App
from scheduler.deliver import Deliver
from scheduler.take_turns import TakeTurns
from storage.people import at_address
from tests import postgres

PEOPLE, EACH, ROUNDS = 120, 4, 7
"""people who write, messages of each that wait, rounds"""
AT_ONCE = (1, 8, 64)
TALKERS = 64
HOLD = 3.0
HEAVY = "campaign/haiphong-2023"
_chats = itertools.count(1000)
Said = Callable[[int], dict[str, Any]]


def light(chat: int) -> dict[str, Any]:
    """A command."""
    return people.command(chat, "/menu")


def heavy(chat: int) -> dict[str, Any]:
    """A tap that leads to a campaign at a glance."""
    return people.tap(chat, HEAVY)


@dataclass
class Measured:
    """What was spent on each message, round by round."""

    received: list[float] = field(default_factory=list)
    turned: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


async def rounds_of(app: App, said: Said, into: Measured) -> None:
    """One round: many people's messages received, answered, sent."""
    chats = list(itertools.islice(_chats, PEOPLE))
    total = PEOPLE * EACH
    gc.collect()
    into.received.append((await _spent(_receive(app, said, chats))).cpu / total)
    into.turned.append((await _spent(_turn(app))).cpu / total)
    into.sent.append((await _spent(_send(app, total))).cpu / total)


async def _until(done: Callable[[], bool]) -> None:
    """Looking costs next to nothing, where a listener of ours would cost something a message."""
    while not done():  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def _spent(work: Awaitable[None]) -> Spent:
    began = Spent.now()
    await work
    return began.since()


async def _receive(app: App, said: Said, chats: list[int]) -> None:
    """As the poll hands them over: one person's in order, people side by side."""

    async def one(chat: int) -> None:
        for _ in range(EACH):
            await people.take_in(app, said(chat))

    await asyncio.gather(*(one(chat) for chat in chats))


async def _turn(app: App) -> None:
    taking = TakeTurns(app.database, app.turns._turns, app.clock.business)
    await taking.start()
    await taking.sweep()
    await _until(lambda: taking._queue.empty() and not taking._busy)
    await taking.stop(5)


async def _send(app: App, number: int) -> None:
    channel = app.channels["telegram"]
    sent = 0

    async def exchange(*_: Any) -> tuple[int, bytes]:
        nonlocal sent
        sent += 1
        return 200, ANSWER

    channel._request._exchange = exchange
    sending = Deliver(app.database, channel, app.files, app.clock, app.worker)
    await sending.start()
    await _until(lambda: sent >= number)
    await sending.stop(5)


async def talking(app: App, at_once: int) -> Spent:
    """So many people at once say something, are answered, say the next: what one message took, received and turned."""
    turns, now = app.turns._turns, app.clock.business()
    chats = itertools.islice(_chats, TALKERS)
    known = [(chat, await app.database.run(at_address, "telegram", str(chat), now)) for chat in chats]

    async def talk(lane: list[tuple[int, int]]) -> None:
        for chat, member in lane:
            for _ in range(EACH):
                await people.take_in(app, light(chat))
                await app.database.run(turns.take, member)

    began = Spent.now()
    await asyncio.gather(*(talk(known[first::at_once]) for first in range(at_once)))
    return began.since(TALKERS * EACH)


class Reference:
    """python-telegram-bot's handler, measured between our rounds."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.handled: list[float] = []
        self.parsed_with_buttons: list[float] = []

    async def round(self) -> None:
        """The command alone, from an update parsed before; and with the parsing and our menu's six buttons."""
        ready = [Update.de_json(json.loads(raw), self._application.bot) for raw in updates("menu", PEOPLE * EACH)]
        self.handled.append((await _spent(self._handle(ready))).cpu / len(ready))
        self.parsed_with_buttons.append((await _spent(self._parse(updates("buttons", len(ready))))).cpu / len(ready))

    async def _handle(self, ready: list[Update]) -> None:
        for update in ready:
            await self._application.process_update(update)

    async def _parse(self, raws: list[str]) -> None:
        for raw in raws:
            await self._application.process_update(Update.de_json(json.loads(raw), self._application.bot))


async def on(database_url: str, name: str, hold: float | None) -> list[Figure]:
    """All figures of one database."""
    reference = Reference(await application("Anh/chị muốn xem gì?", [f"Nút thứ {n}" for n in range(6)]))
    command, screen = Measured(), Measured()
    async with people.running(database_url) as app:
        for _ in range(ROUNDS):
            await reference.round()
            await rounds_of(app, light, command)
            await rounds_of(app, heavy, screen)
        talked = {at_once: await talking(app, at_once) for at_once in AT_ONCE}
    bare, full = median(reference.handled), median(reference.parsed_with_buttons)
    ours = median(command.turned)
    return [
        Figure(f"{name}: CPU of a turn, /menu", f"PTB handler, one line {us(bare)}", us(ours), f"{ours / bare:.2f}",
               f"≤ {hold:g}" if hold else "", ours / bare <= hold if hold else None),
        _beside(f"{name}: … and received", f"PTB parsed, six buttons {us(full)}", ours + median(command.received), full),
        _beside(f"{name}: … received, turned, sent", f"the same {us(full)}", _whole(command), full),
        _beside(f"{name}: CPU of a turn, a campaign's screen", us(bare), median(screen.turned), bare),
        _beside(f"{name}: … received, turned, sent", us(full), _whole(screen), full),
        *(Figure(f"{name}: received and turned, {at_once} at once", "", f"{1 / spent.wall:,.0f}/s, CPU {us(spent.cpu)}")
          for at_once, spent in talked.items()),
    ]  # fmt: skip


def _beside(what: str, reference: str, ours: float, bare: float) -> Figure:
    return Figure(what, reference, us(ours), f"{ours / bare:.2f}")


def _whole(measured: Measured) -> float:
    return median(measured.received) + median(measured.turned) + median(measured.sent)


async def figures() -> list[Figure]:
    """SQLite, and PostgreSQL where there is one (its server's own CPU is not counted)."""
    with tempfile.TemporaryDirectory() as folder:
        found = await on(f"sqlite:///{folder}/turns.db", "SQLite", HOLD)
    with postgres.server() as url:
        if url is None:
            return [*found, Figure("PostgreSQL", "", postgres.MISSING)]
        async with postgres.fresh_database(url) as fresh:
            return found + await on(fresh, "PostgreSQL", None)


if __name__ == "__main__":
    show(asyncio.run(figures()))

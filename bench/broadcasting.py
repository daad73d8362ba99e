"""A broadcast through an enforced limit, and replies meanwhile: `python -m bench.broadcasting [--people 20000] [--speed 10]`.

Use: so many people are sent a broadcast through a Bot API that refuses whatever is more than 30 messages in any one second;
both the limit and our pace are `speed` times as fast, so that it does not take ten minutes. Use is what was delivered, of
the limit, from the first delivery to the last.
Replies: one message after another is answered by a running app at the real pace and 60 ms latency, first with nothing else
to do, then while a broadcast goes out: the 99th percentile of either, from the message to the call that answers it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import people
from bench.server import Server, server
from bench.table import Figure, show
from bot.build import App
from bot.lifecycle import Process
from channels.contract import Delivery, Outcome
from domain.audience import Recipients
from domain.people import Unit, UnitKind
from storage import broadcasts, content, outbox
from storage.broadcasts import Counts, Draft
from storage.people import at_address, put_unit
from storage.units import Tx
from texts.message import line, say

PEOPLE, SPEED = 20_000, 10.0
LIMIT, RATE, LATENCY = 30, 29.0, 0.06
ASKED = 300
"""messages answered, idle and during a broadcast"""
USED, TIMES = 0.96, 1.5
BOARD, FIRM, FIRST = "bench", "bench-dn", 100_000
AUTHOR = 10**9
"""somebody with no messenger: what the author is told of it would be counted"""


@asynccontextmanager
async def running(api: Server, rate: float) -> AsyncIterator[tuple[App, Process]]:
    """An app on a database of its own, all of it running."""
    with tempfile.TemporaryDirectory() as folder:
        async with people.running(f"sqlite:///{folder}/broadcasting.db", api.url, rate) as app:
            process = Process(app)
            await process.start()
            try:
                yield app, process
            finally:
                await process.stop()


async def audience(tx: Tx, number: int, now: int) -> int:
    """So many people of one enterprise, and a broadcast to them that is due."""
    await put_unit(tx, Unit(slug=BOARD, name="Ban", kind=UnitKind.BOARD), BOARD)
    await put_unit(tx, Unit(slug=FIRM, name="Công ty", kind=UnitKind.ENTERPRISE, parent=BOARD), BOARD)
    for n in range(number):
        member = await at_address(tx, "telegram", str(FIRST + n), now)
        await tx.run("memberships.add", member=member, unit=FIRM, role="delegate", position=None, since=now)
    await content.changed(tx)
    whole = Recipients(board=BOARD).model_dump_json()
    body = outbox.packed(say(line("broadcast.body", board="Ban", text="Chào anh/chị")))
    made = await broadcasts.create(tx, Draft(BOARD, AUTHOR, body, whole, number, now, now, at_once=True, waits=True))
    assert made is not None
    # so many are never sent to without a second person's word
    await broadcasts.approve(tx, made, AUTHOR + 1, now)
    return made


async def use(number: int, speed: float) -> Figure:
    """How much of an enforced limit is used."""
    limit = int(LIMIT * speed)
    async with server(limit=limit) as api, running(api, RATE * speed) as (app, _):
        which = await app.database.run(audience, number, app.clock.business())
        while (now := await app.database.read(broadcasts.counts, which)) != Counts(sent=number):
            assert not now.failed, now
            await asyncio.sleep(0.5)
        at = sorted(one["at"] for one in await api.sent())
        refused = await api.refused()
    used = (len(at) - 1) / (at[-1] - at[0]) / limit
    return Figure(
        f"use of {LIMIT} a second, enforced, {number:,} people", f"at {speed:g} × the speed", f"{used:.1%}, {refused} × 429", "",
        f"≥ {USED:.0%}, no 429", used >= USED and not refused,
    )  # fmt: skip


class Asking:
    """People who write one after another, and how long each waits."""

    def __init__(self, app: App, api: Server) -> None:
        self._api, self._random = api, random.Random(5)
        self._arrived: dict[str, asyncio.Event] = {}
        channel = app.channels["telegram"]
        self._send = channel.send
        channel.send = self._seen  # type: ignore[method-assign]

    async def _seen(self, delivery: Delivery) -> Outcome:
        if found := self._arrived.get(delivery.address):
            found.set()
        return await self._send(delivery)

    async def ask(self, number: int) -> list[float]:
        """So many messages, each answered before the next; in seconds, in order of length."""
        taken = []
        for n in range(number):
            chat = 1 + n % 50
            event = self._arrived[str(chat)] = asyncio.Event()
            began = time.perf_counter()
            await self._api.order("say", chat=chat, text="/menu")
            await event.wait()
            taken.append(time.perf_counter() - began + LATENCY)
            await asyncio.sleep(self._random.random() * 0.1)
        return sorted(taken)


async def replies(number: int) -> Figure:
    """The 99th percentile of an answer while a broadcast goes out, beside idle."""
    async with server(latency=LATENCY) as api, running(api, RATE) as (app, _):
        asking = Asking(app, api)
        await asking.ask(20)
        idle = await asking.ask(number)
        which = await app.database.run(audience, 30 * number, app.clock.business())
        while not (await app.database.read(broadcasts.counts, which)).sent:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        busy = await asking.ask(number)
        assert (await app.database.read(broadcasts.counts, which)).queued, "the broadcast was over too soon"
    (i50, i99), (b50, b99) = (_percentiles(one) for one in (idle, busy))
    return Figure(
        "answer to /menu while a broadcast goes out", f"idle p50 {i50 * 1000:.0f} ms, p99 {i99 * 1000:.0f} ms",
        f"p50 {b50 * 1000:.0f} ms, p99 {b99 * 1000:.0f} ms", f"{b99 / i99:.2f}", f"p99 ≤ {TIMES} ×", b99 <= TIMES * i99,
    )  # fmt: skip


def _percentiles(taken: list[float]) -> tuple[float, float]:
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100]


async def figures(number: int = PEOPLE, speed: float = SPEED, asked: int = ASKED) -> list[Figure]:
    """Use of the limit, and replies."""
    return [await use(number, speed), await replies(asked)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--speed", type=float, default=SPEED)
    parser.add_argument("--asked", type=int, default=ASKED)
    told = parser.parse_args()
    show(asyncio.run(figures(told.people, told.speed, told.asked)))

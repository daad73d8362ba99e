"""How long an answer takes when nothing else is going on: `python -m bench.latency`. For information.

From the moment an update is handed to the Bot API until it has our sendMessage: long poll, inbox row, turn, outbox row,
claim, call; three commits on the way. One message at a time, the Bot API in another process at 0 ms latency, the pace
left out. The clock is read in this process, so the hand-over and the look at what was sent are in it too.
"""

from __future__ import annotations

import asyncio
import tempfile
import time

from bench import people
from bench.server import Server, server
from bench.table import Figure, show
from bot.build import App
from bot.lifecycle import Process
from channels.contract import Delivery, Outcome

CHATS, EACH, WARM = 20, 10, 20


async def figures() -> list[Figure]:
    """The median and the 99th percentile."""
    with tempfile.TemporaryDirectory() as folder:
        async with server() as api, people.running(f"sqlite:///{folder}/latency.db", api.url) as app:
            process = Process(app)
            await process.start()
            try:
                taken = sorted((await _measured(api, app))[WARM:])
            finally:
                await process.stop()
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    return [Figure("answer to /menu, idle, the whole way", "", f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")]


async def _measured(api: Server, app: App) -> list[float]:
    channel, arrived = app.channels["telegram"], asyncio.Event()
    send = channel.send

    async def seen(delivery: Delivery) -> Outcome:
        outcome = await send(delivery)
        arrived.set()
        return outcome

    channel.send = seen
    taken = []
    for number in range(CHATS * EACH + WARM):
        arrived.clear()
        began = time.perf_counter()
        await api.order("say", chat=1 + number % CHATS, text="/menu")
        await arrived.wait()
        taken.append(time.perf_counter() - began)
    return taken


if __name__ == "__main__":
    show(asyncio.run(figures()))

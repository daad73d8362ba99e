"""How fast messages go out, and how much of an enforced limit is used: `python -m bench.sending`.

Throughput: messages a second at 60 ms latency through the outbox (claimed and committed, sent over the Telegram
channel, the result recorded), this process on one core, the Bot API in another process. Beside it python-telegram-bot
as shipped and over our aiohttp class, sending as many at once, keeping nothing. Of each the best round counts: what
other programs take of the machine is nobody's speed.
Pace: a Bot API that refuses a 31st message in any one second. Use is what was delivered, of 30 a second, from the first
delivery to the last; what was refused is counted. Beside it python-telegram-bot's AIORateLimiter as shipped, which is
left to repeat what was refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from telegram import Bot
from telegram.ext import AIORateLimiter, ExtBot

from bench import people
from bench.server import Server, server
from bench.table import Figure, Spent, show, us
from bot.build import App
from channels.telegram.request import AiohttpRequest
from scheduler.deliver import IN_FLIGHT, Deliver, Parcel
from storage.outbox import NOTICE, packed
from storage.people import at_address
from storage.units import Tx
from tests import postgres
from texts.compose import plain
from texts.message import line, say

LATENCY, LIMIT = 0.06, 30
FAST_ONES, SHIPPED, ROUNDS = 1500, 100, 4
"""messages of ours and over aiohttp, as shipped, rounds"""
SECONDS = 21
RATE = 29.0
FAST, USED = 1000, 0.96
LINE = line("menu.head")
_numbers = itertools.count(1)
Send = Callable[[int], Awaitable[Any]]


class Counting(Deliver):
    """The sender, which says when so many ends are recorded."""

    def begin(self, number: int) -> asyncio.Event:
        """Count from now."""
        self._left, self.done = number, asyncio.Event()
        return self.done

    async def _write_down(self, landed: list[tuple[Parcel, Any]]) -> None:
        await super()._write_down(landed)
        self._left -= len(landed)
        if self._left <= 0:
            self.done.set()


async def fill(tx: Tx, number: int, now: int) -> None:
    """So many rows ready, each for somebody else."""
    for n in itertools.islice(_numbers, number):
        member = await at_address(tx, "telegram", str(n), now)
        await tx.run(
            "outbox.put", key=f"notice:{n}", member=member, channel="telegram", address=str(n), lane=NOTICE,
            body=packed(say(LINE)), edits=None, not_before=0, created_at=now,
        )  # fmt: skip


async def ours(app: App, number: int) -> Spent:
    """What each of so many messages took, from ready to recorded."""
    await app.database.run(fill, number, app.clock.business())
    sending = Counting(app.database, app.channels["telegram"], app.files, app.clock, app.worker)
    done, began = sending.begin(number), Spent.now()
    await sending.start()
    await done.wait()
    spent = began.since(number)
    await sending.stop(5)
    return spent


async def theirs(send: Send, number: int, at_once: int) -> Spent:
    """The same over a plain call, so many at once."""
    left = iter(range(1, number + 1))

    async def lane() -> None:
        for chat in left:
            await send(chat)

    began = Spent.now()
    await asyncio.gather(*(lane() for _ in range(at_once)))
    return began.since(number)


@asynccontextmanager
async def sending_over(bot: Bot) -> AsyncIterator[Send]:
    """A bot of python-telegram-bot, ready to send our line."""
    text = plain(LINE, "vi")
    async with bot:
        yield lambda chat: bot.send_message(chat, text)


async def throughput(database_url: str, name: str, hold: int | None) -> list[Figure]:
    """Messages a second, ours and theirs, round by round."""
    async with server(latency=LATENCY) as api, people.running(database_url, api.url) as app:
        base, aiohttp = f"{api.url}/bot", AiohttpRequest(f"{api.url}/bot{people.TOKEN}")
        async with (
            sending_over(Bot(people.TOKEN, base_url=base)) as shipped,
            sending_over(Bot(people.TOKEN, base_url=base, request=aiohttp)) as over_aiohttp,
        ):
            found: dict[str, list[Spent]] = {"ours": [], "shipped": [], "aiohttp": []}
            for _ in range(ROUNDS):
                found["shipped"].append(await theirs(shipped, SHIPPED, IN_FLIGHT))
                found["aiohttp"].append(await theirs(over_aiohttp, FAST_ONES, IN_FLIGHT))
                found["ours"].append(await ours(app, FAST_ONES))
    rate = {who: max(1 / spent.wall for spent in spents) for who, spents in found.items()}
    cpu = median(spent.cpu for spent in found["ours"])
    said = f"{rate['ours']:,.0f}/s, CPU {us(cpu)}"
    return [
        Figure(f"{name}: sent at 60 ms latency", f"PTB as shipped {rate['shipped']:,.0f}/s", said,
               f"{rate['ours'] / rate['shipped']:.1f}", f"≥ {hold:,}/s" if hold else "",
               rate["ours"] >= hold if hold else None),
        Figure("", f"PTB over aiohttp {rate['aiohttp']:,.0f}/s", "", f"{rate['ours'] / rate['aiohttp']:.2f}"),
    ]  # fmt: skip


async def pace() -> list[Figure]:
    """Use of a limit of 30 a second that is enforced."""
    async with server(limit=LIMIT) as api:
        with tempfile.TemporaryDirectory() as folder:
            async with people.running(f"sqlite:///{folder}/pace.db", api.url, RATE) as app:
                await ours(app, int(SECONDS * RATE))
        used, refused = await _used(api)
    async with server(limit=LIMIT) as api:
        bot = ExtBot(people.TOKEN, base_url=f"{api.url}/bot", rate_limiter=AIORateLimiter(max_retries=100))
        async with sending_over(bot) as send:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await theirs(send, 10 * SECONDS * LIMIT, 2 * LIMIT)
        peer, peer_refused = await _used(api)
    return [
        Figure("use of 30 messages a second, enforced", f"AIORateLimiter {peer:.1%}, {peer_refused} × 429",
               f"{used:.1%}, {refused} × 429", f"{used / peer:.2f}", f"≥ {USED:.0%}, no 429",
               used >= USED and not refused),
    ]  # fmt: skip


async def _used(api: Server) -> tuple[float, int]:
    at = [one["at"] for one in await api.sent()]
    return (len(at) - 1) / (at[-1] - at[0]) / LIMIT, await api.refused()


async def figures() -> list[Figure]:
    """SQLite, PostgreSQL where there is one, and the pace."""
    with tempfile.TemporaryDirectory() as folder:
        found = await throughput(f"sqlite:///{folder}/sending.db", "SQLite", FAST)
    with postgres.server() as url:
        if url is not None:
            async with postgres.fresh_database(url) as fresh:
                found += await throughput(fresh, "PostgreSQL", None)
    return found + await pace()


if __name__ == "__main__":
    show(asyncio.run(figures()))

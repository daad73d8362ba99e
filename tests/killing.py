"""A bot that is killed with `kill -9` at random instants and started again; what `tests/kill*.py` lay their trials on."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from tests import postgres
from tests.bot_process import BotProcess, look
from tests.fakes.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PLACES = tuple((kind, mode) for kind in ("sqlite", "postgres") for mode in ("polling", "webhook"))
"""Every database and every way updates come in."""


class Killing:
    """One bot, one fake Bot API, one database."""

    def __init__(self, url: str, mode: str, folder: Path, seed: int, *, real_leases: bool) -> None:
        self.url, self.folder, self.random, self.real_leases = url, folder, random.Random(seed), real_leases
        self.telegram = FakeTelegram(latency=0.004)
        self.bot = BotProcess(url, self.telegram, mode, folder)

    async def kill(self, within: int = 25, rest: float = 1.0) -> None:
        """Kill it so many calls from now and a moment later: before, within or after a turn, a claim, a send, a record.

        Where nothing is called for `rest` seconds, at rest.
        """
        awaited = len(self.telegram.calls) + self.random.randrange(1, within)
        with suppress(TimeoutError):
            await self.telegram.until(lambda: len(self.telegram.calls) >= awaited, rest)
        await asyncio.sleep(self.random.random() * 0.02)
        await self.bot.kill()

    async def start_again(self) -> None:
        """Where several processes share a database a dead one's leases run out: here at once, unless told to wait."""
        if self.url.startswith("postgres") and not self.real_leases:
            connection = await asyncpg.connect(self.url)
            await connection.execute("UPDATE outbox SET lease_until = 0 WHERE state = 'sending'")
            await connection.execute("UPDATE work SET lease_until = 0 WHERE state = 'running'")
            await connection.close()
        await self.bot.start()

    async def look(self, sql: str) -> list[dict[str, Any]]:
        """What stands in the bot's database."""
        return await look(self.url, sql)

    async def until_quiet(self) -> None:
        """Until nothing waits, is done, or is on its way."""
        busy = (
            "SELECT 1 FROM inbox WHERE state = 'waiting' UNION ALL "
            "SELECT 1 FROM outbox WHERE state IN ('ready', 'sending') UNION ALL "
            "SELECT 1 FROM work WHERE state IN ('ready', 'running')"
        )
        for _ in range(3000):
            if not self.telegram.waiting and not await self.look(busy):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"not quiet after all this time: {await self.look(busy)}")


def arguments(told: str | None) -> argparse.ArgumentParser:
    """What every trial can be told in a shell."""
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    parser.add_argument("--mode", choices=("polling", "webhook"))
    return parser


async def places(asked: argparse.Namespace) -> AsyncIterator[tuple[str, str, str, Path]]:
    """Name, database, way in, and a folder of its own for each that was asked for; PostgreSQL where there is one."""
    with nullcontext() if asked.database == "sqlite" else postgres.server() as server:
        for kind, mode in PLACES:
            if asked.database in {None, kind} and asked.mode in {None, mode} and (server or kind == "sqlite"):
                with tempfile.TemporaryDirectory(prefix="thidua-kill-") as folder:
                    fresh = postgres.fresh_database(str(server))
                    async with fresh if kind == "postgres" else nullcontext(f"sqlite:///{folder}/kill.db") as url:
                        yield f"{kind}, {mode}", url, mode, Path(folder)


def tell(*lines: str) -> None:
    """Say it at once."""
    sys.stdout.write("".join(f"{one}\n" for one in lines))
    sys.stdout.flush()

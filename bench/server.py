"""The Bot API that is sent to: `tests/fakes/telegram.py` in a process of its own, on another core where there is one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.people import TOKEN

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """Its address, and what it has seen."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self.url, self._client = url, client

    async def set(self, **values: float | None) -> None:
        """Its `latency` in seconds, its `limit` of messages in any one second."""
        await self.order("set", **values)

    async def order(self, verb: str, **values: Any) -> None:
        """Let a person do something, or set what it is like."""
        async with self._client.post(f"{self.url}/control/{verb}", json=values) as answer:
            answer.raise_for_status()

    async def sent(self) -> list[dict[str, Any]]:
        """The messages delivered so far, each with `at`, the second of its delivery."""
        async with self._client.get(f"{self.url}/control/sent") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def refused(self) -> int:
        """How many calls got a 429."""
        async with self._client.get(f"{self.url}/control/state") as answer:
            return int((await answer.json())["refused"])


@asynccontextmanager
async def server(**values: float | None) -> AsyncIterator[Server]:
    """A fresh one, this process kept to the first core and the server to the others."""
    command = [sys.executable, "-m", "tests.fakes.telegram", "--token", TOKEN]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    ours = _part(process.pid)
    try:
        assert process.stdout
        url = (await asyncio.to_thread(process.stdout.readline)).strip()
        async with aiohttp.ClientSession() as client:
            made = Server(url, client)
            await made.set(**values)
            yield made
    finally:
        process.terminate()
        process.wait()
        _unpart(ours)


def _part(other: int) -> set[int]:
    """Give each process cores of its own, where the system can; the cores this one had."""
    if not hasattr(os, "sched_setaffinity"):
        return set()
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        first = min(cores)
        os.sched_setaffinity(0, {first})
        os.sched_setaffinity(other, cores - {first})
    return cores


def _unpart(cores: set[int]) -> None:
    if cores:
        os.sched_setaffinity(0, cores)

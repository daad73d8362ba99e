"""The bot as a process of its own, for tests that kill it: `thidua run` against a fake Bot API that outlives it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from tests.fakes.telegram import TOKEN

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a-webhook-secret-of-tests"
PATIENCE = 180.0
"""Seconds after which a test gives up on a process that does not start or end."""


class BotProcess:
    """Starts, kills and restarts one bot on one database. Its log stands in `folder`."""

    def __init__(self, url: str, telegram: FakeTelegram, mode: str, folder: Path) -> None:
        self.url, self.folder, self.port = url, folder, free_port()
        self._telegram, self._mode = telegram, mode
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it takes updates: its first poll, or its webhook registered anew."""
        calls = len(self._telegram.calls)
        with (self.folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", "run", cwd=self.folder, env=self._environment(), stdout=log, stderr=log,
            )  # fmt: skip
        awaited = "setWebhook" if self._mode == "webhook" else "getUpdates"
        ended = asyncio.create_task(self._process.wait())
        ended.add_done_callback(lambda _: self._telegram._notify())
        seen = self._telegram.calls
        try:
            await self._telegram.until(lambda: ended.done() or any(m == awaited for m, _ in seen[calls:]), PATIENCE)
        except TimeoutError as error:
            raise TimeoutError(f"the bot does not take updates:\n{self.log()}") from error
        if ended.done():
            raise RuntimeError(f"the bot ended with {ended.result()}:\n{self.log()}")
        ended.cancel()

    async def kill(self) -> None:
        """Kill -9."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def end(self, within: float, by: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit code. TimeoutError if it is not gone in so many seconds."""
        assert self._process
        self._process.send_signal(by)
        async with asyncio.timeout(within):
            return await self._process.wait()

    def is_up(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def log(self) -> str:
        return (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")}
        if kept.pop("PYTHONDONTWRITEBYTECODE", ""):  # else each start would compile all there is
            kept["PYTHONPYCACHEPREFIX"] = str(self.folder / "compiled")
        return kept | {
            "PYTHONPATH": str(ROOT),
            "THIDUA_ENV": "test",
            "THIDUA_DATABASE_URL": self.url,
            "THIDUA_HTTP_PORT": str(self.port),
            "THIDUA_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "THIDUA_SECRET_KEY": "of-tests-" + "x" * 32,
            "THIDUA_TELEGRAM_TOKEN": TOKEN,
            "THIDUA_TELEGRAM_API_URL": self._telegram.url,
            "THIDUA_TELEGRAM_MODE": self._mode,
            "THIDUA_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def look(url: str, sql: str) -> list[dict[str, Any]]:
    """Read the bot's database from outside, without ever writing to it."""
    if url.startswith("sqlite:///"):
        return await asyncio.to_thread(_look_sqlite, url.removeprefix("sqlite:///"), sql)
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def _look_sqlite(path: str, sql: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()

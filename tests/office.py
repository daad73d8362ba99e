"""The command line as an administrator meets it, and a process that has the database open meanwhile."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from bot import control
from bot.build import App, build
from bot.cli_office import add_commands
from bot.control import Control, hold
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).resolve().parent.parent
_HOLDER = """
import asyncio, sys
from bot.build import build
from bot.control import Control, hold
from bot.settings import Settings

async def main():
    settings = Settings(_env_file=None)
    with hold(settings):
        control = Control(await build(settings, channels=[]))
        if sys.argv[1:] != ["deaf"]:
            await control.start()
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def at_home(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str = "") -> Settings:
    """An installation in that folder (on SQLite, else on `url`): commands take everything from the environment."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("THIDUA_ENV", "test")
    monkeypatch.setenv("THIDUA_FILES_DIR", str(folder / "files"))
    monkeypatch.setenv("THIDUA_DATABASE_URL", url or f"sqlite:///{folder}/thidua.db")
    monkeypatch.setattr(control, "TRIES", 1)
    return Settings()


async def thidua(*arguments: str | Path) -> Result:
    """Run a command; its exit code and output. A traceback is a failure of the test."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    add_commands(app)
    result = await asyncio.to_thread(CliRunner().invoke, app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@asynccontextmanager
async def listening() -> AsyncIterator[App]:
    """A process as far as commands are concerned: it holds the database and listens."""
    settings = Settings()
    with hold(settings):
        app = await build(settings, channels=[])
        control = Control(app)
        try:
            await control.start()
            yield app
        finally:
            await control.stop()
            await app.database.close()


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[App]:
    """The app on a database that nobody has open, to look into it."""
    with hold(settings):
        app = await build(settings, channels=[])
        try:
            yield app
        finally:
            await app.database.close()


@asynccontextmanager
async def another_process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A real process with the database open, killed (`kill -9`) at the end; "deaf": it does not listen."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _HOLDER,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

"""The command `thidua`. Exit codes: 0 done, 1 done in part, 2 wrong use, 3 database, address or process not available."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError

from bot import logs
from bot.build import build
from bot.demo import START, Demo, Restart, prepare
from bot.lifecycle import Process
from bot.settings import Settings
from storage.units import StorageUnavailableError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, rich_markup_mode=None)
UNAVAILABLE, WRONG_USE = 3, 2


def main() -> None:
    """Run the command line; an expected failure is one line on standard error."""
    try:
        app()
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}".strip() for e in error.errors())
        _fail(f"settings: {reasons}", WRONG_USE)
    except StorageUnavailableError as error:
        _fail(f"the database is not available: {error}", UNAVAILABLE)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        _fail("the address is in use: set THIDUA_HTTP_PORT, or stop what runs there", UNAVAILABLE)


def _fail(why: str, code: int) -> NoReturn:
    sys.stderr.write(f"thidua: {why}\n")
    raise SystemExit(code)


@app.command()
def run() -> None:
    """Run the bot in production: everything from the environment or .env."""
    settings = Settings()
    logs.set_up(settings)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    await Process(await build(settings)).run()


@app.command()
def demo(port: int = typer.Option(0, help="another port than THIDUA_HTTP_PORT (8080)")) -> None:
    """Try it: the five plans, a web chat, a clock to turn. Nothing needed, nothing leaves this machine."""
    os.environ["THIDUA_ENV"] = "demo"
    if port:
        os.environ["THIDUA_HTTP_PORT"] = str(port)
    home = Path("var/demo")
    restart = Restart(START)
    while True:
        settings = Settings(database_url=f"sqlite:///{home}/thidua.db", clock_start=restart.at or START, public_url="")
        logs.set_up(settings, quiet=True)
        restart.at = None
        asyncio.run(_demo(settings, restart))
        if restart.at is None:
            return
        shutil.rmtree(home, ignore_errors=True)


async def _demo(settings: Settings, restart: Restart) -> None:
    built = await build(settings)
    await prepare(built)
    process: Process | None = None
    demo = Demo(built, restart, lambda: process.ended.set() if process else None)
    process = Process(built, demo.routes())
    running = asyncio.create_task(process.run())
    await asyncio.wait([running], timeout=0.3)
    if not running.done():
        sys.stdout.write(f"thidua demo: {settings.base_url}  (Ctrl-C ends it)\n")
        sys.stdout.flush()
    await running


if __name__ == "__main__":
    main()

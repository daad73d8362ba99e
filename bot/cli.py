"""The command `thidua`: the bot itself, and the office's commands.

Exit codes: 0 done, 1 done in part, 2 wrong use, 3 the database, the process or the address is not available.
"""

from __future__ import annotations

import asyncio
import errno
import getpass
import os
import secrets
import shutil
import sys
from pathlib import Path

import typer

from bot import cli_import, cli_office, logs
from bot.ask import ask_command
from bot.build import build
from bot.cli_run import UNAVAILABLE, carried, fail, settings
from bot.control import hold
from bot.demo import START, Demo, Restart, prepare
from bot.lifecycle import Process
from bot.settings import Settings
from channels.terminal.channel import TerminalChannel

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, rich_markup_mode=None)
HOME = Path("var/demo")
"""Where the demo and the terminal chat keep their databases."""


def main() -> None:
    """Run the command line; an expected failure is one line on standard error."""
    app()


@app.command()
def run() -> None:
    """Run the bot in production: everything from the environment or .env."""
    known = settings()
    logs.set_up(known)
    carried(_held(known))


async def _held(known: Settings) -> None:
    with hold(known):
        await _serve(Process(await build(known)))


async def _serve(process: Process) -> None:
    try:
        await process.run()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        fail("the address is in use: set THIDUA_HTTP_PORT, or stop what runs there", UNAVAILABLE)


@app.command()
def demo(port: int = typer.Option(0, min=0, max=65535, help="another port than THIDUA_HTTP_PORT (8080)")) -> None:
    """Try it: the five plans, a web chat, a clock to turn. Nothing needed, nothing leaves this machine."""
    os.environ |= {"THIDUA_ENV": "demo"} | ({"THIDUA_HTTP_PORT": str(port)} if port else {})
    restart = Restart(START)
    while restart.at:
        known = Settings(database_url=f"sqlite:///{HOME}/thidua.db", clock_start=restart.at, public_url="")
        logs.set_up(known, quiet=True)
        restart.at = None
        carried(_demo(known, restart))
        if restart.at:
            shutil.rmtree(HOME, ignore_errors=True)


async def _demo(known: Settings, restart: Restart) -> None:
    with hold(known):
        built = await build(known)
        await prepare(built)
        process = Process(built)
        process.serve_also(Demo(built, restart, process.ended.set).routes())
        running = asyncio.create_task(_serve(process))
        started = asyncio.create_task(process.started.wait())
        await asyncio.wait([running, started], return_when=asyncio.FIRST_COMPLETED)
        if started.done():
            sys.stdout.write(f"thidua demo: {known.base_url}  (Ctrl-C ends it)\n")
            sys.stdout.flush()
        started.cancel()
        await running


@app.command()
def chat() -> None:
    """Talk to the bot in this terminal: text only, numbered choices, the demo's plans and clock."""
    os.environ["THIDUA_ENV"] = "demo"
    known = Settings(database_url=f"sqlite:///{HOME}/chat.db", clock_start=START, http_port=0)
    logs.set_up(known, quiet=True)
    carried(_chat(known))


async def _chat(known: Settings) -> None:
    terminal = TerminalChannel(user=getpass.getuser(), source=sys.stdin, sink=sys.stdout, new_id=secrets.token_hex)
    with hold(known):
        built = await build(known, [terminal])
        await prepare(built)
        process = Process(built)
        running = asyncio.create_task(_serve(process))
        await terminal.ended.wait()
        await process.idle()
        process.ended.set()
        await running


app.command("ask")(ask_command)
cli_office.add_commands(app)
cli_import.add_commands(app)

if __name__ == "__main__":
    main()

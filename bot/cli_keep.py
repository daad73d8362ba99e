"""Keeping an installation: `migrate`, `backup`, `restore`, `doctor`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from bot.cli_run import IN_PART, add, carried, reasons, settings
from bot.control import bare, carry_out, hold, running
from bot.doctor import Finding, examine
from bot.office import OfficeError
from bot.settings import Settings
from handlers.here import ZONE
from storage import backup as archives
from storage import backup_postgres
from storage.migrate import migrate as apply_missing
from storage.postgres import PostgresDatabase

_FINDS = "\n\nExit codes: 0 nothing is wrong, 1 something is."
_COLOURS = {"ok": "green", "look": "yellow", "wrong": "red"}


def add_commands(app: typer.Typer) -> None:
    """Add these commands to `thidua`."""
    add(app, "migrate", migrate, "bring the database up to date")
    add(app, "backup", backup, "database and files into one archive")
    add(app, "restore", restore, "an archive back into place")
    add(app, "doctor", doctor, "what is wrong with an installation", _FINDS)


def migrate() -> None:
    """Bring the database up to date. Every start does that too; a running process has done it."""
    applied = carried(_migrate(settings()))
    print(f"{applied} migrations applied" if applied else "up to date")


async def _migrate(known: Settings) -> int:
    if await running(known):
        return 0
    async with bare(known) as database:
        return await apply_missing(database)


def backup(into: Annotated[Path, typer.Argument(metavar="PATH", help="a .tar that is not there yet")]) -> None:
    """Write database and stored files into one archive (.tar), of one moment, while the bot goes on working.

    It holds personal data: only its owner may read it. PostgreSQL needs pg_dump.
    """
    with Console(stderr=True).status("copying"):
        counts = carried(_backup(settings(), into.absolute()))
    print(f"wrote {into}")
    _tell(counts)


async def _backup(known: Settings, into: Path) -> Mapping[str, int]:
    if known.sqlite_path is not None:
        if not known.sqlite_path.exists():
            raise OfficeError(f"{known.sqlite_path} is not there: nothing to back up")
        counts: Mapping[str, int] = await carry_out(known, "backup", {"into": str(into)})
        return counts
    made_at = datetime.now(ZONE).isoformat(timespec="seconds")
    async with bare(known) as database:
        assert isinstance(database, PostgresDatabase)
        return await backup_postgres.save(database, known.database_url, known.files_dir, into, made_at)


def restore(
    archive: Annotated[Path, typer.Argument(metavar="PATH", help="what thidua backup has written")],
    force: Annotated[
        bool, typer.Option("--force", help="replace a database that already holds units or people")
    ] = False,
) -> None:
    """Put a backup in the place of the database; no process may run meanwhile. It is checked before anything is touched.

    What was waiting to be sent when the backup was made goes out at the next start.
    """
    with Console(stderr=True).status("checking"):
        counts = carried(_restore(settings(), archive, force=force))
    print(f"restored {archive}")
    _tell(counts)


async def _restore(known: Settings, archive: Path, *, force: bool) -> Mapping[str, int]:
    try:
        if known.sqlite_path is not None:
            with hold(known):
                return archives.restore(archive, known.sqlite_path, known.files_dir, force=force)
        async with bare(known) as database:
            assert isinstance(database, PostgresDatabase)
            return await backup_postgres.restore(database, known.database_url, archive, known.files_dir, force=force)
    except archives.NotEmptyError as error:
        raise OfficeError(f"{error}; --force replaces what it holds") from None


def doctor() -> None:
    """Look an installation over: settings, database, calendar, channels, disk, and what is stuck."""
    try:
        known = Settings()
    except ValidationError as error:
        findings = [Finding("settings", "wrong", reasons(error))]
    else:
        findings = carried(examine(known, datetime.now(ZONE).year, time.time_ns() // 1000))
    table = Table("looked at", "", "found", box=None)
    for one in findings:
        table.add_row(one.what, f"[{_COLOURS[one.grade]}]{one.grade}[/]", one.says)
    Console().print(table)
    if any(one.grade == "wrong" for one in findings):
        raise SystemExit(IN_PART)


def _tell(counts: Mapping[str, int]) -> None:
    for what, number in counts.items():
        print(f"{number:>8} {what.replace('_', ' ')}")

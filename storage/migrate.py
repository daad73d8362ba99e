"""Migrations: numbered SQL files, forward only, applied at start, each in its own transaction under a lock."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from storage.postgres import PostgresDatabase
from storage.queries import Dialect, for_dialect
from storage.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from storage.units import Tx

_ID = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgres": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}
_LOCK = {"sqlite": "", "postgres": "SELECT pg_advisory_xact_lock(7460111);"}


class UnknownDatabaseError(Exception):
    """The database URL names neither sqlite nor postgresql."""


async def open_database(url: str) -> SqliteDatabase | PostgresDatabase:
    """The database at `url` (sqlite:///path, postgresql://…), brought up to date.

    Raises UnknownDatabaseError, or StorageUnavailableError if a server does not answer.
    """
    database: SqliteDatabase | PostgresDatabase
    if url.startswith("sqlite:///"):
        database = await SqliteDatabase.open(Path(url.removeprefix("sqlite:///")))
    elif url.startswith(("postgresql://", "postgres://")):
        database = await PostgresDatabase.open(url)
    else:
        raise UnknownDatabaseError(f"not a database this program knows: {url.split(':', 1)[0]}:…")
    await migrate(database)
    return database


async def migrate(database: SqliteDatabase | PostgresDatabase) -> int:
    """Apply what is missing; how many files that was."""
    dialect: Dialect = "sqlite" if isinstance(database, SqliteDatabase) else "postgres"
    lock = _LOCK[dialect]
    await database.script(f"{lock} CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY);")
    done = await database.read(_done)
    applied = 0
    for file in sorted(resources.files("storage").joinpath("migrations").iterdir(), key=lambda f: f.name):
        heading = re.match(r"(\d+)", file.name)
        if not heading or int(heading.group(1)) in done:
            continue
        sql = for_dialect(file.read_text(encoding="utf-8").replace("{{id}}", _ID[dialect]), dialect)
        applied += await database.script(f"{lock} {sql}")
    return applied


async def _done(tx: Tx) -> set[int]:
    return {row["number"] for row in await tx.all("migrations.done")}

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
    from importlib.resources.abc import Traversable

    from storage.units import Database, Tx

_ID = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgres": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}
_LOCK = {"sqlite": "", "postgres": "SELECT pg_advisory_xact_lock(7460111);"}


class UnknownDatabaseError(Exception):
    """The database URL names neither sqlite nor postgresql."""


async def open_database(url: str) -> SqliteDatabase | PostgresDatabase:
    """The database at `url` (sqlite:///path, postgresql://…), brought up to date.

    Raises UnknownDatabaseError, or StorageUnavailableError if a server does not answer.
    """
    database = await connect(url)
    try:
        await migrate(database)
    except BaseException:
        await database.close()
        raise
    return database


async def connect(url: str) -> SqliteDatabase | PostgresDatabase:
    """The database at `url` as it is; raises as `open_database` does."""
    if url.startswith("sqlite:///"):
        return await SqliteDatabase.open(Path(url.removeprefix("sqlite:///")))
    if url.startswith(("postgresql://", "postgres://")):
        return await PostgresDatabase.open(url)
    raise UnknownDatabaseError(f"not a database this program knows: {url.split(':', 1)[0]}:…")


async def migrate(database: SqliteDatabase | PostgresDatabase) -> int:
    """Apply what is missing; how many files that was."""
    dialect: Dialect = "sqlite" if isinstance(database, SqliteDatabase) else "postgres"
    lock = _LOCK[dialect]
    await database.script(f"{lock} CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY);")
    applied = 0
    for file in _missing(await database.read(_done)):
        sql = for_dialect(file.read_text(encoding="utf-8").replace("{{id}}", _ID[dialect]), dialect)
        applied += await database.script(f"{lock} {sql}")
    return applied


async def pending(database: Database) -> list[str]:
    """The names of the migrations that `migrate` would apply; nothing is written, not even to an empty database."""
    there = await database.read(_begun)
    return [file.name for file in _missing(await database.read(_done) if there else set())]


def numbers() -> set[int]:
    """The numbers of the migrations this version of the program knows."""
    return {number for number, _ in _files()}


def _missing(done: set[int]) -> list[Traversable]:
    return [file for number, file in _files() if number not in done]


def _files() -> list[tuple[int, Traversable]]:
    files = sorted(resources.files("storage").joinpath("migrations").iterdir(), key=lambda f: f.name)
    return [(int(heading.group()), file) for file in files if (heading := re.match(r"\d+", file.name))]


async def _begun(tx: Tx) -> bool:
    return bool(await tx.one("migrations.begun"))


async def _done(tx: Tx) -> set[int]:
    return {row["number"] for row in await tx.all("migrations.done")}

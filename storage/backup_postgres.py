"""Backups of PostgreSQL by its own programs, pg_dump and pg_restore, in the same kind of archive."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from storage import backup, migrate

if TYPE_CHECKING:
    from storage.postgres import PostgresDatabase
    from storage.units import Tx


class NoProgramError(Exception):
    """pg_dump or pg_restore is not installed here, or failed; the message is for people."""


async def save(database: PostgresDatabase, url: str, files: Path, into: Path, made_at: str) -> dict[str, int]:
    """Back a PostgreSQL database and the stored files up; pg_dump sees one moment. Raises NoProgramError, OSError."""
    with backup.working_folder(into) as folder:
        copy = folder / backup.DATABASE["postgres"]
        await _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
        packed = await asyncio.to_thread(backup.pack, "postgres", copy, files, into, made_at)
        return {**await database.read(_sizes), "files": packed}


async def restore(database: PostgresDatabase, url: str, archive: Path, files: Path, *, force: bool) -> dict[str, int]:
    """Put a backup in the place of what the database holds, in one transaction. Raises as `backup.restore` does.

    Nobody else may be connected: a running process would go on with what it remembers.
    """
    await asyncio.to_thread(files.mkdir, parents=True, exist_ok=True)
    with backup.working_folder(files) as folder:
        parts = await asyncio.to_thread(backup.unpack, archive, "postgres", folder)
        there = await migrate.pending(database)
        sizes = {} if there else await database.read(_sizes)
        if not force and (sizes.get("units") or sizes.get("members")):
            raise backup.NotEmptyError("the database is not empty")
        if await database.read(_others):
            raise backup.NotEmptyError("somebody else is connected to the database: stop every running process first")
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        await _run(url, "pg_restore", *options, str(parts.database))
        put = await asyncio.to_thread(backup.put_files, parts, files)
        return {**await database.read(_sizes), "files": put}


async def _sizes(tx: Tx) -> dict[str, int]:
    return dict(await tx.one("office.sizes"))


async def _others(tx: Tx) -> int:
    return int((await tx.one("office.others"))["number"])


async def _run(url: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where other users cannot see it."""
    parts = urlsplit(url)
    shown, environment = url, dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
        shown = urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1)))
    try:
        process = await asyncio.create_subprocess_exec(
            program, f"--dbname={shown}", *arguments, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except FileNotFoundError:
        raise NoProgramError(f"{program} is not installed here: install PostgreSQL's client programs") from None
    said = (await process.communicate())[1].decode(errors="replace").strip()
    if process.returncode:
        raise NoProgramError(f"{program} failed: {said.splitlines()[-1] if said else process.returncode}")

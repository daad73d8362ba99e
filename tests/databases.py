"""A database in a test, without the rest of the app: units of the test's own, and people made short."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage import inbox, outbox
from storage.migrate import open_database
from texts.message import line, say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.postgres import PostgresDatabase
    from storage.sqlite import SqliteDatabase

SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND


_TABLES = tempfile.TemporaryDirectory(prefix="thidua-tables-")


async def with_tables(url: str) -> str:
    """The same address; where it is that of a SQLite file to come, the file is there with our tables and nothing in them.

    Making the tables anew takes longer than most tests do, so a file that has them is copied.
    """
    made, path = Path(_TABLES.name, "made.db"), Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and _is_to_come(path):
        if _is_to_come(made):
            await (await open_database(f"sqlite:///{made}")).close()
        shutil.copyfile(made, path)
    return url


def _is_to_come(path: Path) -> bool:
    return path.parent.is_dir() and not path.exists()


@asynccontextmanager
async def opened(url: str, *, new: bool = False) -> AsyncIterator[SqliteDatabase | PostgresDatabase]:
    """The database there; `new`: it makes its tables by itself."""
    database = await open_database(url if new else await with_tables(url))
    try:
        yield database
    finally:
        await database.close()


async def put(tx: Any, name: str, value: str = "") -> str:
    """Something small to write: a setting."""
    await tx.run("settings.put", name=name, value=value)
    return name


async def got(tx: Any, name: str) -> str | None:
    row = await tx.one("settings.get", name=name)
    return row["value"] if row else None


async def receive(tx: Any, update_id: str, address: str = "a", raw: Any = "chào", channel: str = "phone") -> int | None:
    text = raw if isinstance(raw, str) and raw.startswith("{") else json.dumps({"kind": "text", "text": raw})
    return await inbox.receive(tx, inbox.Arrival(channel, update_id, address, text, None, NOW))


async def queue(tx: Any, key: str, address: str = "a", lane: int = outbox.REPLY, **more: Any) -> None:
    """A message that waits to go out. Its text says nothing; its key tells it apart."""
    values = {"not_before": 0, "created_at": NOW, "edits": None, "member": 1, "channel": "phone"}
    body = outbox.packed(say(line("group")))
    await tx.run("outbox.put", **{**values, "key": key, "address": address, "lane": lane, "body": body, **more})
    tx.wake("outbox")


async def row_of(tx: Any, sql_name: str, **args: Any) -> dict[str, Any] | None:
    row = await tx.one(sql_name, **args)
    return dict(row) if row else None

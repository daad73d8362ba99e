"""The file store is looked after: what never arrived goes, what nothing knows goes, what is missing is said loudly.

Only after a day, and content only under its lock (`storage/files.py` tells the races). A file with a row stays, whether
or not anything refers to it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from storage import files

if TYPE_CHECKING:
    from pathlib import Path

    from storage.files import FileStore
    from storage.units import Database

AFTER = 24 * 3600 * 1_000_000
"""How old something without a row must be before it goes, in microseconds of machine time."""
PAGE = 1000
log = structlog.get_logger()


async def check_files(database: Database, store: FileStore, machine: int) -> dict[str, int]:
    """Clean up, and look whether every row's file is there and whole in size. Counts; `missing` should be 0."""
    before = machine - AFTER
    return {
        "arrivals": await _drop_stale(database, store, before),
        **await _remove_unknown(database, store, before),
        "missing": await _missing(database, store),
    }


async def _drop_stale(database: Database, store: FileStore, before: int) -> int:
    """The file first: a row that outlives it is found again, a file that outlives its row is found by its age."""
    stale = await database.read(files.stale, before)
    if stale:
        await asyncio.to_thread(_unlink, [store.temporary(token) for token in stale])
        await database.run(files.drop_arriving, stale)
    return len(stale)


async def _remove_unknown(database: Database, store: FileStore, before: int) -> dict[str, int]:
    temporary, content = await asyncio.to_thread(_old, store, before)
    if temporary:
        known = await database.read(files.tokens)
        temporary = [path for path in temporary if path.name not in known]
        await asyncio.to_thread(_unlink, temporary)
    removed = 0
    for path in content:
        if await database.read(files.get, path.name) is None:
            removed += await store.remove_unknown(path.name)
    if removed:
        log.warning("files that nothing knew were removed", number=removed)
    return {"temporary": len(temporary), "unknown": removed}


async def _missing(database: Database, store: FileStore) -> int:
    after, missing = "", 0
    while found := await database.read(files.page, after, PAGE):
        after = found[-1].sha256
        gone = await asyncio.to_thread(_not_whole, store, found)
        missing += len(gone)
        for sha256 in gone:
            log.error("a stored file is missing or cut short: restore it from a backup", sha256=sha256)
    return missing


def _old(store: FileStore, before: int) -> tuple[list[Path], list[Path]]:
    temporary, content = store.listed()
    return [p for p in temporary if _changed(p) < before], [p for p in content if _changed(p) < before]


def _changed(path: Path) -> float:
    """When a file was last written, in microseconds; one that has just gone is new."""
    try:
        return path.stat().st_mtime_ns / 1000
    except FileNotFoundError:
        return float("inf")


def _not_whole(store: FileStore, found: list[files.Kept]) -> list[str]:
    return [one.sha256 for one in found if _size(store.path(one.sha256)) != one.size]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)

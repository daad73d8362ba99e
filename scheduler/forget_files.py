"""Files are not kept for ever: dossiers let go of theirs after the years set for their kind, unused ones go in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from storage import dossier_files, unused_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.campaign import Asks
    from storage.files import FileStore, Kept
    from storage.units import Database

DAY = 24 * 3600 * 1_000_000
UNUSED = 30 * DAY
"""How long a file stays that nothing uses, in microseconds of machine time since it last came."""
YEAR = 366 * DAY
"""No year is longer: nothing goes a day too early."""
log = structlog.get_logger()


async def forget_files(
    database: Database, store: FileStore, keep_years: Mapping[Asks, int], business: int, machine: int
) -> dict[str, int]:
    """Let go of what has been kept long enough; counts. `keep_years`: by kind of dossier, what is not in it stays."""
    aged = 0
    for kind, years in keep_years.items():
        aged += await _let_go(database, kind, business - years * YEAR, business)
    return {"dossiers": aged, "files": await _remove_unused(database, store, machine - UNUSED)}


async def _let_go(database: Database, kind: Asks, before: int, now: int) -> int:
    """Dossiers of that kind unchanged since `before` use no file any more."""
    after, done = "", 0
    while numbers := await database.read(dossier_files.due, kind, before, after):
        after = numbers[-1]
        for number in numbers:
            if await database.run(dossier_files.forget, number, before, now):
                log.info("files of a dossier forgotten for their age", number=number)
                done += 1
    return done


async def _remove_unused(database: Database, store: FileStore, before: int) -> int:
    after, removed = "", 0
    while found := await database.read(unused_files.page, before, after):
        after = found[-1].sha256
        named = await database.read(unused_files.named)
        for file in found:
            if file.sha256 not in named:
                removed += await _removed(database, store, file, before)
    return removed


async def _removed(database: Database, store: FileStore, file: Kept, before: int) -> bool:
    if not await database.run(unused_files.drop, file.sha256, before):
        return False
    await store.remove_unknown(file.sha256)
    log.info("a file that nothing used was removed", sha256=file.sha256, size=file.size)
    return True

"""Trouble that somebody in the office must see to: each is told once a day to every officer, by the outbox."""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING

import structlog

from storage import outbox, people
from storage.units import StorageUnavailableError
from texts.message import line, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.units import Database, Tx
    from texts.message import Line

_DAY = 24 * 3600 * 1_000_000
_FULL = {errno.ENOSPC, errno.EDQUOT}
log = structlog.get_logger()


class Alarms:
    """Tells officers of trouble. `business()` is business time in microseconds."""

    def __init__(self, database: Database, business: Callable[[], int]) -> None:
        self._database, self._business = database, business
        self._telling: set[asyncio.Task[None]] = set()

    def files_not_written(self, error: OSError) -> None:
        """The file store could not write; returns at once."""
        log.error("files cannot be stored", reason=f"{type(error).__name__}: {error.strerror}")
        what = "disk_full" if error.errno in _FULL else "files_not_written"
        self._raise(what, line(f"alarm.{what}"))

    def _raise(self, what: str, told: Line) -> None:
        task = asyncio.create_task(self._tell(what, told))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, what: str, told: Line) -> None:
        try:
            await self._database.run(_put, what, told, self._business())
        except StorageUnavailableError as error:
            log.warning("database away", reason=str(error))


async def _put(tx: Tx, what: str, told: Line, now: int) -> None:
    for officer in await people.officers(tx):
        await outbox.put_notice(tx, f"alarm:{what}:{now // _DAY}:{officer}", officer, say(told), now)

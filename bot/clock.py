"""The only place where a clock is read. Business time decides what people read; machine time leases and retries.

Business time is machine time plus an offset that stands in the database, the same for every process, and that moves
only forward. Production refuses one.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.here import ZONE

if TYPE_CHECKING:
    from storage.units import Database, Tx

OFFSET = "clock_offset"


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that business time can be set to."""


class OutOfRangeError(Exception):
    """Nobody's plan runs in that year."""


class BackwardsError(Exception):
    """Business time moves only forward; earlier means starting over."""


class Clock:
    """Both clocks, in microseconds since 1970."""

    def __init__(self, *, movable: bool) -> None:
        self._movable, self._offset, self._known = movable, 0, False
        self.turned = 0
        """business time to which it was last turned, as far as this process knows: nobody has waited for longer than since"""

    def machine(self) -> int:
        """Machine time."""
        return time.time_ns() // 1000

    def business(self) -> int:
        """Business time."""
        return self.machine() + self._offset

    def local(self) -> datetime:
        """Business time in Asia/Ho_Chi_Minh."""
        return datetime.fromtimestamp(self.business() / 1e6, ZONE)

    async def begin(self, database: Database, start: datetime | None) -> None:
        """Take the offset from the database; a new database's clock starts at `start`, if given."""
        await self.refresh(database)
        if start is not None and await database.read(_offset) is None:
            await self.move_to(database, start)

    async def refresh(self, database: Database) -> None:
        """Another process may have moved the clock."""
        known = await database.read(_offset) if self._movable else None
        if known is not None:
            self._take(int(known))

    async def move_to(self, database: Database, to: datetime) -> None:
        """Set business time. Raises BackwardsError unless it is later (or the clock was never set)."""
        if not self._movable:
            raise BackwardsError("production has no clock to set")
        if not FIRST_YEAR <= to.year <= LAST_YEAR:
            raise OutOfRangeError(f"business time lies between {FIRST_YEAR} and {LAST_YEAR}")
        known = await database.read(_offset)
        offset = int(to.timestamp() * 1e6) - self.machine()
        if known is not None and offset < int(known):
            raise BackwardsError("business time moves only forward")
        await database.run(_set_offset, offset)
        self._take(offset)

    def _take(self, offset: int) -> None:
        """What was read before a move may come back after it: only the first offset may be the lower one."""
        before = self._offset
        self._offset, self._known = max(self._offset, offset) if self._known else offset, True
        if self._offset != before:
            self.turned = self.business()


async def _offset(tx: Tx) -> str | None:
    row = await tx.one("settings.get", name=OFFSET)
    return row["value"] if row else None


async def _set_offset(tx: Tx, offset: int) -> None:
    await tx.run("settings.put", name=OFFSET, value=str(offset))
    tx.wake("clock")

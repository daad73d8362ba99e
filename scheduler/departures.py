"""Messages leave one after another, in their slots: late ones are never made up for in a burst; replies go first."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSER = 0.985
"""Share of a slot by which one may follow another that left late. At 29 a second, 30 of them still take over a second,
so what a stalled process makes up for draws no refusal."""
TIMERS = 5_000
"""Microseconds by which a timer may ring late without the next one waiting for it: else every millisecond adds up."""
LONGEST = 5_000_000
"""Microseconds that nobody waits for a slot beyond two distances: where it seems so the clock was set back meanwhile."""


class Departures:
    """The door of one sender. `rate` is messages a second, `machine` gives machine time in microseconds.

    Slots and those who wait are two lines: whoever is first in theirs by rank takes the earliest slot.
    """

    def __init__(self, rate: float, machine: Callable[[], int]) -> None:
        self._gap, self._machine = int(CLOSER * 1_000_000 / rate), machine
        self._last = 0
        self._slots: list[int] = []
        self._line: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._door: asyncio.Task[None] | None = None

    async def wait(self, slot: int, rank: int = 0) -> None:
        """Until this one may leave: in a slot, neither early nor too close to the last, the lowest rank first."""
        leaves: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._slots, slot)
        heappush(self._line, (rank, next(self._numbers), leaves))
        if self._door is None or self._door.done():
            self._door = asyncio.create_task(self._let_out())
        await leaves

    async def close(self) -> None:
        """Nobody leaves any more."""
        if self._door:
            self._door.cancel()
            await asyncio.gather(self._door, return_exceptions=True)

    async def _let_out(self) -> None:
        while self._line:
            slot = heappop(self._slots)
            wait = self.due(slot) - self._machine()
            if wait > LONGEST + 2 * self._gap:
                slot, self._last, wait = 0, 0, self._gap
            if wait > 0:
                await asyncio.sleep(wait / 1_000_000)
            *_, leaves = heappop(self._line)
            if not leaves.done():
                leaves.set_result(None)
                self.leave(slot, self._machine())

    def due(self, slot: int) -> int:
        """When the next may leave whose slot this is."""
        return max(slot, self._last + self._gap)

    def leave(self, slot: int, now: int) -> None:
        """The one of that slot has left, now."""
        self._last = max(self.due(slot), now - TIMERS)

"""Messages leave one after another, in their slots: late ones are never made up for in a burst."""

from __future__ import annotations

import asyncio
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
    """The door of one sender. `rate` is messages a second, `machine` gives machine time in microseconds."""

    def __init__(self, rate: float, machine: Callable[[], int]) -> None:
        self._gap, self._machine = int(CLOSER * 1_000_000 / rate), machine
        self._last = 0
        self._door = asyncio.Lock()

    async def wait(self, slot: int) -> None:
        """Until this one may leave: those that came before have left, and it is neither early nor too close."""
        async with self._door:
            wait = self.due(slot) - self._machine()
            if wait > LONGEST + 2 * self._gap:
                slot, self._last, wait = 0, 0, self._gap
            if wait > 0:
                await asyncio.sleep(wait / 1_000_000)
            self.leave(slot, self._machine())

    def due(self, slot: int) -> int:
        """When the next may leave whose slot this is."""
        return max(slot, self._last + self._gap)

    def leave(self, slot: int, now: int) -> None:
        """The one of that slot has left, now."""
        self._last = max(self.due(slot), now - TIMERS)

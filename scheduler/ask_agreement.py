"""A job: of whatever waits for a second person's word, whoever may give it by now is asked; each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import BroadcastState
from handlers import agreeing
from storage import broadcasts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.world import World
    from storage.units import Database


class AskAgreement:
    """The job. `world`: the content in force; `now`: business time, microseconds.

    Asked at once when it begins to wait: this is for who has joined since, the only one asked having left.
    """

    def __init__(self, database: Database, world: Callable[[], Awaitable[World]], now: Callable[[], int]) -> None:
        self._database, self._world, self._now = database, world, now

    async def __call__(self) -> dict[str, int]:
        """How many wait."""
        waiting = await self._database.read(broadcasts.in_state, BroadcastState.WAITING)
        for one in waiting:
            await self._database.run(agreeing.ask, await self._world(), one, self._now())
        return {"waiting": len(waiting)}

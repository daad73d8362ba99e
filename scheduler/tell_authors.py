"""A job: whoever has written to many is told how it goes, in one message that changes, and what it has come to.

What is told is put together from what stands in the database, under keys that say it once: run twice, it says nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.broadcast import OVER, BroadcastState
from handlers import telling as words
from storage import broadcasts, telling
from storage.outbox import packed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from handlers.here import Messenger
    from handlers.world import World
    from storage.broadcasts import Broadcast, Counts
    from storage.units import Database
    from texts.message import Message

MANY = 50
"""To fewer people it is over before anybody has looked: only how it ended is told."""
TOLD_FOR = 24 * 3600 * 1_000_000
"""So long after its end what a message came to is still told, in microseconds."""


@dataclass(frozen=True, slots=True)
class TellAuthors:
    """The job. `world` is the content in force, `messengers` those there are, `now` business time in microseconds."""

    database: Database
    world: Callable[[], Awaitable[World]]
    messengers: Callable[[], Mapping[str, Messenger]]
    now: Callable[[], int]

    async def __call__(self) -> dict[str, int]:
        """Tell each what is new; counts of messages and of changes to them."""
        now, counts = self.now(), {"told": 0, "changed": 0}
        for found in await self.database.read(telling.to_tell, now - TOLD_FOR):
            to = await self.database.read(telling.best, found.author)
            if to is not None:
                known, world = self.messengers().get(to[0]), await self.world()
                edits = known is not None and known.edits
                counts["changed"] += edits and await _progress(self.database, world, found, to, now)
                counts["told"] += await _event(self.database, world, found, to, now)
        return counts


async def _progress(database: Database, world: World, found: Broadcast, to: tuple[str, str], now: int) -> bool:
    """The bar as it stands now, where it has moved and what was told before has arrived."""
    last = await database.read(telling.last_progress, found.id)
    if (last is None and found.state in OVER) or found.people < MANY:
        return False
    first = await database.read(telling.told, telling.progress_key(found.id, 0)) if last else None
    if last and (last["state"] != "sent" or first is None or first["ref"] is None):
        return False
    message = words.progress(world, found, await database.read(broadcasts.counts, found.id))
    if last and last["body"] == packed(message):
        return False
    where = (first["channel"], first["address"]) if first else to
    edits = first["ref"] if first else None
    await database.run(telling.tell_progress, found.id, found.author, where, message, now, edits)
    return True


async def _event(database: Database, world: World, found: Broadcast, to: tuple[str, str], now: int) -> bool:
    """That it paused by itself, or is over."""
    key = _event_key(found)
    if key is None or await database.read(telling.told, key):
        return False
    counts = await database.read(broadcasts.counts, found.id)
    message = await _event_words(database, world, found, counts)
    await database.run(telling.tell, key, found.author, to, message, now)
    return True


def _event_key(found: Broadcast) -> str | None:
    if found.state is BroadcastState.PAUSED and found.reason:
        return f"paused:{found.id}:{found.watched_from}"
    return f"summary:{found.id}:{found.ended_at}" if found.state is BroadcastState.DONE else None


async def _event_words(database: Database, world: World, found: Broadcast, counts: Counts) -> Message:
    if found.state is BroadcastState.PAUSED:
        return words.paused(world, found, counts)
    return words.summary(world, found, counts, await database.read(broadcasts.failures, found.id))

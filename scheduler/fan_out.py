"""A job: broadcasts whose time has come begin, their people are listed, and the outbox is fed as fast as it drains.

What has been done stands in the rows: it may end anywhere, run twice, or in two processes at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from domain.audience import Recipients, roles_of
from domain.broadcast import BroadcastState
from handlers import agreeing, audiences
from storage import broadcasts, fan_out
from storage.fan_out import Road
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from handlers.world import World
    from storage.broadcasts import Broadcast
    from storage.units import Database, Tx

LOW = 1_000
"""Messages of one broadcast that wait for one messenger, below which more are fed: half a minute at its pace. At most about
twice as many wait, so that a pause holds at once and the outbox stays small."""
LOOKS = 100
"""Chunks of the list looked at for one messenger in one run: others have their turn."""
BREATH = 0.002
"""Seconds between two chunks in which others have the database and the loop."""
NOWHERE = ""
log = structlog.get_logger()


class FanOut:
    """The job. `world`: the content in force; `channels`: the messengers there are; `now`: business time, microseconds.

    `approve_above`: to more people than that nothing goes without a second person's word.
    """

    def __init__(
        self, database: Database, world: Callable[[], Awaitable[World]], channels: Iterable[str], now: Callable[[], int],
        approve_above: int,
    ) -> None:  # fmt: skip
        self._database, self._world, self._channels, self._now = database, world, channels, now
        self._approve_above = approve_above
        self._looked: dict[tuple[int, int, str], int] = {}
        """up to whom the list was looked through for a messenger; by broadcast, and by when it last began anew"""

    async def __call__(self) -> dict[str, int]:
        """Whatever there is to do now; counts."""
        counts: Counter[str] = Counter()
        world = await self._world()
        for number in await self._database.read(fan_out.due, self._now()):
            counts += await self._alone(number, self._begin(world, number))
        for state, do in ((BroadcastState.LISTING, self._list), (BroadcastState.RUNNING, self._feed)):
            for one in await self._database.read(broadcasts.in_state, state):
                counts += await self._alone(one.id, do(one))
        counts["taken_back"] = await self._database.run(fan_out.sweep, self._now())
        return dict(counts)

    async def _begin(self, world: World, number: int) -> Counter[str]:
        """Freeze its audience; who set it for later may not have meant as many as there are by now."""
        found = await self._database.read(broadcasts.get, number)
        if found and found.approver is None:
            recipients = Recipients.model_validate_json(found.audience)
            people = (await self._database.read(audiences.reach_of, world, recipients)).people
            if people > self._approve_above:
                await self._database.run(agreeing.hold, world, number, people, self._now())
                return Counter(held=1)
        return Counter(begun=1) if await self._database.run(_freeze, world, number, self._now()) else Counter(over=1)

    async def _alone(self, number: int, doing: Awaitable[Counter[str]]) -> Counter[str]:
        """What is wrong with one broadcast keeps no other back."""
        try:
            return await doing
        except StorageUnavailableError:
            raise
        except Exception:
            log.exception("a broadcast does not get on", broadcast=number)
            return Counter(failed=1)

    async def _list(self, one: Broadcast) -> Counter[str]:
        roles = sorted(roles_of(Recipients.model_validate_json(one.audience)))
        chunks = 0
        while await self._database.run(fan_out.list_some, one.id, roles, self._now()):
            chunks += 1
            await asyncio.sleep(BREATH)
        return Counter(chunks_listed=chunks)

    async def _feed(self, one: Broadcast) -> Counter[str]:
        waits = await self._database.read(fan_out.waiting, one.id)
        counts, names, at_end = Counter[str](), tuple(self._channels), True
        for channel in (*names, NOWHERE):
            fed, ended = await self._along(one, Road(channel, names), LOW - waits[channel])
            counts["fed" if channel else "unreachable"] += fed
            at_end = at_end and ended and not waits[channel] + fed
        listed, queued = await self._database.read(fan_out.left_over, one.id)
        if not listed and not queued:
            counts["done"] = await self._database.run(fan_out.finish, one.id, self._now())
        elif listed and at_end:
            # whoever is still there has got another best address since they were looked at
            self._forget(one)
        return counts

    async def _along(self, one: Broadcast, road: Road, most: int) -> tuple[int, bool]:
        """Feed one messenger until so many wait for it or the list ends; how many were fed, and whether it ended."""
        key = (one.id, one.watched_from or 0, road.channel)
        fed = 0
        for _ in range(LOOKS if most > 0 else 0):
            upto, some = await self._database.run(fan_out.feed, one.id, road, self._looked.get(key, 0), self._now())
            if upto is None:
                return fed, True
            self._looked[key] = upto
            fed += some
            if fed >= most:
                break
            await asyncio.sleep(BREATH)
        return fed, False

    def _forget(self, one: Broadcast) -> None:
        self._looked = {key: upto for key, upto in self._looked.items() if key[0] != one.id}


async def _freeze(tx: Tx, world: World, number: int, now: int) -> bool:
    found = await broadcasts.get(tx, number)
    if found is None:
        return False
    units = await audiences.meant(tx, world, Recipients.model_validate_json(found.audience))
    return await fan_out.begin(tx, number, units, now)

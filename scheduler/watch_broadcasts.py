"""A job: a broadcast whose errors pass a share pauses by itself, and a sender that does not get on is said aloud."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from domain.broadcast import BroadcastState
from storage import broadcasts, fan_out, going_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.units import Database, Tx

LATELY = 100
ENOUGH = 20
SHARE = 0.2
"""Of the last LATELY endings this share may be errors, once there are ENOUGH of them. In a list that nobody has looked
after for a year every tenth person has blocked the bot or left; every fifth means that it is not the people."""
STUCK = 600 * 1_000_000
"""Microseconds after which what is due should long have gone: the longest pause between two attempts is half of it."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WatchBroadcasts:
    """The job. `now` is business time in microseconds, `hours` whether broadcasts go out at such a moment.

    `turned`: the business time to which the clock was last turned.
    """

    database: Database
    now: Callable[[], int]
    hours: Callable[[int], bool]
    turned: Callable[[], int] = lambda: 0

    async def __call__(self) -> dict[str, int]:
        """Counts of what was paused, and of senders that do not get on."""
        counts: Counter[str] = Counter()
        for one in await self.database.read(broadcasts.in_state, BroadcastState.RUNNING):
            counts["paused"] += await self.database.run(_watched, one.id, self.now())
        now = self.now()
        waits = await self.database.read(going_out.oldest, now, self.hours(now), self.turned())
        for channel, waited in waits.items():
            if waited > STUCK:
                counts["stuck"] += 1
                log.error("a sender does not get on", channel=channel, oldest_seconds=waited // 1_000_000)
        return dict(counts)


async def _watched(tx: Tx, number: int, now: int) -> bool:
    found = await broadcasts.get(tx, number)
    if found is None or found.state is not BroadcastState.RUNNING:
        return False
    ended = await fan_out.lately(tx, number, found.watched_from or 0, LATELY)
    reasons = Counter(reason or state for state, reason in ended if state != "sent")
    if reasons.total() < ENOUGH or reasons.total() < SHARE * len(ended):
        return False
    (worst, _), *_ = reasons.most_common(1)
    log.warning("a broadcast pauses by itself", broadcast=number, errors=reasons.total(), of=len(ended), reason=worst)
    return await broadcasts.pause(tx, number, now, worst)

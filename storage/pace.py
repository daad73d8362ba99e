"""The pace of a messenger's token: one row, from which every process takes its evenly spaced sending slots. Machine time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.units import Tx

AHEAD = 250_000
"""How far ahead sending slots are given out, in microseconds: what waits longer stays for a reply to overtake. To replies
they are given out twice as far, so that there is always one for them; at the door they go first, and take the earliest."""
SLOWED = 0.8
"""Share of the pace kept for a while after the messenger asked us to slow down."""
SLOW_FOR = 60 * 1_000_000
BEHIND = 5 * 1_000_000
"""Microseconds by which one process's clock may be behind another's. More means that the clock was set back, and then
neither slots nor a pause that were given before it say anything any more."""


@dataclass(frozen=True, slots=True)
class Slots:
    """How many slots are free now, how many for replies, the first, their distance; when to ask again where there are none."""

    free: int
    replies: int
    first: int
    step: int
    look_again: int


async def slots(tx: Tx, channel: str, rate: float, machine: int, most: int) -> Slots:
    """The free slots, at most so many; the row is locked until the transaction ends."""
    pace = await tx.one("pace.get", channel=channel)
    if pace is None:
        # read again: another process may have begun it at the same moment, and then this waits for its slots
        await tx.run("pace.begin", channel=channel)
        pace = await tx.one("pace.get", channel=channel)
    paused, slow, next_at = pace["paused_until"], pace["slow_until"], pace["next_at"]
    if machine < pace["paused_at"] - BEHIND:
        await tx.run("pace.resume", channel=channel)
        paused = slow = 0
    step = int(1_000_000 / (rate * SLOWED if machine < slow else rate))
    horizon = machine + max(AHEAD, step)
    if next_at > horizon + step + BEHIND:
        next_at = machine
    first = max(machine, next_at, paused)
    free, replies = (min(most, max(0, (far - first) // step + 1)) for far in (horizon, horizon + AHEAD))
    return Slots(free, replies, first, step, max(machine + 1, first - AHEAD // 2))


async def take(tx: Tx, channel: str, given: Slots, many: int) -> None:
    """So many of these slots are used."""
    await tx.run("pace.take", channel=channel, next_at=given.first + given.step * many)


async def pause(tx: Tx, channel: str, machine: int, until: int) -> None:
    """The messenger asked for silence until then: nothing goes out, and a while after it less."""
    await tx.run("pace.pause", channel=channel, paused_at=machine, paused_until=until, slow_until=until + SLOW_FOR)

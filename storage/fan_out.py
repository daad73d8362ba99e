"""From an audience to the outbox, set-based and in chunks: its units frozen, its people listed, then fed as it drains.

Each function is one short transaction that locks its broadcast, so that two processes never do the same chunk at once, and
asks where the broadcast stands, so that what was paused or stopped meanwhile goes no further.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.broadcast import BroadcastState, Step
from storage import broadcasts, outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from storage.units import Tx

CHUNK = 1_000
"""People listed in one transaction: some 10 ms on SQLite, so that nobody who writes waits long."""
WINDOW = 400
"""People of the list looked at in one transaction to be fed into the outbox: about as long."""


@dataclass(frozen=True, slots=True)
class Road:
    """People for whom `channel` is where they are best reached, of all `channels` there are; "": whom nothing reaches."""

    channel: str
    channels: tuple[str, ...]


async def due(tx: Tx, now: int) -> list[int]:
    """The broadcasts whose time has come."""
    return [row["id"] for row in await tx.all("fan_out.due", now=now)]


async def begin(tx: Tx, number: int, units: Sequence[str], now: int) -> bool:
    """Freeze the audience: these units, whoever joins or leaves from now on; False: it has begun, or was stopped."""
    if not await broadcasts.move(tx, number, Step.BEGIN, now, units=len(units)):
        return False
    await tx.many("fan_out.add_unit", [{"broadcast": number, "unit": unit} for unit in units])
    return True


async def list_some(tx: Tx, number: int, roles: Collection[str], now: int, most: int = CHUNK) -> bool:
    """Write the next people of the audience down; False: there are none left, and the broadcast runs, or was stopped."""
    found = await broadcasts.locked(tx, number)
    if found is None or found.state is not BroadcastState.LISTING:
        return False
    row = await tx.one("fan_out.upto", after=found.listed_upto, most=most)
    if row["upto"] is None:
        await broadcasts.move(tx, number, Step.RUN, now)
        return False
    await tx.run(
        "fan_out.list", broadcast=number, after=found.listed_upto, upto=row["upto"], roles=f" {' '.join(roles)} "
    )
    await tx.run("fan_out.listed_upto", id=number, upto=row["upto"])
    return True


async def waiting(tx: Tx, number: int) -> Counter[str]:
    """How many of its messages wait to go out, by channel."""
    return Counter({row["channel"]: row["number"] for row in await tx.all("fan_out.waiting", broadcast=number)})


async def feed(tx: Tx, number: int, road: Road, after: int, now: int) -> tuple[int | None, int]:
    """Put the next people who go that road into the outbox; up to whom was looked (None: to the end), and how many went."""
    found = await broadcasts.locked(tx, number)
    if found is None or found.state is not BroadcastState.RUNNING:
        return None, 0
    row = await tx.one("fan_out.window", broadcast=number, after=after, most=WINDOW)
    if row["upto"] is None:
        return None, 0
    place = {"broadcast": number, "after": after, "upto": row["upto"]}
    channels = f" {' '.join(road.channels)} "
    if not road.channel:
        lost = await tx.run("fan_out.unreachable", **place, channels=channels, reason=broadcasts.UNREACHABLE, now=now)
        return row["upto"], lost
    fed = await tx.run("fan_out.feed", **place, channels=channels, channel=road.channel, now=now)
    if fed:
        await tx.run("fan_out.queued", **place)
        tx.wake("outbox", road.channel)
    return row["upto"], fed


async def left_over(tx: Tx, number: int) -> tuple[bool, bool]:
    """Whether anybody is still listed, and whether anybody's message is still on its way."""
    row = await tx.one("fan_out.left_over", broadcast=number)
    return bool(row["listed"]), bool(row["queued"])


async def finish(tx: Tx, number: int, now: int) -> bool:
    """Nobody is left: it is done; False: somebody is, or it does not run."""
    return not any(await left_over(tx, number)) and await broadcasts.move(tx, number, Step.FINISH, now)


async def lately(tx: Tx, number: int, since: int, most: int) -> list[tuple[str, str | None]]:
    """How the last so many sendings ended since then, state and reason; what no messenger has refused does not count."""
    rows = await tx.all("fan_out.lately", broadcast=number, since=since, most=most, untried=broadcasts.UNREACHABLE,
                        cut=outbox.INTERRUPTED)  # fmt: skip
    return [(row["state"], row["reason"]) for row in rows]


async def sweep(tx: Tx, now: int) -> int:
    """Cancel what of stopped broadcasts has come back since, because it was on its way and did not go; how many."""
    stranded = [row["broadcast"] for row in await tx.all("fan_out.stranded")]
    taken: int = sum([await broadcasts.take_back(tx, one, now) for one in stranded])
    return taken

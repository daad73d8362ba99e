"""What each end of a sending means for its row: sent, again later, given up, or in doubt, always with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from channels.contract import Moved, NotSent, Outcome, Refused, Sent, SlowDown, Unknown, Unreachable
from storage import failover, outbox, pace
from storage.outbox import Ended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.claims import Parcel
    from storage.units import Tx

SENT, FAILED, UNKNOWN, CANCELLED = "sent", "failed", "unknown", "cancelled"
GIVE_UP_AFTER = 100
"""Attempts that certainly did not go out; with the growing distance between them this is most of a working day."""
LONGEST_WAIT = 300
REPEAT_AFTER = 3
"""Seconds before a doubtful reply is sent once more."""
REPEAT_NOTICE_AFTER = 600
"""Seconds before the same is done with a reminder: nobody waits for it, and what made it doubtful is over by then."""
_SECOND = 1_000_000


class Clocks(Protocol):
    """Both clocks, in microseconds since 1970."""

    def business(self) -> int:
        """What people's dates and hours are judged by."""

    def machine(self) -> int:
        """What leases, retries and pace are judged by."""


async def after(tx: Tx, worker: str, channel: str, landed: Sequence[tuple[Parcel, Outcome]], clocks: Clocks) -> int:
    """Record how these sendings ended; how many rows were still ours to record."""
    ended = [await _ended(tx, channel, parcel, outcome, clocks) for parcel, outcome in landed]
    written = await outbox.end(tx, worker, ended, clocks.business())
    there = [parcel.address for parcel, outcome in landed if isinstance(outcome, Sent | Unknown)]
    await outbox.breathe(tx, channel, there, clocks.machine())
    return written


async def _ended(tx: Tx, channel: str, parcel: Parcel, outcome: Outcome, clocks: Clocks) -> Ended:
    machine = clocks.machine()
    match outcome:
        case Sent(ref=ref):
            return Ended(parcel.id, SENT, ref=ref)
        case NotSent(reason=reason) if parcel.attempts < GIVE_UP_AFTER:
            wait = min(2 ** min(parcel.attempts - 1, 10), LONGEST_WAIT) * _SECOND
            return _again(parcel, reason, machine + wait)
        case SlowDown(seconds=seconds, reason=reason):
            until = machine + int(seconds * _SECOND)
            await pace.pause(tx, channel, machine, until)
            return _again(parcel, reason, until, attempts=parcel.attempts - 1)
        case Unreachable(reason=reason):
            await failover.lost(tx, channel, parcel.address, reason, clocks.business())
            return await _failed(tx, channel, parcel, reason)
        case Moved(address=address):
            await tx.run("addresses.moved", channel=channel, address=parcel.address, to=address)
            await tx.run("outbox.moved", channel=channel, address=parcel.address, to=address)
            return _again(parcel, "the address has moved", machine)
        case Unknown(reason=reason):
            return await in_doubt(
                tx, parcel.id, parcel.key, parcel.member, parcel.lane, parcel.repeats, reason, machine
            )
    assert isinstance(outcome, Refused | NotSent)
    return await _failed(tx, channel, parcel, outcome.reason)


async def _failed(tx: Tx, channel: str, parcel: Parcel, reason: str) -> Ended:
    """Not there, for good: the next address of whom it is for, if there is one."""
    onward = await failover.next_address(tx, parcel.id, channel, parcel.address)
    return Ended(parcel.id, FAILED, reason, to=onward)


def _again(parcel: Parcel, reason: str, retry_at: int, attempts: int | None = None) -> Ended:
    tried = parcel.attempts if attempts is None else attempts
    return Ended(parcel.id, "ready", reason, retry_at=retry_at, attempts=tried, repeats=parcel.repeats)


async def in_doubt(
    tx: Tx, row_id: int, key: str, member: int, lane: int, repeats: int, reason: str, machine: int
) -> Ended:
    """It may have been delivered. A reply is repeated once, unless the person has spoken since; so is a reminder, later.

    The rest is named: a broadcast's people are listed for its officer.
    """
    wait = None
    if lane == outbox.REPLY and not await outbox.spoken_since(tx, member, key):
        wait = REPEAT_AFTER
    elif key.startswith(outbox.NOTICES):
        wait = REPEAT_NOTICE_AFTER
    if wait is None or repeats:
        return Ended(row_id, UNKNOWN, reason)
    return Ended(row_id, "ready", f"in doubt, sent once more: {reason}", retry_at=machine + wait * _SECOND, repeats=1)


async def recover(
    tx: Tx, machine: int, now: int, only_worker_alive: str = "", worker: str = "", held: Sequence[int] = ()
) -> dict[str, int]:
    """Sendings that a crash interrupted: each is in doubt. Counts of those repeated and those left as unknown.

    Rows that `worker` still holds are renewed first, whatever their leases say: the database may have been away.
    """
    counts = {"repeated": 0, "unknown": 0}
    await outbox.renew(tx, worker, held, machine)
    for row in await outbox.interrupted(tx, machine, only_worker_alive):
        ended = await in_doubt(tx, row["id"], row["key"], row["member"], row["lane"], row["repeats"],
                               outbox.INTERRUPTED, machine)  # fmt: skip
        await outbox.end(tx, row["worker"], [ended], now)
        counts["unknown" if ended.retry_at is None else "repeated"] += 1
    if counts["repeated"]:
        tx.wake("outbox")
    return counts

"""Notices that nobody has seen in the web chat: the same row goes to the person's next address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import BroadcastState, Step
from storage import broadcasts, failover, outbox

if TYPE_CHECKING:
    from storage.units import Row, Tx

LOOKED_UPTO = "unseen_upto"
NOT_SEEN = "not seen in the web chat"
WEB = "web"
AT_ONCE = 200


async def pass_on(tx: Tx, upto: int, now: int) -> dict[str, int]:
    """Look at what was stored since the last look and before `upto`, once; counts of what went on and what ended.

    Instants are business time in microseconds. Call again while it counts anything.
    """
    known = await tx.one("settings.get", name=LOOKED_UPTO)
    after = int(known["value"]) if known else 0
    counts = {"passed_on": 0, "not_seen": 0}
    if upto <= after:
        return counts
    rows = await tx.all("going_out.unseen", after=after, upto=upto, most=AT_ONCE)
    for row in rows:
        counts["passed_on" if await _pass_on(tx, row, now) else "not_seen"] += 1
    if len(rows) < AT_ONCE:
        await tx.run("settings.put", name=LOOKED_UPTO, value=str(upto))
    return counts


async def _pass_on(tx: Tx, row: Row, now: int) -> bool:
    onward = await failover.next_address(tx, row["id"], WEB, row["address"])
    if onward is None or not await _goes_on(tx, row["broadcast"], now):
        await tx.run("going_out.not_seen", id=row["id"], reason=NOT_SEEN)
        await _unsettle(tx, row, "failed", now)
        return False
    await tx.run("going_out.elsewhere", id=row["id"], channel=onward[0], address=onward[1], reason=NOT_SEEN)
    await _unsettle(tx, row, "queued", None)
    tx.wake("outbox", onward[0])
    return True


async def _goes_on(tx: Tx, broadcast: int | None, now: int) -> bool:
    """Whether more of that broadcast may go out: one that was done runs once more, one that was stopped does not."""
    if broadcast is None:
        return True
    found = await broadcasts.locked(tx, broadcast)
    if found and found.state is BroadcastState.DONE:
        return await broadcasts.move(tx, broadcast, Step.AGAIN, now, reason=NOT_SEEN)
    return found is not None and found.state in {BroadcastState.RUNNING, BroadcastState.PAUSED}


async def _unsettle(tx: Tx, row: Row, state: str, now: int | None) -> None:
    if row["broadcast"] is not None:
        await tx.run("recipients.unsettle", broadcast=row["broadcast"], member=row["member"], state=state,
                     reason=NOT_SEEN, now=now)  # fmt: skip
    elif row["key"].startswith(outbox.NOTICES):
        await tx.run("notices.unsettle", outbox=row["id"], state=state, reason=NOT_SEEN, now=now)

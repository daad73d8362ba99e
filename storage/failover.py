"""An address that failed for good: what was meant for its person goes to the next one they have, as the same row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import outbox

if TYPE_CHECKING:
    from storage.units import Row, Tx


async def next_address(tx: Tx, row: int, channel: str, address: str) -> tuple[str, str] | None:
    """Channel and address of the next best that a message of that id has not been tried at; None: there is none left.

    A reply stays where it was asked for. The other messages are for a person, not for an address.
    """
    known = await tx.one("outbox.tried", id=row)
    if known is None or known["lane"] == outbox.REPLY:
        return None
    tried = {*known["tried"].split("|"), f"{channel} {address}"}
    for one in await tx.all("addresses.reachable", member=known["member"]):
        if f"{one['channel']} {one['address']}" not in tried:
            return one["channel"], one["address"]
    return None


async def lost(tx: Tx, channel: str, address: str, reason: str, now: int) -> None:
    """This address takes nothing from us any more: what waited for it goes to the next one, or ends with the reason."""
    await tx.run("addresses.unreachable", channel=channel, address=address, reason=reason, now=now)
    for row in await tx.all("outbox.waiting_at", channel=channel, address=address):
        onward = await next_address(tx, row["id"], channel, address)
        if onward is None:
            await _end(tx, row, reason, now)
        else:
            await tx.run("outbox.readdress_waiting", id=row["id"], channel=onward[0], address=onward[1], reason=reason)
            tx.wake("outbox", onward[0])


async def _end(tx: Tx, row: Row, reason: str, now: int) -> None:
    state = "cancelled" if row["lane"] == outbox.REPLY else "failed"
    if await tx.run("outbox.end_waiting", id=row["id"], state=state, reason=reason, ended_at=now):
        await outbox.settle(tx, row, state, reason, now)

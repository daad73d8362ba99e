"""What comes in: a row before anything is acknowledged, and a person for every address from its first contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import people, transcript

if TYPE_CHECKING:
    from storage.units import Row, Tx

WAITING, DONE, PARKED, UNREADABLE = "waiting", "done", "parked", "unreadable"
TRIES = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """A raw update to be stored; instants in microseconds since 1970. `echo` goes into the transcript with it."""

    channel: str
    update_id: str
    address: str | None
    raw: str
    stamped_at: int | None
    taken_at: int
    has_file: bool = False
    echo: str | None = None


async def receive(tx: Tx, arrival: Arrival) -> int | None:
    """Store an update; the id of the person it is from. None: it was there already, or nobody can be told from it."""
    if await tx.one("inbox.has", channel=arrival.channel, update_id=arrival.update_id):
        return None
    member = None
    if arrival.address is not None:
        member = await people.at_address(tx, arrival.channel, arrival.address, arrival.taken_at)
    stored = await tx.run(
        "inbox.receive", channel=arrival.channel, update_id=arrival.update_id, address=arrival.address, member=member,
        raw=arrival.raw, stamped_at=arrival.stamped_at, taken_at=arrival.taken_at,
        state=WAITING if member else UNREADABLE, reason=None if member else "no address in it",
    )  # fmt: skip
    if not stored:
        return None
    if arrival.echo is not None and arrival.address is not None:
        said = transcript.Said(f"said:{arrival.channel}:{arrival.update_id}", arrival.taken_at, arrival.echo)
        await transcript.add(tx, arrival.channel, arrival.address, said)
    if member:
        tx.wake("inbox_file" if arrival.has_file else "inbox", str(member))
    return member


async def put_result(tx: Tx, work: int, member: int, channel: str, address: str, raw: str, now: int) -> None:
    """What slow work came to, as a row that no messenger can make: only here is its column `work` set."""
    await tx.run("inbox.put_result", channel=channel, update_id=f"work:{work}", address=address, member=member, raw=raw,
                 taken_at=now, work=work)  # fmt: skip
    tx.wake("inbox", str(member))


async def next_waiting(tx: Tx, member: int) -> Row | None:
    """The person's lowest waiting row."""
    row: Row | None = await tx.one("inbox.next", member=member)
    return row


async def waiting_members(tx: Tx, most: int = 1000) -> list[int]:
    """People who have something waiting, longest first."""
    return [row["member"] for row in await tx.all("inbox.waiting_members", most=most)]


async def end(tx: Tx, row_id: int, state: str, reason: str | None = None) -> bool:
    """Mark a row: done, parked or unreadable; whether its person has another waiting behind it."""
    ended = await tx.one("inbox.done", id=row_id, state=state, reason=reason)
    return ended is not None and bool(ended["more"])


async def counts(tx: Tx) -> dict[str, int]:
    """How many rows stand in which state."""
    return {row["state"]: row["number"] for row in await tx.all("inbox.counts")}

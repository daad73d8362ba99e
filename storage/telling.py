"""Telling an officer how their own message to many goes: one message that changes, where messengers can change one.

It goes among the replies: whoever has something sent at night wants to see it go at night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage import broadcasts
from storage.outbox import REPLY, packed

if TYPE_CHECKING:
    from storage.broadcasts import Broadcast
    from storage.units import Tx
    from texts.message import Message


async def best(tx: Tx, member: int) -> tuple[str, str] | None:
    """Channel and address at which this person was last heard from; None: nothing of theirs can be reached."""
    row = await tx.one("addresses.best", member=member)
    return (row["channel"], row["address"]) if row else None


async def tell(
    tx: Tx, key: str, member: int, to: tuple[str, str], message: Message, now: int, edits: str | None = None
) -> None:
    """Say it there, in the place of the message `edits`. Said twice, it is there once."""
    channel, address = to
    await tx.run(
        "outbox.put", key=key, member=member, channel=channel, address=address, lane=REPLY, body=packed(message),
        edits=edits, not_before=0, created_at=now,
    )  # fmt: skip
    tx.wake("outbox", channel)


async def told(tx: Tx, key: str) -> Any:
    """The message of that key as far as it has come: channel, address, ref, state, body; None: there is none."""
    return await tx.one("telling.told", key=key)


async def to_tell(tx: Tx, since: int) -> list[Broadcast]:
    """Every broadcast that has begun and is not over, or ended not before an instant (microseconds), oldest first."""
    found = [await broadcasts.get(tx, row["id"]) for row in await tx.all("telling.broadcasts", since=since)]
    return [one for one in found if one]


def progress_key(broadcast: int, number: int) -> str:
    """The name of the message that tells a broadcast's author how far it has come: the first, and each change to it."""
    return f"progress:{broadcast}:{number}"


async def last_progress(tx: Tx, broadcast: int) -> Any:
    """The last of these; None: nothing has been told yet."""
    number = await progresses(tx, broadcast)
    return await told(tx, progress_key(broadcast, number - 1)) if number else None


async def progresses(tx: Tx, broadcast: int) -> int:
    """How many of these there are."""
    row = await tx.one("settings.get", name=f"progress:{broadcast}")
    return int(row["value"]) if row else 0


async def tell_progress(
    tx: Tx, broadcast: int, member: int, to: tuple[str, str], message: Message, now: int, edits: str | None
) -> None:
    """Tell the next of these."""
    number = await progresses(tx, broadcast)
    await tx.run("settings.put", name=f"progress:{broadcast}", value=str(number + 1))
    await tell(tx, progress_key(broadcast, number), member, to, message, now, edits)

"""How much one person sends by upload: counted by the hour, before a byte of it is taken.

A file that came by upload lies on our disk before any turn has looked at it, so the number of messages a minute does
not bound it. Whoever belongs to no unit sends none: a new visitor costs a cookie, so no bound by person would hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.units import Tx

HOUR = 3600 * 1_000_000
MOST_FILES = 60
"""Files in an hour. A delegate who hands in twelve dossiers with five pages of evidence each is not held up."""
MOST_BYTES = 300 * 1024 * 1024
"""Bytes in an hour: sixty photographs as a phone takes them, or fifteen files of the largest size."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that was counted: whose, in the hour that began at `since` (microseconds of machine time), its bytes."""

    member: int
    since: int
    size: int


class Denied(Enum):
    """Why an upload is not begun."""

    VISITOR = auto()
    """its sender belongs to no unit"""
    MANY = auto()
    """with it this person would send more than one may in an hour"""


async def begin(tx: Tx, channel: str, address: str, size: int, machine: int) -> Begun | Denied:
    """Count an upload of at most so many bytes. The hour runs in machine time, microseconds."""
    sender = await tx.one("uploads.sender", channel=channel, address=address)
    if sender is None:
        return Denied.VISITOR
    row = await tx.one("uploads.begin", member=sender["member"], size=size, now=machine, over=machine - HOUR,
                       most_files=MOST_FILES, most_bytes=MOST_BYTES)  # fmt: skip
    return Begun(sender["member"], row["since"], size) if row else Denied.MANY


async def give_back(tx: Tx, begun: Begun) -> None:
    """It came to nothing: a line that breaks off must not use up what may be sent."""
    await tx.run("uploads.give_back", member=begun.member, since=begun.since, files=1, size=begun.size)


async def came(tx: Tx, begun: Begun, size: int) -> None:
    """Fewer bytes came than were counted."""
    await tx.run("uploads.give_back", member=begun.member, since=begun.since, files=0, size=begun.size - size)

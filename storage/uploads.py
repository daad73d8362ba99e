"""How much one person sends by upload: counted by the hour, before a byte of it is taken.

A file that came by upload lies on our disk before any turn has looked at it, so the number of messages a minute does
not bound it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import people

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


async def begin(tx: Tx, channel: str, address: str, size: int, now: int, machine: int) -> Begun | None:
    """Count an upload of so many bytes; None: with it this person would send more than one may in an hour.

    `now` is business time, for whoever is met here for the first time; the hour runs in machine time.
    """
    member = await people.at_address(tx, channel, address, now)
    row = await tx.one("uploads.begin", member=member, size=size, now=machine, over=machine - HOUR,
                       most_files=MOST_FILES, most_bytes=MOST_BYTES)  # fmt: skip
    return Begun(member, row["since"], size) if row else None


async def give_back(tx: Tx, begun: Begun) -> None:
    """It came to nothing: a line that breaks off must not use up what may be sent."""
    await tx.run("uploads.give_back", member=begun.member, since=begun.since, size=begun.size)

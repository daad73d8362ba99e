"""The history of our own messengers: both sides of a chat, in an order that nobody who resumes can miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.units import Row, Tx

NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Said:
    """One entry to be added: `at` is business time in microseconds, `edits` the entry whose place it takes."""

    key: str
    at: int
    body: str
    edits: int | None = None


async def add(tx: Tx, channel: str, address: str, said: Said) -> int:
    """Add an entry, once for its key; its id. Ids of one address become visible in order: its row is locked first."""
    await tx.one("transcript.in_order", channel=channel, address=address)
    await tx.run(
        "transcript.add", channel=channel, address=address, key=said.key, at=said.at, body=said.body, edits=said.edits
    )
    tx.wake("transcript", f"{channel}:{address}")
    return int((await tx.one("transcript.by_key", key=said.key))["id"])


async def after(tx: Tx, channel: str, address: str, last: int, most: int) -> list[Row]:
    """Entries after an id, oldest first."""
    rows: list[Row] = await tx.all("transcript.after", channel=channel, address=address, after=last, most=most)
    return rows


async def before(tx: Tx, channel: str, address: str, first: int, most: int) -> list[Row]:
    """The last entries before an id (NEWEST: the last of all), oldest first."""
    rows: list[Row] = await tx.all("transcript.before", channel=channel, address=address, before=first, most=most)
    return rows[::-1]


async def seen(tx: Tx, channel: str, address: str, upto: int, now: int) -> None:
    """The page has shown everything up to an id."""
    await tx.run("transcript.seen", channel=channel, address=address, upto=upto, now=now)

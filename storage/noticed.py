"""What people answer to their notices: that they have them, or that they want to be told once more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import notices, outbox
from texts.message import Message, from_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from storage.notices import Notice
    from storage.units import Row, Tx

LATER = "later"
"""How the rungs begin that somebody asked to be told again; their day follows."""


async def told(tx: Tx, message: int, member: int) -> list[Notice]:
    """What the message of that id told this person; empty where it was not theirs."""
    return [one for one in await notices.of_message(tx, message) if one.member == member]


async def acknowledge(tx: Tx, message: int, member: int, now: int) -> None:
    """This person has what that message told; the first time counts."""
    await tx.run("noticed.acknowledge", outbox=message, member=member, now=now)


async def again(tx: Tx, wanted: Sequence[Notice], day: date, now: int) -> None:
    """Have these told once more on that day; asked for twice it is told once."""
    rows = [
        {"id": one.id, "rung": f"{LATER}:{day}", "day": day.isoformat(), "why": "asked for by the person", "now": now}
        for one in wanted
    ]
    if rows:
        await tx.many("noticed.again", rows)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A message that somebody got without having asked. `body` stands with its broadcast, or is made of its notices."""

    id: int
    body: Message | None
    broadcast: int | None


async def recent(tx: Tx, member: int, since: int, most: int) -> list[Unasked]:
    """The last messages of this kind to that person, newest first; `since` is business time in microseconds."""
    rows = await tx.all("noticed.recent", member=member, since=since, most=most)
    return [Unasked(row["id"], _body(row), row["broadcast"]) for row in rows]


def _body(row: Row) -> Message | None:
    own = row["broadcast"] is None and not row["key"].startswith(outbox.NOTICES)
    return from_json(json.loads(row["body"])) if own else None

"""Notices that are due become messages: who is to be told now, of what, and how much is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.reminders import in_own_name
from storage import outbox
from storage.notices import notice_of
from texts.message import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.campaign import Duty
    from storage.notices import Notice
    from storage.units import Tx

BUNDLED_ON, UNREACHED_ON = "bundled_on", "unreached_on"


async def missed(tx: Tx, today: date) -> list[tuple[str, int, int]]:
    """Board by board what is planned for a day that is over: how much is still told, and how much is not any more."""
    rows = await tx.all("notice_bundle.missed", today=today.isoformat())
    return [(row["board"], row["number"] - row["ended"], row["ended"]) for row in rows]


async def people(tx: Tx, today: date, minute: int, after: int, most: int) -> list[int]:
    """Who is to be told something at that minute of the day or before, in the order of ids, from behind `after`."""
    rows = await tx.all("notice_bundle.people", today=today.isoformat(), minute=minute, after=after, most=most)
    return [row["member"] for row in rows]


async def due_of(tx: Tx, member: int, today: date) -> list[Notice]:
    """What that person is to be told, locked for this transaction."""
    rows = await tx.all("notice_bundle.due", member=member, today=today.isoformat())
    return [notice_of(row) for row in rows]


async def next_due(tx: Tx, now: datetime, member: int = 0) -> datetime | None:
    """When, after `now` (local, naive), that person, or else anybody, is to be told something next; None: never."""
    row = await tx.one(
        "notice_bundle.next", member=member, today=now.date().isoformat(), minute=now.hour * 60 + now.minute
    )
    return datetime.fromisoformat(row["day"]) + timedelta(minutes=row["notice_minute"]) if row else None


async def queue(tx: Tx, member: int, told: Sequence[Notice], now: int) -> bool:
    """One message for all of these, whose words are made when it is sent; False: there is no way to reach the person."""
    # what is told again, because it follows once more, has been part of another message before
    key = f"{outbox.NOTICES}{told[0].id}:{told[0].outbox or 0}"
    if not await outbox.put_notice(tx, key, member, say(), now):
        return False
    await tx.many("notice_bundle.queue", [{"id": one.id, "key": key} for one in told])
    return True


async def reached(tx: Tx, board: str, duty: Duty) -> set[str]:
    """The units of a board of which somebody who hands in what the duty asks for can be reached."""
    return {row["unit"] for row in await tx.all("notice_bundle.reached", board=board, own=int(in_own_name(duty)))}


async def told_on(tx: Tx, name: str) -> str | None:
    """The day on which something of the bundler's was done last; None: never."""
    row = await tx.one("settings.get", name=name)
    return row["value"] if row else None


async def set_told_on(tx: Tx, name: str, day: date) -> None:
    """It was done on that day."""
    await tx.run("settings.put", name=name, value=day.isoformat())

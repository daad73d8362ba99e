"""What notices are judged by: who may be told for a unit, who has handed in, what somebody does not want to hear of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.reminders import in_own_name
from storage.notices import asked_kinds

if TYPE_CHECKING:
    from domain.campaign import Duty
    from storage.units import Tx


async def is_done(tx: Tx, duty: Duty, campaign: str, unit: str, member: int) -> bool:
    """Whether that unit has done the duty, or that person where each is asked in their own name."""
    asks = asked_kinds(duty)
    if in_own_name(duty):
        return bool(await tx.one("notices.person_is_done", member=member, campaign=campaign, asks=asks))
    return bool(await tx.one("notices.unit_is_done", unit=unit, campaign=campaign, about=duty.id, asks=asks))


async def returned(tx: Tx, duty: Duty, campaign: str, unit: str, member: int) -> str | None:
    """The number of what was handed in in time and has come back to be completed: it does not become late by that."""
    row = await tx.one("notices.returned", unit=unit, campaign=campaign, about=duty.id, asks=asked_kinds(duty),
                       member=member if in_own_name(duty) else 0)  # fmt: skip
    return row["number"] if row else None


async def acting(tx: Tx, duty: Duty, unit: str) -> list[int]:
    """Whoever is told for that unit: its delegates, without any whoever else may hand in; or each in their own name."""
    return [row["member"] for row in await tx.all("notices.acting", unit=unit, own=int(in_own_name(duty)))]


async def mutes(tx: Tx, member: int) -> frozenset[str]:
    """The topics that this person does not want to be told of."""
    row = await tx.one("notices.mutes", member=member)
    return frozenset(row["mutes"].split()) if row else frozenset()

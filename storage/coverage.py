"""Whom a broadcast has reached: its people one by one, and the units that its audience came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.broadcast import RecipientState

if TYPE_CHECKING:
    from storage.units import Row, Tx


@dataclass(frozen=True, slots=True)
class Covered:
    """One person of an audience; names None where person or unit are gone. Instants are microseconds."""

    member: int
    unit: str
    unit_name: str | None
    name: str | None
    state: RecipientState
    reason: str | None
    ended_at: int | None
    acknowledged_at: int | None


async def people(tx: Tx, number: int, after: int, most: int) -> list[Covered]:
    """At most so many of its people, in the order of their ids, after that id (0: from the first)."""
    return [_covered(row) for row in await tx.all("coverage.people", id=number, after=after, most=most)]


async def in_state(tx: Tx, number: int, state: RecipientState, most: int) -> list[Covered]:
    """At most so many of its people who are in that state, by unit and name."""
    return [_covered(row) for row in await tx.all("coverage.in_state", id=number, state=state.value, most=most)]


async def units(tx: Tx, number: int) -> list[str]:
    """Name of every unit its audience came to when it was frozen, also of those in which there is nobody.

    Without boards and zones, which are places rather than offices.
    """
    return [row["name"] or row["unit"] for row in await tx.all("coverage.units", id=number)]


def _covered(row: Row) -> Covered:
    return Covered(
        row["member"], row["unit"], row["unit_name"], row["name"], RecipientState(row["state"]), row["reason"],
        row["ended_at"], row["acknowledged_at"],
    )  # fmt: skip

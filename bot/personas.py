"""The people one can be in the demo: of each board a member of staff, an enterprise's delegate, an officer. Made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people import Role, UnitKind
from storage import people
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from domain.people import Unit
    from storage.units import Tx

ROLES = ("visitor", "staff", "enterprise", "officer")
_WHERE = {
    "staff": ((UnitKind.ROOM, UnitKind.SERVICE, UnitKind.OFFICE), Role.DELEGATE),
    "enterprise": ((UnitKind.ENTERPRISE,), Role.DELEGATE),
    "officer": ((UnitKind.OFFICE,), Role.OFFICER),
}
"""In a unit of which kind each stands, and as what."""


async def seed_personas(tx: Tx, now: int) -> int:
    """Make the personas that are not there yet; how many."""
    rows = await tx.all("units.all")
    boards: dict[str, list[Unit]] = {}
    for row in rows:
        boards.setdefault(row["board"], []).append(people.unit_of(row))
    made = 0
    for board, units in boards.items():
        for role in _WHERE:
            if where := place(units, role):
                made += await _seed(tx, persona_address(board, role), role, where, now)
    return made


def place(units: list[Unit], role: str) -> tuple[Unit, Role] | None:
    """Where among a board's units a persona stands, and as what; None for a visitor, or where there is no such unit."""
    kinds, as_role = _WHERE.get(role, ((), Role.MEMBER))
    return next(((unit, as_role) for kind in kinds for unit in units if unit.kind is kind), None)


async def _seed(tx: Tx, address: str, role: str, where: tuple[Unit, Role], now: int) -> int:
    if await tx.one("addresses.find", channel="web", address=address):
        return 0
    unit, as_role = where
    member = await people.at_address(tx, "web", address, now)
    await tx.run("members.name", id=member, name=plain(line(f"demo.name.{role}"), "vi"))
    await tx.run("memberships.add", member=member, unit=unit.slug, role=as_role.value, position=None, since=now)
    await tx.run("consents.add", member=member, version="demo", given=1, at=now, channel="web")
    return 1


def persona_address(board: str, role: str) -> str:
    """The web address of a persona; a visitor's board is only what the panel shows."""
    return f"demo_{board}_{role}".ljust(24, "_")

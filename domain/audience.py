"""Whom a broadcast is for: an audience as a value, and the units and roles it comes to. Pure.

Chosen places are added up (staff, a zone and a unit besides); a role and "has not handed in" then narrow them down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.campaign import Actor, Audience
from domain.due import Value
from domain.people import Role, Unit, UnitKind, actors_of, audience_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ROLES = (Role.DELEGATE, Role.HEAD, Role.MEMBER)
"""Roles an audience may be narrowed down to; without any it is everybody of the units."""


class NotHandedIn(Value):
    """A duty, for whoever has not handed it in; `actors`: whom it addresses."""

    campaign: str
    duty: str
    actors: tuple[Actor, ...]


class Recipients(Value):
    """An audience as it was chosen, within one board's tree; it survives JSON.

    With neither groups, zones nor units it is everyone of the board. `zones` and `units` are slugs.
    """

    board: str
    groups: tuple[Audience, ...] = ()
    zones: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    missing: NotHandedIn | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person of an audience as a message may name them: by name (None: they have given none) and by their units.

    `staff`: all these units are the board's own; a letter then addresses the person, else the unit.
    """

    name: str | None
    units: tuple[str, ...]
    staff: bool


def units_of(recipients: Recipients, units: Mapping[str, Unit], handed_in: Collection[str] = ()) -> list[str]:
    """The slugs of the units an audience comes to, in order.

    Args:
        recipients: the audience.
        units: every unit by its slug; those of other boards never count.
        handed_in: the units that have handed in what `recipients.missing` names; without that of no concern.

    """
    return sorted(slug for slug in units if _is_meant(recipients, units, slug, handed_in))


def roles_of(recipients: Recipients) -> frozenset[Role]:
    """In which roles people of these units are meant."""
    return frozenset(recipients.roles or Role)


def _is_meant(recipients: Recipients, units: Mapping[str, Unit], slug: str, handed_in: Collection[str]) -> bool:
    above = _above(units, slug)
    if above[-1] != recipients.board:
        return False
    everyone = not (recipients.groups or recipients.zones or recipients.units)
    within = everyone or audience_of(units[slug].kind) in recipients.groups
    within = within or bool({*recipients.zones} & {*above}) or slug in recipients.units
    return within and (recipients.missing is None or _lacks(recipients.missing, units[slug], handed_in))


def _lacks(missing: NotHandedIn, unit: Unit, handed_in: Collection[str]) -> bool:
    """The board itself and its zones are places: they hand nothing in."""
    asked = unit.kind not in {UnitKind.BOARD, UnitKind.ZONE} and actors_of(unit.kind, Role.MEMBER) & {*missing.actors}
    return bool(asked) and unit.slug not in handed_in


def _above(units: Mapping[str, Unit], slug: str) -> list[str]:
    """The unit and everything it stands under; the root last."""
    line = [slug]
    while (parent := units[line[-1]].parent) in units and parent not in line:
        line.append(str(parent))
    return line

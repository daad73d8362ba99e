"""Who may see a dossier and its files: one rule, for the chat and for links opened in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people import Act, may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.dossiers import Dossier
    from storage.people import Membership


def may_see(member: int, memberships: Iterable[Membership], found: Dossier) -> bool:
    """Whoever acts for its unit, whoever handed it in and is still of that unit, and the office of its board."""
    units = list(memberships)
    return may_change(member, units, found) or is_office(units, found)


def may_change(member: int, memberships: Iterable[Membership], found: Dossier) -> bool:
    """The filer, and who acts for the unit. Somebody who has left every unit changes nothing any more."""
    in_unit = [m for m in memberships if m.unit == found.unit]
    return any(found.filer == member or may(Act.SEE_UNIT, m.role) for m in in_unit)


def is_office(memberships: Iterable[Membership], found: Dossier) -> bool:
    """Whether they are of the office it was handed in to."""
    return any(m.board == found.board and may(Act.JUDGE, m.role) for m in memberships)

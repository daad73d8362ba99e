"""Which unit stands under which: the parents that rows name, found by slug or by name, without circles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from documents.units_columns import Column, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.people import Role, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row that can be taken over: a unit, and perhaps a person to invite for it. `row` counts from 1, as Excel."""

    row: int
    slug: str
    name: str
    kind: UnitKind
    parent: str
    tax_code: str | None = None
    person: str | None = None
    position: str | None = None
    role: Role | None = None


class Refuse(Protocol):
    """Notes what is wrong with a row."""

    def __call__(self, row: int, column: Column, reason: str, **params: object) -> None:
        """Note it."""


def hang(
    rows: Sequence[UnitRow], board: str, known: Mapping[str, Unit], spoiled: set[str], refuse: Refuse
) -> list[UnitRow]:
    """The rows with the slug of their parent in place of what was typed; a blank one is the board.

    `spoiled` holds slugs and folded names of units whose own rows were refused: what hangs under them waits too.
    """
    names = _names(rows, known)
    slugs = {row.slug for row in rows} | known.keys() | {board}
    hung: list[UnitRow] = []
    lost, parents = set(spoiled), dict[str, str]()
    for row in rows:
        parent = _find(row.parent, board, slugs, names)
        if parent and parent != (agreed := parents.setdefault(row.slug, parent)):
            refuse(row.row, Column.PARENT, "other_parent", parent=agreed)
            continue
        if parent:
            hung.append(replace(row, parent=parent))
            continue
        waits = row.parent.lower() in spoiled or fold(row.parent) in spoiled
        refuse(row.row, Column.PARENT, "parent_refused" if waits else "unknown_parent", parent=row.parent)
        lost.add(row.slug)
    return _without_lost(_without_circles(hung, known, lost, refuse), known, lost, refuse)


def _names(rows: Sequence[UnitRow], known: Mapping[str, Unit]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for slug, name in [(u.slug, u.name) for u in known.values()] + [(r.slug, r.name) for r in rows]:
        names.setdefault(fold(name), set()).add(slug)
    return names


def _find(text: str, board: str, slugs: set[str], names: Mapping[str, set[str]]) -> str | None:
    """The slug a parent cell means: a slug, or a name that only one unit has."""
    if not text:
        return board
    if text.lower() in slugs:
        return text.lower()
    named = names.get(fold(text), set())
    return next(iter(named)) if len(named) == 1 else None


def _without_circles(rows: list[UnitRow], known: Mapping[str, Unit], lost: set[str], refuse: Refuse) -> list[UnitRow]:
    above = {u.slug: u.parent for u in known.values()} | {row.slug: row.parent for row in rows}
    kept: list[UnitRow] = []
    for row in rows:
        at, passed = above.get(row.slug), {row.slug}
        while at and at not in passed:
            passed.add(at)
            at = above.get(at)
        if at == row.slug:
            refuse(row.row, Column.PARENT, "circle")
            lost.add(row.slug)
        else:
            kept.append(row)
    return kept


def _without_lost(rows: list[UnitRow], known: Mapping[str, Unit], lost: set[str], refuse: Refuse) -> list[UnitRow]:
    """Refuse, from the top down, what hangs under a unit that is not there because its own rows were refused."""
    while True:
        there = {row.slug for row in rows} | known.keys()
        waiting = [row for row in rows if row.parent in lost and row.parent not in there]
        if not waiting:
            return rows
        for row in waiting:
            refuse(row.row, Column.PARENT, "parent_refused", parent=row.parent)
        lost |= {row.slug for row in waiting}
        rows = [row for row in rows if row not in waiting]

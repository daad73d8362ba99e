"""A workbook's rows into the database: units stored where they differ, an invite for every person who has none yet.

The same rows again change nothing: that is decided by comparing, row by row, before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from documents.units_columns import fold
from documents.units_tree import UnitRow
from domain.people import Role, Unit, UnitKind
from storage import content, invites, notices, people

if TYPE_CHECKING:
    from storage.units import Row, Tx

AT_ONCE = 200
"""rows in one unit of work: new ones take SQLite's only writer about 35 ms (500 took 80), and turns wait that long"""


@dataclass
class Plan:
    """What rows come to."""

    units: list[Unit] = field(default_factory=list)
    """to be stored, parents first"""
    invites: list[UnitRow] = field(default_factory=list)
    """rows whose person is to be invited"""
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged", "issued", "existing"), 0)
    )


def parts(rows: Sequence[UnitRow]) -> list[list[UnitRow]]:
    """The rows in parts of about `AT_ONCE`; parents stand before children, and all rows of a unit in one part."""
    units = _by_unit(rows)
    parents = {slug: of_it[0].parent for slug, of_it in units.items()}
    done: list[list[UnitRow]] = [[]]
    for slug in sorted(units, key=lambda slug: _depth(slug, parents)):
        if len(done[-1]) + len(units[slug]) > AT_ONCE and done[-1]:
            done.append([])
        done[-1] += units[slug]
    return [part for part in done if part]


def _depth(slug: str, parents: dict[str, str]) -> int:
    """How many of the units above it are in the workbook too; the reader has seen to it that there are no circles."""
    depth = 0
    while (slug := parents.get(slug, "")) in parents:
        depth += 1
    return depth


def to_json(rows: Sequence[UnitRow]) -> list[dict[str, Any]]:
    """Rows as plain data."""
    return [asdict(row) for row in rows]


def from_json(rows: Sequence[dict[str, Any]]) -> list[UnitRow]:
    """The rows that `to_json` packed."""
    return [
        UnitRow(**{**row, "kind": UnitKind(row["kind"]), "role": Role(row["role"]) if row["role"] else None})
        for row in rows
    ]


async def take(tx: Tx, board: str, rows: Sequence[UnitRow], secret: str, now: int) -> dict[str, int]:
    """Store what is new or has changed, and invite whom nobody has invited. `now`: microseconds, business time. Counts."""
    plan = await _plan(tx, board, rows, now)
    for unit in plan.units:
        await people.put_unit(tx, unit, board)
        await people.audit(tx, now, None, "unit_imported", unit.slug)
    for row in plan.invites:
        assert row.role
        serial = invites.new_serial()
        new = invites.NewCode(invites.INVITE, row.slug, row.role.value, row.person, row.position)
        await invites.issue(tx, new, serial, secret, now, None)
        await people.audit(tx, now, None, "invited", row.slug, role=row.role.value, serial=serial)
    if plan.units:
        await content.changed(tx)
        await notices.replan(tx, "units imported", board=board)
    return plan.counts


async def judged(tx: Tx, board: str, rows: Sequence[UnitRow], _secret: str, now: int) -> dict[str, int]:
    """What `take` would count; nothing is written."""
    return (await _plan(tx, board, rows, now)).counts


async def invites_of(tx: Tx, board: str) -> list[Row]:
    """Every invite into a board's units, by unit and name, used and expired ones too."""
    rows: list[Row] = await tx.all("office.invites", board=board)
    return rows


async def _plan(tx: Tx, board: str, rows: Sequence[UnitRow], now: int) -> Plan:
    plan, known = Plan(), await people.units(tx)
    for slug, of_it in _by_unit(rows).items():
        unit = _unit(known.get(slug), of_it)
        change = "new" if slug not in known else "unchanged" if unit == known[slug] else "changed"
        plan.counts[change] += 1
        if change != "unchanged":
            plan.units.append(unit)
    there = await _there(tx, board, now)
    for row in rows:
        if row.person and row.role:
            exists = (row.slug, row.role.value, fold(row.person)) in there
            plan.counts["existing" if exists else "issued"] += 1
            if not exists:
                plan.invites.append(row)
    return plan


def _by_unit(rows: Sequence[UnitRow]) -> dict[str, list[UnitRow]]:
    units: dict[str, list[UnitRow]] = {}
    for row in rows:
        units.setdefault(row.slug, []).append(row)
    return units


def _unit(known: Unit | None, rows: Sequence[UnitRow]) -> Unit:
    """The unit that rows describe; what a workbook has no column for stays as it is."""
    said: dict[str, Any] = {"name": rows[0].name, "kind": rows[0].kind, "parent": rows[0].parent}
    said["tax_code"] = next((row.tax_code for row in rows if row.tax_code), None)
    return known.model_copy(update=said) if known else Unit.model_validate({"slug": rows[0].slug, **said})


async def _there(tx: Tx, board: str, now: int) -> set[tuple[str, str, str]]:
    """(unit, role, folded name) of everybody who is a member already or has an invite that can still be used.

    Who joined under another spelling of their name is known by the invite they used.
    """
    members = await tx.all("office.people", board=board)
    joined = {(row["id"], row["unit"], row["role"]) for row in members}
    there = {(row["unit"], row["role"], fold(row["name"] or "")) for row in members}
    for row in await tx.all("office.invites", board=board):
        still_open = row["used_at"] is None and row["expires_at"] > now
        if still_open or (row["used_by"], row["unit"], row["role"]) in joined:
            there.add((row["unit"], row["role"], fold(row["name"] or "")))
    return there

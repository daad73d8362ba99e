"""Rows of a workbook as units and their people: what is wrong is told by row and column, and the rest stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from documents.units_columns import MOST_LETTERS, Column, fold, kinds_by_label, roles_by_label
from documents.units_tree import UnitRow, hang
from domain.campaign import Audience
from domain.people import Role, Unit, UnitKind, audience_of
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_SLUG = 80
_TAX = re.compile(r"\d{10}(-?\d{3})?")
_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: the row (from 1), the column, and why and what to do."""

    row: int
    column: Column
    reason: Line


@dataclass
class Rows:
    """Rows being judged, in the order of the sheet."""

    board: str
    known: dict[str, Unit]
    elsewhere: frozenset[str] = frozenset()
    """slugs of other boards' units, which nobody may take over"""
    wrong: list[Wrong] = field(default_factory=list)
    good: list[UnitRow] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    """slugs and folded names of units whose row was refused, so that what hangs under them is told the right reason"""

    def refuse(self, row: int, column: Column, reason: str, **params: object) -> None:
        """Note what is wrong with a row."""
        self.wrong.append(Wrong(row, column, line(f"documents.units.{reason}", **params)))


def judge(
    cells: Iterable[tuple[int, dict[Column, str]]],
    board: str,
    known_units: Sequence[Unit],
    elsewhere: frozenset[str] = frozenset(),
) -> tuple[tuple[UnitRow, ...], tuple[Wrong, ...]]:
    """The rows that can be taken over, and everything that is wrong with the others, in the order of the sheet.

    `cells` are cleaned texts by column, with their row numbers. Several rows of one unit are several people of it.
    `elsewhere` are the slugs of other boards' units.
    """
    rows = Rows(board, {unit.slug: unit for unit in known_units}, elsewhere)
    by_name = {fold(u.name): u.slug for u in known_units}
    first: dict[str, UnitRow] = {}
    for number, row in cells:
        found = _row(rows, number, row, by_name, first)
        if found:
            rows.good.append(found)
            first.setdefault(found.slug, found)
    _same_people(rows)
    rows.good = hang(rows.good, rows.board, rows.known, rows.spoiled, rows.refuse)
    return tuple(rows.good), tuple(sorted(rows.wrong, key=_in_sheet_order))


def _in_sheet_order(wrong: Wrong) -> tuple[int, int]:
    return wrong.row, list(Column).index(wrong.column)


def _row(
    rows: Rows, number: int, row: dict[Column, str], by_name: dict[str, str], first: dict[str, UnitRow]
) -> UnitRow | None:
    before = len(rows.wrong)
    _cells_fit(rows, number, row)
    name, slug = row[Column.NAME], _slug(rows, number, row, by_name)
    earlier = first.get(slug) or _as_row(rows.known.get(slug))
    if not name and not (earlier and row[Column.SLUG]):
        rows.refuse(number, Column.NAME, "no_name")
    elif not slug:
        rows.refuse(number, Column.NAME, "no_letters")
    kind = _kind(rows, number, row[Column.KIND], earlier)
    made = UnitRow(
        number,
        slug,
        name or (earlier.name if earlier else ""),
        kind or UnitKind.ENTERPRISE,
        row[Column.PARENT] or (earlier.parent if earlier else ""),
        _tax_code(rows, number, row[Column.TAX_CODE]) or (earlier.tax_code if earlier else None),
    )
    made = _person(rows, made, row)
    if earlier and kind:
        _same_unit(rows, made, earlier)
    if len(rows.wrong) > before:
        rows.spoiled |= {slug, fold(name)} - {""}
        return None
    return made


def _cells_fit(rows: Rows, number: int, row: dict[Column, str]) -> None:
    for column, text in row.items():
        if len(text) > MOST_LETTERS:
            rows.refuse(number, column, "too_long", most=MOST_LETTERS)
        elif text in _ERRORS:
            rows.refuse(number, column, "formula_error")


def _slug(rows: Rows, number: int, row: dict[Column, str], by_name: dict[str, str]) -> str:
    """The slug that was typed, else that of the known unit of this name, else one made from the name."""
    typed, name = row[Column.SLUG].lower(), row[Column.NAME]
    if typed and not (SLUG.fullmatch(typed) and len(typed) <= MOST_SLUG):
        rows.refuse(number, Column.SLUG, "bad_slug")
    slug = typed or by_name.get(fold(name)) or _derived(rows.board, name)
    if slug in rows.elsewhere:
        rows.refuse(number, Column.SLUG, "other_boards_unit", slug=slug)
    return slug


def _derived(board: str, name: str) -> str:
    bare = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return f"{board}-{bare}"[:MOST_SLUG].strip("-") if bare else ""


def _as_row(unit: Unit | None) -> UnitRow | None:
    return UnitRow(0, unit.slug, unit.name, unit.kind, unit.parent or "", unit.tax_code) if unit else None


def _kind(rows: Rows, number: int, text: str, earlier: UnitRow | None) -> UnitKind | None:
    if not text and earlier:
        return earlier.kind
    kind = kinds_by_label().get(fold(text))
    if kind is None:
        rows.refuse(number, Column.KIND, "unknown_kind" if text else "no_kind", kind=text)
    return kind


def _tax_code(rows: Rows, number: int, text: str) -> str | None:
    """Ten digits, or thirteen for a branch; Excel drops a leading zero of what it takes for a number."""
    code = text.replace(" ", "")
    if re.fullmatch(r"\d{9}|\d{12}", code):
        code = f"0{code}"
    if code and not _TAX.fullmatch(code):
        rows.refuse(number, Column.TAX_CODE, "bad_tax_code")
    digits = code.replace("-", "")
    return "-".join(filter(None, (digits[:10], digits[10:]))) or None


def _person(rows: Rows, made: UnitRow, row: dict[Column, str]) -> UnitRow:
    person, position, text = row[Column.PERSON], row[Column.POSITION], row[Column.ROLE]
    role = roles_by_label().get(fold(text)) if text else Role.DELEGATE
    if not person and (position or text):
        rows.refuse(made.row, Column.PERSON, "no_person")
    if role is None:
        rows.refuse(made.row, Column.ROLE, "unknown_role", role=text)
    elif role is Role.OFFICER and audience_of(made.kind) is Audience.ENTERPRISE:
        rows.refuse(made.row, Column.ROLE, "officer_outside")
    return replace(made, person=person, position=position or None, role=role) if person else made


def _same_unit(rows: Rows, made: UnitRow, earlier: UnitRow) -> None:
    """A slug names one unit: rows that share it agree; a unit known from before keeps its kind and may be renamed."""
    if made.kind != earlier.kind:
        rows.refuse(made.row, Column.KIND, "other_kind", slug=made.slug)
    if earlier.row and fold(made.name) != fold(earlier.name):
        rows.refuse(made.row, Column.NAME, "slug_taken", slug=made.slug, other=earlier.row, name=earlier.name)
    if earlier.row and made.tax_code != earlier.tax_code and earlier.tax_code:
        rows.refuse(made.row, Column.TAX_CODE, "other_tax_code", other=earlier.row)


def _same_people(rows: Rows) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows.good:
        other = seen.setdefault((row.slug, fold(row.person or "")), row.row)
        if other != row.row:
            rows.refuse(row.row, Column.PERSON if row.person else Column.NAME, "twice", other=other)
    wrong = {w.row for w in rows.wrong}
    rows.good = [r for r in rows.good if r.row not in wrong]

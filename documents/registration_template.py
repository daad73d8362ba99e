"""The workbook of registrations as it is given out: the rows known already, and empty ones to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.registration_columns import LAYOUT, Column, Form, Row, heading
from documents.registration_rows import cells_of
from documents.registration_sheets import Filled, written
from texts.compose import Language, plain

if TYPE_CHECKING:
    from collections.abc import Sequence


def template(form: Form, known: Sequence[Row], empty: int = 500, language: Language = "vi") -> bytes:
    """A workbook for this campaign and unit: `known` registrations with their numbers, then `empty` rows, all keyed."""
    rows = [tuple(plain(heading(column), language) for column in LAYOUT)]
    rows += [row_texts(form, n, row, language) for n, row in enumerate(known, 1)]
    blank = dict.fromkeys(LAYOUT, "") | {Column.UNIT: form.unit_name}
    for ordinal in range(len(known) + 1, len(known) + empty + 1):
        cells = blank | {Column.ORDINAL: str(ordinal), Column.KEY: f"{form.form}-{ordinal}"}
        rows.append(tuple(cells[column] for column in LAYOUT))
    return written(form, Filled(rows, 0, {column: n for n, column in enumerate(LAYOUT)}, {}), language)


def row_texts(form: Form, ordinal: int, row: Row, language: Language) -> tuple[str, ...]:
    """A registration's row in the order of the template."""
    cells = cells_of(row.registration, form.titles, language) | {
        Column.ORDINAL: str(ordinal),
        Column.UNIT: form.unit_name,
        Column.NUMBER: row.number or "",
        Column.KEY: row.key,
    }
    return tuple(cells[column] for column in LAYOUT)

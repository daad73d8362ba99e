"""The workbook of registrations as it goes back: with reasons where cells are wrong, or with numbers once registered."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from openpyxl.utils.escape import unescape

from documents.registration_columns import LAYOUT, Column, Form, Row, heading
from documents.registration_sheets import Filled, written
from documents.registration_table import Table, open_table
from documents.registration_template import row_texts
from documents.units_columns import text_of
from documents.workbook import Refusal
from texts.compose import Language, plain
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from documents.registration_read import Read

_CELL = 32_767
"""characters Excel takes in a cell"""


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def outcome_line(outcome: Outcome) -> Line:
    """What became of a row, in words."""
    return line(f"workbook.outcome.{outcome}")


def copy_with_reasons(form: Form, content: bytes, read: Read, language: Language = "vi") -> bytes | Refusal:
    """The same rows in the same places as they were typed, the wrong cells coloured, a last column with the reasons.

    `content` is the workbook that `read_registrations` made `read` of; one that it refused is refused here too. Rows
    that had no key, or another row's, have their own. A formula is left as what it last showed.
    """
    table = open_table(content, form)
    if isinstance(table, Refusal):
        return table
    places = dict(table.places)
    last = max(places.get(Column.REASON, 0), *(len(row) - 1 for row in table.rows))
    places.setdefault(Column.KEY, last + 1)
    places.setdefault(Column.REASON, max(last, places[Column.KEY]) + 1)
    rows = _as_typed(table, max(places.values()) + 1)
    for column in (Column.KEY, Column.REASON):
        rows[table.header][places[column]] = plain(heading(column), language)
    for one in table.entries:
        if one.row <= len(rows):
            rows[one.row - 1][places[Column.KEY]] = table.keys[one.row]
            rows[one.row - 1][places[Column.REASON]] = ""
    looks: dict[tuple[int, int], str] = {}
    for wrong in read.wrong:
        reasons = [plain(line("workbook.reason", column=heading(c), reason=why), language) for c, why in wrong.cells]
        rows[wrong.row - 1][places[Column.REASON]] = "\n".join(reasons)
        looks |= {(wrong.row - 1, places[c]): "wrong" for c, _ in wrong.cells if c in places}
    return written(form, Filled(rows, table.header, places, looks), language)


def copy_with_numbers(form: Form, rows: Sequence[tuple[Row, Line]], language: Language = "vi") -> bytes:
    """The registered rows with their dossiers' numbers and what became of each (a line, such as `outcome_line` gives)."""
    layout = (*LAYOUT, Column.STATE)
    texts = [tuple(plain(heading(column), language) for column in layout)]
    texts += [(*row_texts(form, n, row, language), plain(state, language)) for n, (row, state) in enumerate(rows, 1)]
    return written(form, Filled(texts, 0, {column: n for n, column in enumerate(layout)}, {}), language)


def _as_typed(table: Table, width: int) -> list[list[str]]:
    clean: Callable[[Any], str] = lru_cache(maxsize=None, typed=True)(_text)
    longest = max(table.entries, key=lambda entry: entry.row).row if table.entries else 0
    rows = [*table.rows, *[()] * (longest - len(table.rows))]
    return [[*map(clean, row), *[""] * (width - len(row))] for row in rows]


def _text(value: Any) -> str:
    return text_of(unescape(value[:_CELL]) if isinstance(value, str) else value)

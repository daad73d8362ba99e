"""The workbook of units and their delegates: an empty one to fill in, a filled one read, a refused one sent back.

A row is a unit, or one more person of a unit named before. Excel is where boards keep such lists; what is wrong comes
back in the same rows, coloured and with the reason beside it, to be corrected and sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from documents.units_columns import (
    BOARD_NOTE,
    HEADER_ROWS,
    KINDS,
    NEEDED,
    READ,
    ROLES,
    TEMPLATE,
    TEMPLATE_NOTE,
    Column,
    columns_by_heading,
    fold,
    heading,
    kind_label,
    role_label,
    text_of,
)
from documents.units_rows import Wrong, judge
from documents.units_tree import UnitRow
from documents.workbook import MOST_ROWS, Book, Refusal, Sheet, open_book
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.people import Unit
    from texts.compose import Language

__all__ = ["Reading", "Refusal", "UnitRow", "Wrong", "read", "refused_copy", "template"]
_WIDTHS = {Column.NAME: 44, Column.KIND: 18, Column.PARENT: 28, Column.PERSON: 26, Column.POSITION: 22}
_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Written into every workbook instead of the day it was made: the same input gives the same bytes."""
_HELP = 9
_RISKY = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook holds: rows that can be taken over, and what is wrong with the others."""

    rows: tuple[UnitRow, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The sheet with the units: which column stands where, and the row of the headings (both from 0)."""

    sheet: Sheet
    header: int
    places: Mapping[Column, int]


def template(board: Unit, language: Language = "vi") -> bytes:
    """An empty workbook for the units of `board`: headings, lists to choose from, and a sheet that explains them."""
    titles = [heading(c, language) for c in READ]
    return _written([tuple(titles)], {c: n for n, c in enumerate(READ)}, 0, {}, board.slug, language)


def read(
    content: bytes, known_units: Sequence[Unit], board: str, elsewhere: frozenset[str] = frozenset()
) -> Reading | Refusal:
    """The rows of a workbook, judged against the units the board (its slug) already has.

    `elsewhere` are the slugs of other boards' units: a row that names one is refused.
    Any bytes give a reading or a refusal with its reason. Nothing is stored: the caller does that with `rows`.
    """
    book = open_book(content)
    if isinstance(book, Refusal):
        return book
    table = _table(book, board)
    if isinstance(table, Refusal):
        return table
    cells: list[tuple[int, dict[Column, str]]] = []
    for number, row in enumerate(table.sheet.rows[table.header + 1 :], table.header + 2):
        values = {c: text_of(row[n]) if (n := table.places.get(c, len(row))) < len(row) else "" for c in READ}
        if any(values.values()):
            cells.append((number, values))
    if not cells:
        return Refusal(line("documents.units.empty"))
    return Reading(*judge(cells, board, known_units, elsewhere))


def refused_copy(content: bytes, wrong: Sequence[Wrong], language: Language = "vi") -> bytes | Refusal:
    """The same rows in the same places, the wrong cells coloured, with a column of reasons; formulas stay dead text.

    `content` is a workbook that `read` has read; one that was refused as a whole is refused here too.
    """
    book = open_book(content)
    if isinstance(book, Refusal):
        return book
    table = _table(book, None)
    if isinstance(table, Refusal):
        return table
    rows, places = list(table.sheet.rows), dict(table.places)
    places.setdefault(Column.REASON, max(map(len, rows)))
    reasons: dict[int, list[str]] = {}
    for one in wrong:
        reason = f"{heading(one.column, language)}: {plain(one.reason, language)}"
        reasons.setdefault(one.row - 1, []).append(reason)
    marks: dict[tuple[int, int], str] = {
        (one.row - 1, places[one.column]): "wrong" for one in wrong if one.column in places
    }
    for number, row in enumerate(rows):
        text = "\n".join(reasons.get(number, [])) if number != table.header else heading(Column.REASON, language)
        if number >= table.header:
            rows[number] = _with(row, places[Column.REASON], text or None)
        if number in reasons:
            marks[number, places[Column.REASON]] = "reason"
    return _written(rows, places, table.header, marks, book.notes.get(BOARD_NOTE, ""), language)


def _with(row: tuple[Any, ...], place: int, value: str | None) -> tuple[Any, ...]:
    wide = (*row, *[None] * (place + 1 - len(row)))
    return (*wide[:place], value, *wide[place + 1 :])


def _table(book: Book, board: str | None) -> _Table | Refusal:
    """The sheet that has our headings; a workbook that says it is another one is told so."""
    kind = book.notes.get(TEMPLATE_NOTE, TEMPLATE)
    if kind != TEMPLATE:
        name = "old_template" if kind.split("/")[0] == TEMPLATE.split("/")[0] else "wrong_template"
        return Refusal(line(f"documents.units.{name}"))
    made_for = book.notes.get(BOARD_NOTE)
    if board and made_for and made_for != board:
        return Refusal(line("documents.units.other_board", board=made_for))
    headings = columns_by_heading()
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows[:HEADER_ROWS]):
            places: dict[Column, int] = {}
            for n, value in enumerate(row):
                if column := headings.get(fold(text_of(value))):
                    places.setdefault(column, n)
            if places.keys() >= NEEDED:
                return _Table(sheet, number, places)
    return Refusal(line("documents.units.no_headings", name=_heading(Column.NAME), kind=_heading(Column.KIND)))


def _heading(column: Column) -> Any:
    return line(f"documents.units.column_{column}")


def _written(
    rows: Sequence[tuple[Any, ...]],
    places: Mapping[Column, int],
    header: int,
    marks: Mapping[tuple[int, int], str],
    board: str,
    language: Language,
) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        book.set_custom_property(TEMPLATE_NOTE, TEMPLATE)
        if board:
            book.set_custom_property(BOARD_NOTE, board)
        looks = _looks(book)
        sheet = book.add_worksheet(plain(line("documents.units.sheet"), language))
        for column, place in places.items():
            sheet.set_column(place, place, _WIDTHS.get(column, 60 if column is Column.REASON else 20), looks["text"])
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                look = "head" if number == header else marks.get((number, place), "text")
                _put(sheet, number, place, value, look, looks)
        _lists(sheet, places, header, language)
        sheet.freeze_panes(header + 1, 0)
        _help_sheet(book, looks, language)
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    looks: dict[str, dict[str, Any]] = {
        "head": {"bold": True, "bg_color": "#0B6578", "font_color": "#FFFFFF", "text_wrap": True, "border": 1},
        "text": {"num_format": "@", "valign": "top"},
        "wrong": {"num_format": "@", "valign": "top", "bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1},
        "reason": {"valign": "top", "text_wrap": True, "font_color": "#9C0006"},
        "help": {"valign": "top", "text_wrap": True},
    }
    risky = {f"{name}, risky": {**look, "quote_prefix": True} for name, look in looks.items()}
    return {name: book.add_format(look) for name, look in {**looks, **risky}.items()}


def _put(sheet: Any, row: int, place: int, value: Any, look: str, looks: Mapping[str, Any]) -> None:
    """Write a value as text, always; one that Excel would take for a formula once edited is marked as text for good."""
    text = text_of(value) if look != "reason" else str(value or "")
    if not text:
        sheet.write_blank(row, place, None, looks[look])
        return
    risky = text.startswith(_RISKY)
    sheet.write_string(row, place, text, looks[f"{look}, risky" if risky else look])


def _lists(sheet: Any, places: Mapping[Column, int], header: int, language: Language) -> None:
    choices = {
        Column.KIND: [kind_label(k, language) for k in KINDS],
        Column.ROLE: [role_label(r, language) for r in ROLES],
    }
    for column, source in choices.items():
        if column in places:
            sheet.data_validation(
                header + 1,
                places[column],
                header + MOST_ROWS,
                places[column],
                {"validate": "list", "source": source, "error_type": "warning"},
            )


def _help_sheet(book: Any, looks: Mapping[str, Any], language: Language) -> None:
    sheet = book.add_worksheet(plain(line("documents.units.help_sheet"), language))
    sheet.set_column(0, 0, 100, looks["help"])
    for number in range(_HELP):
        look = looks["help"] if number else looks["head"]
        sheet.write_string(number, 0, plain(line(f"documents.units.help_{number}"), language), look)

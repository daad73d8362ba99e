"""The workbook of registrations, written: how its list, its lists to choose from and its instructions look.

Every value is written as text, none as a formula or a link: nothing that came in runs on the way out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from documents.registration_columns import (
    LOCKED,
    MOST_ROWS,
    TITLES,
    Column,
    Form,
    answer_label,
    heading,
    subject_label,
    title_name,
)
from documents.registration_help import help_rows
from documents.registration_table import note_text, notes_of
from domain.titles import Kind, Subject
from texts.compose import Language, plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Written into every workbook instead of the day it was made: the same input gives the same bytes."""
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula, once the cell is edited or saved as CSV."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
"""Control characters but the line feed: some programs skip them on their way to a formula."""
_WIDTHS = {
    Column.ORDINAL: 6,
    Column.SUBJECT: 12,
    Column.NAME: 30,
    Column.TITLE: 28,
    Column.SECOND_TITLE: 28,
    Column.COMMENDATION: 28,
    Column.INITIATIVE: 34,
    Column.CONDITIONS: 13,
    Column.STAFF_NUMBER: 13,
    Column.STATE: 16,
    Column.REASON: 60,
}
_WIDTH, _HIDDEN_NOTE = 24, 4
_A4 = 9
_MOST_HEADER = 200
"""Excel takes 255 characters in a page's header, marks included."""
_LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#0B6578", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"},
    "typed": {"locked": False},
    "locked": {"bg_color": "#F2F2F2", "font_color": "#595959"},
    "wrong": {"locked": False, "bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1},
    "reason": {"text_wrap": True, "font_color": "#9C0006"},
    "state": {"bold": True, "font_color": "#0B6578"},
    "help": {"text_wrap": True},
    "title": {"bold": True, "font_size": 14, "font_color": "#0B6578"},
    "label": {"bold": True, "text_wrap": True},
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What the list shows: rows of texts (`header` is the row of headings), the columns' places, and looks of cells.

    Rows, columns and places count from 0; a cell without a look of its own has that of its column.
    """

    rows: Sequence[Sequence[str]]
    header: int
    places: Mapping[Column, int]
    looks: Mapping[tuple[int, int], str]


def written(form: Form, filled: Filled, language: Language) -> bytes:
    """The workbook with this list."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        for name, value in notes_of(form).items():
            book.set_custom_property(name, value)
        looks = _looks(book)
        _help(book, form, looks, language)
        sheet = book.add_worksheet(plain(line("workbook.sheet.list"), language))
        _list(sheet, filled, looks)
        _print_set_up(sheet, form, filled, language)
        _choices(book, sheet, form, filled, looks, language)
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    base = {"num_format": "@", "valign": "top"}
    looks = {name: {**base, **look} for name, look in _LOOKS.items()}
    risky = {f"{name}, risky": {**look, "quote_prefix": True} for name, look in looks.items()}
    return {name: book.add_format(look) for name, look in {**looks, **risky}.items()}


def _put(sheet: Any, row: int, place: int, text: str, look: str, looks: Mapping[str, Any]) -> None:
    text = _CONTROL.sub(" ", text).lstrip()
    if text:
        sheet.write_string(row, place, text, looks[f"{look}, risky" if text.startswith(_RISKY) else look])
    elif look == "wrong":
        sheet.write_blank(row, place, None, looks[look])


def _list(sheet: Any, filled: Filled, looks: Mapping[str, Any]) -> None:
    by_place = {place: "locked" if column in LOCKED else "typed" for column, place in filled.places.items()}
    by_place |= {filled.places[c]: c.value for c in (Column.STATE, Column.REASON) if c in filled.places}
    widest = max(map(len, filled.rows), default=0)
    for place in range(widest):
        sheet.set_column(place, place, _WIDTH, looks[by_place.get(place, "typed")])
    for column, place in filled.places.items():
        hidden = {"hidden": True} if column is Column.KEY else {}
        sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH), looks[by_place[place]], hidden)
    for number, row in enumerate(filled.rows):
        for place, text in enumerate(row):
            usual = "head" if number == filled.header else by_place.get(place, "typed")
            _put(sheet, number, place, text, filled.looks.get((number, place), usual), looks)
    sheet.set_row(filled.header, 48)
    sheet.freeze_panes(filled.header + 1, filled.places[Column.NAME] + 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(widest)}{len(filled.rows) + MOST_ROWS}"})
    sheet.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True})


def _print_set_up(sheet: Any, form: Form, filled: Filled, language: Language) -> None:
    """A4 across, as wide as the page, the headings on every page, the campaign and unit above, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(filled.header)
    above = plain(line("workbook.help.printed", campaign=form.campaign_name, unit=form.unit_name), language)
    sheet.set_header("&C" + above[:_MOST_HEADER].replace("&", "&&")[:_MOST_HEADER].rstrip("&"))
    sheet.set_footer("&C&P/&N")


def _choices(book: Any, sheet: Any, form: Form, filled: Filled, looks: Mapping[str, Any], language: Language) -> None:
    """The sheet of lists, and the cells that choose from them; what is typed otherwise is judged when it comes back."""
    name = plain(line("workbook.sheet.choices"), language)
    lists = book.add_worksheet(name)
    lists.protect()
    place, at = 0, dict[Column | Kind, str]()
    for what, rows in _lists(form, language):
        for number, row in enumerate(rows):
            for n, text in enumerate(row):
                _put(lists, number, place + n, text, "head" if not number else "help", looks)
        if len(rows) > 1:
            letter = xl_col_to_name(place)
            at[what] = f"='{name}'!${letter}$2:${letter}${len(rows)}"
        lists.set_column(place, place, 40)
        lists.set_column(place + 1, place + len(rows[0]), 14)
        place += len(rows[0]) + 1
    chosen: dict[Column, Column | Kind] = {Column.SUBJECT: Column.SUBJECT, Column.CONDITIONS: Column.CONDITIONS}
    for column, what in (chosen | TITLES).items():
        if what in at and column in filled.places:
            first, there = filled.header + 1, filled.places[column]
            rule = {"validate": "list", "source": at[what], "error_type": "warning"}
            sheet.data_validation(first, there, first + max(MOST_ROWS, len(filled.rows)), there, rule)


def _lists(form: Form, language: Language) -> list[tuple[Column | Kind, list[tuple[str, ...]]]]:
    """What can be chosen, by the column or kind of title it is for, under its headings."""

    def words(*lines: Any) -> tuple[str, ...]:
        return tuple(plain(one, language) for one in lines)

    about = (line("workbook.choices.code"), line("workbook.choices.open_to"))
    titles = {
        kind: [
            (title_name(t, language), t.code, ", ".join(words(*map(subject_label, t.subjects))))
            for t in form.titles
            if t.kind is kind
        ]
        for kind in Kind
    }
    return [
        *((kind, [words(line(f"workbook.choices.{kind}"), *about), *rows]) for kind, rows in titles.items()),
        (Column.SUBJECT, [words(heading(Column.SUBJECT)), *(words(subject_label(s)) for s in Subject)]),
        (Column.CONDITIONS, [words(heading(Column.CONDITIONS)), *(words(answer_label(a)) for a in (True, False))]),
    ]


def _help(book: Any, form: Form, looks: Mapping[str, Any], language: Language) -> None:
    sheet = book.add_worksheet(plain(line("workbook.sheet.help"), language))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    sheet.set_column(_HIDDEN_NOTE, _HIDDEN_NOTE, 10, None, {"hidden": True})
    for number, (label, text) in enumerate(help_rows(form, language)):
        _put(sheet, number, 0, label, "label" if number else "title", looks)
        _put(sheet, number, 1, text, "help", looks)
    sheet.write_string(0, _HIDDEN_NOTE, note_text(form))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.protect()

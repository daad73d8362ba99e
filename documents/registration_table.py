"""The filled workbook as a table: is it ours, for this campaign and unit, and what stands in which cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.xml.functions import fromstring

from documents.registration_columns import (
    CAMPAIGN_NOTE,
    FORM_NOTE,
    LAYOUT,
    MOST_ROWS,
    NEEDED,
    READ,
    TELLING,
    TEMPLATE,
    TEMPLATE_NOTE,
    TYPED,
    UNIT_NOTE,
    Column,
    Form,
    columns_by_heading,
    heading,
)
from documents.units_columns import HEADER_ROWS, fold, text_of
from documents.workbook import Book, Refusal, Sheet, open_book
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NOTES = (TEMPLATE_NOTE, FORM_NOTE, CAMPAIGN_NOTE, UNIT_NOTE)
_FORM = re.compile(r"[0-9a-f]{16}")
_KEY = re.compile(r"[\w.:/+-]{1,100}", re.ASCII)
_LONGEST_BASE = 60
"""characters of a key that are kept in one made from it"""
_LONGEST = 2000
"""characters of a cell that are looked at"""
_FORMULA = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f[\s/>]")
_PLACE = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')


@dataclass(frozen=True, slots=True)
class Entry:
    """A row below the headings: its number as Excel shows it, its cleaned texts, and where formulas stand in it."""

    row: int
    cells: Mapping[Column, str]
    formulas: frozenset[Column]

    @property
    def filled(self) -> bool:
        """Whether it registers anybody."""
        return any(self.cells[c] or c in self.formulas for c in TELLING)


@dataclass(frozen=True, slots=True)
class Table:
    """The sheet with the list: its rows as they were typed, the row of headings and the columns' places (from 0)."""

    form: str
    rows: tuple[tuple[Any, ...], ...]
    header: int
    places: Mapping[Column, int]
    entries: tuple[Entry, ...]
    keys: Mapping[int, str]
    """the key of each entry, by its row: its own, or one made here where it has none or shares it"""


def note_text(form: Form) -> str:
    """What the hidden cell holds, for programs that lose custom properties."""
    return " ".join(f"{name}={value}" for name, value in notes_of(form).items())


def notes_of(form: Form) -> dict[str, str]:
    """What the custom properties say of a workbook."""
    return dict(zip(_NOTES, (TEMPLATE, form.form, form.campaign, form.unit), strict=True))


def open_table(content: bytes, form: Form) -> Table | Refusal:
    """The list in these bytes, or why they are not the workbook of this campaign and unit, filled. Never an exception."""
    book = open_book(content)
    if isinstance(book, Refusal):
        return book
    notes = _notes(book)
    if refusal := _not_ours(notes, form):
        return refusal
    found = _found(book)
    if isinstance(found, Refusal):
        return found
    if not (notes.keys() >= set(_NOTES) and _FORM.fullmatch(notes[FORM_NOTE])):
        return Refusal(line("workbook.refused.unknown", campaign=form.campaign_name))
    sheet, header, places = found
    xml = _xml_of(content, sheet.name)
    for merged in _MERGED.findall(xml):
        if range_boundaries(merged.decode())[3] > header:
            return Refusal(line("workbook.refused.merged", cells=merged.decode()))
    entries = tuple(_entries(sheet, header, places, _formulas(xml)))
    if sum(one.filled for one in entries) > MOST_ROWS:
        return Refusal(line("workbook.refused.too_many_rows", rows=MOST_ROWS))
    return Table(notes[FORM_NOTE], sheet.rows, header, places, entries, _keys(entries, notes[FORM_NOTE]))


def _notes(book: Book) -> dict[str, str]:
    """The custom properties, or what is left of them, filled up from the hidden cell."""
    rows = (row for sheet in book.sheets for row in sheet.rows[:1])
    hidden = next((v for row in rows for v in row if isinstance(v, str) and v.startswith(f"{TEMPLATE_NOTE}=")), "")
    return dict(part.partition("=")[::2] for part in hidden[:_LONGEST].split()) | book.notes


def _not_ours(notes: Mapping[str, str], form: Form) -> Refusal | None:
    kind = notes.get(TEMPLATE_NOTE, TEMPLATE)
    if kind != TEMPLATE:
        same = kind.split("/")[0] == TEMPLATE.split("/")[0]
        return Refusal(line("workbook.refused.old_template" if same else "workbook.refused.other_template"))
    if notes.get(CAMPAIGN_NOTE, form.campaign) != form.campaign:
        return Refusal(line("workbook.refused.other_campaign", campaign=form.campaign_name))
    if notes.get(UNIT_NOTE, form.unit) != form.unit:
        return Refusal(line("workbook.refused.other_unit", unit=form.unit_name))
    return None


def _found(book: Book) -> tuple[Sheet, int, dict[Column, int]] | Refusal:
    """The sheet with our headings, in whichever order; else which of them are missing where most of them stand."""
    known, closest = columns_by_heading(), dict[Column, int]()
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows[:HEADER_ROWS]):
            places: dict[Column, int] = {}
            for n, value in enumerate(row):
                if isinstance(value, str) and (column := known.get(fold(value[:100]))):
                    places.setdefault(column, n)
            if places.keys() >= set(NEEDED):
                return sheet, number, places
            closest = max(closest, places, key=len)
    missing = tuple(line("workbook.refused.heading", name=heading(c)) for c in NEEDED if c not in closest)
    return Refusal(line("workbook.refused.no_headings", headings=missing))


def _xml_of(content: bytes, name: str) -> bytes:
    """The sheet as it stands in the archive: what tells of merged cells and formulas, of which the values say nothing."""
    with ZipFile(BytesIO(content)) as archive:
        try:
            sheets = [one for one in fromstring(archive.read("xl/workbook.xml")).iter() if one.get("name") == name]
            links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except (LookupError, ValueError, SyntaxError):
            return b""  # an odd book whose parts lie elsewhere: its values were read, and that is all there is to read
        ids = {value for one in sheets for field, value in one.attrib.items() if field.endswith("}id")}
        targets = [str(one.get("Target")) for one in links if one.get("Id") in ids]
        parts = {target.removeprefix("/").removeprefix("xl/") for target in targets}
        there = [part for part in archive.namelist() if part.removeprefix("xl/") in parts]
        return archive.read(there[0]) if there else b""


def _formulas(xml: bytes) -> frozenset[tuple[int, int]]:
    """Row and column of each cell that holds a formula, from 1. None is ever run, or even parsed."""
    places = (_PLACE.search(found) for found in _FORMULA.findall(xml))
    return frozenset(_cell(place[1].decode()) for place in places if place)


def _cell(place: str) -> tuple[int, int]:
    column, row, *_ = range_boundaries(place)
    return row, column


def _entries(
    sheet: Sheet, header: int, places: Mapping[Column, int], formulas: frozenset[tuple[int, int]]
) -> Iterator[Entry]:
    clean = lru_cache(maxsize=None, typed=True)(_clean)
    last = max([len(sheet.rows), *(row for row, _ in formulas if row <= len(sheet.rows) + MOST_ROWS)])
    for number in range(header + 1, last):
        row = sheet.rows[number] if number < len(sheet.rows) else ()
        cells = dict.fromkeys(LAYOUT, "")
        cells |= {c: clean(row[places[c]]) for c in READ if c in places and places[c] < len(row)}
        computed = frozenset(c for c in TYPED if c in places and (number + 1, places[c] + 1) in formulas)
        yield Entry(number + 1, cells, computed)


def _clean(value: Any) -> str:
    """A cell's text; a control character stands escaped in a workbook (_x000D_ is a carriage return)."""
    return text_of(unescape(value[:_LONGEST]) if isinstance(value, str) else value)


def _keys(entries: tuple[Entry, ...], form: str) -> dict[int, str]:
    """Each row's key. Of rows with one key the first that is filled keeps it; the others are new rows."""
    own = {one.row: key for one in entries if _KEY.fullmatch(key := one.cells[Column.KEY])}
    taken: dict[str, int] = {}
    for one in sorted(entries, key=lambda entry: not entry.filled):
        if one.row in own:
            taken.setdefault(own[one.row], one.row)
    keys = {row: key for key, row in taken.items()}
    for one in entries:
        if one.row not in keys:
            key = f"{own.get(one.row, form)[:_LONGEST_BASE]}+{one.row}"
            while key in taken:
                key = f"{key}+"
            taken[key], keys[one.row] = one.row, key
    return keys

"""Workbooks from strangers: told apart, bounded before they are unpacked, and read as plain values.

Formulas are never run (what Excel computed last is read), macros and old formats are refused, each with its reason.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections import deque
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from documents.archives import MEGABYTE, Fault, Meter, Refusal, UnfitError, parts_of, unpack
from texts.message import line

__all__ = ["MOST_BYTES", "MOST_ROWS", "Book", "Refusal", "Sheet", "open_book"]
MOST_BYTES = 5 * MEGABYTE
MOST_UNPACKED = 30 * MEGABYTE
MOST_PARTS = 300
MOST_SHEETS = 10
MOST_ROWS = 20_000
MOST_COLUMNS = 40
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_FAULTS = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    zlib.error,
    struct.error,
    BadZipFile,
    InvalidFileException,
)
"""What openpyxl and zipfile raise on broken files; whichever it is, the file is broken."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from the first on, each as wide as its last value."""

    name: str
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets and what its maker noted in its custom properties."""

    sheets: tuple[Sheet, ...]
    notes: dict[str, str]


def open_book(content: bytes) -> Book | Refusal:
    """The workbook in these bytes, or why not. Any bytes give one or the other, never an exception."""
    if refusal := _refused(content):
        return refusal
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out (charts, extensions): of no concern to who only wants the values.
            warnings.simplefilter("ignore")
            return _read(content)
    except _FAULTS:
        return Refusal(line("documents.workbook.broken"))


def _refused(content: bytes) -> Refusal | None:
    if len(content) > MOST_BYTES:
        return Refusal(line("documents.workbook.too_big", megabytes=MOST_BYTES // MEGABYTE))
    if content.startswith(_OLD_EXCEL):
        return Refusal(line("documents.workbook.old_excel"))
    if not content.startswith(b"PK"):
        return Refusal(line("documents.workbook.not_excel"))
    return _refused_parts(BytesIO(content))


def _refused_parts(file: BytesIO) -> Refusal | None:
    meter = Meter(MOST_UNPACKED, MOST_PARTS)
    try:
        parts = parts_of(file, meter)
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            return Refusal(line("documents.workbook.not_excel"))
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            return Refusal(line("documents.workbook.macros"))
        for part in parts:
            deque(unpack(file, part, meter), maxlen=0)
    except UnfitError as error:
        return Refusal(line(f"documents.workbook.{'bursts' if error.fault is Fault.BURSTS else 'broken'}"))
    return None


def _read(content: bytes) -> Book | Refusal:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        notes = {p.name: str(p.value) for p in book.custom_doc_props.props}
        sheets = []
        for sheet in book.worksheets[:MOST_SHEETS]:
            read = _rows(sheet)
            if isinstance(read, Refusal):
                return read
            sheets.append(Sheet(sheet.title, read))
        return Book(tuple(sheets), notes)
    finally:
        book.close()


def _rows(sheet: Any) -> tuple[tuple[Any, ...], ...] | Refusal:
    sheet.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)):
        # Rows that are only coloured are not counted, but where they never end, neither would we.
        if number > MOST_ROWS + MOST_COLUMNS:
            return Refusal(line("documents.workbook.too_many_rows", rows=MOST_ROWS))
        if len(row) > MOST_COLUMNS and row[MOST_COLUMNS] is not None:
            return Refusal(line("documents.workbook.too_many_columns", columns=MOST_COLUMNS))
        width = max((n for n, value in enumerate(row, 1) if value is not None), default=0)
        rows.append(row[:width])
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)

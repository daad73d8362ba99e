"""Whom a message to many has reached, as a workbook: unit by unit, and a list of those to call. No phone numbers.

Counts are numbers and times are dates, so that they can be added up and sorted; all else is written as text, none as a
formula or a link: a name runs nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from domain.broadcast import UNREACHED, RecipientState
from texts.compose import Language, plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence

_S = RecipientState
_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Written into every workbook instead of the day it was made: the same input gives the same bytes."""
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula, once the cell is edited or saved as CSV."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_A4 = 9
_TIME = "hh:mm dd/mm/yyyy"
_MOST = 32_000
"""Characters a cell holds, and some to spare."""
_UNDER_WAY = frozenset({_S.LISTED, _S.QUEUED})
Cell = str | int | datetime | None
BY_UNIT = ("unit", "people", "sent", "acknowledged", "not_reached", "remark")
TO_CALL = ("ordinal", "unit", "name", "result", "reason", "called")
EVERYBODY = ("ordinal", "unit", "name", "result", "reason", "at", "acknowledged_at")
_WIDTHS = {"unit": 44, "name": 28, "reason": 44, "remark": 34, "called": 26, "ordinal": 6}
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Person:
    """One person of an audience. `result`: a recipient's state; `reason` is for people to read; times are local, naive."""

    unit: str
    name: str
    result: str
    reason: str = ""
    at: datetime | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """A message to many: what it was (lines of a heading), the units it was for, and each person."""

    heading: tuple[str, ...]
    units: tuple[str, ...] = ()
    """names, also of those in which there is nobody"""
    people: tuple[Person, ...] = field(default=())

    @property
    def to_call(self) -> list[Person]:
        """Whom it did not certainly reach, as far as that is decided; not those who are still to be sent it, or have left."""
        return [one for one in self.people if one.result in UNREACHED]

    @property
    def decided(self) -> int:
        """For how many people it is no longer under way."""
        return sum(one.result not in _UNDER_WAY for one in self.people)


def coverage_book(found: Coverage, language: Language) -> bytes:
    """The workbook: by unit, to call, everybody."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        looks = _looks(book)
        _sheet(book, looks, "by_unit", found.heading, BY_UNIT, _unit_rows(found, language), language)
        _sheet(book, looks, "to_call", found.heading, TO_CALL, _call_rows(found, language), language)
        _sheet(book, looks, "everybody", found.heading, EVERYBODY, _rows(found.people, language), language)
    return out.getvalue()


def unreachable_book(found: Coverage, language: Language) -> bytes:
    """The workbook of those whom a message would not reach: to call, or to invite."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        _sheet(book, _looks(book), "to_call", found.heading, TO_CALL, _call_rows(found, language), language)
    return out.getvalue()


def _unit_rows(found: Coverage, language: Language) -> list[list[Cell]]:
    people = Counter(one.unit for one in found.people)
    sent = Counter(one.unit for one in found.people if one.result == _S.SENT)
    seen = Counter(one.unit for one in found.people if one.acknowledged_at)
    results: dict[str, set[str]] = {unit: set() for unit in (*found.units, *people)}
    for one in found.people:
        results[one.unit].add(one.result)
    rows: list[list[Cell]] = []
    for unit in sorted(results):
        numbers = (people[unit], sent[unit], seen[unit], people[unit] - sent[unit])
        rows.append([unit, *numbers, _remark(results[unit], language)])
    return rows


def _remark(results: set[str], language: Language) -> str:
    """What is to be done about a unit in which things ended so: nothing while somebody may still get it."""
    if not results:
        return plain(line("coverage.remark.nobody"), language)
    missed = results & UNREACHED and not results & {_S.SENT, *_UNDER_WAY}
    return plain(line("coverage.remark.missed"), language) if missed else ""


def _call_rows(found: Coverage, language: Language) -> list[list[Cell]]:
    """Those not reached; a unit in which there is nobody is one line of them."""
    there = {one.unit for one in found.people}
    missed = [(one.unit, one.name, _result(one, language), one.reason) for one in found.to_call]
    nobody = plain(line("coverage.remark.nobody"), language)
    missed += [(unit, "", nobody, "") for unit in found.units if unit not in there]
    return [[n, *row, ""] for n, row in enumerate(sorted(missed), 1)]


def _rows(people: Sequence[Person], language: Language) -> list[list[Cell]]:
    ordered = sorted(people, key=lambda one: (one.unit, one.name))
    return [
        [n, one.unit, one.name, _result(one, language), one.reason, one.at, one.acknowledged_at]
        for n, one in enumerate(ordered, 1)
    ]


def _result(one: Person, language: Language) -> str:
    return plain(line(f"coverage.result.{one.result}"), language)


def _looks(book: Any) -> dict[str, Any]:
    base = {"num_format": "@", "valign": "top", "text_wrap": True}
    looks: dict[str, dict[str, Any]] = {
        "": {}, "number": {"num_format": "0"}, "time": {"num_format": _TIME}, "title": {"bold": True, "text_wrap": False},
        "head": {"bold": True, "bg_color": "#0B6578", "font_color": "#FFFFFF"},
    }  # fmt: skip
    risky = {f"{name}, risky": {**look, "quote_prefix": True} for name, look in looks.items()}
    return {name: book.add_format({**base, **look}) for name, look in {**looks, **risky}.items()}


def _sheet(
    book: Any, looks: dict[str, Any], name: str, heading: Sequence[str], columns: Sequence[str],
    rows: Sequence[Sequence[Cell]], language: Language,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(plain(line(f"coverage.sheet.{name}"), language))
    for number, text in enumerate(heading):
        _put(sheet, number, 0, text, "title", looks)
    top = len(heading) + 1
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH))
        _put(sheet, top, place, plain(line(f"coverage.column.{column}"), language), "head", looks)
    for number, row in enumerate(rows, top + 1):
        for place, value in enumerate(row):
            _put(sheet, number, place, value, "", looks)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&C&P/&N")


def _put(sheet: Any, row: int, place: int, value: Cell, look: str, looks: dict[str, Any]) -> None:
    if isinstance(value, int):
        sheet.write_number(row, place, value, looks["number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.replace(microsecond=0), looks["time"])
    elif value and (text := _CONTROL.sub(" ", value).strip()[:_MOST]):
        sheet.write_string(row, place, text, looks[f"{look}, risky" if text.startswith(_RISKY) else look])

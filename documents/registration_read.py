"""The filled workbook of registrations, read: the rows that can be registered, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from documents.registration_columns import Column, Form, Row
from documents.registration_rows import WrongCell, cells_of, judge
from documents.registration_table import Entry, open_table
from documents.registration_titles import Titles
from documents.units_columns import fold, text_of
from documents.workbook import Refusal
from domain.dossier import tidy_number
from domain.registration import TitleRegistration
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.titles import Title

_COMPARED = 200
"""characters of a name by which rows are told apart"""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that cannot be registered: its number as Excel shows it, and each wrong cell."""

    row: int
    cells: tuple[WrongCell, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook holds, each in the order of the sheet. `form` is the id of the workbook it was filled in."""

    form: str
    campaign: str
    unit: str
    good: tuple[Row, ...]
    wrong: tuple[WrongRow, ...]


def read_registrations(content: bytes, form_of: Form) -> Read | Refusal:
    """The rows of a workbook of this campaign and unit, or why it is none.

    Any bytes give the one or the other, never an exception. Rows in which nobody stands are passed over.
    """
    table = open_table(content, form_of)
    if isinstance(table, Refusal):
        return table
    filled = [entry for entry in table.entries if entry.filled]
    if not filled:
        return Refusal(line("workbook.refused.empty"))
    titles, good, wrong = Titles(form_of.titles), list[Row](), list[WrongRow]()
    twice, numbers = _twice(filled), _numbers(filled)
    for entry in filled:
        judged = judge(entry.cells, entry.formulas, titles, form_of.unit_name)
        if isinstance(judged, TitleRegistration) and entry.row not in twice:
            good.append(Row(table.keys[entry.row], judged, numbers.get(entry.row)))
        else:
            cells = () if isinstance(judged, TitleRegistration) else judged
            wrong.append(WrongRow(entry.row, _with(cells, twice.get(entry.row))))
    return Read(table.form, form_of.campaign, form_of.unit, tuple(good), tuple(wrong))


def carried(known: TitleRegistration, typed: TitleRegistration, titles: Sequence[Title]) -> TitleRegistration:
    """What `typed` in a row makes of the registration known for it: what the row left alone stays as it was.

    A row has no place for files, for the single conditions that are missing, for line breaks or the order of titles.
    """
    cells = {column: text_of(text) for column, text in cells_of(known, titles).items()}
    seen = judge(cells, frozenset(), Titles(titles), "")
    kept: dict[str, object] = {"files": known.files}
    if isinstance(seen, TitleRegistration):
        fields = set(TitleRegistration.model_fields) - {"kind", "files"}
        kept |= {name: getattr(known, name) for name in fields if getattr(typed, name) == getattr(seen, name)}
    return typed.model_copy(update=kept)


def _numbers(filled: Sequence[Entry]) -> dict[int, str]:
    """The dossiers' numbers by row; where a row was copied with its number, the first has it."""
    rows: dict[str, int] = {}
    for entry in filled:
        if number := tidy_number(entry.cells[Column.NUMBER]):
            rows.setdefault(number, entry.row)
    return {row: number for number, row in rows.items()}


def _twice(filled: Sequence[Entry]) -> dict[int, int]:
    """Rows that name somebody for the second time, each with the row that did first."""
    same: Callable[[str], str] = lru_cache(maxsize=None)(fold)
    first: dict[tuple[str, ...], int] = {}
    again: dict[int, int] = {}
    for entry in filled:
        cells = (entry.cells[c][:_COMPARED] for c in (Column.NAME, Column.POSITION, Column.STAFF_NUMBER))
        who = tuple(map(same, cells))
        if who[0] and first.setdefault(who, entry.row) != entry.row:
            again[entry.row] = first[who]
    return again


def _with(cells: tuple[WrongCell, ...], first: int | None) -> tuple[WrongCell, ...]:
    """The wrong cells, and that the name stands there for the second time unless something else is wrong with it."""
    if first is None or any(column is Column.NAME for column, _ in cells):
        return cells
    twice = (Column.NAME, line("workbook.wrong.twice", row=first))
    return tuple(sorted((*cells, twice), key=lambda cell: list(Column).index(cell[0])))

"""A row of the workbook as a registration, and a registration as a row: what is wrong is told cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.registration_columns import (
    BETWEEN_TITLES,
    LAYOUT,
    TELLING,
    TITLES,
    TYPED,
    Column,
    answer_label,
    answers_by_label,
    subject_label,
    subjects_by_label,
    title_name,
)
from documents.units_columns import fold
from domain.dossier import tidy_number
from domain.registration import TitleRegistration
from domain.titles import Kind, Subject, Title
from texts.compose import Language, plain
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from documents.registration_titles import Titles

WrongCell = tuple[Column, Line]
"""A wrong cell: its column, why it is wrong and what to do."""
MOST_PERSON, MOST_COLLECTIVE = 120, 200
MOST = {Column.POSITION: 120, Column.INITIATIVE: 300, Column.STAFF_NUMBER: 40, Column.NOTE: 1000}
"""Characters of what is typed freely."""
_SHOWN = 60
"""Characters of what was typed that a reason repeats."""
_STAFF_NUMBER = re.compile(r"(?=.*\w)[\w ./-]+")
_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")


class _Judged:
    """A row being judged; the first thing found wrong with a cell is what is told."""

    def __init__(self, cells: Mapping[Column, str]) -> None:
        self.cells = cells
        self.wrong: dict[Column, Line] = {}

    def refuse(self, column: Column, reason: str, typed: str = "", **params: object) -> None:
        self.wrong.setdefault(
            column, line(f"workbook.wrong.{reason}", typed=_shown(typed or self.cells[column]), **params)
        )

    def text(self, column: Column) -> str | None:
        """What was typed freely, bounded; None where nothing was."""
        text = self.cells[column]
        if len(text) > MOST[column]:
            self.refuse(column, "too_long", most=MOST[column])
        return text or None


def judge(
    cells: Mapping[Column, str], formulas: AbstractSet[Column], titles: Titles, unit_name: str
) -> TitleRegistration | tuple[WrongCell, ...]:
    """The registration in a row of cleaned texts, or what is wrong with it, in the order of the columns.

    `formulas` are the columns in which a formula stands instead of a value.
    """
    row = _Judged(cells)
    if cells[Column.NUMBER] and not any(cells[c] or c in formulas for c in TELLING - {Column.NUMBER}):
        return ((Column.NAME, line("workbook.wrong.cleared", number=_shown(cells[Column.NUMBER]))),)
    for column in TYPED:
        if column in formulas or _ERROR.fullmatch(cells[column]):
            row.refuse(column, "formula")
    subject = _subject(row)
    asked, conditions = _asked(row, subject, titles)
    position, staff_number = _position(row, subject), _staff_number(row)
    initiative, note, name = _initiative(row), row.text(Column.NOTE), _name(row, subject)
    missing = conditions if _yes(row) is False else ()
    _untouched(row, unit_name)
    if row.wrong or subject is None:
        return tuple((column, row.wrong[column]) for column in Column if column in row.wrong)
    return TitleRegistration(
        subject=subject,
        name=name,
        position=position,
        staff_number=staff_number,
        titles=asked,
        missing=missing,
        initiative=initiative,
        note=note,
    )


def cells_of(registration: TitleRegistration, titles: Sequence[Title], language: Language = "vi") -> dict[Column, str]:
    """The texts of a registration's row, so that `judge` makes the same registration of them, but for what has no column.

    What has none: files, and which of the conditions are missing (any: "no"). More titles than columns share the last.
    """
    cells = dict.fromkeys(LAYOUT, "")
    known = {title.code: title for title in titles}
    asked: dict[bool, list[str]] = {True: [], False: []}
    for code in registration.titles:
        title = known.get(code)
        honour = title is not None and title.kind is Kind.COMMENDATION
        asked[honour].append(title_name(title, language) if title else code)
    between = f"{BETWEEN_TITLES} "
    return {
        **cells,
        Column.SUBJECT: plain(subject_label(registration.subject), language),
        Column.NAME: registration.name,
        Column.POSITION: registration.position or "",
        Column.TITLE: "".join(asked[False][:1]),
        Column.SECOND_TITLE: between.join(asked[False][1:]),
        Column.COMMENDATION: between.join(asked[True]),
        Column.INITIATIVE: registration.initiative or "",
        Column.CONDITIONS: plain(answer_label(False), language) if registration.missing else "",
        Column.STAFF_NUMBER: registration.staff_number or "",
        Column.NOTE: registration.note or "",
    }


def _subject(row: _Judged) -> Subject | None:
    typed = row.cells[Column.SUBJECT]
    subject = subjects_by_label().get(fold(typed))
    if subject is None:
        row.refuse(Column.SUBJECT, "unknown_subject" if typed else "no_subject")
    return subject


def _name(row: _Judged, subject: Subject | None) -> str:
    name = row.cells[Column.NAME]
    person = subject is Subject.INDIVIDUAL
    most = MOST_PERSON if person else MOST_COLLECTIVE
    if not name:
        row.refuse(Column.NAME, "no_name")
    elif len(name) > most:
        row.refuse(Column.NAME, "person_too_long" if person else "collective_too_long", most=most)
    elif person and not _is_a_person(name):
        row.refuse(Column.NAME, "not_a_person")
    elif not _has_words(name):
        row.refuse(Column.NAME, "not_a_collective")
    return name


def _position(row: _Judged, subject: Subject | None) -> str | None:
    position = row.text(Column.POSITION)
    if subject is Subject.COLLECTIVE:
        if position and _has_words(position):
            row.refuse(Column.POSITION, "position_of_collective")
        return None
    if subject and not position:
        row.refuse(Column.POSITION, "no_position")
    elif position and not _has_words(position):
        row.refuse(Column.POSITION, "not_a_position")
    return position


def _asked(row: _Judged, subject: Subject | None, titles: Titles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of the titles asked for, and all their conditions."""
    asked: dict[str, Title] = {}
    for column in TITLES:
        for typed in filter(None, (part.strip() for part in row.cells[column].split(BETWEEN_TITLES))):
            title = titles.find(typed)
            if title is None:
                row.refuse(column, "unknown_title", typed, **titles.example(column, subject))
            elif title.code in asked:
                row.refuse(column, "title_twice", vi=title.name, en=title.name_en)
            elif subject and not title.open_to(subject):
                row.refuse(column, f"not_for_{subject}", vi=title.name, en=title.name_en)
            else:
                asked[title.code] = title
    if not asked and not row.wrong.keys() & TITLES.keys():
        row.refuse(Column.TITLE, "no_title")
    conditions = dict.fromkeys(condition.text for title in asked.values() for condition in title.conditions)
    return tuple(asked), tuple(conditions)


def _staff_number(row: _Judged) -> str | None:
    number = row.text(Column.STAFF_NUMBER)
    if number and not _STAFF_NUMBER.fullmatch(number):
        row.refuse(Column.STAFF_NUMBER, "bad_staff_number")
    return number


def _initiative(row: _Judged) -> str | None:
    initiative = row.text(Column.INITIATIVE)
    if initiative and not _has_words(initiative):
        row.refuse(Column.INITIATIVE, "not_an_initiative")
    return initiative


def _yes(row: _Judged) -> bool | None:
    typed = row.cells[Column.CONDITIONS]
    answer = answers_by_label().get(fold(typed))
    if typed and answer is None:
        row.refuse(Column.CONDITIONS, "yes_or_no")
    return answer


def _untouched(row: _Judged, unit_name: str) -> None:
    """What was filled in for them stands as it was."""
    unit, number = row.cells[Column.UNIT], row.cells[Column.NUMBER]
    if unit and fold(unit) != fold(unit_name):
        row.refuse(Column.UNIT, "other_unit", unit=unit_name)
    if number and tidy_number(number) is None:
        row.refuse(Column.NUMBER, "bad_number")


def _has_words(text: str) -> bool:
    """Whether there is something to read in it: at least two letters, not only figures, signs or pictures."""
    return sum(c.isalpha() for c in text) > 1


def _is_a_person(name: str) -> bool:
    """At least two words, of letters: as a name is judged in conversation."""
    parts = [word for word in name.split() if any(c.isalpha() for c in word)]
    return len(parts) > 1 and all(c.isalpha() or c in " .'-’" for c in name)


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

"""The workbook of registrations: for whom it is made, its columns and the words in its lists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from documents.units_columns import fold
from domain.titles import Kind, Subject, Title
from texts.compose import LANGUAGES, Language, plain
from texts.message import Line, line

if TYPE_CHECKING:
    from domain.registration import TitleRegistration

TEMPLATE = "titles/1"
"""what this form of the workbook calls itself in its custom properties; a new layout is a new number"""
TEMPLATE_NOTE, FORM_NOTE, CAMPAIGN_NOTE, UNIT_NOTE = "thidua-template", "thidua-form", "thidua-campaign", "thidua-unit"
MOST_ROWS = 5000
"""filled rows of one workbook"""
BETWEEN_TITLES = ";"
"""parts several titles in one cell"""


@dataclass(frozen=True, slots=True)
class Form:
    """What a workbook is made for: a campaign, a unit, and the titles that can be asked for there."""

    campaign: str
    campaign_name: str
    unit: str
    unit_name: str
    board_name: str
    deadline: Line | None
    titles: tuple[Title, ...]
    form: str
    """random id of this one workbook, 16 hexadecimal digits"""


@dataclass(frozen=True, slots=True)
class Row:
    """A registration in a row. `key` is the row's lasting name; `number` that of the dossier it belongs to."""

    key: str
    registration: TitleRegistration
    number: str | None = None


class Column(StrEnum):
    """A column, in the order of the template."""

    ORDINAL = "ordinal"
    SUBJECT = "subject"
    NAME = "name"
    POSITION = "position"
    UNIT = "unit"
    TITLE = "title"
    SECOND_TITLE = "second_title"
    COMMENDATION = "commendation"
    INITIATIVE = "initiative"
    CONDITIONS = "conditions"
    STAFF_NUMBER = "staff_number"
    NOTE = "note"
    NUMBER = "number"
    KEY = "key"
    """hidden"""
    STATE = "state"
    """only in the copy after registration; never read"""
    REASON = "reason"
    """only in the copy that is sent back; never read"""


WRITTEN_BACK = (Column.STATE, Column.REASON)
LAYOUT: tuple[Column, ...] = tuple(c for c in Column if c not in WRITTEN_BACK)
READ: tuple[Column, ...] = tuple(c for c in LAYOUT if c is not Column.ORDINAL)
LOCKED = frozenset({Column.UNIT, Column.NUMBER, Column.KEY, *WRITTEN_BACK})
"""filled in here, not for people to change"""
TYPED: tuple[Column, ...] = tuple(c for c in READ if c not in LOCKED)
TITLES = {
    Column.TITLE: Kind.TITLE,
    Column.SECOND_TITLE: Kind.TITLE,
    Column.COMMENDATION: Kind.COMMENDATION,
}
"""The columns of titles and what their lists offer; whichever title stands in whichever of them is understood."""
NEEDED = (Column.SUBJECT, Column.NAME, Column.POSITION, Column.TITLE, Column.COMMENDATION)
TELLING = frozenset({*TYPED, Column.NUMBER}) - {Column.SUBJECT, Column.CONDITIONS}
"""A row in which none of these is filled registers nobody, whatever was pulled down over it."""


def heading(column: Column) -> Line:
    """The column's heading."""
    return line(f"workbook.column.{column}")


def subject_label(subject: Subject) -> Line:
    """The word for an individual or a collective in the list to choose from."""
    return line(f"workbook.subject.{subject}")


def answer_label(answer: bool) -> Line:
    """Yes or no in the list to choose from."""
    return line("workbook.answer.yes" if answer else "workbook.answer.no")


def title_name(title: Title, language: Language) -> str:
    """The title's name."""
    return title.name if language == "vi" else title.name_en


@cache
def columns_by_heading() -> dict[str, Column]:
    """Columns by their folded headings in every language."""
    return {fold(plain(heading(c), language)): c for c in Column for language in LANGUAGES}


@cache
def subjects_by_label() -> dict[str, Subject]:
    """Individual and collective by their folded words in every language, and by their codes."""
    words = {fold(plain(subject_label(s), language)): s for s in Subject for language in LANGUAGES}
    return {**words, **{s.value: s for s in Subject}}


@cache
def answers_by_label() -> dict[str, bool]:
    """Yes and no by their folded words in every language."""
    return {fold(plain(answer_label(a), language)): a for a in (True, False) for language in LANGUAGES}

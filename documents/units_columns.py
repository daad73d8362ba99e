"""The columns of the workbook of units, the words in its lists, and how a cell's value is cleaned."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from domain.people import BLANK_LETTERS, Role, UnitKind
from texts.compose import LANGUAGES, Language, plain
from texts.message import line

TEMPLATE = "units/1"
"""what this form of the workbook calls itself in its custom properties"""
TEMPLATE_NOTE, BOARD_NOTE = "thidua-template", "thidua-board"
MOST_LETTERS = 200
HEADER_ROWS = 20
"""the header stands within the first rows, below whatever title somebody put above it"""


class Column(StrEnum):
    """A column, in the order of the template."""

    SLUG = "slug"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    TAX_CODE = "tax_code"
    PERSON = "person"
    POSITION = "position"
    ROLE = "role"
    REASON = "reason"
    """only in the copy that is sent back; never read"""


READ: tuple[Column, ...] = tuple(c for c in Column if c is not Column.REASON)
NEEDED = frozenset({Column.NAME, Column.KIND})
KINDS = (UnitKind.ENTERPRISE, UnitKind.ZONE, UnitKind.OFFICE, UnitKind.ROOM, UnitKind.SERVICE)
ROLES = (Role.DELEGATE, Role.HEAD, Role.MEMBER, Role.OFFICER)
_STROKED = {0x111: "d", 0x110: "D"}
"""d with stroke: the one Vietnamese letter that does not come apart into a letter and marks"""


def heading(column: Column, language: Language) -> str:
    """The column's heading."""
    return plain(line(f"documents.units.column_{column}"), language)


def kind_label(kind: UnitKind, language: Language) -> str:
    """The word for a kind of unit in the list to choose from."""
    return plain(line(f"documents.units.kind_{kind}"), language)


def role_label(role: Role, language: Language) -> str:
    """The word for a role in the list to choose from."""
    return plain(line(f"documents.units.role_{role}"), language)


@cache
def columns_by_heading() -> dict[str, Column]:
    """Columns by their folded headings in every language."""
    return {fold(heading(c, language)): c for c in Column for language in LANGUAGES}


@cache
def kinds_by_label() -> dict[str, UnitKind]:
    """Kinds by their folded words in every language, and by their codes."""
    words = {fold(kind_label(k, language)): k for k in KINDS for language in LANGUAGES}
    return {**words, **{fold(k.value): k for k in KINDS}}


@cache
def roles_by_label() -> dict[str, Role]:
    """Roles by their folded words in every language, and by their codes."""
    words = {fold(role_label(r, language)): r for r in ROLES for language in LANGUAGES}
    return {**words, **{fold(r.value): r for r in ROLES}}


def text_of(value: Any) -> str:
    """A cell's value as clean text: composed letters, single spaces, nothing invisible and nothing that turns."""
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 10**15:
            return str(int(value))
        case datetime() | date():
            return value.isoformat()[:10]
    composed = unicodedata.normalize("NFC", str(value))
    kept = (" " if c.isspace() else c for c in composed)
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C" and c not in BLANK_LETTERS).split())


def fold(text: str) -> str:
    """Letters and digits alone, small, without accents: how names are compared."""
    apart = unicodedata.normalize("NFD", text.translate(_STROKED).casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())

"""What is registered: a title for somebody, an initiative, a work. Each is a value that survives JSON, and can be hashed.

What stands here is what the list needs and no more: no birth date, no identity number (Law 91/2025/QH15: least data).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from domain.campaign import Asks
from domain.due import Value
from domain.titles import Subject

REGISTRATIONS = (Asks.TITLE, Asks.INITIATIVE, Asks.WORK)
"""What a duty can ask for that is registered by conversation, each a kind of dossier."""
WHOLE = 100
"""Shares of an initiative's authors add up to this many per cent."""


class Evidence(Value):
    """A file that was handed in: named by its content; `name` is what it was called."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: str
    size: int
    """bytes"""
    media_type: str


class TitleRegistration(Value):
    """Titles and commendations (danh hiệu, hình thức khen thưởng) asked for a person or a collective."""

    kind: Literal[Asks.TITLE] = Asks.TITLE
    subject: Subject
    name: str
    position: str | None = None
    """chức vụ, chức danh; None for a collective"""
    staff_number: str | None = None
    """what tells namesakes apart, where they need telling apart"""
    titles: Annotated[tuple[str, ...], Field(min_length=1)]
    """codes of the catalogue of the campaign's period of law"""
    missing: tuple[str, ...] = ()
    """conditions the filer did not tick, each as the catalogue words it: they warn, they never refuse"""
    initiative: str | None = None
    """the initiative named for it"""
    note: str | None = None
    files: tuple[Evidence, ...] = ()


class Author(Value):
    """An author of an initiative and their share in per cent."""

    name: str
    share: Annotated[int, Field(ge=1, le=WHOLE)]


class InitiativeRegistration(Value):
    """An initiative (sáng kiến) put forward to be applied on trial."""

    kind: Literal[Asks.INITIATIVE] = Asks.INITIATIVE
    name: str
    field: str
    authors: Annotated[tuple[Author, ...], Field(min_length=1)]
    novelty: str
    """what is new about it"""
    applied_at: str
    """where it is applied or tried"""
    applied_since: date
    benefit: str
    """the benefit expected"""
    confidential: bool
    files: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(author.share for author in self.authors) != WHOLE:
            raise ValueError("the authors' shares do not add up to 100 %")
        return self


class Sort(StrEnum):
    """What sort of work is registered."""

    PROJECT = "project"
    """công trình"""
    MODEL = "model"
    """mô hình"""
    TASK = "task"
    """phần việc"""
    TARGET = "target"
    """chỉ tiêu"""


class WorkRegistration(Value):
    """A work, model, task or target (công trình, mô hình, phần việc, chỉ tiêu) a unit undertakes."""

    kind: Literal[Asks.WORK] = Asks.WORK
    sort: Sort
    name: str
    what: str
    target: str
    """what will be measured, with its figure"""
    finish_by: date
    responsible: str


class Paper(Evidence):
    """A file of a report. `pages`: None where it has none to count; a photograph is one."""

    pages: int | None = None
    caption: str | None = None
    """what was written beside it"""


class Figure(Value):
    """A figure a duty asks for; `value` in the unit the campaign file names."""

    id: str
    value: Annotated[str, Field(pattern=r"^-?[0-9]+([.][0-9]+)?$")]


class Report(Value):
    """A report (báo cáo) of a unit for a duty."""

    kind: Literal[Asks.REPORT] = Asks.REPORT
    duty: str
    """the duty's id in the campaign"""
    name: str
    """the duty's title, as the plan's reader worded it"""
    files: Annotated[tuple[Paper, ...], Field(min_length=1)]
    """in the order of reading"""
    figures: tuple[Figure, ...] = ()
    summary: str | None = None


Registration = Annotated[
    TitleRegistration | InitiativeRegistration | WorkRegistration | Report,
    Field(discriminator="kind"),
]
_ANY: TypeAdapter[Registration] = TypeAdapter(Registration)


def registration_of(data: dict[str, object]) -> Registration:
    """The registration in plain data, as `as_data` made it. pydantic.ValidationError: it is none."""
    return _ANY.validate_python(data)


def as_data(registration: Registration) -> dict[str, object]:
    """A registration as plain data (dates as ISO text)."""
    return registration.model_dump(mode="json")


def files_of(registration: Registration) -> tuple[Evidence, ...]:
    """The files handed in with it."""
    return () if isinstance(registration, WorkRegistration) else tuple(registration.files)


def canonical(content: dict[str, object]) -> bytes:
    """Plain data in its one spelling (sorted keys, UTF-8, no blanks): what the hash of a receipt is taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: dict[str, object]) -> str:
    """SHA-256 of `canonical(content)`, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()

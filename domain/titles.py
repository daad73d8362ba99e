"""Titles and commendations by period of law: what could be registered for on a day, with the source of each rule.

Nothing here blocks anybody: a condition is a line on a checklist, shown with its source.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from domain.due import Value


class Subject(StrEnum):
    """For whom a title or commendation can be asked."""

    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"


class Confidence(StrEnum):
    """How well a statement is founded; only what stands in the law is a rule, the rest an officer can change."""

    LAW = "law"
    """read in a copy of the law or decree"""
    LOCAL = "local"
    """read in a rule of one province"""
    SECONDARY = "secondary"
    """an article about it, or general knowledge"""
    INFERRED = "inferred"


class Kind(StrEnum):
    """A title of emulation (danh hiệu thi đua) or a form of commendation (hình thức khen thưởng)."""

    TITLE = "title"
    COMMENDATION = "commendation"


class Law(Value):
    """One period of law. `valid_to` is its last day, the end of days while it is in force."""

    id: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date = date.max
    source: str

    def holds(self, day: date) -> bool:
        """Whether it was in force on that day."""
        return self.valid_from <= day <= self.valid_to


class Condition(Value):
    """One line of the checklist for a title."""

    text: str
    text_en: str
    source: str
    confidence: Confidence


class Decider(Value):
    """Who decides on it."""

    name: str
    name_en: str
    source: str
    confidence: Confidence


class Title(Value):
    """A title or commendation as it stood under one law."""

    code: str
    law: str
    kind: Kind
    name: str
    name_en: str
    subjects: tuple[Subject, ...]
    conditions: tuple[Condition, ...] = ()
    decided_by: tuple[Decider, ...] = ()
    initiative_required: bool = False
    """whether every way to it needs an initiative (or research), so that the form asks for one"""
    initiative_helps: bool = False
    """whether an initiative is one of several ways to it: asked for, may be left empty"""

    def open_to(self, subject: Subject) -> bool:
        """Whether it can be asked for `subject`."""
        return subject in self.subjects


class Catalogue(Value):
    """All titles of all periods of law known here."""

    laws: tuple[Law, ...]
    titles: tuple[Title, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        laws = {law.id for law in self.laws}
        if unknown := {title.law for title in self.titles} - laws:
            raise ValueError(f"no such law: {sorted(unknown)}")
        keys = [(title.law, title.code) for title in self.titles]
        if len(set(keys)) != len(keys):
            raise ValueError("a title stands twice under one law")
        return self

    def law_on(self, day: date) -> Law | None:
        """The law in force on that day, or None before the first one known here."""
        return next((law for law in self.laws if law.holds(day)), None)

    def titles_on(self, day: date, subject: Subject | None = None) -> tuple[Title, ...]:
        """What could be asked for on that day, of that subject only if one is given, in the catalogue's order."""
        law = self.law_on(day)
        found = (title for title in self.titles if law and title.law == law.id)
        return tuple(title for title in found if subject is None or title.open_to(subject))

    def title_on(self, code: str, day: date) -> Title | None:
        """The title of that code as it stood on that day."""
        return next((title for title in self.titles_on(day) if title.code == code), None)

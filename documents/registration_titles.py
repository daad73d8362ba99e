"""Titles found by what people type into a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.registration_columns import TITLES, Column, title_name
from documents.units_columns import fold
from search.fold import bounded
from search.labels import LONGEST, matches_label
from search.words import words
from texts.compose import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.titles import Subject, Title


MOST_GUESSES = 500
"""Different spellings of titles in one book that are compared slip by slip; a book of nothing but riddles has more."""


class Titles:
    """The titles on offer, found by what people type: code, name, abbreviation, without accents, with a small slip."""

    def __init__(self, titles: Sequence[Title]) -> None:
        """Over these titles; a code or name that two of them share means the first."""
        self.offered = tuple(titles)
        self._exact: dict[str, Title | None] = {}
        self._guesses = MOST_GUESSES
        for title in reversed(self.offered):
            self._exact |= dict.fromkeys((fold(title.code), fold(title.name), fold(title.name_en)), title)

    def find(self, typed: str) -> Title | None:
        """The title meant; None: none of them, or it could be two."""
        said = fold(bounded(typed, LONGEST))
        if said not in self._exact:
            self._exact[said] = self._exact.get(said.replace(" ", "")) or self._near(said)
        return self._exact[said]

    def example(self, column: Column, subject: Subject | None) -> dict[str, str]:
        """The name of one that could stand in that column, by language."""
        fitting = (t for t in self.offered if t.kind is TITLES[column] and (subject is None or t.open_to(subject)))
        title = next(fitting, next(iter(self.offered), None))
        return {language: title_name(title, language) if title else "–" for language in LANGUAGES}

    def _near(self, said: str) -> Title | None:
        self._guesses -= 1
        if self._guesses < 0:
            return None
        short = words().abbreviations
        spelled = " ".join(short.get(word, word) for word in said.split())
        for language in LANGUAGES:
            found = matches_label(spelled, [title_name(t, language) for t in self.offered])
            if found is not None:
                return self.offered[found]
        return None

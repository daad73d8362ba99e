"""The kinds of answer a step can want."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.people import BLANK_LETTERS
from flows.flow import Accepted, Answers, Facts, NotAnAnswer, Refused, Said
from search.labels import matches_label
from texts.compose import LANGUAGES, plain
from texts.message import Choice, Line

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 4000
_NUMBER = re.compile(r"^\s*(?:(?:số|so|no\.?)\s*)?(\d{1,3})\s*[.)]?\s*$", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


def tidy(text: str) -> str:
    """Text as it may be kept: NFC, without control, bidirectional or invisible characters, white space folded."""
    kept = (
        c if c in "\n\t" or (unicodedata.category(c) not in _HIDDEN and c not in BLANK_LETTERS) else ""
        for c in unicodedata.normalize("NFC", text)
    )
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", "".join(kept))).strip()


def typed_number(text: str) -> int | None:
    """The number meant by "1", "1.", "số 1"; None if it is not just a number."""
    found = _NUMBER.match(text)
    return int(found.group(1)) if found else None


def pick(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    """The choice whose label was typed, with or without accents, perhaps with a slip; None if none is clearly meant."""
    for language in LANGUAGES:
        found = matches_label(text, [plain(choice.label, language) for choice in choices])
        if found is not None:
            return choices[found]
    return None


@dataclass(frozen=True, slots=True)
class PickOne:
    """One of several choices, by tap, number or label."""

    options: Callable[[Answers, Facts], tuple[Choice, ...]]
    free: bool = False

    def choices(self, answers: Answers, facts: Facts) -> tuple[Choice, ...]:
        """What can be picked now."""
        return self.options(answers, facts)

    def accept(self, said: Said, answers: Answers, facts: Facts) -> Accepted | Refused | NotAnAnswer:
        """The value of the choice meant. A typed number has become a value before (it depends on the page shown)."""
        options = self.options(answers, facts)
        if said.value is not None:
            return Accepted(said.value) if said.value in {o.action for o in options} else NotAnAnswer()
        found = pick(said.text, options)
        return Accepted(found.action) if found else NotAnAnswer()

    def read_back(self, value: Any, answers: Answers, facts: Facts) -> Line | str:
        """Its label."""
        return next((o.label for o in self.options(answers, facts) if o.action == value), str(value))


@dataclass(frozen=True, slots=True)
class ShortText:
    """A line of text: a name, a position. `suggested` offers an answer that is known already."""

    shortest: int = 2
    longest: int = 120
    person: bool = False
    """a person's name: at least two words, letters only"""
    suggested: Callable[[Answers, Facts], str | None] = lambda _answers, _facts: None
    free: bool = True

    def choices(self, answers: Answers, facts: Facts) -> tuple[Choice, ...]:
        """The suggestion, where there is one."""
        known = self.suggested(answers, facts)
        return (Choice(Line("flow.use_known", {"value": known}), "known"),) if known else ()

    def accept(self, said: Said, answers: Answers, facts: Facts) -> Accepted | Refused | NotAnAnswer:
        """The text, tidied and bounded."""
        text = self.suggested(answers, facts) or "" if said.value == "known" else " ".join(tidy(said.text).split())
        if len(text) < self.shortest:
            return Refused("too_short")
        if len(text) > self.longest:
            return Refused("too_long", {"most": self.longest, "length": len(text)})
        if self.person and not _looks_like_a_name(text):
            return Refused("not_a_name")
        return Accepted(text)

    def read_back(self, value: Any, answers: Answers, facts: Facts) -> Line | str:
        """The text itself."""
        return str(value)


def _looks_like_a_name(text: str) -> bool:
    words = text.split()
    letters = all(c.isalpha() or c in " .'-’" for c in text)
    return len(words) > 1 and letters and any(c.isalpha() for c in text)

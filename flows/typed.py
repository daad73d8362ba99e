"""Kinds of answer that are typed: a line, a text, a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.answers import SKIP, pick, skip, tidy
from flows.flow import Accepted, At, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Answers, Facts

MAX_TEXT = 4000
_SUGGESTED = "known."


def _none(_answers: Answers, _facts: Facts) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class ShortText(Plain):
    """A line of text: a name, a position. `suggested` offers answers that are known already."""

    shortest: int = 2
    longest: int = 120
    person: bool = False
    """a person's name: at least two words, letters only"""
    code: bool = False
    """a number or a code: figures alone will do"""
    optional: bool = False
    suggested: Callable[[Answers, Facts], tuple[str, ...]] = _none

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The suggestions, and the way past it."""
        known = self.suggested(at.answers, at.facts)
        offered = tuple(Choice(line("flow.use_known", value=one), f"{_SUGGESTED}{n}") for n, one in enumerate(known))
        return (*offered, skip()) if self.optional else offered

    def accept(self, said: Said, at: At) -> Understood:
        """The text, tidied and bounded; None where it was passed."""
        # a name typed with other accents than one suggested is another name: only the way past it has a label here
        if self.optional and SKIP in {said.value, meant(said, (skip(),))}:
            return Accepted(None)
        if said.value is not None:
            known = enumerate(self.suggested(at.answers, at.facts))
            found = next((one for n, one in known if said.value == f"{_SUGGESTED}{n}"), None)
            return NotAnAnswer() if found is None else Accepted(found)
        return self._judged(" ".join(tidy(said.text).split()))

    def _judged(self, text: str) -> Understood:
        if len(text) < self.shortest:
            return Refused("too_short")
        if len(text) > self.longest:
            return Refused("too_long", {"most": self.longest, "length": len(text)})
        if self.person and not is_a_name(text):
            return Refused("not_a_name")
        readable = self.shortest == 0 or has_words(text) or (self.code and any(c.isalnum() for c in text))
        return Accepted(text) if readable else Refused("too_short")

    def read_back(self, value: Any, at: At) -> Line | str:
        """The text itself."""
        return line("flow.nothing") if value is None else str(value)


@dataclass(frozen=True, slots=True)
class LongText(Plain):
    """A text of some words, over several lines if need be."""

    least_words: int = 1
    longest: int = MAX_TEXT
    optional: bool = False

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The way past it, where it may be passed."""
        return (skip(),) if self.optional else ()

    def accept(self, said: Said, at: At) -> Understood:
        """The text, tidied and bounded; None where it was passed."""
        if self.optional and SKIP in {said.value, meant(said, self.choices(at))}:
            return Accepted(None)
        text = tidy(said.text)
        if len(text.split()) < self.least_words or not has_words(text):
            return Refused("too_short", {"least": self.least_words})
        if len(text) > self.longest:
            return Refused("too_long", {"most": self.longest, "length": len(text)})
        return Accepted(text)

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """The text itself."""
        return line("flow.nothing") if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Number(Plain):
    """A whole number between two bounds; `offered` are figures to tap."""

    least: int
    most: Callable[[Answers, Facts], int]
    offered: Callable[[Answers, Facts], tuple[int, ...]] = lambda _answers, _facts: ()
    optional: bool = False

    def typing(self, at: At) -> Typing:
        """A number is the answer."""
        return Typing.NUMBER

    def choices(self, at: At) -> tuple[Choice, ...]:
        """Figures that suggest themselves."""
        offered = tuple(Choice(line("flow.number", value=n), str(n)) for n in self.offered(at.answers, at.facts))
        return (*offered, skip()) if self.optional else offered

    def accept(self, said: Said, at: At) -> Understood:
        """The number, with or without a per cent sign."""
        if self.optional and SKIP in {said.value, meant(said, self.choices(at))}:
            return Accepted(None)
        most = self.most(at.answers, at.facts)
        figures = _FIGURES.fullmatch(said.value or tidy(said.text))
        if figures is None:
            return Refused("not_a_number", {"least": self.least, "most": most})
        number = int(figures.group(1))
        if not self.least <= number <= most:
            return Refused("out_of_range", {"least": self.least, "most": most, "number": number})
        return Accepted(number)

    def read_back(self, value: Any, at: At) -> Line | str:
        """The figure."""
        return line("flow.nothing") if value is None else str(value)


_FIGURES = re.compile(r"(\d{1,6})\s*(?:%|phần trăm|phan tram|per ?cent)?", re.IGNORECASE)


def meant(said: Said, choices: tuple[Choice, ...]) -> str | None:
    """What a typed label of the few choices beside free text means."""
    found = pick(said.text, choices) if said.value is None and said.text else None
    return found.action if found else None


def is_a_name(text: str) -> bool:
    """Whether it can be a person's name: two words or more, letters only."""
    words = text.split()
    letters = all(c.isalpha() or c in " .'-’" for c in text)
    return len(words) > 1 and letters and any(c.isalpha() for c in text)


def has_words(text: str) -> bool:
    """Whether there is something to read in it: at least two letters, not only figures, signs or pictures."""
    return sum(c.isalpha() for c in text) > 1

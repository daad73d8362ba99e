"""A question as it is understood: its words, the days and phases it names, and what it seems to ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from search.fold import bounded, fold, tokens
from search.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.spelling import Speller

LONGEST = 600
"""Characters of a question that are read."""
MOST_WORDS = 60
_DAY = re.compile(r"(?<![\d/.-])(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?(?![\d/])")
_CITED = re.compile(r"\d+\s?[/-]\s?(?:\d{4}\s?/\s?)?[A-Z\u0110][A-Z\u0110a-z]*(?:-[A-Z\u0110][A-Z\u0110a-z]+)?")
_YEAR = re.compile(r"20[0-4]\d")
_PHASE_WORDS = ("giai doan", "dot", "quy")
MONTHS, DAYS = 12, 31
ASCII, CENTURY, TWO_DIGITS = 127, 100, 2
LAST_PHASE, RUNNING_PHASE = -1, 0


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day as a question names it; the year may be left out."""

    day: int
    month: int
    year: int | None


@dataclass(frozen=True, slots=True)
class NamedPhase:
    """A phase by its number (-1: the last one, 0: the one that runs) and the word used for it."""

    word: str
    number: int


@dataclass(frozen=True)
class Reading:
    """What a question says. `terms` are its words with compounds held together; `used` those that days etc. took up."""

    terms: tuple[str, ...]
    english: bool = False
    days: tuple[NamedDay, ...] = ()
    years: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    phase: NamedPhase | None = None
    relative: str | None = None
    signals: Mapping[str, int] = field(default_factory=dict)
    """each thing it seems to ask for, with the number of words that say so"""
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """by signal the terms that give it"""
    used: frozenset[str] = frozenset()
    cited: tuple[str, ...] = ()
    """numbers of documents ("30/KH-UBND"), as words"""

    def __contains__(self, signal: str) -> bool:
        """Whether it gives that signal."""
        return signal in self.signals

    @property
    def says(self) -> bool:
        """Whether it holds anything but words that bind."""
        return bool(self.terms or self.days or self.cited)

    @cached_property
    def text(self) -> str:
        """All its words between blanks, to look for others in."""
        return f" {' '.join(self.terms)} "

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The terms that say something by themselves: no word that only asks or binds, no bare figure."""
        stop = words().stop
        return tuple(t for t in self.terms if t not in stop and t not in self.used and not t.isdigit())

    @cached_property
    def told(self) -> frozenset[str]:
        """The terms of the question that give some signal, or name a phase or a span of days."""
        return self.used | frozenset(set(self.content) - set(self.residue(*self.signals)))

    def residue(self, *signals: str) -> tuple[str, ...]:
        """What `content` leaves when the words behind these signals are taken away."""
        taken = frozenset[str]().union(*(self.said.get(name, frozenset()) for name in signals))
        return tuple(
            t for t in self.content if not any(matches(f" {t} ", one) or matches(f" {one} ", t) for one in taken)
        )


def read(question: str, speller: Speller) -> Reading:
    """Understand `question`; any text whatever gives a reading, long ones are read from their beginning."""
    text = bounded(question, LONGEST)
    days = tuple(filter(None, map(_named_day, _DAY.finditer(text))))
    accented = any(ord(c) > ASCII for c in text if c.isalpha())
    cited = _CITED.findall(text)
    typed = tokens(_CITED.sub(" ", _DAY.sub(" ", text)))[:MOST_WORDS]
    english = speller.is_english(typed, accented=accented)
    meant = speller.written_out(typed, english=english)[: 2 * MOST_WORDS]
    terms = (whole,) if (whole := " ".join(typed)) in words().help else compounded(meant)
    days += _days_in_words(terms)
    phase = _phase(terms, english=english)
    signals, said = _signals(terms)
    return Reading(
        terms=terms,
        english=english,
        days=days,
        years=frozenset(int(t) for t in terms if _YEAR.fullmatch(t)) | {d.year for d in days if d.year},
        months=_months(terms) if not days else frozenset(),
        phase=phase,
        relative=next((words().relative[t] for t in terms if t in words().relative), None),
        signals=signals,
        said=said,
        cited=tuple(" ".join(spoken(number)) for number in cited),
        used=frozenset({phase.word} if phase else ()) | frozenset(t for t in terms if t in words().relative),
    )


def compounded(meant: Sequence[str]) -> tuple[str, ...]:
    """Words with those held together that are one word to us, the longest first."""
    compounds, out, n = words().compounds, list[str](), 0
    while n < len(meant):
        for length in (5, 4, 3, 2, 1):
            term = " ".join(meant[n : n + length])
            if length == 1 or (term in compounds and n + length <= len(meant)):
                out.append(term)
                n += length
                break
    return tuple(out)


def _signals(terms: Sequence[str]) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    """What a question seems to ask for: how many words say so, and which.

    A single word must stand by itself ("ký", not "đăng ký"); several need only stand side by side.
    """
    text, alone = f" {' '.join(terms)} ", frozenset(terms)
    here = {t for t in words().signal_terms if t in alone or (" " in t and matches(text, t))}
    weights: dict[str, int] = {}
    said: dict[str, frozenset[str]] = {}
    for name, patterns in words().signals.items():
        fitting = [[group & here for group in p] for p in patterns if all(not group.isdisjoint(here) for group in p)]
        if fitting:
            said[name] = frozenset().union(*(group for p in fitting for group in p))
            weights[name] = max(len(p) - 1 + max(len(t.split()) for group in p for t in group) for p in fitting)
    return weights, said


def _named_day(found: re.Match[str]) -> NamedDay | None:
    day, month, year = int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if not 1 <= day <= DAYS or not 1 <= month <= MONTHS:
        return None
    return NamedDay(day, month, year + 20 * CENTURY if year is not None and year < CENTURY else year)


def _days_in_words(terms: Sequence[str]) -> tuple[NamedDay, ...]:
    found = re.search(r" ngay (\d{1,2}) thang (\d{1,2})(?: nam (20\d\d))? ", f" {' '.join(terms)} ")
    if not found or not 1 <= int(found[1]) <= DAYS or not 1 <= int(found[2]) <= MONTHS:
        return ()
    return (NamedDay(int(found[1]), int(found[2]), int(found[3]) if found[3] else None),)


def _months(terms: Sequence[str]) -> frozenset[int]:
    after = (terms[n + 1] for n, term in enumerate(terms[:-1]) if term == "thang")
    return frozenset(int(t) for t in after if t.isdecimal() and len(t) <= TWO_DIGITS and 1 <= int(t) <= MONTHS)


def _phase(terms: Sequence[str], *, english: bool) -> NamedPhase | None:
    numbers = words().numbers
    for n, term in enumerate(terms):
        if term not in _PHASE_WORDS:
            continue
        after = terms[n + 1] if n + 1 < len(terms) else ""
        before = terms[n - 1] if n and english else ""
        for one in (after, before):
            if one.isdecimal() and len(one) <= TWO_DIGITS and int(one):
                return NamedPhase(term, int(one))
        if after in numbers:
            return NamedPhase(term, numbers[after])
        if "cuoi" in (after, before) or after == "cuoi cung":
            return NamedPhase(term, LAST_PHASE)
        if after in {"nay", "hien tai", "hien nay"} or before == "dang dien ra":
            return NamedPhase(term, RUNNING_PHASE)
    return None


def matches(folded: str, term: str) -> bool:
    """Whether `term` stands in a folded text that has a blank at both ends."""
    return f" {term} " in folded


def spoken(text: str) -> list[str]:
    """A text of a plan as words, its abbreviations written out, so that "KCN" and "khu công nghiệp" meet."""
    short = words().abbreviations
    return [word for token in fold(text).split() for word in short.get(token, token).split()]


@cache
def between_blanks(text: str) -> str:
    """A text as words, a blank at both ends too, so that whole terms can be looked for in it."""
    return f" {' '.join(spoken(text))} "

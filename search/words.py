"""The word lists by which questions are understood (search/words.toml), read once into sets that are quick to ask."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Pattern = tuple[frozenset[str], ...]
"""What must be in a question: of each group one term."""


@dataclass(frozen=True)
class Words:
    """All word lists. Words are folded; a term is one or several words with blanks between them."""

    stop: frozenset[str]
    compounds: frozenset[str]
    off_topic: frozenset[str]
    help: frozenset[str]
    trade: frozenset[str]
    courtesies: Mapping[str, frozenset[str]]
    """greetings, thanks and the like by what they are, in the order in which they are answered"""
    places: frozenset[str]
    issuer_words: frozenset[str]
    plain_words: frozenset[str]
    """words for a part or its readers as a whole, which choose none of its passages"""
    abbreviations: Mapping[str, str]
    ambiguous: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    """each meaning with the neighbours that speak for it; the last holds where none is there"""
    english: Mapping[str, str]
    english_sure: Mapping[str, str]
    english_marks: frozenset[str]
    english_stop: frozenset[str]
    numbers: Mapping[str, int]
    relative: Mapping[str, str]
    signals: Mapping[str, tuple[Pattern, ...]]

    @cached_property
    def signal_terms(self) -> frozenset[str]:
        """Every term of every pattern."""
        return frozenset(t for patterns in self.signals.values() for p in patterns for group in p for t in group)

    @property
    def plain(self) -> frozenset[str]:
        """Every single word that stands in these lists, in Vietnamese."""
        lists: list[Iterable[str]] = [self.stop, self.compounds, self.off_topic, self.help, self.places, self.relative]
        lists += self.courtesies.values()
        lists += [self.abbreviations.values(), self.english.values(), self.numbers]
        lists.append(self.signal_terms)
        return frozenset(word for one in lists for term in one for word in term.split())


@cache
def words() -> Words:
    """The lists of words.toml."""
    data: dict[str, Any] = tomllib.loads(resources.files("search").joinpath("words.toml").read_text(encoding="utf-8"))
    signals = {name: tuple(map(_pattern, patterns)) for name, patterns in data["signals"].items()}
    lists = {
        name: _terms(data[name])
        for name in ("stop", "off_topic", "help", "trade", "places", "issuer_words", "plain_words")
    }
    courtesies = {name: _terms(text) for name, text in data["courtesies"].items()}
    polite = frozenset[str]().union(*courtesies.values())
    lists["stop"] |= {term for term in polite if " " in term}
    in_patterns = {term for patterns in signals.values() for p in patterns for group in p for term in group}
    single = set().union(_terms(data["compounds"]), in_patterns, polite, *lists.values(), data["relative"])
    english = data["english"]
    return Words(
        **lists,
        courtesies=courtesies,
        compounds=frozenset(term for term in single if " " in term),
        abbreviations=data["abbreviations"],
        ambiguous={
            short: tuple((m, frozenset(near.split())) for m, near in ms) for short, ms in data["ambiguous"].items()
        },
        english=english["words"] | english["sure"],
        english_sure=english["sure"],
        english_marks=frozenset(english["marks"].split()),
        english_stop=frozenset(english["stop"].split()),
        numbers=data["numbers"],
        relative=data["relative"],
        signals=signals,
    )


def _terms(text: str) -> frozenset[str]:
    return frozenset(term.replace("_", " ") for term in text.split())


def _pattern(text: str) -> Pattern:
    return tuple(frozenset(term.replace("_", " ") for term in group.split("|")) for group in text.split())

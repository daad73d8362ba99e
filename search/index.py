"""Every passage of every plan, ready to be found by its words (BM25, Robertson and Zaragoza's weighting)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from search.reading import Reading, between_blanks, matches, read, spoken
from search.spelling import Speller
from search.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from domain.campaign import Campaign, Duty, Part
    from domain.plan import Passage
    from domain.titles import Catalogue

SATURATION, LENGTH_WEIGHT = 1.2, 0.6
"""BM25's k1 and b: passages are short, so their length counts less than usual."""
PAIR_WEIGHT = 1.5
"""Two words side by side say more than the two apart: Vietnamese words are pairs of syllables."""
_SENTENCE = re.compile(r"(?<=[^\d]\.)\s+(?=[A-ZĐÀ-Ỹ“(+-])")
_CLAUSE = re.compile(r"(?<=;)\s+")
LONGEST_QUOTE = 450
"""Characters of a sentence that are quoted whole."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence that can be found: to the letter, and as words between blanks."""

    campaign: Campaign
    quote: str
    folded: str
    part: Part | None = None
    duty: str | None = None
    about: str | None = None
    fact: str | None = None
    """the fact it states, one of search.facts"""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `coverage` is how much of the question it holds, from 0 to 1, rare words weighing more."""

    entry: Entry
    score: float
    coverage: float


@dataclass(frozen=True)
class Index:
    """All campaigns with their passages; built once, asked often."""

    campaigns: tuple[Campaign, ...]
    catalogue: Catalogue | None
    entries: tuple[Entry, ...]
    postings: Mapping[str, Mapping[int, int]]
    """by term (a word, or two side by side) the entries it stands in and how often"""
    lengths: tuple[int, ...]
    speller: Speller
    duty_words: Mapping[tuple[str, str], tuple[str, str]]
    """by campaign and duty: its title with who must act or see to it, and everything else about it, both as words between blanks"""

    @classmethod
    def of(cls, campaigns: Sequence[Campaign], catalogue: Catalogue | None = None) -> Index:
        """An index of these campaigns and, if given, of the title catalogue."""
        entries = tuple(entry for campaign in campaigns for entry in _entries(campaign))
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        for number, entry in enumerate(entries):
            for term, count in Counter(_terms(entry.folded.split())).items():
                postings[term][number] = count
        names = [spoken(t.name) for t in catalogue.titles] if catalogue else []
        heads = [spoken(f"{c.short_name} {c.plan.issuer} {c.plan.place or ''} {c.plan.title}") for c in campaigns]
        about = {(c.slug, d.id): _duty_words(d) for c in campaigns for d in c.duties}
        texts = (
            [e.folded.split() for e in entries] + names + heads + [t.split() for pair in about.values() for t in pair]
        )
        lengths = tuple(len(e.folded.split()) for e in entries)
        return cls(tuple(campaigns), catalogue, entries, dict(postings), lengths, Speller.of(texts), about)

    def read(self, question: str) -> Reading:
        """Understand a question with the words of these plans."""
        return read(question, self.speller)

    def search(self, terms: Sequence[str], text: str, campaigns: Sequence[Campaign] | None = None) -> list[Hit]:
        """The entries (of these campaigns only, if given) that hold most of `terms` of a question's `text`, best first."""
        asked = self._asked(frozenset(word for term in terms for word in term.split()), text.split())
        total = sum(self.weight(term) for term in asked)
        scores, found = defaultdict[int, float](float), defaultdict[int, float](float)
        for term in asked:
            weight = self.weight(term) * (PAIR_WEIGHT if " " in term else 1)
            for number, count in self.postings.get(term, {}).items():
                length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self.lengths[number] / self._mean_length
                scores[number] += weight * count * (SATURATION + 1) / (count + SATURATION * length)
                found[number] += self.weight(term)
        within = {c.slug for c in campaigns} if campaigns is not None else None
        hits = (Hit(self.entries[n], score, found[n] / total) for n, score in scores.items())
        kept = [hit for hit in hits if within is None or hit.entry.campaign.slug in within]
        return sorted(kept, key=lambda hit: -hit.score)

    def _asked(self, about: frozenset[str], said: Sequence[str]) -> set[str]:
        """The words that matter and the pairs they stand in; a pair with a word that only binds, if plans know it."""
        pairs = {f"{a} {b}": {a, b} for a, b in pairwise(said) if not about.isdisjoint({a, b})}
        known = {pair for pair, both in pairs.items() if pair in self.postings or both <= about}
        return known | {word for word in about if word not in words().stop and not word.isdigit()}

    def weight(self, term: str) -> float:
        """How much a term says: the rarer in the plans, the more; the most if it stands in none."""
        within = len(self.postings.get(term, ()))
        return log(1 + (len(self.entries) - within + 0.5) / (within + 0.5))

    def term_weight(self, term: str) -> float:
        """How much a term of any number of words says: as much as its rarest pair, or its only word."""
        parts = term.split()
        pairs = [" ".join(pair) for pair in pairwise(parts)] or parts
        return max(map(self.weight, pairs), default=0.0)

    @cached_property
    def _duty_text(self) -> str:
        return " ".join(text for pair in self.duty_words.values() for text in pair)

    def is_of_a_duty(self, term: str) -> bool:
        """Whether any duty of any plan speaks of `term`."""
        return matches(self._duty_text, term)

    @cached_property
    def _mean_length(self) -> float:
        return sum(self.lengths) / max(1, len(self.lengths)) or 1.0

    @cached_property
    def places(self) -> Mapping[str, str]:
        """By slug the place of a campaign's issuer, folded."""
        return {c.slug: _place(c) for c in self.campaigns}


def sentences(text: str) -> list[str]:
    """The sentences of a passage, to the letter; one too long to quote is cut where it has semicolons."""
    return [
        part for one in _SENTENCE.split(text) for part in (_CLAUSE.split(one) if len(one) > LONGEST_QUOTE else (one,))
    ]


def _terms(said: Sequence[str]) -> Iterator[str]:
    stop, compounds = words().stop, words().compounds
    yield from (word for word in said if word not in stop and not word.isdigit())
    yield from (
        pair for a, b in pairwise(said) if not {a, b} <= stop or f"{a} {b}" in compounds for pair in (f"{a} {b}",)
    )


def _entries(campaign: Campaign) -> Iterator[Entry]:
    for part, passages in campaign.parts.items():
        for passage in passages:
            yield from (_entry(campaign, quote, part, passage.about) for quote in _quotes(passage))
    for phase in campaign.phases:
        yield Entry(campaign, phase.quote, between_blanks(f"{phase.name} {phase.quote}"))
        yield from (Entry(campaign, point, between_blanks(point)) for point in phase.points)
    for duty in campaign.duties:
        quote = max(duty.quotes, key=len)
        yield Entry(campaign, quote, between_blanks(f"{duty.title} {' '.join(duty.quotes)}"), duty=duty.id)
    for quote in campaign.audience_quotes:
        yield Entry(campaign, quote, between_blanks(quote))
    for text in campaign.plan.based_on[:1]:
        yield from (Entry(campaign, quote, between_blanks(quote), fact="basis") for quote in sentences(text))
    if signer := campaign.plan.signer:
        yield Entry(campaign, signer.name, between_blanks(f"{signer.role} {signer.name}"), fact="signer")


def _entry(campaign: Campaign, quote: str, part: Part, about: str | None) -> Entry:
    return Entry(campaign, quote, between_blanks(quote), part, about=about)


def _quotes(passage: Passage) -> Iterator[str]:
    for text in (passage.text, *passage.points):
        yield from sentences(text)


def _duty_words(duty: Duty) -> tuple[str, str]:
    rest = [*duty.quotes, duty.deliver or "", duty.to or "", duty.place or "", duty.due.printed or ""]
    return between_blanks(" ; ".join((duty.title, *duty.must_act, *duty.responsible))), between_blanks(" ; ".join(rest))


def _place(campaign: Campaign) -> str:
    generic = words().issuer_words
    left = [word for word in spoken(campaign.plan.issuer) if word not in generic]
    return " ".join(left or spoken(campaign.plan.place or ""))

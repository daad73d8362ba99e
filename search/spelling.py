"""What somebody typed, as the words they meant: abbreviations written out, slips mended, English put into Vietnamese.

Vietnamese syllables are short, so almost any slip gives another syllable: a word is mended only where it is none of the
words we know, or where it and its neighbour make no sense together and one letter's change does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORT_WORD = 4
"""A word of so few letters is mended only if a neighbour confirms it."""
MOST_MENDED = 8
"""How many words of one question are looked up for slips: a page of noise costs no more than that."""
_WITH_NUMBER = re.compile(r"([a-z]+)(\d{1,4})")
_NUMBER_WITH = re.compile(r"(\d{1,2})([a-z]+)")
_BEFORE_NUMBERS = frozenset(
    {"giaidoan", "doan", "dot", "quy", "thang", "nam", "ngay", "phase", "stage", "gd", "q", "t", "d", "g", "p"}
)
_MONTHS = frozenset({"t", "th", "thg", "thang"})
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_TELEX_TONES = re.compile(r"[sfrxj]")
_TELEX_VOWELS = re.compile(r"([aeo])\1|w")
_VOWEL = re.compile(r"[aeiouy]")
ENGLISH_SHARE = 0.5


@dataclass(frozen=True)
class Speller:
    """Knows which words there are (`counts`, by how often) and which stand side by side (`pairs`)."""

    counts: Counter[str]
    pairs: frozenset[tuple[str, str]]
    lists: Words = field(default_factory=words)

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Speller:
        """A speller for these texts (as words) and the word lists."""
        lists, counts, pairs = words(), Counter[str](), set[tuple[str, str]]()
        for text in texts:
            counts.update(text)
            pairs.update(pairwise(text))
        counts.update(lists.plain)
        for term in lists.compounds:
            pairs.update(pairwise(term.split()))
        return cls(counts, frozenset(pairs), lists)

    @cached_property
    def _known(self) -> list[str]:
        return sorted(word for word in self.counts if not word.isdigit())

    @cached_property
    def _compounds(self) -> list[str]:
        return sorted(term for term in self.lists.compounds if term.count(" ") == 1)

    @cached_property
    def _glued(self) -> dict[str, str]:
        return {term.replace(" ", ""): term for term in sorted(self.lists.compounds)}

    def is_english(self, typed: Sequence[str], *, accented: bool) -> bool:
        """Whether a question reads as English: half its words are, and one of them is none that Vietnamese borrow."""
        lists = self.lists
        spoken = [word for word in typed if not word.isdigit()]
        hits = [w for w in spoken if w in lists.english or w in lists.english_stop or w in lists.english_marks]
        borrowed = all(w in lists.english_sure for w in hits)
        return not accented and not borrowed and len(hits) >= ENGLISH_SHARE * len(spoken)

    def written_out(self, typed: Sequence[str], *, english: bool) -> list[str]:
        """The words that are meant by `typed` (folded words), in their order."""
        typed, out = " ".join(typed).replace(" g d ", " gd ").split(), list[str]()
        for n, word in enumerate(typed):
            out += self._one(word, [*typed[:n], *typed[n + 1 :]], english=english)
        return self._pairs_mended(self._mended(out))

    def _one(self, word: str, others: Sequence[str], *, english: bool) -> list[str]:
        lists = self.lists
        if english and word in lists.english_stop:
            return []
        if english and word in lists.english:
            return lists.english[word].split()
        if word in lists.ambiguous:
            return self._meant(word, others).split()
        for table in (lists.abbreviations, lists.english_sure):
            if word in table:
                return table[word].split()
        if numbered := self._numbered(word, others):
            return numbered
        if word in self.counts or word.isdigit():
            return [word]
        return self._glued.get(word, self._keyboard(word)).split()

    def _meant(self, word: str, others: Sequence[str]) -> str:
        meanings = self.lists.ambiguous[word]
        return next((meaning for meaning, near in meanings if near & set(others)), meanings[-1][0])

    def _numbered(self, word: str, others: Sequence[str]) -> list[str]:
        if (found := _NUMBER_WITH.fullmatch(word)) and found[2] in _MONTHS and len(found[2]) != len("th"):
            return [found[1], "thang"]
        if found and found[2] in _ORDINALS:
            return [found[1]]
        if (found := _WITH_NUMBER.fullmatch(word)) and (
            found[1] in _BEFORE_NUMBERS or found[1] in self.lists.abbreviations
        ):
            return [*self._one(found[1], others, english=False), found[2]]
        return []

    def _keyboard(self, word: str) -> str:
        """A word typed while the Vietnamese keyboard was off: VNI's digits or Telex's letters still in it."""
        vni = re.sub(r"\d", "", word)
        first = _VOWEL.search(word)
        start = first.end() if first else len(word)
        telex = _TELEX_VOWELS.sub(r"\1", word[:start].replace("dd", "d") + _TELEX_TONES.sub("", word[start:]))
        return next((w for w in (vni, telex) if w in self.counts and not w.isdigit()), word)

    def _mended(self, out: list[str]) -> list[str]:
        strange = [n for n, word in enumerate(out) if word not in self.counts and word.isascii() and word.isalpha()]
        for n in strange[:MOST_MENDED]:
            before, after = out[n - 1] if n else "", out[n + 1] if n + 1 < len(out) else ""
            out[n] = self._nearest(out[n], before, after)
        return out

    def _nearest(self, word: str, before: str, after: str) -> str:
        near = [w for w, _, _ in process.extract(word, self._known, scorer=OSA.distance, score_cutoff=1, limit=None)]
        fitting = [w for w in near if (before, w) in self.pairs or (w, after) in self.pairs]
        candidates = fitting or (near if len(word) > SHORT_WORD else [])
        return max(candidates, key=lambda w: (self.counts[w], w), default=word)

    def _pairs_mended(self, out: list[str]) -> list[str]:
        for n in range(min(len(out) - 1, 4 * MOST_MENDED)):
            one, two = out[n], out[n + 1]
            if (one, two) in self.pairs or one.isdigit() or two.isdigit() or {one, two} <= self.lists.stop:
                continue
            fits_elsewhere = n + 2 < len(out) and (two, out[n + 2]) in self.pairs
            if fits_elsewhere or (n and (out[n - 1], one) in self.pairs):
                continue
            near = process.extract(f"{one} {two}", self._compounds, scorer=OSA.distance, score_cutoff=1, limit=2)
            if len(near) == 1 and len(near[0][0]) > SHORT_WORD + 2:
                out[n : n + 2] = near[0][0].split()
        return out

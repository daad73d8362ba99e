"""Which label somebody means who typed it instead of tapping it: without accents, with a small slip, or only its start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from search.fold import bounded, fold
from search.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 300
"""Characters of what was typed that are looked at: no label is longer."""
_SLIPS = ((16, 3), (9, 2), (4, 1))
"""How many slips a label of at least so many letters forgives."""
_APART = re.compile(r"[^\W\d]+|\d+")
_PREFIX_WORDS, _PREFIX_LETTERS = 2, 4


def matches_label(typed: str, labels: Sequence[str]) -> int | None:
    """The place of the one label that `typed` means, or None if it means none, or could mean two.

    In this order: the same but for accents, capitals and punctuation; the same but for a small slip, where one label is
    nearer than all others and the figures in it agree; the beginning (two words or four letters) of one label alone.
    """
    said = fold(bounded(typed, LONGEST))
    if not said:
        return None
    folded = [fold(label) for label in labels]
    for found in (_same(said, folded), _slipped(said, folded), _begun(said, folded)):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def having_words(typed: str, labels: Sequence[str]) -> int | None:
    """The place of the one label that has every word of `typed`, in whatever order; None if none has, or several.

    A word may be an abbreviation ("bc gd1" for "Báo cáo kết quả Giai đoạn 1").
    """
    said = [_meanings(word) for word in _APART.findall(fold(bounded(typed, LONGEST)))]
    found = [n for n, label in enumerate(labels) if said and _has(set(fold(label).split()), said)]
    return found[0] if len(found) == 1 else None


def called(label: str) -> list[str]:
    """What a label is called: "KCN Tràng Duệ" as well by its abbreviation written out, or without it."""
    first, _, name = fold(label).partition(" ")
    written_out = words().abbreviations.get(first)
    return [label, f"{written_out} {name}", name] if written_out and name else [label]


def _has(label: set[str], said: list[list[set[str]]]) -> bool:
    return all(any(meaning <= label for meaning in word) for word in said)


def _meanings(word: str) -> list[set[str]]:
    """The words that one word may stand for, itself the first."""
    lists = words()
    written_out = [lists.abbreviations[word]] if word in lists.abbreviations else []
    return [
        set(one.split()) for one in (word, *written_out, *(meaning for meaning, _ in lists.ambiguous.get(word, ())))
    ]


def _same(said: str, folded: Sequence[str]) -> list[int]:
    return [n for n, label in enumerate(folded) if label == said]


def _slipped(said: str, folded: Sequence[str]) -> list[int]:
    near = [(OSA.distance(said, label), n) for n, label in enumerate(folded) if _figures(said) == _figures(label)]
    near = [(slips, n) for slips, n in near if slips <= _forgiven(folded[n])]
    least = min(near, default=None)
    return [n for slips, n in near if least and slips == least[0]]


def _begun(said: str, folded: Sequence[str]) -> list[int]:
    if len(said.split()) < _PREFIX_WORDS and len(said) < _PREFIX_LETTERS:
        return []
    return [n for n, label in enumerate(folded) if label.startswith(said)]


def _forgiven(label: str) -> int:
    return next((slips for letters, slips in _SLIPS if len(label) >= letters), 0)


def _figures(text: str) -> str:
    return "".join(c if c.isdigit() else " " for c in text).strip()

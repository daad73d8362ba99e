"""What people type for the words of a text: its spellings, side by side in it, accents or none."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from search.fold import fold, unaccented
from search.labels import called
from texts.compose import LANGUAGES, catalogue, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from texts.message import Choice


@cache
def spellings_of(key: str) -> frozenset[str]:
    """What people type for the words of that text, folded; they stand in it side by side, parted by semicolons."""
    return frozenset(fold(one) for one in _listed(key))


def is_said(text: str, key: str) -> bool:
    """Whether this is what people type for the words of that text; accents may be left out, those typed have to agree."""
    typed = unicodedata.normalize("NFC", text).lower().split()
    return any(
        len(typed) == len(spelled) and all(word in either for word, either in zip(typed, spelled, strict=True))
        for spelled in _typed(key)
    )


@cache
def _typed(key: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """Each spelling as its words, each with its accents and without."""
    return tuple(tuple(frozenset({one, unaccented(one)}) for one in spelled.split()) for spelled in _listed(key))


def _listed(key: str) -> list[str]:
    words = catalogue()[key]
    return [one.strip().lower() for language in LANGUAGES for one in words[language].split(";")]


def option_spellings(spelled: Callable[[str], str], options: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """What may be said for each option, and what goes between (for no option at all); the longest first."""
    texts = catalogue()
    found = [(texts["flow.between"][language], "") for language in LANGUAGES]
    for option in options:
        found += [(said, option.action) for language in LANGUAGES for said in called(plain(option.label, language))]
        found += [(words, option.action) for words in texts.get(spelled(option.action), {}).values()]
    said = {(fold(one), action) for words, action in found for one in words.split(";")}
    return sorted(said, key=lambda one: (-len(one[0]), one))

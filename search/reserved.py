"""Words that mean the same everywhere in a conversation: back, cancel, save, help, menu. What they are is data."""

from __future__ import annotations

from functools import cache

from search.fold import fold
from texts.compose import LANGUAGES, catalogue

WORDS = ("back", "cancel", "save", "help", "menu")


@cache
def _meanings() -> dict[str, str]:
    return {
        fold(spelling): word
        for word in WORDS
        for language in LANGUAGES
        for spelling in catalogue()[f"reserved.{word}"][language].split(";")
    }


def reserved_word(typed: str, *, numbers: bool = True) -> str | None:
    """The reserved word that was typed, with or without accents; `numbers`: whether a lone 0 means the menu."""
    if typed.strip() == "0":
        return "menu" if numbers else None
    return _meanings().get(fold(typed[:40]))

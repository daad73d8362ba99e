"""Words that mean the same everywhere in a conversation: back, cancel, save, on, help, menu. What they are is data."""

from __future__ import annotations

from functools import cache

from search.fold import fold
from texts.compose import LANGUAGES, catalogue

_LOOKED_AT = 200
"""characters at the end of a text that are looked at; of a longer one the beginning tells nothing"""
WORDS = ("back", "cancel", "save", "on", "help", "menu")


@cache
def _meanings() -> dict[str, str]:
    return {
        fold(spelling): word
        for word in WORDS
        for language in LANGUAGES
        for spelling in catalogue()[f"reserved.{word}"][language].split(";")
    }


def reserved_word(typed: str) -> str | None:
    """The reserved word that was typed, with or without accents; a lone 0 means the menu."""
    if typed.strip() == "0":
        return "menu"
    return _meanings().get(fold(typed[:40]))


def reads_like_question(typed: str) -> bool:
    """Whether free text looks like a question rather than an answer: a question mark, or a question word at an end."""
    ends = fold(typed[-_LOOKED_AT:])
    begins = ends if len(typed) <= _LOOKED_AT else ""
    marks = (fold(word) for language in LANGUAGES for word in catalogue()["reserved.question"][language].split(";"))
    return typed.rstrip().endswith("?") or any(ends.endswith(f" {m}") or begins.startswith(f"{m} ") for m in marks)

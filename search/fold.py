"""Text as it is compared: without accents, capitals and punctuation, so that "Hạn nộp" and "han nop" are the same."""

from __future__ import annotations

import unicodedata

_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})
"""Vietnamese đ does not decompose; ð is what some keyboards give for it."""


def fold(text: str) -> str:
    """`text` in small letters and digits of plain Latin where it was Latin, one blank between words, none at the ends.

    Idempotent. Marks and invisible characters vanish, everything that is neither letter nor digit parts words.
    """
    text = _bare(_bare(text.translate(_D)).casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def tokens(text: str) -> tuple[str, ...]:
    """The words of `text`, folded, in their order."""
    return tuple(fold(text).split())


def bounded(text: str, limit: int) -> str:
    """The first `limit` characters of `text`, composed (NFC): nothing anybody sends is read at any length."""
    return unicodedata.normalize("NFC", text[:limit])


def unaccented(text: str) -> str:
    """`text` in small letters without accents; all else in it stands, its punctuation too."""
    return _bare(text.translate(_D)).casefold()


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in {"Mn", "Me", "Cf"})

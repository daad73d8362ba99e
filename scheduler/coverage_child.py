"""Workbooks of coverage made in a child process with bounds; run by `scheduler/bounded.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.coverage import Coverage, coverage_book, unreachable_book

if TYPE_CHECKING:
    from texts.compose import Language


def whole(found: Coverage, language: Language) -> bytes:
    """Whom a message has reached, unit by unit, and whom to call."""
    return coverage_book(found, language)


def missed(found: Coverage, language: Language) -> bytes:
    """Whom a message would not reach."""
    return unreachable_book(found, language)

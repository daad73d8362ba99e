"""A screen asked for in words, without a slash ("nộp báo cáo", "toi muon xin gia han"). Which words mean which is data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from domain.people import Act, may
from search.fold import bounded, fold
from texts.compose import LANGUAGES, catalogue

if TYPE_CHECKING:
    from domain.people import Role

FOR_OFFICE = ("progress_all", "dates_of_plans", "launch", "broadcasts", "open_by_hand", "title_rule")
"""Screens for officers: the same words mean another to everybody else, or are a question to the plans."""
FOR_ALL = (
    "reports", "register", "extensions", "preferences", "duties_mine", "dossiers", "campaigns", "calendar",
    "upload_link", "link", "language", "my_data", "erase",
)  # fmt: skip
LONGEST = 60
"""Characters: what is longer is a question."""


def screen_of(said: str, role: Role | None) -> str | None:
    """The screen that these words ask for; None: they ask for none."""
    words = fold(bounded(said, LONGEST))
    bare = next((words.removeprefix(f"{one} ") for one in _spelled("words.lead") if words.startswith(f"{one} ")), words)
    screens = (*FOR_OFFICE, *FOR_ALL) if may(Act.LAUNCH, role) else FOR_ALL
    return next((one for one in screens if {words, bare} & set(_spelled(f"words.{one}"))), None)


@cache
def _spelled(key: str) -> tuple[str, ...]:
    """Every spelling of a text that lists some; the longest first."""
    found = {fold(one) for language in LANGUAGES for one in catalogue()[key][language].split(";")}
    return tuple(sorted(found, key=len, reverse=True))

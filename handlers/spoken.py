"""A screen asked for in words, without a slash ("nộp báo cáo", "toi muon xin gia han"). Which words mean which is data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from domain.people import Act, may
from search.fold import bounded, fold
from search.reserved import reads_like_question
from texts.compose import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.people import Role

FOR_OFFICE = ("progress_all", "dates_of_plans", "launch", "broadcasts", "open_by_hand", "title_rule")
"""Screens for officers: the same words mean another to everybody else, or are a question to the plans."""
FOR_ALL = (
    "reports", "register", "extensions", "preferences", "duties_mine", "dossiers", "campaigns", "calendar",
    "upload_link", "link", "language", "my_data", "erase", "drafts",
)  # fmt: skip
WITH_MORE = ("extensions", "reports", "launch")
"""Screens that may be asked for with what they are wanted for; most words would begin a question to the plans."""
LONGEST = 60
"""Characters: what is longer is a question."""


def screen_of(said: str, role: Role | None) -> str | None:
    """The screen that these words ask for; None: they ask for none."""
    words, bare = _words(said)
    screens = (*FOR_OFFICE, *FOR_ALL) if may(Act.LAUNCH, role) else FOR_ALL
    named = next((one for one in screens if {words, bare} & set(_spelled(f"words.{one}"))), None)
    begun = (one for one, _ in _begun(bare) if one in screens)
    return named or (None if reads_like_question(said) else next(begun, None))


def aim_of(said: str) -> str:
    """What for a screen is asked for ("xin gia hạn báo cáo giai đoạn 1"), folded; empty where that is not said."""
    return next((aim for _, aim in _begun(_words(said)[1])), "")


def _words(said: str) -> tuple[str, str]:
    """What was said, folded; and without what people begin a wish with."""
    words = fold(bounded(said, LONGEST))
    leads = (f"{one} " for one in _spelled("words.lead"))
    return words, next((words.removeprefix(one) for one in leads if words.startswith(one)), words)


def _begun(bare: str) -> Iterator[tuple[str, str]]:
    """The screens that these words begin to ask for, and how they go on."""
    for screen in WITH_MORE:
        for begin in (f"{one} " for one in _spelled(f"words.begin.{screen}")):
            if bare.startswith(begin):
                yield screen, bare.removeprefix(begin)


@cache
def _spelled(key: str) -> tuple[str, ...]:
    """Every spelling of a text that lists some; the longest first."""
    found = {fold(one) for language in LANGUAGES for one in catalogue()[key][language].split(";")}
    return tuple(sorted(found, key=len, reverse=True))

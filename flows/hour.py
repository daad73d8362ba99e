"""A kind of answer: an hour of the day, typed as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from flows.answers import tidy
from flows.flow import Accepted, At, Plain, Refused, Said, Typing, Understood
from search.fold import fold

if TYPE_CHECKING:
    from texts.message import Choice, Line

_WRITTEN = re.compile(
    r"(?:luc )?(\d{1,2})(?:\s*(?:[:.h]|gio)\s*(\d{1,2})?)?(?:\s*phut)?(?:\s*(?:(sang|am)|(chieu|toi|pm)))?"
)
NOON = 12


@dataclass(frozen=True, slots=True)
class Hour(Plain):
    """An hour and minute: "9", "9h30", "14:05", "lúc 3 giờ chiều"; kept as "09:30"."""

    def typing(self, at: At) -> Typing:
        """A bare number is an hour."""
        return Typing.NUMBER

    def choices(self, at: At) -> tuple[Choice, ...]:
        """One types."""
        return ()

    def accept(self, said: Said, at: At) -> Understood:
        """The hour; refused where the day has none such."""
        found = _WRITTEN.fullmatch(fold(tidy(said.text))) or _WRITTEN.fullmatch(tidy(said.text).lower())
        if found is None:
            return Refused("not_an_hour")
        hour = int(found[1]) + (NOON if found[4] and int(found[1]) < NOON else 0)
        try:
            return Accepted(f"{time(hour, int(found[2] or 0)):%H:%M}")
        except ValueError:
            return Refused("not_an_hour")

    def read_back(self, value: Any, at: At) -> Line | str:
        """The hour as it is written here."""
        return str(value)

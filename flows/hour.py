"""A kind of answer: an hour of the day, typed as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from flows.answers import tidy
from flows.flow import Accepted, At, Plain, Refused, Said, Typing, Understood
from search.fold import bounded, fold

if TYPE_CHECKING:
    from texts.message import Choice, Line

_WRITTEN = re.compile(
    r"(?:luc |tu )?(?P<hour>\d{1,2})(?:\s*(?:[:.hg]|gio)\s*(?P<minute>\d{1,2})?)?(?:\s*phut)?(?P<half>\s*ruoi)?"
    r"(?:\s*(?:sang|am|(?P<later>chieu|toi|pm)))?"
)
_RUN_TOGETHER = re.compile(r"\b(\d{1,2})(\d\d)\b")
NOON, HALF = 12, 30
LONGEST = 40
"""Characters: what is longer is no hour."""


@dataclass(frozen=True, slots=True)
class Hour(Plain):
    """An hour and minute: "9", "9h30", "930", "14:05", "lúc 3 giờ chiều", "7 giờ rưỡi"; kept as "09:30"."""

    def typing(self, at: At) -> Typing:
        """A bare number is an hour."""
        return Typing.NUMBER

    def choices(self, at: At) -> tuple[Choice, ...]:
        """One types."""
        return ()

    def accept(self, said: Said, at: At) -> Understood:
        """The hour; refused where it is none."""
        hour = hour_meant(tidy(said.text))
        return Refused("not_an_hour") if hour is None else Accepted(f"{hour:%H:%M}")

    def read_back(self, value: Any, at: At) -> Line | str:
        """The hour as it is written here."""
        return str(value)


def hour_meant(text: str) -> time | None:
    """The hour and minute that is written; None where it is none, or the day has none such."""
    parted = _RUN_TOGETHER.sub(r"\1:\2", bounded(text, LONGEST))
    found = _WRITTEN.fullmatch(fold(parted)) or _WRITTEN.fullmatch(parted.lower())
    if found is None:
        return None
    hour = int(found["hour"]) + (NOON if found["later"] and int(found["hour"]) < NOON else 0)
    minute = HALF if found["half"] else int(found["minute"] or 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None

"""A day and an hour as people say them, in whatever order: "9h sáng mai", "chiều thứ Năm 14h", "30 phút nữa"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from flows.day import day_meant
from flows.flow import Accepted, Refused
from flows.spelled import is_said
from search.fold import unaccented

if TYPE_CHECKING:
    Within = tuple[date, date] | None
    """Today and the last day that may be said; None: no day may."""

PARTS = {
    "morning": time(8),
    "noon": time(11, 30),
    "afternoon": time(14),
    "evening": time(19),
    "night": time(21),
    "last": time(16, 30),
}
"""The parts of a day, each with the hour that is meant where nothing more is said."""
NOON, HALF, MINUTES = 12, 30, 60
EVENING_BEGINS, NIGHT_ENDS = 5, 5
"""o'clock: "3 giờ tối" is no hour; "1 giờ đêm" is one of the morning."""
MOST_WORDS, PHRASE, MOST_LEFT = 12, 6, 1
"""Words that are read; those that a day, an hour or a part of it takes at the most; those that may mean nothing."""
TWO_DIGITS, FOUR_DIGITS = 2, 4
HALVES = {"am": "morning", "pm": "afternoon"}
_HOUR = re.compile(r"(\d{1,2}) ?(?:[:hg]|gio)(?: ?(\d{1,2})(?: ?(?:p|phut))?)?( ?ruoi)?")
_TO_THE_HOUR = re.compile(r"(\d{1,2}) ?(?:h|g|gio) ?kem (\d{1,2})(?: ?(?:p|phut))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?(am|pm)?")
_FROM_NOW = re.compile(r"(?:in )?(\d{1,3}) ?(?:(p|phut|minutes?|min)|h|gio|tieng|hours?)(?: nua)?")
_AHEAD = re.compile(r"^in | nua$")


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """What was said of a time; None what was not. `day` (ISO text) may be one that cannot be, with the reason."""

    day: Accepted | Refused | None = None
    hour: time | None = None
    later: timedelta | None = None
    """so long from now"""


@dataclass(frozen=True, slots=True)
class _Read:
    """What has been read so far; `left` are words that mean nothing here."""

    day: Accepted | Refused | None = None
    clock: tuple[int, int] | None = None
    part: str | None = None
    left: tuple[str, ...] = ()


def time_said(text: str, today: date, last: date) -> TimeSaid | Refused | None:
    """What is said of a time from `today` on to `last`; refused: a time is said that there is not; None: none is said."""
    words = _words(text)
    if (later := _from_now(words)) is not None:
        return TimeSaid(later=later)
    read = _with_number(_read(words, (today, last)))
    if not read.day and not read.clock and not read.part:
        return None
    if read.left:
        return Refused("not_a_time") if len(read.left) <= MOST_LEFT and (read.clock or read.day) else None
    try:
        return TimeSaid(read.day, _hour(read))
    except ValueError:
        return Refused("not_a_time")


def hour_said(text: str) -> time | None:
    """The hour that is written or said; None where it is none, or the day has none such."""
    read = _with_number(_read(_words(text), None))
    try:
        return None if read.left else _hour(read)
    except ValueError:
        return None


def _words(text: str) -> list[str]:
    return [word.strip("!?;") or word for word in text.lower().replace(",", " ").split()][:MOST_WORDS]


def _from_now(words: list[str]) -> timedelta | None:
    said = unaccented(" ".join(words))
    found = _FROM_NOW.fullmatch(said)
    if found is None or not _AHEAD.search(said):
        return None
    return timedelta(minutes=int(found[1])) if found[2] else timedelta(hours=int(found[1]))


def _read(words: list[str], within: Within) -> _Read:
    """Everything read in `words`, in the way that leaves the fewest of them over; a day, an hour, a part of it once each."""
    phrases = [_phrases(words[start:], within) for start in range(len(words))]

    @cache
    def best(start: int, there: frozenset[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
        if start == len(words):
            return (), {}
        ways = []
        for length, meant in phrases[start]:
            if there.isdisjoint(meant):
                left, more = best(start + length, there.union(meant))
                ways.append((left, {**meant, **more}))
        left, more = best(start + 1, there)
        return min([*ways, ((words[start], *left), more)], key=lambda one: len(one[0]))

    left, meant = best(0, frozenset())
    return _Read(**meant, left=left)


def _phrases(words: list[str], within: Within) -> list[tuple[int, dict[str, Any]]]:
    """The beginnings of `words` that mean something, the longest first: how many words, and what they mean."""
    found: list[tuple[int, dict[str, Any]]] = []
    for length in range(min(PHRASE, len(words)), 0, -1):
        said = " ".join(words[:length])
        if within and (day := _day(said, *within)):
            found.append((length, {"day": day}))
        if clock := _clock(said):
            found.append((length, clock))
        if part := _part(said):
            found.append((length, {"part": part}))
        if is_said(said, "time.between"):
            found.append((length, {}))
    return found


def _day(said: str, today: date, last: date) -> Accepted | Refused | None:
    day = day_meant(said, today, today, last)
    # "8.30" is an hour
    other = isinstance(day, Refused) and (day.reason == "not_a_day" or (day.reason == "no_such_day" and "." in said))
    return None if other else day


def _part(said: str) -> str | None:
    return next((one for one in PARTS if is_said(said, f"day.part.{one}")), None)


def _clock(said: str) -> dict[str, Any]:
    """Hour and minute as they stand there, and the part of the day if one is written with them; no bare number."""
    bare = unaccented(said)
    if found := _HOUR.fullmatch(bare):
        return {"clock": (int(found[1]), HALF if found[3] else int(found[2] or 0))}
    if found := _TO_THE_HOUR.fullmatch(bare):
        return {"clock": (int(found[1]) - 1, MINUTES - int(found[2]))}
    found = _CLOCK.fullmatch(bare)
    if found is None or not (found[2] or found[3]):
        return {}
    part = {"part": HALVES[found[3]]} if found[3] else {}
    return {"clock": (int(found[1]), int(found[2] or 0)), **part}


def _with_number(read: _Read) -> _Read:
    """A number that stands alone is the hour where none is written otherwise: "mai 8", "930"."""
    if read.clock or len(read.left) != 1 or not read.left[0].isdecimal():
        return read
    digits = read.left[0]
    if len(digits) <= TWO_DIGITS and (read.day or read.part):
        return replace(read, clock=(int(digits), 0), left=())
    if read.day or read.part or len(digits) > FOUR_DIGITS:
        return read
    hour, minute = (digits, "0") if len(digits) <= TWO_DIGITS else (digits[:-TWO_DIGITS], digits[-TWO_DIGITS:])
    return replace(read, clock=(int(hour), int(minute)), left=())


def _hour(read: _Read) -> time | None:
    """The hour all this comes to; None: none was said. Raises ValueError if there is none such."""
    if read.clock is None:
        return PARTS[read.part] if read.part else None
    hour, minute = read.clock
    return time(_of_day(hour, read.part), minute)


def _of_day(hour: int, part: str | None) -> int:
    """An hour of twelve in that part of the day as one of twenty-four. Raises ValueError where the part has none such."""
    if part == "evening" and hour < EVENING_BEGINS:
        raise ValueError(hour)
    if hour == NOON:
        return 0 if part in {"morning", "evening", "night"} else hour
    later = (
        part in {"afternoon", "evening"}
        or (part == "night" and hour > NIGHT_ENDS)
        or (part == "noon" and hour < NIGHT_ENDS)
    )
    return hour + NOON if later and hour < NOON else hour

"""A kind of answer: a day, typed as people write or say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flows.answers import SKIP, skip, tidy
from flows.flow import Accepted, At, Plain, Refused, Said, Understood
from flows.spelled import is_said
from flows.typed import meant
from search.fold import fold, unaccented
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Answers, Facts

WEEK, LONGEST_MONTH, MONTHS = 7, 31, 12
_WRITTEN = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{4}|\d{2}))?")
_SPOKEN = re.compile(r"(?:ngay )?(?:(?:mung|mong) )?(\d{1,2}) thang (\d{1,2})(?: (?:nam )?(\d{4}))?")
_OF_MONTH = re.compile(r"(?:ngay|(?:ngay )?(?:mung|mong)) (\d{1,2})")
_END_OF_MONTH = re.compile(r"cuoi thang(?: (\d{1,2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Day(Plain):
    """A day of the calendar; kept as ISO text.

    `between`: the first and last day that make sense. `weekday`: it is read back with the name of its weekday.
    """

    between: Callable[[Answers, Facts], tuple[date, date]]
    optional: bool = False
    weekday: bool = False

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The way past it, where it may be passed."""
        return (skip(),) if self.optional else ()

    def accept(self, said: Said, at: At) -> Understood:
        """The day; a day that no calendar has, or that makes no sense here, is refused each with its own reason."""
        if self.optional and SKIP in {said.value, meant(said, self.choices(at))}:
            return Accepted(None)
        first, last = self.between(at.answers, at.facts)
        return day_meant(tidy(said.text), at.facts["today"], first, last)

    def read_back(self, value: Any, at: At) -> Line | str:
        """The day as it is written here."""
        if value is None:
            return line("flow.nothing")
        day = date.fromisoformat(value)
        return with_weekday(day) if self.weekday else line("flow.day", day=day)


def with_weekday(day: date) -> Line:
    """A day and which of the week it is."""
    return line("flow.weekday_and_day", weekday=line(f"flow.weekday.{day.isoweekday()}"), day=day)


def day_meant(text: str, today: date, first: date, last: date) -> Accepted | Refused:
    """The day (ISO text) that is written or said, which must lie between the two.

    Without a year it is the one between them that is nearest to `today`; a weekday is the next one, or the last one
    where none ahead will do. With a date ("thứ Năm 4/5") it has to be that day's.
    """
    words = [word for word in text.replace(",", " ").split() if not is_said(word, "day.between")]
    number, rest = _weekday(words)
    if number is None or _parts(rest) is None:
        return _one_meant(" ".join(words), today, first, last)
    day = _one_meant(rest, today, first, last)
    if isinstance(day, Refused) or date.fromisoformat(day.value).weekday() == number:
        return day
    return Refused("other_weekday", {"day": with_weekday(date.fromisoformat(day.value))})


def _one_meant(text: str, today: date, first: date, last: date) -> Accepted | Refused:
    parts = _parts(text)
    if parts is None:
        said = _said(text, today)
        return _judged(said, today, first, last) if said else Refused("not_a_day")
    number, month, year = parts
    years = range(first.year, last.year + 1) if year is None else [year]
    days = [day for y in years if (day := _day(number, month, y))]
    if not days:
        return Refused("no_such_day", {"day": text})
    return _judged(sorted(days, key=lambda day: abs(day - today)), today, first, last)


def _judged(days: list[date], today: date, first: date, last: date) -> Accepted | Refused:
    """The likeliest day that makes sense, else why the likeliest of all does not."""
    fitting = next((day for day in days if first <= day <= last), None)
    if fitting:
        return Accepted(fitting.isoformat())
    said = {"day": days[0], "first": first, "last": last}
    return Refused("day_over", said) if days[0] < today <= first else Refused("outside", said)


def _parts(text: str) -> tuple[int, int, int | None] | None:
    """Day, month and year (None: not said) of a day as it is written; None if it is none."""
    if iso := _ISO.fullmatch(text):
        return int(iso.group(3)), int(iso.group(2)), int(iso.group(1))
    bare = re.sub(r"^(?:(?:ngày|ngay|on|mùng|mung|mồng|mong)\s+)+", "", text, flags=re.IGNORECASE)
    found = _WRITTEN.fullmatch(bare) or _SPOKEN.fullmatch(fold(text))
    if found is None:
        return None
    day, month, year = found.group(1), found.group(2), found.group(3)
    century = 2000 if year and len(year) < len("2000") else 0
    return int(day), int(month), int(year) + century if year else None


def _said(text: str, today: date) -> list[date]:
    """The days that words such as "hôm nay", "thứ Năm tuần sau", "ngày 27" can mean, the likeliest first."""
    for days, key in enumerate(("day.yesterday", "day.today", "day.tomorrow", "day.after_tomorrow"), start=-1):
        if is_said(text, key):
            return [today + timedelta(days)]
    if found := _OF_MONTH.fullmatch(unaccented(text)):
        return _of_month(int(found[1]), today)
    if found := _END_OF_MONTH.fullmatch(unaccented(text)):
        return _ends_of(int(found[1] or today.month), today)
    number, which = _weekday(text.split())
    return [] if number is None else _weekdays(number, which, today)


def _weekday(words: list[str]) -> tuple[int | None, str]:
    """The day of the week (0: Monday) that they begin with, None where they begin with none; and what follows it."""
    for length in (1, 2):
        name, rest = " ".join(words[:length]), " ".join(words[length:])
        number = next((n for n in range(WEEK) if is_said(name, f"day.weekday.{n + 1}")), None)
        if number is not None:
            return number, rest
    return None, ""


def _ends_of(month: int, today: date) -> list[date]:
    """The last day of that month, the next one and the last one there is."""
    if not 1 <= month <= MONTHS:
        return []
    years = (today.year, today.year + 1, today.year - 1)
    days = [date(year + month // MONTHS, month % MONTHS + 1, 1) - timedelta(1) for year in years]
    return sorted(days, key=lambda day: (day < today, abs(day - today)))


def _of_month(number: int, today: date) -> list[date]:
    """That day of this month, the next and the last one, those ahead first."""
    first = today.replace(day=1)
    months = (first, (first + timedelta(LONGEST_MONTH + 1)).replace(day=1), first - timedelta(1))
    days = [day for month in months if (day := _day(number, month.month, month.year))]
    return sorted(days, key=lambda day: (day < today, abs(day - today)))


def _weekdays(number: int, which: str, today: date) -> list[date]:
    """That day of the week (0: Monday): of this one, of the next one, or the next one and the last one."""
    this_week = today + timedelta(number - today.weekday())
    if is_said(which, "day.this_week"):
        return [this_week]
    if is_said(which, "day.next_week"):
        return [this_week + timedelta(WEEK)]
    ahead = today + timedelta((number - today.weekday()) % WEEK)
    if is_said(which, "day.coming"):
        return [ahead if ahead > today else ahead + timedelta(WEEK)]
    return [] if which else [ahead, ahead - timedelta(WEEK)]


def _day(number: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None

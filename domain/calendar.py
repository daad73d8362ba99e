"""Working days: weekends, public holidays, days off in lieu and make-up days, as an office would count them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday: off although a weekday, or worked although a weekend."""

    day: date
    works: bool
    name: str
    source: str


@dataclass(frozen=True)
class Calendar:
    """The working calendar of the boards. Years outside `confirmed` are counted, but said to be unconfirmed."""

    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()

    @classmethod
    def of(cls, days: Iterable[SpecialDay], confirmed: Iterable[int]) -> Calendar:
        """A calendar of these special days; the last one given for a day holds."""
        return cls({d.day: d for d in days}, frozenset(confirmed))

    def works(self, day: date) -> bool:
        """Whether offices work on that day."""
        special = self.special.get(day)
        return special.works if special else day.weekday() < SATURDAY

    def last_working_day(self, day: date) -> date:
        """The last working day at or before `day`."""
        while not self.works(day):
            day -= timedelta(days=1)
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def back(self, day: date, working_days: int) -> date:
        """The working day `working_days` before `day`; with 0 the last working day at or before it."""
        day = self.last_working_day(day)
        for _ in range(working_days):
            day = self.last_working_day(day - timedelta(days=1))
        return day

    def working_days_left(self, today: date, last: date) -> int:
        """Working days after `today` up to and including `last`; 0 when none is left.

        Weeks and special days are counted, not days: every list of duties asks this for dates up to a year ahead.
        """
        if last <= today:
            return 0
        weeks, rest = divmod((last - today).days, 7)
        weekdays = SATURDAY * weeks + sum((today.weekday() + n) % 7 < SATURDAY for n in range(1, rest + 1))
        differing = (d for d in self.special.values() if today < d.day <= last)
        return weekdays + sum(d.works - (d.day.weekday() < SATURDAY) for d in differing)

    def is_confirmed(self, day: date) -> bool:
        """Whether somebody has checked the holidays of that day's year against the announcement."""
        return day.year in self.confirmed

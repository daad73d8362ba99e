"""A kind of answer: when a message to many goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from domain.reminders import EVENING, MORNING
from flows.answers import pick, spellings_of, tidy
from flows.day import day_meant, with_weekday
from flows.flow import Accepted, At, Growing, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from flows.hour import hour_meant
from search.fold import bounded, fold
from search.reserved import reads_like_question
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.flow import Answers, Facts

SOON, NOW = "soon", "now"
"""At once within working hours (else when they begin); at once in any case."""
PARTS = {"day.morning": time(8), "day.afternoon": time(14), "day.evening": time(19)}
"""The hours that are meant where somebody only says which part of a day."""
SUGGESTED = (PARTS["day.morning"], PARTS["day.afternoon"])
AHEAD = timedelta(days=90)
OFFERED = 2
LONGEST = 60
"""Characters: what is longer names no time."""


@dataclass(frozen=True, slots=True)
class SendingTime(Plain):
    """As soon as may be, at once, or a time: "9h sáng mai", "14h30 thứ Năm", or the day first and then its hour.

    Kept as the name of the way, or as naive local time (ISO text). `at_once`: it may go outside working hours.
    """

    at_once: bool = False

    def typing(self, at: At) -> Typing:
        """A choice or a time; once the day is known, an hour."""
        return Typing.CHOICE if _day(at) is None else Typing.NUMBER

    def part(self, at: At) -> str | None:
        """The hour of a day that was named without one."""
        return None if _day(at) is None else "hour"

    def shown(self, at: At) -> tuple[Line, ...]:
        """The day, while its hour is asked for."""
        day = _day(at)
        return () if day is None else (line("sending.day", day=with_weekday(day)),)

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The ways, and the next times that suggest themselves."""
        if _day(at) is not None:
            return ()
        moment = at.facts["moment"]
        soon = line("sending.now") if moment["works"] else line("sending.next", at=moment["next"])
        at_once = [Choice(line("sending.at_once"), NOW)] if self.at_once and not moment["works"] else []
        times = (Choice(_told(one), one.isoformat()) for one in _offered(at.facts))
        return (Choice(soon, SOON), *at_once, *times)

    def accept(self, said: Said, at: At) -> Understood:
        """The way or the time meant; a day off, an hour at which nothing goes out and one that is over are refused."""
        if said.value is not None:
            return Accepted(said.value) if said.value in {c.action for c in self.choices(at)} else NotAnAnswer()
        text, day = bounded(tidy(said.text), LONGEST), _day(at)
        if day is not None and (hour := _hour(text)) is not None:
            return Accepted(datetime.combine(day, hour).isoformat())
        understood = _time_meant(text, at.facts)
        if understood is not None:
            return understood
        found = pick(said.text, self.choices(at))
        return Accepted(found.action) if found else self._not_meant(text, day)

    def read_back(self, value: Any, at: At) -> Line | str:
        """The way's label, or the day and the hour."""
        at_that = {choice.action: choice.label for choice in self.choices(At(at.answers, at.facts))}
        fixed = {SOON, NOW}
        return at_that.get(value, line("sending.now")) if value in fixed else _told(datetime.fromisoformat(value))

    def _not_meant(self, text: str, day: date | None) -> Understood:
        if day is not None:
            return Refused("not_an_hour")
        tells_a_time = any(c.isdigit() for c in text) and not reads_like_question(text)
        return Refused("not_a_time") if tells_a_time else NotAnAnswer()


def set_for(answers: Answers) -> datetime | None:
    """The time of its own that a message to many goes out at (naive local time), if it has one."""
    value = answers.get("when")
    return None if value in {None, SOON, NOW} else datetime.fromisoformat(value)


def no_time_to_send(value: Any, _answers: Answers, facts: Facts) -> Refused | None:
    """Why nothing goes out then; None: it does."""
    if value in {SOON, NOW}:
        return None
    at, now = datetime.fromisoformat(value), facts["moment"]["now"]
    if not MORNING <= at.time() < EVENING:
        return Refused("not_then", {"at": f"{at:%H:%M}", "first": f"{MORNING:%H:%M}", "last": f"{EVENING:%H:%M}"})
    return _day_off(at.date(), facts) or (None if at > now else Refused("hour_over", {"now": now}))


def _day_off(day: date, facts: Facts) -> Refused | None:
    calendar = facts["calendar"]
    if calendar.works(day):
        return None
    return Refused("not_on_a_day_off", {"day": with_weekday(day), "next": with_weekday(calendar.next_working_day(day))})


def _day(at: At) -> date | None:
    """The day that was named, while its hour is asked for; what stands there of an answer given before is none."""
    return date.fromisoformat(at.so_far["day"]) if isinstance(at.so_far, dict) else None


def _told(at: datetime) -> Line:
    return line("sending.at", day=with_weekday(at.date()), hour=f"{at:%H:%M}")


def _offered(facts: Facts) -> list[datetime]:
    """The next beginnings of half a working day."""
    now, calendar = facts["moment"]["now"], facts["calendar"]
    days = [now.date(), calendar.next_working_day(now.date())]
    starts = (datetime.combine(day, hour) for day in days if calendar.works(day) for hour in SUGGESTED)
    return [at for at in starts if at > facts["moment"]["next"]][:OFFERED]


def _time_meant(text: str, facts: Facts) -> Understood | None:
    """A day, an hour, or both in either order; None where it is neither."""
    today = facts["today"]
    for hour, rest in _parted(text):
        if not rest:
            return Accepted(_next(hour, facts).isoformat())
        day = day_meant(rest, today, today, today + AHEAD)
        if isinstance(day, Accepted):
            return Accepted(datetime.combine(date.fromisoformat(day.value), hour).isoformat())
        if day.reason != "not_a_day":
            return day
    day = day_meant(text, today, today, today + AHEAD)
    if isinstance(day, Accepted):
        return _day_off(date.fromisoformat(day.value), facts) or Growing({"day": day.value})
    return None if day.reason == "not_a_day" else day


def _parted(text: str) -> Iterator[tuple[time, str]]:
    """Each hour that stands in it with what it leaves, the hour that takes up most words first."""
    words = [word for word in text.replace(",", " ").split() if fold(word) not in spellings_of("sending.between")]
    for length in range(len(words), 0, -1):
        for first in range(len(words) - length + 1):
            hour = _hour(" ".join(words[first : first + length]))
            if hour is not None:
                yield hour, " ".join([*words[:first], *words[first + length :]])


def _hour(text: str) -> time | None:
    """The hour that is written, or that of the part of the day that is said."""
    part = next((hour for key, hour in PARTS.items() if fold(text) in spellings_of(key)), None)
    return part or hour_meant(text)


def _next(hour: time, facts: Facts) -> datetime:
    """That hour today, or on the next day that it goes out on."""
    now, calendar = facts["moment"]["now"], facts["calendar"]
    today = datetime.combine(now.date(), hour)
    ahead = calendar.works(today.date()) and today > now
    return today if ahead else datetime.combine(calendar.next_working_day(now.date()), hour)

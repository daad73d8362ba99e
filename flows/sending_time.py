"""A kind of answer: when a message to many goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from domain.reminders import EVENING, MORNING
from flows.answers import pick, tidy
from flows.day import with_weekday
from flows.flow import Accepted, At, Growing, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from flows.spelled import is_said
from flows.time_said import PARTS, hour_said, time_said
from search.fold import bounded
from search.reserved import reads_like_question
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts
    from flows.time_said import TimeSaid

SOON, NOW = "soon", "now"
"""At once within working hours (else when they begin); at once in any case."""
WAYS = frozenset({SOON, NOW})
OTHER_DAY = "other_day"
FURTHEST = timedelta(days=90)
SUGGESTED = (PARTS["morning"], PARTS["afternoon"])
OFFERED = 2
LONGEST = 80
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
        """The ways, and the next times that suggest themselves; while an hour is asked for, another day."""
        if _day(at) is not None:
            return (Choice(line("sending.other_day"), OTHER_DAY),)
        moment = at.facts["moment"]
        at_once = [Choice(line("sending.at_once"), NOW)] if self.at_once and not moment["works"] else []
        times = (Choice(_told(one), one.isoformat()) for one in _offered(at.facts))
        return (Choice(_soon(moment), SOON), *at_once, *times)

    def accept(self, said: Said, at: At) -> Understood:
        """The way or the time meant, typed in whatever order; a day off and an hour at which nothing goes are refused."""
        if said.value is not None:
            return self._tapped(said.value, at)
        text, day = bounded(tidy(said.text), LONGEST), _day(at)
        if day is not None and (hour := hour_said(text)) is not None:
            return Accepted(datetime.combine(day, hour).isoformat())
        found = pick(said.text, self.choices(at))
        if found or is_said(text, "sending.said_now"):
            return self._tapped(found.action if found else SOON, at)
        meant = None if reads_like_question(text) else time_said(text, at.facts["today"], at.facts["today"] + FURTHEST)
        if isinstance(meant, Refused) or meant is None:
            return meant or (NotAnAnswer() if day is None else Refused("not_an_hour"))
        return _understood(meant, at.facts)

    def read_back(self, value: Any, at: At) -> Line | str:
        """The way's label, or the day and the hour."""
        ways = {SOON: _soon(at.facts["moment"]), NOW: line("sending.at_once")}
        meant = _time(value)
        return _told(meant) if meant else ways.get(value, line("sending.unset"))

    def _tapped(self, value: str, at: At) -> Understood:
        if value == OTHER_DAY:
            return Growing(None)
        known = value == SOON or (value == NOW and self.at_once) or _time(value) is not None
        return Accepted(value) if known else NotAnAnswer()


def set_for(answers: Answers) -> datetime | None:
    """The time of its own that a message to many goes out at (naive local time), if it has one."""
    return _time(answers.get("when"))


def no_time_to_send(value: Any, _answers: Answers, facts: Facts) -> Refused | None:
    """Why nothing goes out then; None: it does."""
    at, now = _time(value), facts["moment"]["now"]
    if at is None:
        return None if value in WAYS else Refused("not_a_time")
    if not MORNING <= at.time() < EVENING:
        return Refused("not_then", {"at": f"{at:%H:%M}", "first": f"{MORNING:%H:%M}", "last": f"{EVENING:%H:%M}"})
    return _day_off(at.date(), facts) or (None if at > now else Refused("hour_over", {"now": now}))


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _day(at: At) -> date | None:
    """The day that was named, while its hour is asked for; what stands there of an answer given before is none."""
    return date.fromisoformat(at.so_far["day"]) if isinstance(at.so_far, dict) else None


def _soon(moment: Facts) -> Line:
    return line("sending.now") if moment["works"] else line("sending.next", at=moment["next"])


def _told(at: datetime) -> Line:
    return line("sending.at", day=with_weekday(at.date()), hour=f"{at:%H:%M}")


def _offered(facts: Facts) -> list[datetime]:
    """The next beginnings of half a working day."""
    now, calendar = facts["moment"]["now"], facts["calendar"]
    days = [now.date(), calendar.next_working_day(now.date())]
    starts = (datetime.combine(day, hour) for day in days if calendar.works(day) for hour in SUGGESTED)
    return [at for at in starts if at > facts["moment"]["next"]][:OFFERED]


def _understood(meant: TimeSaid, facts: Facts) -> Understood:
    if meant.later is not None:
        return Accepted((facts["moment"]["now"] + meant.later).replace(second=0, microsecond=0).isoformat())
    if isinstance(meant.day, Refused):
        return meant.day
    day = date.fromisoformat(meant.day.value) if meant.day else None
    if meant.hour is not None:
        at = _next(meant.hour, facts) if day is None else datetime.combine(day, meant.hour)
        return Accepted(at.isoformat())
    assert day is not None
    return _no_hour_left(day, facts) or Growing({"day": day.isoformat()})


def _no_hour_left(day: date, facts: Facts) -> Refused | None:
    """Why no hour of that day will do."""
    now = facts["moment"]["now"]
    over = datetime.combine(day, EVENING) <= now
    return Refused("hour_over", {"now": now}) if over else _day_off(day, facts)


def _day_off(day: date, facts: Facts) -> Refused | None:
    calendar = facts["calendar"]
    if calendar.works(day):
        return None
    following = calendar.next_working_day(day)
    return Refused("not_on_a_day_off", {"day": with_weekday(day), "next": with_weekday(following)})


def _next(hour: time, facts: Facts) -> datetime:
    """That hour today, or on the next day that it goes out on."""
    now, calendar = facts["moment"]["now"], facts["calendar"]
    today = datetime.combine(now.date(), hour)
    ahead = calendar.works(today.date()) and today > now
    return today if ahead else datetime.combine(calendar.next_working_day(now.date()), hour)

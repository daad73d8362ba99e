"""A last day that falls on a day off is allowed, and said: in the review, before anybody rests on it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flows.day import with_weekday
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Answers, Facts


def warns_of(step: str) -> Callable[[Answers, Facts], tuple[Line, ...]]:
    """What the review warns of where the day that `step` was answered with is one on which nobody works."""

    def warns(answers: Answers, facts: Facts) -> tuple[Line, ...]:
        day, calendar = date.fromisoformat(answers[step]), facts["calendar"]
        if calendar.works(day):
            return ()
        last = with_weekday(calendar.last_working_day(day))
        return (line("flow.day_off", day=with_weekday(day), last=last),)

    return warns

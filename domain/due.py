"""When something is due, as plans really say it: ten kinds of due date, each with its printed words.

The printed words are what people are shown; the rest is how a careful reader reads them. A kind never guesses: what a
plan leaves open stays open. Which kinds exist was read off real plans.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping


class Value(BaseModel):
    """A value of the field: immutable, compared by content, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which something may be done: from `opens` (None: no first day is named) to `last`, both included."""

    opens: date | None
    last: date


class _Due(Value):
    printed: str | None = None
    """The words of the plan, to the letter; None where the plan prints none."""


class BeforeDay(_Due):
    """Before a day ("trước ngày X"): X itself is too late."""

    kind: Literal["before_day"] = "before_day"
    day: date


class ByDay(_Due):
    """By the end of a day ("chậm nhất ngày X", "đến hết ngày X"): X is the last."""

    kind: Literal["by_day"] = "by_day"
    day: date


class OnDay(_Due):
    """On one day ("ngày X") and no other."""

    kind: Literal["on_day"] = "on_day"
    day: date


class _Range(_Due):
    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("a range ends before it starts")
        return self


class DayRange(_Range):
    """A range ("từ ngày X đến ngày Y"), both days included."""

    kind: Literal["day_range"] = "day_range"


class InMonth(_Due):
    """Within a month ("trong tháng M"): any day of that month; never shortened to one of its days."""

    kind: Literal["in_month"] = "in_month"
    year: int
    month: Annotated[int, Field(ge=1, le=12)]


class WithinPhase(_Due):
    """No date of its own: somewhere within a phase of the campaign."""

    kind: Literal["within_phase"] = "within_phase"
    phase: str


class SetElsewhere(_Due):
    """Set elsewhere ("theo kế hoạch của Khối"): this document does not know the date."""

    kind: Literal["set_elsewhere"] = "set_elsewhere"


class Tentative(_Range):
    """Tentative ("dự kiến …"): shown as tentative, never counted down to."""

    kind: Literal["tentative"] = "tentative"


class Recurring(_Due):
    """Recurring ("2 lần/năm", "định kỳ"): a frequency without dates; dates are never made up from it."""

    kind: Literal["recurring"] = "recurring"


class NoDate(_Due):
    """The plan names no date at all."""

    kind: Literal["none"] = "none"


Due = Annotated[
    BeforeDay | ByDay | OnDay | DayRange | InMonth | WithinPhase | SetElsewhere | Tentative | Recurring | NoDate,
    Field(discriminator="kind"),
]


def window(due: Due, phases: Mapping[str, Window]) -> Window | None:
    """The days that `due` allows, or None where it names none; `phases` are the campaign's, by id."""
    match due:
        case BeforeDay(day=day):
            return Window(None, day - timedelta(days=1))
        case ByDay(day=day):
            return Window(None, day)
        case OnDay(day=day):
            return Window(day, day)
        case DayRange(start=start, end=end) | Tentative(start=start, end=end):
            return Window(start, end)
        case InMonth(year=year, month=month):
            return Window(date(year, month, 1), date(year, month, months.monthrange(year, month)[1]))
        case WithinPhase(phase=phase):
            return phases[phase]
        case SetElsewhere() | Recurring() | NoDate():
            return None

"""The office and a date of a plan: read wrong and corrected, or moved for a reason that whoever it concerns reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flows.answers import PickOne
from flows.commands import SetLastDay
from flows.day import Day
from flows.days_off import warns_of
from flows.flow import Flow, Step
from flows.typed import LongText
from flows.withdraw import LONGEST_REASON
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts
    from texts.message import Line

BEFORE, UNTIL = "before", "until"
"""How plans set a last day: "trước ngày X" leaves X out, "đến hết ngày X" does not."""


def about(answers: Answers, facts: Facts) -> dict[str, Any]:
    """Which date it is, and the last valid day once it is known."""
    found = facts["due_date"]
    last = last_day(answers) if "day" in answers else ""
    return {**{name: found[name] for name in ("title", "campaign_name", "when", "who")}, "last": last}


def last_day(answers: Answers) -> date:
    """The last valid day that was meant."""
    day = date.fromisoformat(answers["day"])
    return day - timedelta(days=1) if answers.get("how") == BEFORE else day


def _ways(answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    day = date.fromisoformat(answers["day"])
    return tuple(Choice(line(f"correct_date.how.{one}", day=day), one) for one in (BEFORE, UNTIL))


def _carried(_version: int, answers: dict[str, Any]) -> dict[str, Any]:
    """The day is asked for first now."""
    return answers if "day" in answers else {}


def _around(_answers: Answers, facts: Facts) -> tuple[date, date]:
    return facts["due_date"]["first"], facts["due_date"]["last"]


def _ahead(_answers: Answers, facts: Facts) -> tuple[date, date]:
    today: date = facts["today"]
    return today, max(today, facts["due_date"]["last"])


def _correct(answers: Answers, facts: Facts) -> SetLastDay:
    found = facts["due_date"]
    return SetLastDay(found["campaign"], found["duty"], last_day(answers).isoformat(), None)


def _move(answers: Answers, facts: Facts) -> SetLastDay:
    found = facts["due_date"]
    return SetLastDay(found["campaign"], found["duty"], answers["day"], answers["reason"])


def _told(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """Whether anybody works that day, and who is told that it has moved."""
    return *warns_of("day")(answers, facts), *facts["due_date"]["told"]


CORRECT_DATE = Flow(
    "correct_date",
    version=2,
    needs=("due_date", "today"),
    steps=(Step("day", Day(_around), ask=about), Step("how", PickOne(_ways))),
    done=_correct,
    about=about,
    carry=_carried,
)
MOVE_DATE = Flow(
    "move_date",
    version=1,
    needs=("due_date", "calendar", "today"),
    steps=(
        Step("day", Day(_ahead, weekday=True), ask=about),
        Step("reason", LongText(least_words=2, longest=LONGEST_REASON)),
    ),
    done=_move,
    about=about,
    warns=_told,
    looks_up=frozenset({"day"}),
)

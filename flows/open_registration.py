"""An officer opens a kind of registration by hand, in a campaign whose plan does not ask for it, or sets its last day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Asks, Audience
from domain.dossier import After
from domain.registration import REGISTRATIONS
from flows import registering
from flows.answers import PickMany, PickOne
from flows.commands import OpenRegistration
from flows.day import Day
from flows.flow import Flow, Step
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def _campaigns(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line("flow.use_known", value=one["name"]), one["slug"]) for one in facts["campaigns"])


def _kinds(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"open_registration.kind.{one}"), one.value) for one in REGISTRATIONS)


def _audiences(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"open_registration.audience.{one}"), one.value) for one in Audience)


def _days_ahead(_answers: Answers, facts: Facts) -> tuple[date, date]:
    today: date = facts["today"]
    return today, date(today.year + 1, 12, 31)


def _has_a_last_day(answers: Answers, _facts: Facts) -> bool:
    return answers.get("last_day") is not None


def _afters(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"open_registration.after.{one}"), one.value) for one in After)


def _open(answers: Answers, _facts: Facts) -> OpenRegistration:
    return OpenRegistration(
        answers["campaign"],
        Asks(answers["kind"]),
        frozenset(map(Audience, answers["audience"])),
        answers["last_day"],
        After(answers.get("after", After.LATE)),
    )


OPEN_REGISTRATION = Flow(
    "open_registration",
    version=1,
    needs=("campaigns", "today"),
    steps=(
        Step("campaign", PickOne(_campaigns), ask=registering.words),
        Step("kind", PickOne(_kinds)),
        Step("audience", PickMany(_audiences, every=True)),
        Step("last_day", Day(_days_ahead, optional=True)),
        Step("after", PickOne(_afters), when=_has_a_last_day),
    ),
    done=_open,
)

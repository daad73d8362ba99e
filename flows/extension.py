"""Asking for an extension (xin gia hạn): until when, and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.extension import may_be_wished
from flows.commands import AskExtension
from flows.day import Day
from flows.days_off import warns_of
from flows.flow import Flow, Step
from flows.typed import LongText
from flows.withdraw import LONGEST_REASON

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    """Whose last day for what, and how it stands."""
    asked = facts["extension"]
    return {name: asked[name] for name in ("unit_name", "title", "campaign_name", "when")}


def _between(_answers: Answers, facts: Facts) -> tuple[date, date]:
    return may_be_wished(facts["extension"]["last_day"], facts["today"])


def _days(answers: Answers, facts: Facts) -> dict[str, Any]:
    first, last = _between(answers, facts)
    return {**about(answers, facts), "first": first, "last": last}


def _ask(answers: Answers, facts: Facts) -> AskExtension:
    asked = facts["extension"]
    return AskExtension(asked["campaign"], asked["duty"], asked["unit"], answers["wished"], answers["reason"])


EXTENSION = Flow(
    "extension",
    version=1,
    needs=("extension", "calendar", "today"),
    steps=(
        Step("wished", Day(_between, weekday=True), ask=_days),
        Step("reason", LongText(least_words=2, longest=LONGEST_REASON)),
    ),
    done=_ask,
    about=about,
    warns=warns_of("wished"),
)

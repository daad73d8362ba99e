"""The office and extensions: another day than was wished, no, and one for several units at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.extension import may_be_given, may_be_granted
from flows.answers import PickMany, PickOne
from flows.commands import AnswerExtension, Extend
from flows.day import Day
from flows.days_off import warns_of
from flows.flow import Flow, Step
from flows.typed import LongText
from flows.withdraw import LONGEST_REASON
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def _about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    request = facts["extension_request"]
    return {name: request[name] for name in ("unit_name", "title", "campaign_name", "when", "wished")}


def _grantable(_answers: Answers, facts: Facts) -> tuple[date, date]:
    return may_be_granted(facts["extension_request"]["last_day"], facts["today"])


def _grant(answers: Answers, facts: Facts) -> AnswerExtension:
    return AnswerExtension(facts["extension_request"]["id"], answers["last_day"])


def _refuse(answers: Answers, facts: Facts) -> AnswerExtension:
    return AnswerExtension(facts["extension_request"]["id"], None, answers["reason"])


EXTEND_TO = Flow(
    "extend_to",
    version=1,
    needs=("extension_request", "calendar", "today"),
    steps=(Step("last_day", Day(_grantable, weekday=True), ask=_about),),
    done=_grant,
    about=_about,
    warns=warns_of("last_day"),
)
NO_EXTENSION = Flow(
    "no_extension",
    version=1,
    needs=("extension_request", "today"),
    steps=(Step("reason", LongText(longest=LONGEST_REASON, optional=True), ask=_about),),
    done=_refuse,
    about=_about,
)


def _picked(answers: Answers, facts: Facts) -> dict[str, Any]:
    """The duty that was picked; the first where it is gone (the day is judged again when the command is carried out)."""
    duties: tuple[dict[str, Any], ...] = facts["extendable"]["duties"]
    return next((one for one in duties if one["key"] == answers.get("duty")), duties[0])


def _duties(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            line("extend.duty.one", title=one["title"], campaign=one["campaign_name"], last=one["last_day"]), one["key"]
        )
        for one in facts["extendable"]["duties"]
    )


def _units(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    """The units that the duty addresses."""
    acting = set(_picked(answers, facts)["actors"])
    addressed = (one for one in facts["extendable"]["units"] if acting & set(one["actors"]))
    return tuple(Choice(line("flow.use_known", value=one["name"]), one["key"]) for one in addressed)


def _givable(answers: Answers, facts: Facts) -> tuple[date, date]:
    return may_be_given(_picked(answers, facts)["last_day"], facts["today"])


def _when(answers: Answers, facts: Facts) -> dict[str, Any]:
    return {"when": _picked(answers, facts)["when"]}


def _extend(answers: Answers, facts: Facts) -> Extend:
    picked, chosen = _picked(answers, facts), set(answers["units"])
    units = tuple(one["slug"] for one in facts["extendable"]["units"] if one["key"] in chosen)
    return Extend(picked["campaign"], picked["duty"], units, answers["last_day"], answers["reason"])


EXTEND = Flow(
    "extend",
    version=1,
    needs=("extendable", "calendar", "today"),
    steps=(
        Step("duty", PickOne(_duties), resets=("units", "last_day")),
        Step("units", PickMany(_units, every=True)),
        Step("last_day", Day(_givable, weekday=True), ask=_when),
        Step("reason", LongText(longest=LONGEST_REASON, optional=True)),
    ),
    done=_extend,
    warns=warns_of("last_day"),
)

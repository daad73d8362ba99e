"""Registering a work, model, task or target (công trình, mô hình, phần việc, chỉ tiêu) that a unit undertakes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.registration import Sort, WorkRegistration
from flows import registering
from flows.answers import PickOne
from flows.day import Day
from flows.flow import Flow, Refused, Step
from flows.typed import LongText, ShortText
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.commands import Register
    from flows.flow import Answers, Facts


def _sorts(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"register_work.sort.{one}"), one.value) for one in Sort)


def _no_figure(value: str, _answers: Answers, _facts: Facts) -> Refused | None:
    """What is to be measured must be told by a figure."""
    return None if any(c.isdecimal() for c in value) else Refused("no_figure")


def answers_of(registration: WorkRegistration, _me_name: str | None) -> dict[str, Any]:
    """The answers that lead to this registration, for editing it."""
    return registration.model_dump(mode="json", exclude={"kind"})


def registration_of_answers(answers: Answers, _facts: Facts) -> WorkRegistration:
    """What these answers register."""
    texts = {name: answers[name] for name in ("name", "what", "target", "responsible")}
    finish_by = date.fromisoformat(answers["finish_by"])
    return WorkRegistration(sort=Sort(answers["sort"]), finish_by=finish_by, **texts)


def _register(answers: Answers, facts: Facts) -> Register:
    return registering.registers(registration_of_answers(answers, facts), facts)


def _warnings(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """A day that is over may be meant, of what is done already; mostly it is a slip."""
    over = date.fromisoformat(answers["finish_by"]) < facts["today"]
    return (*registering.late(facts), *((line("register_work.over"),) if over else ()))


REGISTER_WORK = Flow(
    "register_work",
    version=1,
    needs=(*registering.NEEDS, "today"),
    steps=(
        Step("sort", PickOne(_sorts)),
        Step("name", ShortText(longest=registering.LONGEST_NAME)),
        registering.taken("alike", registering.is_there_already),
        Step("what", LongText(least_words=3)),
        Step("target", LongText(longest=1000), refuses=_no_figure),
        Step("finish_by", Day(registering.a_day(0))),
        Step("responsible", ShortText(person=True, suggested=registering.my_name)),
    ),
    done=_register,
    left=registering.opened,
    head=registering.head("register_work"),
    about=registering.about,
    warns=_warnings,
    looks_up=frozenset({"name"}),
)

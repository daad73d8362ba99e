"""Registering an initiative (sáng kiến) to be applied on trial: what it is, whose, where, and what it brings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.registration import WHOLE, Author, InitiativeRegistration
from flows import registering
from flows.answers import PickOne
from flows.day import Day
from flows.flow import Flow, Refused, Step
from flows.lists import ListOf
from flows.typed import LongText, Number, ShortText
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.commands import Register
    from flows.flow import Answers, Facts

LEAST_WORDS = 3
"""A name of fewer words does not say what is done better."""
YEARS_BACK = 5
"""An initiative may have been in use for so many years before it is registered."""
YES, NO = "yes", "no"


def _too_few_words(value: str, _answers: Answers, _facts: Facts) -> Refused | None:
    return Refused("too_few_words", {"least": LEAST_WORDS}) if len(value.split()) < LEAST_WORDS else None


def _first_author(answers: Answers, facts: Facts) -> tuple[str, ...]:
    return () if answers.get("entries") else registering.my_name(answers, facts)


def _rest(answers: Answers, _facts: Facts) -> int:
    return WHOLE - _shared(answers.get("entries") or [])


def _all_the_rest(answers: Answers, facts: Facts) -> tuple[int, ...]:
    return (_rest(answers, facts),)


def _is_whole(authors: list[dict[str, Any]]) -> bool:
    return _shared(authors) == WHOLE


def _shared(authors: list[dict[str, Any]]) -> int:
    return sum(int(one["share"]) for one in authors)


def _yes_or_no(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"register_initiative.confidential.{one}"), one) for one in (NO, YES))


def answers_of(registration: InitiativeRegistration, _me_name: str | None) -> dict[str, Any]:
    """The answers that lead to this registration, for editing it."""
    plain = registration.model_dump(mode="json", exclude={"kind", "authors", "confidential", "files"})
    authors = [{"author": one.name, "share": one.share} for one in registration.authors]
    confidential = YES if registration.confidential else NO
    files = registering.as_answers(registration.files)
    return {**plain, "authors": authors, "confidential": confidential, "evidence": files}


def registration_of_answers(answers: Answers, _facts: Facts) -> InitiativeRegistration:
    """What these answers register."""
    texts = {name: answers[name] for name in ("name", "field", "novelty", "applied_at", "benefit")}
    return InitiativeRegistration(
        **texts,
        authors=tuple(Author(name=one["author"], share=one["share"]) for one in answers["authors"]),
        applied_since=date.fromisoformat(answers["applied_since"]),
        confidential=answers["confidential"] == YES,
        files=registering.evidence(answers),
    )


def _register(answers: Answers, facts: Facts) -> Register:
    return registering.registers(registration_of_answers(answers, facts), facts)


REGISTER_INITIATIVE = Flow(
    "register_initiative",
    version=1,
    needs=(*registering.NEEDS, "today"),
    steps=(
        Step("name", ShortText(longest=registering.LONGEST_NAME), refuses=_too_few_words),
        registering.taken("alike", registering.is_there_already),
        Step("field", ShortText(suggested=registering.offered("register_initiative.field.suggested"))),
        Step("authors", ListOf(
            (("author", ShortText(person=True, suggested=_first_author)),
             ("share", Number(1, most=_rest, offered=_all_the_rest))),
            item="register_initiative.author", whole=_is_whole)),
        Step("novelty", LongText(least_words=LEAST_WORDS)),
        Step("applied_at", ShortText(longest=registering.LONGEST_NAME, suggested=registering.my_unit)),
        Step("applied_since", Day(registering.a_day(YEARS_BACK))),
        Step("benefit", LongText(least_words=LEAST_WORDS)),
        Step("confidential", PickOne(_yes_or_no)),
        registering.EVIDENCE,
    ),
    done=_register,
    left=registering.opened,
    head=registering.head("register_initiative"),
    about=registering.about,
    warns=lambda _answers, facts: registering.late(facts),
    looks_up=frozenset({"name"}),
)  # fmt: skip

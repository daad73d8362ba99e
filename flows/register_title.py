"""Registering titles and commendations for a person or a collective. What the law asks is shown, and keeps nobody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.registration import TitleRegistration
from domain.titles import Subject
from flows import registering
from flows.answers import PickMany, PickOne
from flows.commands import OpenDossier
from flows.flow import Flow, Refused, Step
from flows.registering import OTHER
from flows.title_choice import (
    checklist,
    has_conditions,
    law,
    open_titles,
    wants_initiative,
    whole_checklist,
)
from flows.title_warnings import bars, warns
from flows.typed import LongText, ShortText
from search.fold import fold
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.commands import Register
    from flows.flow import Answers, Facts

ME = "me"
SHORTEST_INITIATIVE = 10
"""Characters: a word such as "xong", meant for a button, is no initiative's name."""
_INDIVIDUAL = Subject.INDIVIDUAL.value


def _subjects(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"register_title.subject.{one}"), one.value) for one in Subject)


def _whose(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"register_title.whose.{one}"), one) for one in (ME, OTHER))


def _is_individual(answers: Answers, _facts: Facts) -> bool:
    return answers.get("subject") == _INDIVIDUAL


def _is_collective(answers: Answers, facts: Facts) -> bool:
    return not _is_individual(answers, facts)


def _may_be_another(answers: Answers, facts: Facts) -> bool:
    return _is_individual(answers, facts) and bool(facts["me"]["for_others"])


def _is_me(answers: Answers, facts: Facts) -> bool:
    return not facts["me"]["for_others"] or answers.get("whose") == ME


def _name_known(answers: Answers, facts: Facts) -> str | None:
    name: str | None = facts["me"]["name"]
    return name if _is_me(answers, facts) else None


def _name_offered(answers: Answers, facts: Facts) -> tuple[str, ...]:
    return registering.my_name(answers, facts) if _is_me(answers, facts) else ()


def _position_known(answers: Answers, facts: Facts) -> str | None:
    position: str | None = facts["me"]["position"]
    mine = _is_me(answers, facts) and fold(answers["name"]) == fold(facts["me"]["name"] or "")
    return position if mine else None


def _is_a_namesake(answers: Answers, facts: Facts) -> bool:
    return _is_individual(answers, facts) and registering.is_there_already(answers, facts)


def _is_a_known_collective(answers: Answers, facts: Facts) -> bool:
    return _is_collective(answers, facts) and registering.is_there_already(answers, facts)


def _open_or_other(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    other = Choice(line("register_title.alike.other"), OTHER)
    return (*registering.to_open(registering.of_that_name(answers, facts)), other)


def _needs_telling_apart(answers: Answers, facts: Facts) -> bool:
    """Whether there is a namesake in the same position; a number given once is kept."""
    told_apart = bool(answers.get("staff_number"))
    return _is_individual(answers, facts) and (told_apart or bool(_of_that_position(answers, facts)))


def _of_that_position(answers: Answers, facts: Facts) -> list[dict[str, Any]]:
    position = fold(answers.get("position") or "")
    return [one for one in registering.of_that_name(answers, facts) if fold(one["position"]) == position]


def _taken_number(value: str, answers: Answers, facts: Facts) -> Refused | None:
    others = {fold(one["staff_number"] or "") for one in _of_that_position(answers, facts)}
    return Refused("number_taken", {"number": value}) if fold(value) in others else None


def _about_person(answers: Answers, _facts: Facts) -> dict[str, Any]:
    return {"name": answers["name"], "position": answers.get("position")}


def answers_of(registration: TitleRegistration, me_name: str | None) -> dict[str, Any]:
    """The answers that lead to this registration, for editing it. `me_name`: the name of whoever edits."""
    answers: dict[str, Any] = {"subject": registration.subject.value, "titles": list(registration.titles)}
    if registration.subject is Subject.INDIVIDUAL:
        mine = me_name is not None and fold(me_name) == fold(registration.name)
        answers |= {"whose": ME if mine else OTHER, "name": registration.name, "alike": OTHER}
        answers |= {"position": registration.position, "staff_number": registration.staff_number}
    else:
        answers["collective"] = registration.name
    rest = {"initiative": registration.initiative, "note": registration.note}
    files = registering.as_answers(registration.files)
    return {**answers, **rest, "conditions": list(registration.missing), "evidence": files}


def registration_of_answers(answers: Answers, _facts: Facts) -> TitleRegistration:
    """What these answers register."""
    individual = answers["subject"] == _INDIVIDUAL
    return TitleRegistration(
        subject=Subject(answers["subject"]),
        name=registering.called(answers),
        position=answers["position"] if individual else None,
        staff_number=answers.get("staff_number") if individual else None,
        titles=tuple(answers["titles"]),
        missing=tuple(answers.get("conditions") or ()),
        initiative=answers.get("initiative"),
        note=answers.get("note"),
        files=registering.evidence(answers),
    )


def _register(answers: Answers, facts: Facts) -> Register:
    return registering.registers(registration_of_answers(answers, facts), facts)


def _open(answers: Answers, _facts: Facts) -> OpenDossier:
    return OpenDossier(answers["alike" if answers["subject"] == _INDIVIDUAL else "taken"])


REGISTER_TITLE = Flow(
    "register_title",
    version=1,
    needs=(*registering.NEEDS, "titles", "rules", "counts", "initiatives"),
    steps=(
        Step("subject", PickOne(_subjects),
             resets=("alike", "staff_number", "titles", "conditions")),
        Step("whose", PickOne(_whose), when=_may_be_another, resets=("name", "position", "alike", "staff_number"),
             reviewed=False),
        Step("name", ShortText(person=True, suggested=_name_offered), when=_is_individual, known=_name_known,
             resets=("alike", "staff_number")),
        Step("collective", ShortText(longest=registering.LONGEST_NAME, suggested=registering.my_unit),
             when=_is_collective),
        registering.taken("taken", _is_a_known_collective),
        Step("position", ShortText(suggested=registering.offered("register_title.position.suggested")),
             when=_is_individual, ask=_about_person, known=_position_known),
        Step("alike", PickOne(_open_or_other), when=_is_a_namesake, ask=registering.named,
             ends=registering.is_opened, reviewed=False),
        Step("staff_number", ShortText(shortest=1, longest=30, code=True), when=_needs_telling_apart,
             ask=_about_person, refuses=_taken_number),
        Step("titles", PickMany(open_titles), ask=law, resets=("conditions",)),
        Step("conditions", checklist(), when=has_conditions, ask=whole_checklist),
        Step("initiative", ShortText(shortest=SHORTEST_INITIATIVE, longest=registering.LONGEST_NAME, optional=True,
                                     suggested=lambda _answers, facts: tuple(i["name"] for i in facts["initiatives"])),
             when=wants_initiative),
        Step("note", LongText(least_words=2, longest=500, optional=True)),
        registering.EVIDENCE,
    ),
    done=_register,
    left=_open,
    head=registering.head("register_title"),
    about=registering.about,
    warns=warns,
    bars=bars,
    looks_up=frozenset({"subject", "whose", "name", "collective", "position"}),
)  # fmt: skip

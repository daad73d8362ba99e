"""What the three registrations share: whose form it is, what is offered, what there is of the same name already, files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.registration import Evidence
from flows.answers import PickOne
from flows.commands import OpenDossier, Register
from flows.engine import BACK
from flows.flow import Step
from flows.lists import Files
from search.fold import fold
from texts.compose import catalogue
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.registration import Registration
    from flows.flow import Answers, Facts

NEEDS = ("me", "opening", "alike", "editing")
"""The facts that every registration needs; `docs/flows.md` tells what each holds."""
COLLECTIVE = "collective"
LONGEST_NAME = 300
"""Characters of the name of an initiative, a work or a collective: about four lines in the list."""
EVIDENCE = Step("evidence", Files())


def words(_answers: Answers, _facts: Facts) -> dict[str, Any]:
    """What the first question of a long form says of the words that work everywhere."""
    return {"words": line("registering.words")}


def head(flow: str) -> Callable[[Facts], tuple[Line, ...]]:
    """What that flow says before its first question: campaign, board, deadline, the words that work everywhere."""

    def intro(facts: Facts) -> tuple[Line, ...]:
        opening = facts["opening"]
        names = {"campaign": opening["campaign_name"], "board": opening["board_name"]}
        return (Line(f"{flow}.intro", {**names, **words({}, facts), "deadline": opening["deadline"]}),)

    return intro


def about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    """What the review's head says: for whom, in which campaign, and whether something that is in is changed."""
    editing, opening = facts["editing"], facts["opening"]
    what = line("registering.change", number=editing["number"]) if editing else line("registering.new")
    return {"what": what, "unit": facts["me"]["unit_name"], "campaign": opening["campaign_name"]}


def late(facts: Facts) -> tuple[Line, ...]:
    """That it comes after the last day, where it does."""
    return (line("registering.late"),) if facts["opening"]["late"] else ()


def offered(key: str) -> Callable[[Answers, Facts], tuple[str, ...]]:
    """The answers offered under that key of the texts, parted by semicolons; lists leave in Vietnamese, so they are."""
    return lambda _answers, _facts: tuple(one.strip() for one in catalogue()[key]["vi"].split(";"))


def my_name(_answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The person's own name, where it is known."""
    return (facts["me"]["name"],) if facts["me"]["name"] else ()


def my_unit(_answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The name of the person's unit."""
    return (facts["me"]["unit_name"],)


def of_that_name(answers: Answers, facts: Facts) -> list[dict[str, Any]]:
    """The dossiers of this kind that bear the name given: of people where a person is registered, else of the rest."""
    person = answers.get("subject", COLLECTIVE) != COLLECTIVE
    wanted = fold(called(answers))
    return [one for one in facts["alike"] if fold(one["name"]) == wanted and (one["position"] is not None) == person]


def called(answers: Answers) -> str:
    """The name of what is registered; empty where none is given yet."""
    return str(answers.get(COLLECTIVE if answers.get("subject") == COLLECTIVE else "name") or "")


def is_there_already(answers: Answers, facts: Facts) -> bool:
    """Whether a dossier bears that name."""
    return bool(of_that_name(answers, facts))


OTHER = "other"
"""Somebody else of the same name."""


def is_opened(answer: str) -> bool:
    """Whether a dossier was picked that is there already."""
    return answer != OTHER


def to_open(entries: Iterable[dict[str, Any]]) -> tuple[Choice, ...]:
    """The way to each of these dossiers."""
    return tuple(Choice(line("registering.open", what=_told(one)), one["number"]) for one in entries)


def _told(one: dict[str, Any]) -> Line:
    state = line(f"receipt.state.{one['state']}")
    if one["position"] is None:
        return line("registering.told", number=one["number"], state=state)
    if one["staff_number"]:
        staff_number = one["staff_number"]
        return line(
            "registering.told_numbered",
            name=one["name"],
            position=one["position"],
            staff_number=staff_number,
            state=state,
        )
    return line("registering.told_person", name=one["name"], position=one["position"], state=state)


def _open_or_rename(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return (*to_open(of_that_name(answers, facts)), Choice(line("registering.rename"), BACK))


def named(answers: Answers, _facts: Facts) -> dict[str, Any]:
    """What the question about a name that is taken says."""
    return {"name": called(answers)}


def taken(step: str, when: Callable[[Answers, Facts], bool]) -> Step:
    """What is there already is opened, or the new one gets another name: only people can be namesakes."""
    return Step(step, PickOne(_open_or_rename), when=when, ask=named, ends=is_opened, reviewed=False)


def opened(answers: Answers, _facts: Facts) -> OpenDossier:
    """The command for a dossier that was picked instead of making another."""
    return OpenDossier(answers["alike"])


def registers(registration: Registration, facts: Facts) -> Register:
    """The command that hands it in, as a new dossier or a new version of the one that is edited."""
    editing = facts["editing"]
    return Register(facts["opening"]["campaign"], registration, editing.get("number"), editing.get("version"))


def evidence(answers: Answers) -> tuple[Evidence, ...]:
    """The files handed in, as they are registered."""
    fields = Evidence.model_fields
    return tuple(Evidence(**{name: one[name] for name in fields}) for one in answers.get("evidence") or ())


def as_answers(files: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Files of a registration as the answer that they were."""
    return [{"id": one.sha256, **one.model_dump()} for one in files]


def a_day(years_back: int) -> Callable[[Answers, Facts], tuple[date, date]]:
    """The days that make sense: from so many years before the campaign's first day to the last."""

    def between(_answers: Answers, facts: Facts) -> tuple[date, date]:
        first, last = facts["opening"]["first"], facts["opening"]["last"]
        return date(first.year - years_back, first.month, 1), last

    return between

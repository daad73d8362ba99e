"""An officer decides on a dossier: accepts it, declines it, or returns it for changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dossier import WITH_REASON, Change, State, after
from flows.answers import PickOne
from flows.commands import ChangeDossier
from flows.flow import Flow, Step
from flows.typed import LongText
from flows.withdraw import LONGEST_REASON, about, changed_meanwhile
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

_DECISIONS = (Change.ACCEPT, Change.RETURN, Change.DECLINE)


def _possible(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    state = State(facts["dossier"]["state"])
    return tuple(Choice(line(f"judge.decision.{one}"), one.value) for one in _DECISIONS if after(state, one))


def _needs_a_reason(answers: Answers, _facts: Facts) -> bool:
    return answers.get("decision") in WITH_REASON


def _decide(answers: Answers, facts: Facts) -> ChangeDossier:
    return ChangeDossier(facts["dossier"]["number"], Change(answers["decision"]), answers.get("reason"))


def _bars(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    return changed_meanwhile(Change(answers["decision"]), facts)


JUDGE = Flow(
    "judge",
    version=1,
    needs=("dossier",),
    steps=(
        Step("decision", PickOne(_possible), ask=about),
        Step("reason", LongText(least_words=2, longest=LONGEST_REASON), when=_needs_a_reason),
    ),
    done=_decide,
    about=about,
    bars=_bars,
)

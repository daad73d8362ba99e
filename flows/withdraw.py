"""Withdrawing a dossier: why, and it is out. It can be handed in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.dossier import Change, State, after
from flows.commands import ChangeDossier
from flows.flow import Flow, Step
from flows.typed import LongText
from texts.message import Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

LONGEST_REASON = 1000
"""Characters: a reason is read in a list, and on a phone."""


def about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    """Which dossier it is, and how it stands."""
    dossier = facts["dossier"]
    what = line(f"asks.{dossier['kind']}")
    state = line(f"receipt.state.{dossier['state']}")
    return {"number": dossier["number"], "label": dossier["label"], "what": what, "state": state}


def changed_meanwhile(change: Change, facts: Facts) -> tuple[Line, ...]:
    """That the dossier's state no longer allows it, where somebody else was quicker."""
    state = State(facts["dossier"]["state"])
    told = {"number": facts["dossier"]["number"], "state": line(f"receipt.state.{state}")}
    return () if after(state, change) else (line("registering.state_changed", **told),)


def _withdraw(answers: Answers, facts: Facts) -> ChangeDossier:
    return ChangeDossier(facts["dossier"]["number"], Change.WITHDRAW, answers["reason"])


WITHDRAW = Flow(
    "withdraw",
    version=1,
    needs=("dossier",),
    steps=(Step("reason", LongText(least_words=2, longest=LONGEST_REASON), ask=about),),
    done=_withdraw,
    about=about,
    bars=lambda _answers, facts: changed_meanwhile(Change.WITHDRAW, facts),
)

"""The office has units reminded by hand of what they have not handed in: which ones?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.answers import PickMany
from flows.commands import Chase
from flows.flow import Flow, Refused, Step
from flows.typed import ShortText
from search.fold import fold
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

MOST = 100
"""So many units are offered to be picked; of more, a part of their name is asked first."""


def about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    """What they are reminded of."""
    return {name: facts["chase"][name] for name in ("title", "campaign_name", "when")}


def _too_many(_answers: Answers, facts: Facts) -> bool:
    return len(facts["chase"]["units"]) > MOST


def _named(answers: Answers, facts: Facts) -> list[dict[str, Any]]:
    """The missing units of that name, all where none was asked for."""
    name = fold(answers.get("name") or "")
    return [one for one in facts["chase"]["units"] if name in fold(one["name"])][:MOST]


def _there(value: Any, _answers: Answers, facts: Facts) -> Refused | None:
    return None if _named({"name": value}, facts) else Refused("nobody", {"name": value})


def _units(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line("flow.use_known", value=one["name"]), one["key"]) for one in _named(answers, facts))


def _chase(answers: Answers, facts: Facts) -> Chase:
    found, chosen = facts["chase"], set(answers["units"])
    return Chase(found["campaign"], found["duty"], tuple(u["slug"] for u in found["units"] if u["key"] in chosen))


def _ahead(_answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """Whom it reaches and whom not: read in the review, before it is confirmed."""
    lines: tuple[Line, ...] = facts["chase"]["ahead"]
    return lines


def _reaches_nobody(_answers: Answers, facts: Facts) -> tuple[Line, ...]:
    return () if facts["chase"]["reaches"] else (line("chase.reaches_nobody"),)


CHASE = Flow(
    "chase",
    version=1,
    needs=("chase",),
    steps=(
        Step("name", ShortText(code=True), when=_too_many, refuses=_there, resets=("units",)),
        Step("units", PickMany(_units, every=True), ask=about),
    ),
    done=_chase,
    about=about,
    warns=_ahead,
    bars=_reaches_nobody,
    looks_up=frozenset({"units"}),
)

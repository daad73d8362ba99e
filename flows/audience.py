"""Choosing whom a message to many is for: the questions, and the audience that the answers come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.audience import ROLES, NotHandedIn, Recipients
from domain.campaign import Audience
from domain.people import Role
from flows.answers import PickMany, PickOne
from flows.flow import Step
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

EVERYONE, UNITS, MISSING = "everyone", "units", "missing"
GROUPS = {audience.value: audience for audience in Audience}


def recipients(answers: Answers, facts: Facts) -> Recipients:
    """The audience chosen so far, without what is gone since; nothing chosen means everybody, so that is barred."""
    known, whom = facts["choosable"], set(answers.get("whom", ()))
    groups = tuple(audience for name, audience in GROUPS.items() if name in whom)
    zones = tuple(one["slug"] for one in known["zones"] if one["key"] in whom)
    picked = set(answers.get("units", ())) if UNITS in whom else set()
    units = tuple(one["slug"] for one in known["units"] if one["key"] in picked)
    everyone = EVERYONE in whom
    role = answers.get("role", EVERYONE)
    return Recipients(
        board=known["board"], groups=() if everyone else groups, zones=() if everyone else zones,
        units=() if everyone else units, roles=() if role == EVERYONE else (Role(role),),
        missing=_missing(answers, facts) if MISSING in whom else None,
    )  # fmt: skip


def _missing(answers: Answers, facts: Facts) -> NotHandedIn | None:
    found = next((one for one in facts["choosable"]["duties"] if one["key"] == answers.get("duty")), None)
    return NotHandedIn(campaign=found["campaign"], duty=found["duty"], actors=found["actors"]) if found else None


def _whom(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    known = facts["choosable"]
    ways = [EVERYONE, *GROUPS, *([MISSING] if known["duties"] else []), UNITS]
    zones = (Choice(line("flow.use_known", value=one["name"]), one["key"]) for one in known["zones"])
    return (*(Choice(line(f"recipients.whom.{one}"), one) for one in ways), *zones)


def _spelled(whom: str) -> str:
    return f"recipients.said.{whom}"


def _instead(new: str, old: str) -> bool:
    """Everybody or some, all enterprises or those of a zone: whichever was said last."""
    if MISSING in {new, old}:
        return False
    zones = {new, old} - {EVERYONE, UNITS, *GROUPS}
    return EVERYONE in {new, old} or (bool(zones) and Audience.ENTERPRISE.value in {new, old})


def _units(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line("flow.use_known", value=one["name"]), one["key"]) for one in facts["choosable"]["units"])


def _duties(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(
        Choice(line("recipients.duty", title=one["title"], campaign=one["campaign_name"]), one["key"])
        for one in facts["choosable"]["duties"]
    )


def _roles(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"recipients.role.{one}"), one) for one in (EVERYONE, *ROLES))


def picks_units(answers: Answers, _facts: Facts) -> bool:
    """Whether units are named one by one; whoever is meant anyway needs no naming."""
    whom = answers.get("whom", ())
    return UNITS in whom and EVERYONE not in whom


def picks_a_duty(answers: Answers, _facts: Facts) -> bool:
    """Whether only those are meant that have not handed something in."""
    return MISSING in answers.get("whom", ())


def everybody(_answers: Answers, _facts: Facts) -> str:
    """In whichever role, unless it is said otherwise in the review."""
    return EVERYONE


def whom_step(known: Any = None) -> Step:
    """Whom it is for; `known` answers it beforehand, as `Step.known` does."""
    kept = {"known": known} if known else {}
    return Step("whom", PickMany(_whom, spelled=_spelled, instead=_instead), resets=("units", "duty"), **kept)


AUDIENCE_STEPS = (
    Step("units", PickMany(_units), when=picks_units),
    Step("duty", PickOne(_duties, within=True), when=picks_a_duty),
    Step("role", PickOne(_roles), known=everybody),
)
"""What follows `whom_step`."""
AUDIENCE_ANSWERS = frozenset({"whom", "units", "duty", "role"})
"""Answers that change who is reached."""

"""Joining with an invite: consent first: no default yes (Law 91/2025/QH15), then the name that lists will carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.answers import PickOne
from flows.commands import DeclineConsent, Join
from flows.flow import Flow, Step
from flows.typed import ShortText
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

CONSENT_VERSION = "2026-01"
"""Raised whenever the words of `join.consent.ask` change; stored with each answer."""


def _yes_or_no(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return Choice(line("join.consent.yes"), "yes"), Choice(line("join.consent.no"), "no")


def _invite(_answers: Answers, facts: Facts) -> dict[str, Any]:
    invite = facts["invite"]
    return {"unit": invite["unit_name"], "board": invite["board_name"], "role": line(f"role.{invite['role']}")}


def _known_name(_answers: Answers, facts: Facts) -> tuple[str, ...]:
    name: str | None = facts["invite"]["name"]
    return (name,) if name else ()


def _declined(answer: str) -> bool:
    return answer == "no"


JOIN = Flow(
    "join",
    version=1,
    needs=("invite",),
    steps=(
        Step("consent", PickOne(_yes_or_no), ask=_invite, ends=_declined, reviewed=False),
        Step("name", ShortText(person=True, suggested=_known_name), ask=_invite),
    ),
    done=lambda answers, facts: Join(facts["invite"]["serial"], answers["name"], CONSENT_VERSION),
    left=lambda _answers, facts: DeclineConsent(facts["invite"]["serial"], CONSENT_VERSION),
    about=_invite,
)

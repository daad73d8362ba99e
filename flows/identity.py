"""Which dossier a registration is, what lists call it, and the way between a registration and its form's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.registration import InitiativeRegistration, Registration, Report, TitleRegistration
from domain.titles import Subject
from flows import register_initiative, register_title, register_work, report
from search.fold import fold

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

_PARTS = "|"
"""Between the parts of a person's identity; folding leaves none of these in them."""


def subject_of(registration: Registration) -> str:
    """The identity within campaign, kind and unit: two registrations of one identity are versions of one dossier.

    A person is their name, position and staff number; a collective, initiative or work is its name; a report its duty.
    """
    if isinstance(registration, Report):
        return registration.duty
    if isinstance(registration, TitleRegistration) and registration.subject is Subject.INDIVIDUAL:
        parts = (registration.name, registration.position or "", registration.staff_number or "")
        return _PARTS.join(map(fold, parts))
    return fold(registration.name)


def label_of(registration: Registration) -> str:
    """What lists show for it: its name."""
    return registration.name


def answers_of(registration: Registration, me_name: str | None) -> dict[str, Any]:
    """The answers that lead to this registration, for editing it. `me_name`: the name of whoever edits."""
    if isinstance(registration, TitleRegistration):
        return register_title.answers_of(registration, me_name)
    if isinstance(registration, InitiativeRegistration):
        return register_initiative.answers_of(registration, me_name)
    if isinstance(registration, Report):
        return report.answers_of(registration)
    return register_work.answers_of(registration, me_name)


def registration_of_answers(kind: Asks, answers: Answers, facts: Facts) -> Registration:
    """What all answers of the form for that kind register; ValueError for a kind that has none."""
    if kind is Asks.TITLE:
        return register_title.registration_of_answers(answers, facts)
    if kind is Asks.INITIATIVE:
        return register_initiative.registration_of_answers(answers, facts)
    if kind is Asks.WORK:
        return register_work.registration_of_answers(answers, facts)
    raise ValueError(f"{kind} is not registered by conversation")

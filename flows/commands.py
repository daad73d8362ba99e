"""What conversations come to: one typed command each, carried out by `handlers/`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Join:
    """Redeem an invite: consent given to the text of `consent`, `name` as lists will carry it."""

    serial: str
    name: str
    consent: str


@dataclass(frozen=True, slots=True)
class DeclineConsent:
    """Stay a visitor; the invite stays unused."""

    serial: str
    consent: str


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Erase what is kept about this person, as far as the law lets it be erased."""


Command = Join | DeclineConsent | EraseMe

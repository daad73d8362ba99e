"""What conversations come to: one typed command each, carried out by `handlers/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.audience import Recipients
    from domain.campaign import Asks, Audience
    from domain.dossier import After, Change
    from domain.registration import Registration, Report
    from domain.title_rules import Need


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


@dataclass(frozen=True, slots=True)
class Register:
    """Hand a registration in. `dossier` and `version`: what it changes; None where it is new."""

    campaign: str
    registration: Registration
    dossier: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class HandInReport:
    """Hand a report in. `duty` is the key of one of the reports that were offered."""

    duty: str
    report: Report


@dataclass(frozen=True, slots=True)
class DropFiles:
    """What was sent is no report: so many files are dropped."""

    number: int


@dataclass(frozen=True, slots=True)
class OpenDossier:
    """Show a dossier that is there already, instead of making another."""

    number: str


@dataclass(frozen=True, slots=True)
class ChangeDossier:
    """Withdraw, return, accept or decline a dossier; the reason where the change needs one."""

    number: str
    change: Change
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRegistration:
    """An officer opens a kind of registration by hand, or sets its last day (ISO text; None: none) and what follows it."""

    campaign: str
    asks: Asks
    audience: frozenset[Audience]
    last_day: str | None
    after: After


@dataclass(frozen=True, slots=True)
class SetTitleRule:
    """A board's own setting for a title: a ratio in per cent that warns (None: none), and what it cannot do without."""

    code: str
    ratio: int | None
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class AskExtension:
    """Ask the office for a later last day for that duty of the unit; `wished` is ISO text."""

    campaign: str
    duty: str
    unit: str
    wished: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerExtension:
    """An officer answers a request: with a last day (ISO text), or, without one, no; then perhaps with a reason."""

    request: int
    last_day: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """An officer gives units a last day of their own (ISO text) for a duty; the duty's own day takes it back."""

    campaign: str
    duty: str
    units: tuple[str, ...]
    last_day: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class SetLastDay:
    """An officer sets a duty's last day (ISO text): moves it for that reason, or (None) corrects how it was read."""

    campaign: str
    duty: str
    last_day: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class SendBroadcast:
    """Send a message to many: the launch of a phase (`campaign`, `phase`), or the office's own (both empty).

    `file` is as an answer holds it; `button`: the action of the button below it. `set_for`: naive local time as ISO text,
    None: as soon as may be; `at_once`: also outside working hours.
    """

    campaign: str
    phase: str
    text: str
    file: Mapping[str, Any] | None
    button: str | None
    recipients: Recipients
    set_for: str | None
    at_once: bool


@dataclass(frozen=True, slots=True)
class LookAtBroadcast:
    """Before it is sent: try it on oneself, see it as messengers show it, see who cannot be reached (`what`)."""

    what: str
    broadcast: SendBroadcast


@dataclass(frozen=True, slots=True)
class DeclineBroadcast:
    """A second person does not want it sent, and says why."""

    broadcast: int
    reason: str


@dataclass(frozen=True, slots=True)
class MoveBroadcast:
    """What has not begun to go out goes at another time: naive local time as ISO text, None: as soon as may be.

    `was`: when it was to go out, as the officer saw it (microseconds).
    """

    broadcast: int
    was: int
    set_for: str | None


@dataclass(frozen=True, slots=True)
class Chase:
    """An officer has units reminded of a duty that they have not done."""

    campaign: str
    duty: str
    units: tuple[str, ...]


Command = (
    Join
    | DeclineConsent
    | EraseMe
    | Register
    | HandInReport
    | DropFiles
    | OpenDossier
    | ChangeDossier
    | OpenRegistration
    | SetTitleRule
    | AskExtension
    | AnswerExtension
    | Extend
    | SetLastDay
    | Chase
    | SendBroadcast
    | LookAtBroadcast
    | DeclineBroadcast
    | MoveBroadcast
)

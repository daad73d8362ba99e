"""An answer before it has words: what was found, in which campaign, on whose sentence; and what to tap next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from domain.calendar import Calendar
    from domain.campaign import Audience, Campaign, Part, Phase
    from domain.standing import CampaignStanding, DutyToday
    from domain.titles import Law, Title


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the audience they belong to (None: a visitor), whether an officer, and the slug of their board."""

    audience: Audience | None = None
    officer: bool = False
    board: str | None = None


class Kind(StrEnum):
    """What an answer is made of."""

    DATES = "dates"
    """duties with their due dates"""
    DUTIES = "duties"
    """a list of what is to be done"""
    PHASES = "phases"
    PASSAGES = "passages"
    FACT = "fact"
    """something of the header or foot of a plan"""
    CAMPAIGNS = "campaigns"
    TITLES = "titles"
    SILENT = "silent"
    """the question is understood, and no plan asked says anything of it"""
    NO_PLAN = "no_plan"
    """it concerns a place or year of which there is no plan here"""
    HELP = "help"
    COURTESY = "courtesy"
    """a greeting, thanks, a word of assent: `topic` says which"""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DutyItem:
    """A duty on the day of the question, with the sentences it comes from, the one with the date last."""

    today: DutyToday
    quotes: tuple[str, ...]

    @property
    def campaign(self) -> Campaign:
        """The campaign it belongs to."""
        return self.today.campaign


@dataclass(frozen=True, slots=True)
class PhaseItem:
    """A phase of a campaign; `in_full`: with everything that is to happen in it."""

    campaign: Campaign
    phase: Phase
    in_full: bool = False


@dataclass(frozen=True, slots=True)
class PassageItem:
    """Sentences of one part of a plan, to the letter; `more` counts the passages of that part left out."""

    campaign: Campaign
    part: Part
    quotes: tuple[str, ...]
    about: str | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class FactItem:
    """A fact of a plan: `fact` is a key under ask.fact, `value` what is printed, `quotes` the sentences, if any."""

    campaign: Campaign
    fact: str
    value: str | date = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignItem:
    """A campaign as it stands on the day of the question."""

    campaign: Campaign
    standing: CampaignStanding


@dataclass(frozen=True, slots=True)
class TitleItem:
    """A title or commendation under one law."""

    title: Title
    law: Law


@dataclass(frozen=True, slots=True)
class SilentItem:
    """The plan says nothing about `topic`, a key under ask.silent; `note` is the reader's note on it, in Vietnamese."""

    campaign: Campaign
    topic: str
    note: str | None = None


Item = DutyItem | PhaseItem | PassageItem | FactItem | CampaignItem | TitleItem | SilentItem


@dataclass(frozen=True, slots=True)
class Ref:
    """Something to open: a campaign, one of its parts, or one of its duties."""

    campaign: Campaign
    part: Part | None = None
    duty: str | None = None

    @property
    def action(self) -> str:
        """The route that opens it."""
        if self.duty:
            return f"duty/{self.campaign.slug}/{self.duty}"
        return f"part/{self.campaign.slug}/{self.part}" if self.part else f"campaign/{self.campaign.slug}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. `topic` names what it was taken to ask, `score` how sure that is, from 0 to 1.

    `english`: the question was in English. `asked_for` is the place or year that no plan here is of.
    """

    kind: Kind
    topic: str = ""
    items: tuple[Item, ...] = ()
    nearest: tuple[Ref, ...] = ()
    score: float = 0.0
    english: bool = False
    asked_for: str = ""

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns it speaks of, in order, each once."""
        found = {i.campaign.slug: i.campaign for i in self.items if not isinstance(i, TitleItem)}
        return tuple(found.values())

    @property
    def duties(self) -> tuple[DutyToday, ...]:
        """The duties it names."""
        return tuple(i.today for i in self.items if isinstance(i, DutyItem))


@dataclass(frozen=True)
class Setting:
    """What an answer depends on beside the question: who asks, on which day, and what is confirmed."""

    asker: Asker
    today: date
    calendar: Calendar
    confirmed: Callable[[str, str], bool] = field(default=lambda _slug, _duty: True)

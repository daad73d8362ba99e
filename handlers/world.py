"""What every turn needs of campaigns and calendar: loaded once, shared by all, replaced whole when content changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import campaigns
from domain import reminders
from domain.calendar import Calendar
from domain.dossier import After
from domain.reminders import To
from domain.standing import DutyToday, duty_today
from search.index import Index
from storage import content, openings, people, title_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from domain.campaign import Campaign, Duty, Phase
    from domain.opening import Opening
    from domain.people import Unit, UnitKind
    from domain.reminders import Rung
    from domain.title_rules import TitleRule
    from storage.units import Database, Tx


@dataclass(frozen=True)
class World:
    """A snapshot of the content in force; `version` names it."""

    version: str | None = None
    campaigns: tuple[Campaign, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    confirmed: frozenset[tuple[str, str]] = frozenset()
    moved: dict[tuple[str, str], date] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    by_hand: tuple[Opening, ...] = ()
    """what officers have opened by hand"""
    afterwards: dict[tuple[str, str], After] = field(default_factory=dict)
    rules: dict[tuple[str, str], TitleRule] = field(default_factory=dict)
    muted: frozenset[tuple[str, str]] = frozenset()
    """duties that officers do not want anybody to be reminded of"""
    phases: frozenset[tuple[str, str]] = frozenset()
    """phases whose days an officer has confirmed"""
    escalating: frozenset[str] = frozenset()
    """boards that tell the heads of units as well"""

    @cached_property
    def index(self) -> Index:
        """Everything the plans say, ready to be asked."""
        return Index.of(self.campaigns, campaigns.titles())

    @cached_property
    def units_by_kind(self) -> dict[str, dict[UnitKind, frozenset[str]]]:
        """The slugs of every board's units, by what they are."""
        found: dict[str, dict[UnitKind, set[str]]] = {}
        for unit in self.units.values():
            found.setdefault(self.board_of(unit.slug), {}).setdefault(unit.kind, set()).add(unit.slug)
        return {board: {kind: frozenset(slugs) for kind, slugs in kinds.items()} for board, kinds in found.items()}

    def campaign(self, slug: str) -> Campaign | None:
        """The campaign of that slug."""
        return next((c for c in self.campaigns if c.slug == slug), None)

    def board_of(self, unit: str) -> str:
        """The board at the root of a unit's tree."""
        while (parent := self.units[unit].parent) is not None:
            unit = parent
        return unit

    def is_confirmed(self, slug: str, duty_id: str) -> bool:
        """Whether an officer has confirmed that duty's date."""
        return (slug, duty_id) in self.confirmed

    def after(self, slug: str, duty_id: str) -> After:
        """What becomes of what is handed in after that duty's last day."""
        return self.afterwards.get((slug, duty_id), After.LATE)

    def rules_of(self, board: str) -> dict[str, TitleRule]:
        """A board's own rules for titles, by code."""
        return {code: rule for (whose, code), rule in self.rules.items() if whose == board}

    def on(self, campaign: Campaign, duty: Duty, today: date) -> DutyToday:
        """How a duty stands on a day."""
        key = (campaign.slug, duty.id)
        return duty_today(
            campaign, duty, today, self.calendar, confirmed=key in self.confirmed, last_day=self.moved.get(key)
        )

    def for_unit(self, campaign: Campaign, duty: Duty, today: date, extended: date | None) -> DutyToday:
        """How a duty stands for a unit that has been given a last day of its own, if it has.

        An extension is an officer's word: its day needs no other confirmation. Where the duty's own day has been moved
        behind it meanwhile, that one holds.
        """
        item = self.on(campaign, duty, today)
        if extended is None or (item.last_day and extended <= item.last_day):
            return item
        moved = duty_today(campaign, duty, today, self.calendar, confirmed=True, last_day=extended)
        return replace(moved, extended=True)

    def rungs_of(self, item: DutyToday) -> list[Rung]:
        """When whom to tell of a duty as it stands, as the officers of its board want it."""
        if (item.campaign.slug, item.duty.id) in self.muted or item.duty.standing_duty:
            return []
        told = reminders.of_duty(item, self.calendar)
        return [rung for rung in told if rung.to is not To.HEAD or item.campaign.board in self.escalating]

    def rungs_of_phase(self, campaign: Campaign, phase: Phase) -> list[Rung]:
        """When whom to tell of a phase."""
        return reminders.of_phase(campaign, phase, self.calendar) if self.tells_of(campaign, phase) else []

    def tells_of(self, campaign: Campaign, phase: Phase) -> bool:
        """Whether people are told of that phase: its printed days agree, or an officer has said which hold."""
        return not phase.to_confirm or (campaign.slug, phase.id) in self.phases

    def duties_on(self, today: date, campaigns: tuple[Campaign, ...] | None = None) -> Iterator[DutyToday]:
        """Every duty of these campaigns (all by default) as it stands on a day, without standing obligations."""
        for campaign in self.campaigns if campaigns is None else campaigns:
            for duty in campaign.duties:
                if not duty.standing_duty:
                    yield self.on(campaign, duty, today)


async def load(tx: Tx, version: str | None) -> World:
    """The content in force, of the given version."""
    campaigns = {one.slug: one for one in await content.campaigns(tx)}
    by_hand = [o.opening(campaigns[slug], asks) for (slug, asks), o in (await openings.by_hand(tx)).items()]
    return World(
        version,
        tuple(campaigns.values()),
        await content.calendar(tx),
        *await content.confirmations(tx),
        await people.units(tx),
        tuple(by_hand),
        await openings.settings(tx),
        await title_rules.rules(tx),
        *await content.settled(tx),
        await content.escalating(tx),
    )


class Worlds:
    """The one snapshot that all share. It is made beside the turns, so that none of them waits for it."""

    def __init__(self) -> None:
        self.now = World()

    async def refresh(self, database: Database) -> World:
        """The content in force; where it has changed, read anew and its index built in a thread."""
        version = await database.read(content.version)
        if version != self.now.version:
            fresh = await database.read(load, version)
            await asyncio.to_thread(lambda: fresh.index)
            self.now = fresh
        return self.now

    async def of(self, tx: Tx, version: str | None) -> World:
        """The content of that version, within a turn: what was prepared, unless it has changed this very moment."""
        if version != self.now.version:
            self.now = await load(tx, version)
        return self.now

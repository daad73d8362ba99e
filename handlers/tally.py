"""Who of a board has handed in what it owes: counted set by set, a few queries a duty, however many units there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from domain.people import Act, may
from domain.reminders import kinds_acting
from domain.standing import CampaignStanding, Standing, campaign_standing, nearest_first
from handlers import openings
from storage import extensions, notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from domain.standing import DutyToday
    from handlers.here import Here


class Part(StrEnum):
    """The lists of units that a duty has."""

    MISSING = "missing"
    CAME = "came"
    LATE = "late"
    EXTENDED = "extended"


@dataclass(frozen=True)
class Tally:
    """A duty as it stands today: the units it asks, those that came (each with whether late), own days that still run."""

    item: DutyToday
    asked: frozenset[str]
    came: Mapping[str, bool]
    longer: Mapping[str, date]

    @property
    def key(self) -> str:
        """Its place in a button."""
        return f"{self.item.campaign.slug}/{self.item.duty.id}"

    @cached_property
    def parts(self) -> dict[Part, frozenset[str]]:
        """Its units, list by list; who has longer and has not come stands among the missing too."""
        there = self.asked & self.came.keys()
        missing = self.asked - there
        late = frozenset(unit for unit in there if self.came[unit])
        extended = missing & self.longer.keys()
        return {Part.MISSING: missing, Part.CAME: there, Part.LATE: late, Part.EXTENDED: extended}

    def numbers(self) -> dict[str, int]:
        """How many units there are in each list, and in all."""
        return {"asked": len(self.asked), **{part.value: len(units) for part, units in self.parts.items()}}


def boards(here: Here) -> list[str]:
    """The boards whose units this person may chase."""
    return sorted({m.board for m in here.units if may(Act.CHASE, m.role)})


async def of_boards(here: Here) -> list[Tally]:
    """Every duty of this officer's boards that asks for something and still matters: what is overdue, then nearest first."""
    mine, today = boards(here), here.now.date()
    plans = tuple(c for c in here.world.campaigns if c.board in mine)
    items = nearest_first(d for d in here.world.duties_on(today, plans) if d.duty.asks and _matters(d, today))
    found = [await _tally(here, one) for one in items]
    return sorted(found, key=lambda one: not (one.item.standing is Standing.OVERDUE and one.parts[Part.MISSING]))


def _matters(item: DutyToday, today: date) -> bool:
    """Its campaign runs, or it is late and not long so; not what nobody was ever to hand in."""
    if item.standing is Standing.OVERDUE:
        return item.last_day is not None and (today - item.last_day).days <= openings.LATE_DAYS
    running = campaign_standing(item.campaign, today) is CampaignStanding.CURRENT
    return running and item.standing is not Standing.MUTED


async def find(here: Here, slug: str, name: str) -> Tally | None:
    """That duty, if it asks for something and is one of this officer's board."""
    campaign = here.world.campaign(slug)
    duty = campaign.duty(name) if campaign else None
    if campaign is None or duty is None or not duty.asks or campaign.board not in boards(here):
        return None
    return await _tally(here, here.world.on(campaign, duty, here.now.date()))


async def _tally(here: Here, item: DutyToday) -> Tally:
    slug, duty, today = item.campaign.slug, item.duty, here.now.date()
    came = await notices.came_in(here.tx, duty, slug)
    own = await extensions.of_duty(here.tx, slug, duty.id)
    longer = {unit: day for unit, day in own.items() if day >= today and (item.last_day is None or day > item.last_day)}
    return Tally(item, _asked(here, item), came, longer)


def _asked(here: Here, item: DutyToday) -> frozenset[str]:
    units, none = here.world.units_by_kind.get(item.campaign.board, {}), frozenset[str]()
    return none.union(*(units.get(kind, none) for kind in kinds_acting(item.duty)))


def by_name(here: Here, units: Iterable[str]) -> list[str]:
    """Units in the order in which people read their names."""
    return sorted(units, key=lambda unit: (here.world.units[unit].name, unit))

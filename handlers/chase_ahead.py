"""What reminding by hand comes to, said before it is done: whom it reaches, whom not, and who has been told today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.reminders import next_hours
from handlers import tally, words
from handlers.here import key_of
from handlers.tally import Part
from storage import chasing
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from flows.session import OpenFlow
    from handlers.here import Here
    from handlers.tally import Tally
    from storage.chasing import Ahead

NAMED = 5
"""So many units are named; the others are counted."""


async def of_units(here: Here, found: Tally, units: Collection[str]) -> Ahead:
    """What reminding these units comes to now."""
    item = found.item
    return await chasing.ahead(here.tx, item.campaign, item.duty, units, told_at(here).date())


def told_at(here: Here) -> datetime:
    """When who is reminded now is told: at once within working hours, else when they next begin."""
    return next_hours(here.now.replace(tzinfo=None), here.world.calendar)


def lines(here: Here, ahead: Ahead) -> list[Line]:
    """The same in words."""
    told = line("chase.ahead.told", people=ahead.people, units=ahead.units) if ahead.people else line("chase.none")
    return [told, *not_told(here, ahead)]


def not_told(here: Here, ahead: Ahead) -> list[Line]:
    """Who is not told, by name, and why."""
    left = {"already": ahead.already, "nobody": ahead.nobody}
    return [
        line(f"chase.not_told.{why}", number=len(units), names=_names(here, units))
        for why, units in left.items() if units
    ]  # fmt: skip


def _names(here: Here, units: Sequence[str]) -> Line | str:
    named = [here.world.units[unit].name for unit in tally.by_name(here, units)]
    names, more = "; ".join(named[:NAMED]), len(named) - NAMED
    return line("chase.not_told.others", names=names, number=more) if more > 0 else names


async def to_chase(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The duty, the units that are missing, and what reminding those chosen comes to; None: nobody is, or not theirs."""
    found = await tally.find(here, opened.context["campaign"], opened.context["duty"])
    if found is None or not found.parts[Part.MISSING]:
        return None
    named = tally.by_name(here, found.parts[Part.MISSING])
    chosen = [one for one in named if key_of(one) in opened.answers.get("units", ())]
    ahead = await of_units(here, found, chosen) if chosen else None
    item = found.item
    return {
        "campaign": item.campaign.slug, "duty": item.duty.id, "title": words.duty_title(item.duty),
        "campaign_name": words.short_name(item.campaign), "when": words.when(item),
        "units": tuple({"key": key_of(one), "slug": one, "name": here.world.units[one].name} for one in named),
        "ahead": tuple(lines(here, ahead)) if ahead else (), "reaches": bool(ahead and ahead.people),
    }  # fmt: skip

"""The first content: the five plans, their boards' units, the working calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import campaigns
from campaigns.working_days import confirmed_years
from storage import content, notices, people

if TYPE_CHECKING:
    from domain.people import Unit
    from storage.units import Database, Tx


async def seed(database: Database, now: int, *, confirmed: bool, samples: bool = True) -> dict[str, int]:
    """Load the campaign files, units and calendar; what is there already is brought up to date.

    `samples`: made-up units too, for the demo and tests. `confirmed`: due dates count as confirmed by an officer (demo); in production officers confirm each. Counts.
    """
    return await database.run(_seed, now, confirmed, samples)


async def _seed(tx: Tx, now: int, confirmed: bool, samples: bool) -> dict[str, int]:
    units = [unit for unit in campaigns.units() if samples or not unit.sample]
    boards = {unit.slug: board_of(unit, {u.slug: u for u in units}) for unit in units}
    for unit in units:
        await people.put_unit(tx, unit, boards[unit.slug])
    plans = campaigns.campaigns()
    for plan in plans:
        await content.put_campaign(tx, plan, now, confirmed=confirmed)
    calendar = campaigns.calendar()
    await content.put_calendar(tx, calendar.special.values(), confirmed_years(), "campaigns/calendar.toml")
    await content.changed(tx)
    await notices.replan(tx, "plans were loaded")
    return {"units": len(units), "campaigns": len(plans), "special_days": len(calendar.special)}


def board_of(unit: Unit, units: dict[str, Unit]) -> str:
    """The slug at the root of a unit's tree."""
    while unit.parent is not None:
        unit = units[unit.parent]
    return unit.slug

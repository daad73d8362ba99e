"""What officers are told of a duty whose last day is over: who has handed in, who has not, who was late or has longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.reminders import To, kinds_acting
from handlers import words
from storage import extensions, notice_bundle, notices
from texts.message import Line, line

NAMED = 10
"""Units named in one message; the others are a number."""

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign, Duty
    from handlers.reminding import Told
    from handlers.world import World
    from storage.units import Tx


async def summary(tx: Tx, world: World, one: Told, today: date) -> list[Line]:
    """Units by how they stand, on that day."""
    assert one.item
    duty, slug = one.item.duty, one.campaign.slug
    asked = units_asked(world, one.campaign, duty)
    came = await notices.came_in(tx, duty, slug)
    longer = {u for u, day in (await extensions.of_duty(tx, slug, duty.id)).items() if day >= today}
    there, waiting = asked & set(came), (asked - set(came)) & longer
    head = line("notice.summary", title=words.duty_title(duty), campaign=words.short_name(one.campaign))
    late = words.some("notice.summed.late", sum(came[unit] for unit in there))
    missing, granted = len(asked) - len(there) - len(waiting), words.some("notice.summed.longer", len(waiting))
    numbers = {"asked": len(asked), "there": len(there), "late": late, "missing": missing, "extended": granted}
    return [head, line("notice.summed.over", last=one.item.last_day), line("notice.summed.counts", **numbers)]


def units_asked(world: World, campaign: Campaign, duty: Duty) -> set[str]:
    """The units of the campaign's board that are to hand it in."""
    kinds = kinds_acting(duty)
    return {u.slug for u in world.units.values() if u.kind in kinds and world.board_of(u.slug) == campaign.board}


async def unreached(tx: Tx, world: World, campaign: Campaign, duty: Duty) -> set[str]:
    """The units that are to hand it in, have not, and of which nobody can be reached, or there is nobody."""
    asked = units_asked(world, campaign, duty)
    there = await notices.came_in(tx, duty, campaign.slug)
    return asked - set(there) - await notice_bundle.reached(tx, campaign.board, duty)


async def unreached_today(tx: Tx, world: World, board: str, today: date) -> list[str]:
    """The same for everything that people of a board are to be told of that day, by name."""
    found: set[str] = set()
    for item in world.duties_on(today, tuple(c for c in world.campaigns if c.board == board)):
        if any(r.to is To.ACTING and r.day == today for r in world.rungs_of(item)):
            found |= await unreached(tx, world, item.campaign, item.duty)
    return sorted(found, key=lambda unit: (world.units[unit].name, unit))

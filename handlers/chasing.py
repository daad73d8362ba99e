"""Reminding by hand ("Nhắc ngay"): one unit, several, or all that have not handed in; each person once a day at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.reminders import next_hours
from flows.chase import CHASE
from handlers import tally, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, reply, to_menu
from handlers.tally import Part
from storage import chasing, notices, people
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from flows.commands import Chase
    from handlers.tally import Tally
    from storage.notices import Asked


async def some(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """Which of the missing ones?"""
    found = await tally.find(here, slug, name)
    if found is None:
        return _not_yours(here)
    if not found.parts[Part.MISSING]:
        return reply(here, say(line("chase.nobody_missing"), choices=_back(found)))
    return await open_flow(here, CHASE.name, {"campaign": slug, "duty": name})


async def all_missing(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """All of them, once more to be said."""
    found = await tally.find(here, slug, name)
    if found is None:
        return _not_yours(here)
    missing = len(found.parts[Part.MISSING])
    if not missing:
        return reply(here, say(line("chase.nobody_missing"), choices=_back(found)))
    yes = Choice(line("chase.all.yes", number=missing), f"chase_all_yes/{found.key}")
    asked = line("chase.all.sure", number=missing, title=words.duty_title(found.item.duty))
    return reply(here, say(asked, choices=(yes, *_back(found))))


async def all_missing_yes(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """All that are missing now."""
    found = await tally.find(here, slug, name)
    if found is None:
        return _not_yours(here)
    item, today = found.item, here.now.date()
    asked = await chasing.remind_missing(here.tx, here.member.id, item.campaign, item.duty, today, here.at)
    return await _told(here, found, asked, len(found.parts[Part.MISSING]))


async def chase(here: Here, command: Chase) -> Reply:
    """The conversation's end."""
    found = await tally.find(here, command.campaign, command.duty)
    if found is None:
        return _not_yours(here)
    units = tally.by_name(here, found.asked & set(command.units))
    today = here.now.date()
    asked = await notices.remind_now(here.tx, here.member.id, command.campaign, command.duty, units, today, here.at)
    return await _told(here, found, asked, len(units))


async def _told(here: Here, found: Tally, asked: Asked, units: int) -> Reply:
    counts = {"people": asked.planned, "already": asked.already, "nobody": asked.nobody}
    await people.audit(here.tx, here.at, here.member.id, "chased", found.key, units=units, **counts)
    told = [line("chase.done", title=words.duty_title(found.item.duty)), *_came_to(here, asked)]
    unreached = [Choice(line("progress.unreached"), f"unreached/{found.item.campaign.board}")] if asked.nobody else []
    return reply(here, say(*told, choices=(*unreached, *_back(found))))


def _came_to(here: Here, asked: Asked) -> list[Line]:
    """How many are told, and why others are not."""
    lines = [line("chase.planned" if _now(here) else "chase.planned_later", number=asked.planned, at=_from(here))]
    lines = lines if asked.planned else [line("chase.none")]
    counts = {"already": asked.already, "handed_in": asked.handed_in, "nobody": asked.nobody}
    return [*lines, *(line(f"chase.not_told.{why}", number=number) for why, number in counts.items() if number)]


def _from(here: Here) -> Any:
    return next_hours(here.now.replace(tzinfo=None), here.world.calendar)


def _now(here: Here) -> bool:
    return bool(_from(here) == here.now.replace(tzinfo=None))


def _back(found: Tally) -> tuple[Choice, ...]:
    return Choice(line("progress.duty"), f"progress/{found.key}"), *to_menu()


def _not_yours(here: Here) -> Reply:
    return reply(here, say(line("progress.not_yours"), choices=to_menu()))

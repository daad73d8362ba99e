"""Reminding by hand ("Nhắc ngay"): one unit, several, or all that have not handed in; each person once a day at most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.chase import CHASE
from handlers import chase_ahead, tally, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, reply, to_menu
from handlers.tally import Part
from storage import chasing, people
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from flows.commands import Chase
    from handlers.tally import Tally
    from storage.chasing import Ahead


async def some(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """Which of the missing ones?"""
    found = await tally.find(here, slug, name)
    if found is None:
        return _not_yours(here)
    if not found.parts[Part.MISSING]:
        return reply(here, say(line("chase.nobody_missing"), choices=_back(found)))
    return await _asked(here, slug, name, None)


async def _asked(here: Here, slug: str, name: str, answers: dict[str, Any] | None) -> Reply:
    """The day is kept: what was shown on another is shown again."""
    context = {"campaign": slug, "duty": name, "day": here.now.date().isoformat()}
    return await open_flow(here, CHASE.name, context, answers)


async def all_missing(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """All of them, once more to be said."""
    found = await tally.find(here, slug, name)
    return _not_yours(here) if found is None else await _sure(here, found)


async def _sure(here: Here, found: Tally, *before: Line) -> Reply:
    """Whom it reaches, whom not, and then yes or no."""
    missing = found.parts[Part.MISSING]
    if not missing:
        return reply(here, say(line("chase.nobody_missing"), choices=_back(found)))
    ahead = await chase_ahead.of_units(here, found, missing)
    head = "chase.all.sure" if ahead.people else "chase.done"
    asked = line(head, number=len(missing), title=words.duty_title(found.item.duty))
    ways = (*_yes(here, found, ahead), *_unreached(found, ahead), *_back(found))
    return reply(here, say(*before, asked, *chase_ahead.lines(here, ahead), choices=ways))


def _yes(here: Here, found: Tally, ahead: Ahead) -> list[Choice]:
    action = f"chase_all_yes/{found.key}/{here.now.date()}"
    return [Choice(line("chase.all.yes", number=ahead.people), action)] if ahead.people else []


async def all_missing_yes(here: Here, slug: str = "", name: str = "", day: str = "", *_: str) -> Reply:
    """All that are missing now."""
    found = await tally.find(here, slug, name)
    if found is None:
        return _not_yours(here)
    if _is_past(here, day):
        return await _sure(here, found, line("chase.another_day"))
    return await _remind(here, found, found.parts[Part.MISSING])


async def chase(here: Here, command: Chase) -> Reply:
    """The conversation's end: those of the chosen that are still missing."""
    found = await tally.find(here, command.campaign, command.duty)
    if found is None:
        return _not_yours(here)
    if _is_past(here, here.context.get("day", "")):
        again = await _asked(here, command.campaign, command.duty, dict(here.answered))
        return replace(again, messages=(say(line("chase.another_day")), *again.messages))
    return await _remind(here, found, found.parts[Part.MISSING] & set(command.units))


def _is_past(here: Here, day: str) -> bool:
    """Whether they were shown whom it reaches on another day: whoever was told by then may be told once more now.

    Within a day the list only follows what has come in, and nobody is told twice.
    """
    return day != here.now.date().isoformat()


async def _remind(here: Here, found: Tally, units: frozenset[str]) -> Reply:
    item = found.item
    ahead = await chase_ahead.of_units(here, found, units)
    await chasing.remind(
        here.tx, here.member.id, item.campaign, item.duty, units, chase_ahead.told_at(here).date(), here.at
    )
    return await _told(here, found, ahead, len(units))


async def _told(here: Here, found: Tally, ahead: Ahead, units: int) -> Reply:
    counts = {"people": ahead.people, "already": len(ahead.already), "nobody": len(ahead.nobody)}
    await people.audit(here.tx, here.at, here.member.id, "chased", found.key, units=units, **counts)
    at = chase_ahead.told_at(here)
    soon = at == here.now.replace(tzinfo=None)
    planned = line("chase.planned" if soon else "chase.planned_later", number=ahead.people, at=at)
    came_to = [planned if ahead.people else line("chase.none"), *chase_ahead.not_told(here, ahead)]
    head, ways = line("chase.done", title=words.duty_title(found.item.duty)), (*_unreached(found, ahead), *_back(found))
    return reply(here, say(head, *came_to, choices=ways))


def _unreached(found: Tally, ahead: Ahead) -> list[Choice]:
    board = found.item.campaign.board
    return [Choice(line("progress.unreached"), f"unreached/{board}")] if ahead.nobody else []


def _back(found: Tally) -> tuple[Choice, ...]:
    return Choice(line("progress.duty"), f"progress/{found.key}"), *to_menu()


def _not_yours(here: Here) -> Reply:
    return reply(here, say(line("progress.not_yours"), choices=to_menu()))

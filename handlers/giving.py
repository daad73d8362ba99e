"""Giving several units an extension at once, or taking it back, by an officer of their board."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.extension import can_be_extended, may_be_given
from domain.people import Act, may
from flows.extend import EXTEND
from handlers import own_days, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, reply, to_menu
from storage import extensions, outbox
from storage.extensions import Given, Place
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from domain.standing import DutyToday
    from flows.commands import Extend

NAMED = 10
"""So many units nobody could be told of are named; the others are counted."""


async def begin(here: Here, *_: str) -> Reply:
    """Ask for the duty, the units, the day."""
    if not may(Act.EXTEND, here.role):
        return _not_the_office(here)
    return await open_flow(here, EXTEND.name, {})


def _not_the_office(here: Here) -> Reply:
    return reply(here, say(line("office.only"), choices=to_menu()))


async def extend(here: Here, command: Extend) -> Reply:
    """Each of the units has its own last day from now on, and whoever speaks for it is told once."""
    item = _given_for(here, command)
    if item is None or item.last_day is None:
        return _not_the_office(here)
    day, (first, last) = date.fromisoformat(command.last_day), may_be_given(item.last_day, here.now.date())
    if not first <= day <= last:
        why = line("extend.last_day.outside", day=day, first=first, last=last)
        return reply(here, say(why, choices=_onward()))
    known = {one.slug for one in own_days.units_of(here, item.campaign, item.duty)}
    # always in the same order: two officers at once wait for each other, never both
    moved = [unit for unit in sorted(known & set(command.units)) if await _moved(here, item, unit, day, command.reason)]
    untold = [unit for unit in moved if not await _told(here, item, unit, day, command.reason)]
    return reply(here, say(*_done(here, item, day, moved, untold), choices=_onward()))


def _given_for(here: Here, command: Extend) -> DutyToday | None:
    """The duty, if its last day can be moved, and this person is of the office of its board."""
    found = here.world.campaign(command.campaign)
    duty = found.duty(command.duty) if found else None
    if found is None or duty is None or not any(m.board == found.board and may(Act.EXTEND, m.role) for m in here.units):
        return None
    item = here.world.on(found, duty, here.now.date())
    return item if can_be_extended(item, here.now.date()) else None


async def _moved(here: Here, item: DutyToday, unit: str, day: date, reason: str | None) -> bool:
    place = Place(unit, item.campaign.slug, item.duty.id)
    own_day = day if day != item.last_day else None
    return await extensions.give(here.tx, Given(place, own_day, reason, here.member.id), here.at)


async def _told(here: Here, item: DutyToday, unit: str, day: date, reason: str | None) -> bool:
    """Whether anybody of the unit is told."""
    message, reached = _notice(here, item, unit, day, reason), False
    for member in await extensions.delegates(here.tx, unit):
        key = f"extension:{here.row}:{unit}:{member}"
        told = member == here.member.id or await outbox.put_notice(here.tx, key, member, message, here.at)
        reached = reached or told
    return reached


def _notice(here: Here, item: DutyToday, unit: str, day: date, reason: str | None) -> Message:
    what = {"title": words.duty_title(item.duty), "campaign_name": words.short_name(item.campaign)}
    text = "extend.told" if day != item.last_day else "extend.taken_back"
    who = here.member.name or line("dossier.history.somebody")
    said = line(text, **what, unit_name=here.world.units[unit].name, last=day, who=who)
    why = [line("extension.why", reason=reason)] if reason else []
    duty = Choice(line("extension.duty"), f"duty/{item.campaign.slug}/{item.duty.id}")
    return say(said, *why, choices=(duty,))


def _done(here: Here, item: DutyToday, day: date, moved: list[str], untold: list[str]) -> list[Line]:
    if not moved:
        return [line("extend.nothing_new", last=day)]
    lines = [line("extend.done", title=words.duty_title(item.duty), last=day, number=len(moved))]
    names = ", ".join(here.world.units[unit].name for unit in untold[:NAMED])
    more = ", …" if len(untold) > NAMED else ""
    return [*lines, line("extend.untold", number=len(untold), names=names + more)] if untold else lines


def _onward() -> tuple[Choice, ...]:
    return Choice(line("extensions.button"), "extensions"), *to_menu()

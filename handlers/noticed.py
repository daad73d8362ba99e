"""What somebody answers to a notice: that they have it, once more tomorrow, into their calendar; by button or typed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flows.answers import pick
from handlers import own_days, reminding
from handlers.here import Here, Reply, local, number_in, reply, to_menu
from storage import broadcasts, notice_facts, noticed
from storage.notices import DUTY
from texts.message import LASTING, Attachment, Choice, Message, from_json, line, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.noticed import Unasked
    from storage.notices import Notice

GOT = "got"
RECEIVED = "received"
"""The action by which somebody says that they have a broadcast; its number stands behind it."""
REMEMBERED = 14 * 24 * 3600 * 1_000_000
"""How long, in microseconds, the words on a notice's buttons can be typed instead of tapping them."""
LOOKED_AT = 3
"""So many of the last notices are looked at for them."""


def of_broadcast(message: Message, number: int) -> Message:
    """A broadcast's message as it is sent: whoever says that they have it says so of this one."""
    received = f"{RECEIVED}/{number}"
    choices = (replace(c, action=received) if c.action.partition("/")[0] == RECEIVED else c for c in message.choices)
    return replace(message, choices=tuple(choices))


def renews(action: str) -> bool:
    """Whether the answer to that button is the notice itself once more, without the button."""
    return action.removeprefix(LASTING).startswith(f"{GOT}/")


async def got(here: Here, message: str = "", *_: str) -> Reply:
    """Received: written down, and the notice stands without the button."""
    told = await noticed.told(here.tx, number_in(message) or 0, here.member.id)
    if not told:
        return _not_yours(here)
    await noticed.acknowledge(here.tx, number_in(message) or 0, here.member.id, here.at)
    again = await _reworded(here, told)
    thanks = line("noticed.thanks", at=local(here.at))
    if again is None:
        return reply(here, say(thanks, choices=to_menu(), replaces=True))
    left = tuple(one for one in again.choices if not one.action.startswith(f"{GOT}/"))
    return reply(here, say(*again.lines, thanks, choices=left or to_menu(), replaces=True))


async def _reworded(here: Here, told: Sequence[Notice]) -> Message | None:
    """What they tell by now; None: nothing of it holds any more."""
    return (await reminding.worded(here.tx, here.world, here.member.id, told, here.now)).message


async def later(here: Here, message: str = "", *_: str) -> Reply:
    """Once more on the next working morning, if that is still before the deadline."""
    told = await noticed.told(here.tx, number_in(message) or 0, here.member.id)
    if not told:
        return _not_yours(here)
    day = here.world.calendar.next_working_day(here.now.date())
    wanted = [one for one in told if one.kind == DUTY and await _waits(here, one, day)]
    if not wanted:
        is_in = [one for one in told if one.kind == DUTY and await _is_in(here, one)]
        text = line("noticed.is_in") if is_in else line("noticed.too_late", day=day)
        return reply(here, say(text, choices=to_menu()))
    await noticed.again(here.tx, wanted, day, here.at)
    return reply(here, say(line("noticed.later", day=day), choices=to_menu()))


async def _waits(here: Here, one: Notice, day: date) -> bool:
    """Whether something is still to be handed in that is not overdue on that day, as it stands for the unit."""
    item = await own_days.of_unit(here, one.campaign, one.about, one.unit)
    if item is None or item.last_day is None or not item.duty.asks or await _is_in(here, one):
        return False
    return day <= min(one.until, item.last_day)


async def _is_in(here: Here, one: Notice) -> bool:
    campaign = here.world.campaign(one.campaign)
    duty = campaign.duty(one.about) if campaign else None
    return duty is not None and await notice_facts.is_done(here.tx, duty, one.campaign, one.unit, here.member.id)


async def to_calendar(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """One duty as a calendar file, with the day as it stands for this person's unit."""
    campaign = here.world.campaign(slug)
    duty = campaign.duty(name) if campaign else None
    if campaign is None or duty is None:
        return _not_yours(here)
    days = [await own_days.of_unit(here, slug, name, one.unit) for one in here.units if one.board == campaign.board]
    last = min((d.last_day for d in days if d and d.last_day and d.extended), default=None)
    params = {"campaign": slug, "duty": name, "last": last.isoformat() if last else "", "at": here.now.isoformat()}
    shown = say(line("noticed.calendar"), choices=(Choice(line("extension.duty"), f"duty/{slug}/{name}"), *to_menu()))
    return reply(here, replace(shown, attach=Attachment("duty_calendar", params)))


def _not_yours(here: Here) -> Reply:
    """A message that told this person nothing: somebody else's, or none."""
    return reply(here, say(line("noticed.not_yours"), choices=to_menu()))


async def meant(here: Here, said: str) -> Choice | None:
    """The choice of a notice sent lately whose words were typed; the newest that has it."""
    for one in await noticed.recent(here.tx, here.member.id, here.at - REMEMBERED, LOOKED_AT):
        found = pick(said, await _choices(here, one))
        if found:
            return replace(found, action=found.action.removeprefix(LASTING))
    return None


async def _choices(here: Here, one: Unasked) -> tuple[Choice, ...]:
    if one.body is not None:
        return one.body.choices
    if one.broadcast is not None:
        sent = await broadcasts.get(here.tx, one.broadcast)
        return of_broadcast(from_json(json.loads(sent.body)), one.broadcast).choices if sent else ()
    told = await noticed.told(here.tx, one.id, here.member.id)
    message = await _reworded(here, told) if told else None
    return message.choices if message else ()

"""Asking for an extension (xin gia hạn): by whoever speaks for the unit, of the officers of its board."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Asks
from domain.dossier import After
from domain.extension import may_be_wished
from domain.people import Act, may
from flows.extension import EXTENSION
from handlers import granting, own_days, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply, to_menu
from storage import extensions, outbox
from storage.extensions import Asked, Place
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from flows.commands import AskExtension
    from handlers.own_days import Asking
    from storage.extensions import Request


async def extensions_of(here: Here, *_: str) -> Reply:
    """What there is to do about extensions: for officers what waits, for others the duties they may ask for."""
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    if may(Act.EXTEND, here.role):
        return await granting.waiting(here)
    found = await _all(here)
    choices = [Choice(_label(here, one), f"ask_extension/{_key(one)}/{place}") for place, one in found]
    head = line("extension.for_what" if found else "extension.nothing")
    return reply(here, say(head, choices=(*choices, Choice(line("duties.button"), "duties_mine"), *to_menu())))


async def _all(here: Here) -> list[tuple[int, Asking]]:
    """Everything this person may ask an extension for and has not handed in, by the place of the unit, nearest first."""
    items = list(here.world.duties_on(here.now.date()))
    contexts = [
        {"campaign": d.campaign.slug, "duty": d.duty.id, "unit": str(place)}
        for place, unit in enumerate(here.units) for d in items if d.campaign.board == unit.board and d.duty.asks
    ]  # fmt: skip
    found = [(int(one["unit"]), await own_days.asking(here, one)) for one in contexts]
    there = [(place, one) for place, one in found if one is not None and not await _handed_in(here, one)]
    return sorted(there, key=lambda one: (one[1].item.last_day or date.max, one[0]))


def _key(one: Asking) -> str:
    return f"{one.item.campaign.slug}/{one.item.duty.id}"


def _label(here: Here, one: Asking) -> Line:
    title = words.duty_title(one.item.duty)
    if len(here.units) == 1:
        return line("extension.one", title=title, last=one.item.last_day)
    return line("extension.one_for", title=title, last=one.item.last_day, unit=one.unit.unit_name)


async def ask(here: Here, campaign: str = "", duty: str = "", unit: str = "", *_: str) -> Reply:
    """Begin, unless there is nothing to ask for (any more)."""
    context = {"campaign": campaign, "duty": duty, "unit": unit}
    found = await own_days.asking(here, context)
    if found is None:
        return reply(here, say(line("extension.not_here"), choices=to_menu()))
    hindrance = await _hindrance(here, found)
    return hindrance or await open_flow(here, EXTENSION.name, context)


async def _hindrance(here: Here, found: Asking) -> Reply | None:
    """The unit has handed in already, or somebody has asked for it already."""
    place = place_of(found)
    if there := await _handed_in(here, found):
        told = line("extension.handed_in", unit=found.unit.unit_name, number=there[0], at=local(there[1]))
        return reply(here, say(told, choices=(Choice(line("dossier.back"), f"dossier/{there[0]}"), *to_menu())))
    waiting = await extensions.waiting_for(here.tx, place)
    return _asked_already(here, waiting) if waiting else None


async def _handed_in(here: Here, found: Asking) -> tuple[str, int] | None:
    """Number and instant of the report that is there; None: there is none, or it asks for more than a report."""
    return await extensions.handed_in(here.tx, place_of(found)) if found.item.duty.asks == (Asks.REPORT,) else None


def place_of(found: Asking) -> Place:
    """Whose last day for what it is."""
    return Place(found.unit.unit, found.item.campaign.slug, found.item.duty.id)


def _asked_already(here: Here, there: Request) -> Reply:
    who, about = there.asker or line("dossier.history.somebody"), {"at": local(there.asked_at), "wished": there.wished}
    own = there.member == here.member.id
    told = line("extension.asked_yourself", **about) if own else line("extension.asked_already", who=who, **about)
    return reply(here, say(told, choices=to_menu()))


async def asked(here: Here, command: AskExtension) -> Reply:
    """The conversation's end: the request is made, and every officer of the board has it."""
    found = await own_days.asking(here, here.context)
    if found is None or found.unit.unit != command.unit:
        return reply(here, say(line("extension.not_here"), choices=to_menu()))
    if hindrance := await _hindrance(here, found):
        return hindrance
    wished, last_day = date.fromisoformat(command.wished), found.item.last_day
    assert last_day is not None
    if wished < may_be_wished(last_day, here.now.date())[0]:
        return await _another_day(here, command)
    wanted = Asked(found.unit.board, place_of(found), here.member.id, command.reason, wished)
    request, fresh = await extensions.ask(here.tx, wanted, here.at)
    return await _told(here, request, _meanwhile(here, found)) if fresh else _asked_already(here, request)


async def _another_day(here: Here, command: AskExtension) -> Reply:
    """The wished day has been overtaken meanwhile: asked for again, the reason stands."""
    again = await open_flow(here, EXTENSION.name, dict(here.context), {"reason": command.reason})
    first = replace(again.messages[0], lines=(line("extension.day_over"), *again.messages[0].lines))
    return replace(again, messages=(first, *again.messages[1:]))


def _meanwhile(here: Here, found: Asking) -> Line:
    """What holds until the office answers: the deadline, or what becomes of what comes after it."""
    item = found.item
    if item.last_day and here.now.date() <= item.last_day:
        return line("extension.meanwhile.ahead")
    closed = here.world.after(item.campaign.slug, item.duty.id) is After.REFUSE
    return line("extension.meanwhile.closed" if closed else "extension.meanwhile.over")


async def _told(here: Here, request: Request, meanwhile: Line) -> Reply:
    """Every officer gets it as a notice; where there is nobody to get it, that is said."""
    message = await granting.request_message(here, request)
    reached = [
        await outbox.put_notice(here.tx, f"extension:{request.id}:{officer}", officer, message, here.at)
        for officer in await extensions.officers(here.tx, request.board)
    ]
    board = here.world.units[request.board].name
    text = "extension.sent" if any(reached) else "extension.nobody"
    return reply(here, say(line(text, board=board, wished=request.wished, meanwhile=meanwhile), choices=to_menu()))

"""Answering requests for an extension, by the officers of the board: whoever answers first, and everybody hears of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.extension import RequestState, may_be_granted
from flows.extend import EXTEND_TO, NO_EXTENSION
from handlers import own_days
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply, to_menu
from storage import extensions, outbox
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from flows.commands import AnswerExtension
    from storage.extensions import Request

LISTED = 7
"""Requests on one screen; the oldest are answered first, then others move up."""


async def waiting(here: Here) -> Reply:
    """What waits for an answer of this officer's board, oldest first, and the way to extend for several units."""
    assert here.home is not None
    found = await extensions.waiting(here.tx, here.home.board)
    head = line("extensions.waiting", number=len(found)) if found else line("extensions.none")
    choices = [Choice(_entry(here, one), f"extension/{one.id}") for one in found[:LISTED]]
    several = Choice(line("extend.button"), "extend")
    return reply(here, say(head, choices=(*choices, several, *to_menu()), replaces=True))


def _entry(here: Here, one: Request) -> Line:
    return line("extensions.one", unit=here.world.units[one.place.unit].name, wished=one.wished)


async def request_message(here: Here, request: Request) -> Message:
    """A request as an officer reads it, to be answered by one tap."""
    told = await own_days.about(here, request.place) or {}
    who, at = request.asker or line("dossier.history.somebody"), local(request.asked_at)
    why = [line("extension.why", reason=request.reason)] if request.reason else []
    lines = (line("extension.request", **told), *why, line("extension.wish", wished=request.wished, who=who, at=at))
    return say(*lines, choices=_ways(request))


def _ways(request: Request) -> tuple[Choice, ...]:
    return (
        Choice(line("extension.yes", wished=request.wished), f"extension_yes/{request.id}"),
        Choice(line("extension.yes_to"), f"extension_to/{request.id}"),
        Choice(line("extension.no"), f"extension_no/{request.id}"),
    )


async def one(here: Here, request: str = "", *_: str) -> Reply:
    """One request: to be answered, or who has answered it and how."""
    found = await own_days.to_answer(here, request)
    if found is None:
        return _not_yours(here)
    if found.state is not RequestState.ASKED:
        return answered_already(here, found)
    return reply(here, await request_message(here, found))


async def yes(here: Here, request: str = "", *_: str) -> Reply:
    """One tap: until the day that was wished."""
    found = await own_days.to_answer(here, request, locked=True)
    return await _granted(here, found, found.wished) if found else _not_yours(here)


async def until(here: Here, request: str = "", *_: str) -> Reply:
    """Yes, but until another day: which?"""
    return await _ask(here, EXTEND_TO.name, request)


async def no(here: Here, request: str = "", *_: str) -> Reply:
    """No: with a reason, or without one."""
    return await _ask(here, NO_EXTENSION.name, request)


async def _ask(here: Here, flow: str, request: str) -> Reply:
    found = await own_days.to_answer(here, request)
    if found is None:
        return _not_yours(here)
    if found.state is not RequestState.ASKED:
        return answered_already(here, found)
    return await open_flow(here, flow, {"request": str(found.id)})


async def answer(here: Here, command: AnswerExtension) -> Reply:
    """The end of both conversations."""
    found = await own_days.to_answer(here, str(command.request), locked=True)
    if found is None:
        return _not_yours(here)
    if command.last_day:
        return await _granted(here, found, date.fromisoformat(command.last_day))
    if found.state is not RequestState.ASKED:
        return answered_already(here, found)
    done = await extensions.refuse(here.tx, found, command.reason, here.member.id, here.at)
    return await _said(here, done, "extension.refused")


async def _granted(here: Here, found: Request, last_day: date) -> Reply:
    """Until that day, if nobody was quicker and it is still a later one than the unit has."""
    told = await own_days.about(here, found.place)
    if found.state is not RequestState.ASKED or told is None:
        return answered_already(here, found)
    first, last = may_be_granted(told["last_day"], here.now.date())
    if not first <= last_day <= last:
        why = line("extension.day_cannot", day=last_day, first=first, last=last)
        return reply(here, say(why, choices=(*_ways(found)[1:], *to_menu())))
    done = await extensions.grant(here.tx, found, last_day, here.member.id, here.at)
    return await _said(here, done, "extension.granted")


async def _said(here: Here, done: Request, text: str) -> Reply:
    """The officer and the unit hear it: whoever asked, and whoever else speaks for the unit."""
    told = await own_days.about(here, done.place)
    assert told is not None
    # a request is answered in the transaction in which its duty was found
    said = {**told, "last": told["last_day"], "who": here.member.name or line("dossier.history.somebody")}
    why = [line("extension.why", reason=done.answer)] if done.answer else []
    duty = Choice(line("extension.duty"), f"duty/{done.place.campaign}/{done.place.duty}")
    message = say(line(f"{text}.told", **said), *why, choices=(duty,))
    told_too = {done.member, *await extensions.delegates(here.tx, done.place.unit)} - {here.member.id}
    for member in sorted(told_too):
        await outbox.put_notice(here.tx, f"extension:{done.id}:answer:{member}", member, message, here.at)
    return reply(here, say(line(f"{text}.done", **said), choices=_onward()))


def answered_already(here: Here, found: Request) -> Reply:
    """Who was quicker, and what they said."""
    who, at = found.officer or line("dossier.history.somebody"), local(found.answered_at or here.at)
    said = {"unit": here.world.units[found.place.unit].name, "who": who, "at": at, "last": found.granted}
    why = [line("extension.why", reason=found.answer)] if found.answer else []
    return reply(here, say(line(f"extension.already.{found.state}", **said), *why, choices=_onward()))


def _onward() -> tuple[Choice, ...]:
    return Choice(line("extensions.button"), "extensions"), *to_menu()


def _not_yours(here: Here) -> Reply:
    """There is no such request, or none this person may answer: the same words for both."""
    return reply(here, say(line("extension.not_yours"), choices=to_menu()))

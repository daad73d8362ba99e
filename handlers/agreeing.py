"""A second person's word on a message to many: who is asked, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.audience import Recipients
from domain.broadcast import BroadcastState
from flows.broadcast import DECLINE_BROADCAST
from handlers import audiences, broadcast_progress, broadcasts, launching
from handlers.broadcasts import name_of, named, not_yours, onward
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, number_in, reply
from storage import broadcasts as stored
from storage import outbox, reach
from texts.message import Choice, Message, line, say

if TYPE_CHECKING:
    from flows.commands import DeclineBroadcast
    from handlers.world import World
    from storage.broadcasts import Broadcast
    from storage.units import Tx
    from texts.message import Line


async def ask(tx: Tx, world: World, found: Broadcast, now: int) -> list[int]:
    """Everybody who may agree is asked, each once however often this is called; who they are (ids)."""
    asked = await reach.approvers(tx, found.board, found.author)
    message = await _request(tx, world, found, now)
    for member in asked:
        await outbox.put_notice(tx, f"approve:{found.id}:{member}", member, message, now)
    return asked


async def hold(tx: Tx, world: World, number: int, people: int, now: int) -> bool:
    """By its hour it goes to more people than its author may write to alone: it waits, and they are told.

    False: it no longer waits for its hour.
    """
    found = await stored.hold(tx, number, people, now)
    if found is None:
        return False
    asked = await ask(tx, world, found, now)
    text = line("broadcast.held" if asked else "broadcast.held_alone", what=named(world, found), people=people)
    told = say(text, choices=(Choice(line("broadcast.see.button"), f"broadcast/{number}"),))
    await outbox.put_notice(tx, f"approve:{number}:held", found.author, told, now)
    return True


async def _request(tx: Tx, world: World, found: Broadcast, now: int) -> Message:
    """What a second person is asked: by whom, what, to whom and when; with the words that would go out."""
    who = await name_of(tx, found.author)
    recipients = Recipients.model_validate_json(found.audience)
    reached = await audiences.reach_of(tx, world, recipients)
    ask = line("broadcast.request", author=who, what=named(world, found), people=reached.people)
    told = (*audiences.in_short(world, recipients, reached), *_when(world, found, now))
    see = Choice(line("broadcast.look.button"), f"broadcast/{found.id}")
    choices = (*broadcast_progress.decisions(found), see)
    return say(ask, *told, line("broadcast.request_text"), *broadcasts.folded(found), choices=choices)


def _when(world: World, found: Broadcast, now: int) -> list[Line]:
    """When it goes out; and of a phase what to know before."""
    at = local(max(found.starts_at, now))
    campaign = world.campaign(found.campaign)
    phase = campaign.phase(found.phase) if campaign else None
    soon = line("broadcast.request_at_once" if found.at_once else "broadcast.request_soon")
    when = line("broadcast.request_at", at=at) if found.starts_at > now else soon
    return [when, *(launching.cautions(phase, at.date()) if phase else [])]


async def yes(here: Here, number: str = "", shown: str = "", *_: str) -> Reply:
    """A second person agrees, by one tap, to what they have read (`shown`: the time it was to go out then)."""
    if await broadcasts.to_decide(here, number) is None:
        return await _not_to_decide(here, number)
    found = await stored.locked(here.tx, number_in(number) or 0)
    assert found is not None
    if shown != str(found.starts_at) and found.state is BroadcastState.WAITING:
        return await _moved(here, found)
    return await _agreed(here, found)


async def _moved(here: Here, found: Broadcast) -> Reply:
    """Somebody has changed its time since: they read it once more."""
    again = await _request(here.tx, here.world, found, here.at)
    return reply(here, say(line("broadcast.request_moved"), *again.lines, choices=again.choices))


async def _agreed(here: Here, found: Broadcast) -> Reply:
    if not await stored.approve(here.tx, found.id, here.member.id, here.at):
        return await _decided(here, found.id)
    now, goes = here.now.replace(tzinfo=None), broadcast_progress.goes_at(here, found)
    text = "broadcast.approved_at" if goes > now else "broadcast.approved"
    await _tell_author(here, found, text, None, at=goes)
    return reply(here, say(line(f"{text}.done", what=named(here.world, found), at=goes), choices=onward(here)))


async def no(here: Here, number: str = "", *_: str) -> Reply:
    """A second person does not want it sent: why?"""
    found = await broadcasts.to_decide(here, number)
    if found is None:
        return await _not_to_decide(here, number)
    if found.state is not BroadcastState.WAITING:
        return await _decided(here, found.id)
    return await open_flow(here, DECLINE_BROADCAST.name, {"broadcast": str(found.id)})


async def decline(here: Here, command: DeclineBroadcast) -> Reply:
    """They have said why."""
    found = await broadcasts.to_decide(here, str(command.broadcast))
    if found is None:
        return not_yours(here)
    if not await stored.decline(here.tx, found.id, here.member.id, here.at, command.reason):
        return await _decided(here, found.id)
    await _tell_author(here, found, "broadcast.declined", command.reason)
    return reply(here, say(line("broadcast.declined.done", what=named(here.world, found)), choices=onward(here)))


async def _tell_author(here: Here, found: Broadcast, text: str, reason: str | None, **more: Any) -> None:
    who = here.member.name or line("dossier.history.somebody")
    why = [line("broadcast.why", reason=reason)] if reason else []
    see = Choice(line("broadcast.see.button"), f"broadcast/{found.id}")
    told = say(line(f"{text}.told", who=who, what=named(here.world, found), **more), *why, choices=(see,))
    await outbox.put_notice(here.tx, f"approve:{found.id}:answer", found.author, told, here.at)


async def _not_to_decide(here: Here, number: str) -> Reply:
    """The author agrees to nothing of their own; others learn nothing of it."""
    own = await broadcasts.mine(here, number)
    if own is None or own.author != here.member.id:
        return not_yours(here)
    return reply(here, say(line("broadcast.your_own"), choices=onward(here)))


async def _decided(here: Here, number: int) -> Reply:
    """Somebody was quicker: how it stands now."""
    found = await stored.get(here.tx, number)
    assert found is not None
    shown = await broadcasts.shown(here, found)
    return reply(here, say(line("broadcast.decided"), *shown.messages[0].lines, choices=onward(here)))

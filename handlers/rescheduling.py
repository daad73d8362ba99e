"""Another time for a message to many that has not begun to go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import AHEAD, BroadcastState
from flows.broadcast import MOVE_BROADCAST
from handlers import broadcasts
from handlers.broadcast_progress import decisions
from handlers.broadcasts import named, not_yours, onward
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply
from handlers.sending_times import starts_at
from storage import broadcasts as stored
from storage import outbox, reach
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from flows.commands import MoveBroadcast
    from storage.broadcasts import Broadcast


async def move(here: Here, number: str = "", *_: str) -> Reply:
    """An officer wants it to go at another time."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return not_yours(here)
    if found.state not in AHEAD:
        return await _begun(here, found.id)
    return await open_flow(here, MOVE_BROADCAST.name, {"broadcast": str(found.id), "was": str(found.starts_at)})


async def moved(here: Here, command: MoveBroadcast) -> Reply:
    """They have said when; whoever has agreed to it, or is asked to, hears of it, and its author."""
    found = await broadcasts.mine(here, str(command.broadcast))
    if found is None:
        return not_yours(here)
    at = starts_at(here, command.set_for, at_once=False)
    if at == found.starts_at == command.was:
        return _told(here, found, "same")
    if not await stored.reschedule(here.tx, found.id, command.was, at, here.at, here.member.id):
        return await _begun(here, found.id)
    # as it is under the lock: somebody may have agreed to it since
    now = await stored.get(here.tx, found.id)
    assert now is not None
    await _tell_others(here, now)
    return _told(here, now, "done_waiting" if now.state is BroadcastState.WAITING else "done")


def _told(here: Here, found: Broadcast, what: str) -> Reply:
    told = line(f"move_broadcast.{what}", what=named(here.world, found), at=local(found.starts_at))
    return reply(here, say(told, choices=(_see(found), *onward(here))))


async def _tell_others(here: Here, found: Broadcast) -> None:
    """By whom it was moved, and to when; who is asked to agree can do so to the new time."""
    waits = found.state is BroadcastState.WAITING
    asked = await reach.approvers(here.tx, found.board, found.author) if waits else []
    who, what = here.member.name or line("dossier.history.somebody"), named(here.world, found)
    told = line("move_broadcast.told", who=who, what=what, at=local(found.starts_at))
    for member in {found.author, *asked, *([found.approver] if found.approver else [])} - {here.member.id}:
        ways = (*(decisions(found) if member in asked else ()), _see(found))
        await outbox.put_notice(
            here.tx, f"moved:{found.id}:{here.at}:{member}", member, say(told, choices=ways), here.at
        )


def _see(found: Broadcast) -> Choice:
    return Choice(line("broadcast.see.button"), f"broadcast/{found.id}")


async def _begun(here: Here, number: int) -> Reply:
    """It goes out already, is over, or somebody else has just moved it: how it stands."""
    found = await stored.get(here.tx, number)
    assert found is not None
    shown = await broadcasts.shown(here, found)
    return reply(here, say(line("move_broadcast.begun"), *shown.messages[0].lines, choices=onward(here)))

"""What an officer does with a message to many while it goes out and afterwards: pause, resume, stop, send again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import BroadcastState, RecipientState
from handlers import broadcasts, failures
from handlers.here import Here, Reply, reply
from storage import broadcasts as stored
from storage import coverage, outbox
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from storage.broadcasts import Broadcast

NAMED = 20
"""So many people in doubt are named in a message; the workbook has them all."""
AGAIN = {"failed": RecipientState.FAILED, "doubtful": RecipientState.UNKNOWN}
_GOES_ON = frozenset({BroadcastState.DONE, BroadcastState.RUNNING, BroadcastState.PAUSED})


async def pause(here: Here, number: str = "", *_: str) -> Reply:
    """Nothing more goes out but what is in flight."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    await stored.pause(here.tx, found.id, here.at, by=here.member.id)
    return await _now(here, found.id)


async def resume(here: Here, number: str = "", *_: str) -> Reply:
    """It goes on."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    await stored.resume(here.tx, found.id, here.at, by=here.member.id)
    return await _now(here, found.id)


async def stop(here: Here, number: str = "", sure: str = "", *_: str) -> Reply:
    """Taken back for good, once the officer has said that they are sure."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    if sure == "yes":
        return await _stopped(here, found)
    counts = await stored.counts(here.tx, found.id)
    text = "broadcast.stop.ask" if found.started_at else "broadcast.stop.before"
    ask = line(text, what=broadcasts.named(here.world, found), sent=counts.sent)
    yes = Choice(line("broadcast.stop.yes"), f"broadcast_stop/{found.id}/yes")
    return reply(
        here, say(ask, choices=(yes, Choice(line("broadcast.stop.no"), f"broadcast/{found.id}")), replaces=True)
    )


async def _stopped(here: Here, found: Broadcast) -> Reply:
    """Taken back; its author hears of it from whoever else did it."""
    done = await stored.stop(here.tx, found.id, here.at, by=here.member.id)
    if done and found.author != here.member.id:
        who, what = here.member.name or line("dossier.history.somebody"), broadcasts.named(here.world, found)
        see = Choice(line("broadcast.see.button"), f"broadcast/{found.id}")
        told = say(line("broadcast.stopped_told", who=who, what=what), choices=(see,))
        await outbox.put_notice(here.tx, f"stopped:{found.id}", found.author, told, here.at)
    return await _now(here, found.id)


async def _now(here: Here, number: int) -> Reply:
    """How it stands after that; somebody else may have been quicker."""
    found = await stored.get(here.tx, number)
    assert found is not None
    return await broadcasts.shown(here, found)


async def failed(here: Here, number: str = "", *_: str) -> Reply:
    """Whom it did not reach: why, how many, and the way to try again."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    reasons = await stored.failures(here.tx, found.id)
    lines = [line("broadcast.failed.one", reason=failures.reason_line(why), number=n) for why, n in reasons]
    return await _listed(here, found, "failed", lines)


async def doubtful(here: Here, number: str = "", *_: str) -> Reply:
    """Those of whom nobody knows whether they have it: they are looked at before it is sent once more."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    return await _listed(here, found, "doubtful", [])


async def _listed(here: Here, found: Broadcast, what: str, lines: list[Line]) -> Reply:
    state = AGAIN[what]
    people = await coverage.in_state(here.tx, found.id, state, NAMED + 1)
    number = getattr(await stored.counts(here.tx, found.id), state.value)
    names = [line("reach.one", name=one.name or "–", unit=one.unit_name or "–") for one in people[:NAMED]]
    more = [line("reach.more", number=number - NAMED)] if number > NAMED else []
    may = number and found.state in _GOES_ON
    again = (
        [Choice(line(f"broadcast.{what}.again", number=number), f"broadcast_again/{found.id}/{what}")] if may else []
    )
    ways = (*again, Choice(line("broadcast.step.coverage"), f"broadcast_coverage/{found.id}"), _back(found))
    return reply(
        here, say(line(f"broadcast.{what}.head", number=number), *lines, *names, *more, choices=ways, replaces=True)
    )


async def again(here: Here, number: str = "", what: str = "", *_: str) -> Reply:
    """Once more to those alone."""
    found = await broadcasts.mine(here, number)
    if found is None or what not in AGAIN:
        return broadcasts.not_yours(here)
    back = await stored.again(here.tx, found.id, AGAIN[what], here.at, by=here.member.id)
    told = line("broadcast.again.done" if back else "broadcast.again.none", number=back)
    return reply(here, say(told, choices=(_back(found),)))


def _back(found: Broadcast) -> Choice:
    return Choice(line("broadcast.back"), f"broadcast/{found.id}")

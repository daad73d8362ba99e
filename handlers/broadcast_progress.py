"""How a message to many stands: when it goes, how far it has come, and what can be done with it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import AHEAD, OVER, BroadcastState
from domain.reminders import next_hours
from handlers import failures
from handlers.here import local
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.here import Here
    from storage.broadcasts import Broadcast, Counts

BAR, FULL, EMPTY = 10, "▓", "░"
HUNDRED = 100
_S = BroadcastState


def goes_at(here: Here, found: Broadcast) -> datetime:
    """When it begins to go out, as it stands: at its time, within working hours unless it is to go at once."""
    at = max(local(found.starts_at), here.now.replace(tzinfo=None))
    return at if found.at_once else next_hours(at, here.world.calendar)


def stands(found: Broadcast, now: int) -> Line:
    """How it stands at that moment (microseconds): since when, or until when."""
    state = line(f"broadcast.state.{found.state}")
    if found.state is _S.SCHEDULED or (found.state is _S.WAITING and found.starts_at > now):
        return line("broadcast.stands.at", state=state, at=local(found.starts_at))
    if found.state in OVER and found.ended_at:
        return line("broadcast.stands.since", state=state, at=local(found.ended_at))
    return line("broadcast.stands.now", state=state)


def progress(found: Broadcast, counts: Counts) -> list[Line]:
    """A bar and the numbers, once it has begun; why it was paused, stopped or declined."""
    why = [line("broadcast.why", reason=failures.reason_line(found.reason))] if found.reason else []
    if found.started_at is None:
        ahead = line("broadcast.people", people=found.people)
        return [*why, line("broadcast.to_nobody") if found.state in OVER else ahead]
    ended = counts.sent + counts.failed + counts.unknown + counts.removed
    everybody = max(ended + counts.listed + counts.queued, 1 if ended else found.people)
    share = ended * HUNDRED // max(everybody, 1)
    full = share * BAR // HUNDRED
    bar = line("broadcast.bar", bar=FULL * full + EMPTY * (BAR - full), share=share, done=ended, people=everybody)
    return [bar, line("broadcast.sent", sent=counts.sent, acknowledged=counts.acknowledged), *_rest(counts), *why]


def _rest(counts: Counts) -> list[Line]:
    numbers = {"failed": counts.failed, "unknown": counts.unknown, "removed": counts.removed}
    return [line(f"broadcast.rest.{what}", number=number) for what, number in numbers.items() if number]


def decisions(found: Broadcast) -> tuple[Choice, ...]:
    """Yes or no, for whoever is asked; yes to the time that they have read."""
    yes = Choice(line("broadcast.yes"), f"broadcast_yes/{found.id}/{found.starts_at}")
    return yes, Choice(line("broadcast.no"), f"broadcast_no/{found.id}")


def steps(found: Broadcast, counts: Counts) -> list[Choice]:
    """What can be done with it where it stands."""
    names = {_S.RUNNING: ("refresh", "pause"), _S.LISTING: ("refresh",), _S.PAUSED: ("resume",)}.get(found.state, ())
    names += ("time",) if found.state in AHEAD else ()
    names += () if found.state in OVER else ("stop",)
    if found.started_at is not None:
        names += ("failed",) if counts.failed else ()
        names += ("doubtful",) if counts.unknown else ()
        names += ("coverage",) if found.state is not _S.LISTING else ()
    # a phase is launched once
    names += ("rewrite",) if found.state in OVER and not (found.phase and found.state is _S.DONE) else ()
    screens = {"refresh": "broadcast"}
    return [Choice(line(f"broadcast.step.{n}"), f"{screens.get(n, f'broadcast_{n}')}/{found.id}") for n in names]

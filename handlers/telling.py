"""What the author of a message to many is told without asking: how far it has come, that it paused, what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.broadcast import OVER
from handlers import broadcast_progress, broadcasts, failures
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from handlers.world import World
    from storage.broadcasts import Broadcast, Counts


def progress(world: World, found: Broadcast, counts: Counts) -> Message:
    """A bar that moves; its buttons go when it is over."""
    over = found.state in OVER
    ways = (
        ()
        if over
        else tuple(one for one in broadcast_progress.steps(found, counts) if not one.action.startswith("broadcast/"))
    )
    return say(*_head(world, found), *broadcast_progress.progress(found, counts), choices=ways)


def paused(world: World, found: Broadcast, counts: Counts) -> Message:
    """It has paused by itself: why, and what now."""
    told = line("broadcast.paused_itself", what=broadcasts.named(world, found))
    return say(told, *broadcast_progress.progress(found, counts), choices=_ways(found, counts))


def summary(world: World, found: Broadcast, counts: Counts, reasons: list[tuple[str, int]]) -> Message:
    """What it came to: sent, acknowledged, failed and why, in doubt."""
    what = broadcasts.named(world, found)
    head = line("broadcast.over.done", what=what)
    why = [line("broadcast.failed.one", reason=failures.reason_line(reason), number=n) for reason, n in reasons]
    return say(head, *broadcast_progress.progress(found, counts), *why, choices=_ways(found, counts))


def _head(world: World, found: Broadcast) -> list[Line]:
    return [
        line("broadcast.head", what=broadcasts.named(world, found)),
        broadcast_progress.stands(found, found.starts_at),
    ]


def _ways(found: Broadcast, counts: Counts) -> tuple[Choice, ...]:
    see = Choice(line("broadcast.see.button"), f"broadcast/{found.id}")
    return (*broadcast_progress.steps(found, counts), see)

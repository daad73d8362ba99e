"""The ways to write to many, what was begun and left, and what has been sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.broadcast import BROADCAST, LAUNCH
from handlers import audiences, draft_menu, words
from handlers.broadcasts import named
from handlers.here import Here, Reply, number_in, reply, to_menu
from storage import broadcasts as stored
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from handlers.world import World
    from storage.broadcasts import Broadcast

LISTED = 5
"""Past messages on one screen."""


async def listed(here: Here, page: str = "", *_: str) -> Reply:
    """The ways to write to many, and what has been sent, the newest first."""
    board = await audiences.board_of(here)
    if board is None:
        return reply(here, say(line("office.only"), choices=to_menu()))
    skip = (number_in(page) or 0) * LISTED
    found = await stored.of_board(here.tx, board, LISTED + 1, skip)
    ways = [Choice(line("broadcast.new.button"), "broadcast_new"), Choice(line("launch_phase.button"), "launch")]
    past = [Choice(_entry(here.world, one), f"broadcast/{one.id}") for one in found[:LISTED]]
    more = [Choice(line("broadcast.older.button"), f"broadcasts/{skip // LISTED + 1}")] if len(found) > LISTED else []
    head = line("broadcasts.head" if found or skip else "broadcasts.none")
    begun = await draft_menu.of_flows(here, BROADCAST.name, LAUNCH.name)
    return reply(here, say(head, choices=(*ways, *begun, *past, *more, *to_menu()), replaces=True))


def _entry(world: World, one: Broadcast) -> Line:
    campaign = world.campaign(one.campaign)
    phase = campaign.phase(one.phase) if campaign else None
    what = line("broadcast.named.phase", phase=words.phase_name(phase)) if phase else named(world, one)
    return line("broadcasts.one", what=what, state=line(f"broadcast.state.{one.state}"))

"""What slow work came to is told: one function for each kind of work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from handlers.here import Here, Reply, reply, to_menu
from texts.message import line, say

RESULTS: dict[str, Callable[[Here, dict[str, Any], dict[str, Any]], Awaitable[Reply]]] = {}
"""Who tells each kind of work's result: given what was asked for and what it came to."""


async def told(here: Here, work: dict[str, Any]) -> Reply:
    """Tell it. `work` has its kind, params and result; a kind nobody knows is of another version of this program."""
    tell = RESULTS.get(work["kind"])
    if tell is None:
        return reply(here, say(line("work.unknown"), choices=to_menu()))
    return await tell(here, work["params"], work["result"])

"""What slow work came to is told: one function for each kind of work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from handlers import attaching, coverage, importing, pages
from handlers.here import Here, Reply
from handlers.interrupted import beside
from texts.message import line

RESULTS: dict[str, Callable[[Here, dict[str, Any], dict[str, Any]], Awaitable[Reply]]] = {
    attaching.KIND: attaching.fetched,
    importing.MAKE: importing.made,
    importing.CHECK: importing.checked,
    importing.REGISTER: importing.registered,
    pages.KIND: pages.made,
    coverage.COVERAGE: coverage.made,
    coverage.UNREACHABLE: coverage.made,
}
"""Who tells each kind of work's result: given what was asked for and what it came to."""


async def told(here: Here, work: dict[str, Any]) -> Reply:
    """Tell it. `work` has its kind, params and result; a kind nobody knows is of another version of this program."""
    tell = RESULTS.get(work["kind"])
    if tell is None:
        return await beside(here, line("work.unknown"))
    return await tell(here, work["params"], work["result"])

"""The stream of a page: server-sent events, one for each entry of the transcript, in order, from where the page is."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from channels.web.bodies import view

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from channels.web.ports import Entry, Transcript

PAGE = 50
"""entries a page shows at first, and how many more each time it asks for older ones"""
CATCH_UP = 200
"""entries read at once for a page that was away"""
_BEAT = ": still here\nevent: beat\ndata: 1\n\n"
"""a comment keeps proxies from closing the line, the event lets the page notice when it has gone dead"""


async def events(
    transcript: Transcript, address: str, last: int | None, version: str, stopping: asyncio.Event, heartbeat: float
) -> AsyncIterator[str]:
    """What a page is sent until it leaves or `stopping` is set.

    From `last` (None: begin with the latest entries). Once it is up to date it is told "ready", with the version of
    the page we would serve now; then entries as they come, and a beat when `heartbeat` seconds bring nothing.
    """
    for entry in await transcript.latest(address, PAGE) if last is None else ():
        yield _event(entry)
        last = entry.id
    last, ready = last or 0, False
    while not stopping.is_set():
        entries = await transcript.after(address, last, CATCH_UP)
        for entry in entries:
            yield _event(entry)
            last = entry.id
        if len(entries) == CATCH_UP:
            continue
        if not ready:
            ready = True
            yield f"event: ready\ndata: {version}\n\n"
        elif not entries:
            yield _BEAT
        await _either(transcript.wait(address, last, heartbeat), stopping)


def _event(entry: Entry) -> str:
    return f"id: {entry.id}\ndata: {json.dumps(view(entry), ensure_ascii=False)}\n\n"


async def _either(waiting: Coroutine[Any, Any, None], stopping: asyncio.Event) -> None:
    """Until one of the two: a stop must not wait for the rest of a heartbeat. What the wait raised, this raises."""
    tasks = {asyncio.ensure_future(waiting), asyncio.ensure_future(stopping.wait())}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

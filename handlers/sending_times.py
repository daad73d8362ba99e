"""When a message to many goes out: what the question about it needs to know, and what the answer comes to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.broadcast import AHEAD
from domain.reminders import may_go_out, next_hours
from handlers import broadcast_progress, broadcasts, launching
from handlers.here import ZONE, Here
from texts.message import line

if TYPE_CHECKING:
    from flows.session import OpenFlow


async def moment(here: Here, _opened: OpenFlow) -> dict[str, Any]:
    """What time it is, whether messages to many go out now, and when they next do."""
    now = here.now.replace(tzinfo=None)
    calendar = here.world.calendar
    return {"now": now, "works": may_go_out(now, calendar), "next": next_hours(now, calendar)}


async def ahead(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The message to many that is to go at another time; None: it is not theirs."""
    found = await broadcasts.mine(here, opened.context.get("broadcast", ""))
    if found is None:
        return None
    campaign = here.world.campaign(found.campaign)
    phase = campaign.phase(found.phase) if campaign else None
    lines = launching.cautions(phase, launching.goes_on(here, opened)) if phase else []
    at, was = broadcast_progress.goes_at(here, found), int(opened.context["was"])
    bars = [line("move_broadcast.begun")] if found.state not in AHEAD else []
    bars += [line("move_broadcast.meanwhile", at=at)] if not bars and found.starts_at != was else []
    what = broadcasts.named(here.world, found)
    return {"id": found.id, "was": was, "what": what, "at": at, "lines": tuple(lines), "bars": tuple(bars)}


def starts_at(here: Here, set_for: str | None, *, at_once: bool) -> int:
    """When what is confirmed now begins to go out (microseconds): at its time, at once, or when working hours begin."""
    now = here.now.replace(tzinfo=None)
    soon = now if at_once else next_hours(now, here.world.calendar)
    at = datetime.fromisoformat(set_for) if set_for else soon
    return max(here.at, int(at.replace(tzinfo=ZONE).timestamp()) * 1_000_000)

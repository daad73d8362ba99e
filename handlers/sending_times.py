"""When a message to many goes out: what the question about it needs to know, and what the answer comes to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.reminders import may_go_out, next_hours
from handlers import broadcasts, launching
from handlers.here import ZONE, Here

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
    at = broadcasts.goes_at(here, found)
    return {"id": found.id, "what": broadcasts.named(here.world, found), "at": at, "lines": tuple(lines)}


def starts_at(here: Here, set_for: str | None, *, at_once: bool) -> int:
    """When what is confirmed now begins to go out (microseconds): at its time, at once, or when working hours begin."""
    now = here.now.replace(tzinfo=None)
    soon = now if at_once else next_hours(now, here.world.calendar)
    starts = datetime.fromisoformat(set_for) if set_for else soon
    return max(int(starts.replace(tzinfo=ZONE).timestamp()) * 1_000_000, here.at) if starts > now else here.at

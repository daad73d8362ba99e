"""Once a week officers are asked about dates of their plans that nobody is reminded of: unconfirmed, or without a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.reminders import may_go_out
from handlers import weekly
from handlers.here import ZONE
from storage import extensions, notice_bundle, outbox

if TYPE_CHECKING:
    from datetime import date

    from domain.calendar import Calendar
    from handlers.world import World
    from storage.units import Database, Tx
    from texts.message import Message

ASKED_ON = "dates_asked_on"


@dataclass(frozen=True, slots=True)
class AskDates:
    """A tick: it asks within working hours of the first working day of a week, each officer once however often it runs."""

    database: Database
    world: Callable[[], Awaitable[World]]
    now: Callable[[], int]

    async def __call__(self) -> dict[str, int]:
        """Ask; counts of officers asked."""
        now = self.now()
        local = datetime.fromtimestamp(now / 1e6, UTC).astimezone(ZONE).replace(tzinfo=None)
        world, today = await self.world(), local.date()
        if not may_go_out(local, world.calendar) or not begins_a_week(today, world.calendar):
            return {}
        if await self.database.read(notice_bundle.told_on, ASKED_ON) == today.isoformat():
            return {}
        asked = 0
        for board in sorted({one.board for one in world.campaigns}):
            if message := weekly.question(world, board, today):
                asked += await self.database.run(ask, board, today, message, now)
        await self.database.run(notice_bundle.set_told_on, ASKED_ON, today)
        return {"asked": asked}


def begins_a_week(today: date, calendar: Calendar) -> bool:
    """Whether no day of its week (from Monday) before it is a working day."""
    before = calendar.last_working_day(today - timedelta(days=1))
    return before.isocalendar()[:2] != today.isocalendar()[:2]


async def ask(tx: Tx, board: str, today: date, message: Message, now: int) -> int:
    """Ask every officer of that board, once a week; how many can be reached."""
    year, week, _ = today.isocalendar()
    officers = await extensions.officers(tx, board)
    keys = {one: f"ask_dates:{board}:{year}-{week}:{one}" for one in officers}
    return sum([await outbox.put_notice(tx, key, one, message, now) for one, key in keys.items()])

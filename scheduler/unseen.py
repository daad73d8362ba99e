"""A job: what the web chat has shown to nobody for four working hours counts as not reached; the next address is tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.reminders import EVENING, MORNING
from handlers.here import ZONE
from storage import unseen

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.calendar import Calendar
    from storage.units import Database

UNSEEN_FOR = timedelta(hours=4)
"""Of the hours in which notices go out."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """The job. `calendar`: the working days there are; `now`: business time in microseconds."""

    database: Database
    calendar: Callable[[], Calendar]
    now: Callable[[], int]

    async def __call__(self) -> dict[str, int]:
        """Pass on what has waited long enough; counts."""
        counts: Counter[str] = Counter()
        local = datetime.fromtimestamp(self.now() / 1e6, ZONE).replace(tzinfo=None)
        upto = int(before(local, UNSEEN_FOR, self.calendar()).replace(tzinfo=ZONE).timestamp() * 1e6)
        while some := Counter(await self.database.run(unseen.pass_on, upto, self.now())):
            if not some.total():
                break
            counts += some
        return dict(counts)


def before(now: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The moment that lies so much time before `now`, counted in the hours in which notices go out (naive local time)."""
    day = now.date()
    while True:
        opens, closes = datetime.combine(day, MORNING), min(now, datetime.combine(day, EVENING))
        if calendar.works(day) and closes > opens:
            if closes - opens >= span:
                return closes - span
            span -= closes - opens
        day -= timedelta(days=1)

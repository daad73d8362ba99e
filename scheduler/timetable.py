"""When the scheduler's own work is looked at. APScheduler only drives ticks: the rows decide what is due."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

# a tick that is still under way when it is due again is not begun twice, and that is no news
logging.getLogger("apscheduler.executors").setLevel(logging.ERROR)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something done every so many seconds."""

    name: str
    seconds: float
    do: Callable[[], Awaitable[object]]


class Timetable:
    """The ticks of one process."""

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for tick in ticks:
            self._scheduler.add_job(
                tick.do, IntervalTrigger(seconds=tick.seconds), id=tick.name, coalesce=True, misfire_grace_time=None,
                max_instances=1,
            )  # fmt: skip

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; a tick under way ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

"""When the scheduler's own work is looked at. APScheduler only drives ticks: the rows decide what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

# a tick that is still under way when it is due again is not begun twice, and that is no news
logging.getLogger("apscheduler.executors").setLevel(logging.ERROR)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tick:
    """Something done every so many seconds."""

    name: str
    seconds: float
    do: Callable[[], Awaitable[object]]


class Timetable:
    """The ticks of one process."""

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._under_way: set[asyncio.Task[object]] = set()
        for tick in ticks:
            self._scheduler.add_job(
                self._carry_out, IntervalTrigger(seconds=tick.seconds, timezone=UTC), id=tick.name, coalesce=True, misfire_grace_time=None,
                max_instances=1, args=(tick,),
            )  # fmt: skip

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self, within: float) -> None:
        """Tick no more, and let ticks under way end for so many seconds (APScheduler itself would cut them off)."""
        if self._scheduler.running:
            self._scheduler.pause()
            await asyncio.sleep(0)  # one that was just handed to the loop begins, and is waited for
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=within)
            self._scheduler.shutdown(wait=False)

    async def _carry_out(self, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task, "APScheduler runs each tick as a task"
        self._under_way.add(task)
        try:
            await tick.do()
        except asyncio.CancelledError:
            log.warning("a tick was cut off by the stop", tick=tick.name)
        finally:
            self._under_way.discard(task)

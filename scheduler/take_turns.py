"""The inbox drains: one person's turns strictly one after another, different people's side by side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from handlers.turn import TurnFailedError, failed
from storage import inbox
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.turn import Turns
    from storage.units import Database

AT_ONCE, WITH_FILES = 64, 4
"""Turns side by side of people who write, and of people who send a file. When hundreds hand in at the same moment, the
word that a file has come can wait a second; who writes should not wait behind it."""
IN_A_ROW = 8
"""Turns of one person before others have theirs: nobody's flood keeps a worker to itself."""
PATIENCE = 1.0
"""Seconds before a person's turn is tried again while the database is away."""
log = structlog.get_logger()


class TakeTurns:
    """Workers over people who have something waiting."""

    def __init__(self, database: Database, turns: Turns, now: Callable[[], int]) -> None:
        self._database, self._turns, self._now = database, turns, now
        self._queue: asyncio.Queue[int] = asyncio.Queue()
        self._with_file: asyncio.Queue[int] = asyncio.Queue()
        self._queued: set[int] = set()
        self._busy: set[int] = set()
        self._workers: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Begin, with whatever a crash left waiting."""
        queues = [self._queue] * AT_ONCE + [self._with_file] * WITH_FILES
        self._workers = [asyncio.create_task(self._work(queue)) for queue in queues]

    def wake(self, member: int, *, with_file: bool = False) -> None:
        """Somebody has something waiting; `with_file`: a file."""
        if member not in self._queued:
            self._queued.add(member)
            (self._with_file if with_file else self._queue).put_nowait(member)

    async def sweep(self) -> int:
        """Look for waiting people that nobody was woken for; how many there were."""
        waiting = await self._database.read(inbox.waiting_members)
        known = self._busy | self._queued
        fresh = [member for member in waiting if member not in known]
        for member in fresh:
            self.wake(member)
        return len(fresh)

    async def stop(self, within: float) -> None:
        """Finish the turns in hand, no new ones; what waits stays in the database."""
        self._stopping = True
        for worker in self._workers:
            if worker not in self._with_a_turn:
                worker.cancel()
        await asyncio.wait(self._workers, timeout=within) if self._workers else None
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    @property
    def _with_a_turn(self) -> set[asyncio.Task[None]]:
        return {worker for worker in self._workers if worker.get_name().startswith("turn of ")}

    async def _work(self, queue: asyncio.Queue[int]) -> None:
        me = asyncio.current_task()
        assert me is not None
        while not self._stopping:
            member = await queue.get()
            self._queued.discard(member)
            if member in self._busy:
                self._later(member)
                continue
            self._busy.add(member)
            me.set_name(f"turn of {member}")
            try:
                has_more = await self._some_turns_of(member)
            finally:
                self._busy.discard(member)
                me.set_name("idle")
            if has_more and member not in self._queued:
                self._queued.add(member)
                queue.put_nowait(member)

    def _later(self, member: int) -> None:
        """Another worker is at this person and looks for more before it leaves: look once more after it."""
        asyncio.get_running_loop().call_later(0.01, self.wake, member)

    async def _some_turns_of(self, member: int) -> bool:
        """Whether there may be more of them."""
        for _ in range(IN_A_ROW):
            if self._stopping:
                break
            try:
                if not await self._database.run(self._turns.take, member):
                    return False
            except StorageUnavailableError as error:
                log.warning("database away", member=member, reason=str(error))
                await asyncio.sleep(PATIENCE)
            except Exception as error:
                log.exception("a turn failed", member=member)
                await self._count_failure(member, error)
        return True

    async def _count_failure(self, member: int, error: Exception) -> None:
        row, cause = (error.row, error.__cause__) if isinstance(error, TurnFailedError) else (None, error)
        try:
            await self._database.run(failed, member, row, f"{type(cause).__name__}: {cause}", self._now())
        except Exception:
            log.exception("a failed turn could not be counted", member=member)
            await asyncio.sleep(PATIENCE)

"""Slow work is done: a few pieces side by side, one at a time of each person, each until its person has been told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from storage import work as rows
from storage.units import StorageUnavailableError
from storage.work import TRIES, Work
from texts.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.outcomes import Clocks
    from storage.units import Database, Unit

AT_ONCE = 4
"""Pieces of work that one process does at once."""
LIMIT = 600.0
"""Seconds after which a piece of work counts as stuck, and failed."""
PATIENT_TRIES = 6
"""How often work is begun that asks to be tried again."""
FIRST_WAIT, GROWS = 5, 6
"""Seconds before work that failed is begun again, and by what factor that grows."""
IDLE = 1.0
"""Seconds after which the table is looked at without being woken, or again while the database is away."""
Reporter = Callable[[Message], Awaitable[None]]
"""Tells the person how the work goes; never raises because of the database. Call it seldom."""
Doer = Callable[[Work, Reporter], Awaitable[dict[str, Any]]]
"""Does one kind of work; what it returns is JSON, and becomes the `result` that the person's turn is given.

It may be begun again after a crash at any point of it, its result being lost: what it does must come to the same when
done twice. It must not hold the event loop. Its result may say "failed": a reason to be read.
"""
log = structlog.get_logger()


class AgainError(Exception):
    """Not now: the work is to be begun again after so many seconds. The message is a reason to read."""

    def __init__(self, reason: str, after_seconds: float) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


class SlowWork:
    """The doers of one process."""

    def __init__(self, database: Database, doers: Mapping[str, Doer], clocks: Clocks, worker: str) -> None:
        """`doers`: who does each kind of work."""
        self._database, self._doers, self._clocks, self._worker = database, doers, clocks, worker
        self._awake, self._stopping = asyncio.Event(), asyncio.Event()
        self._held: dict[int, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._claiming: asyncio.Task[None] | None = None

    async def start(self, *, alone: bool) -> None:
        """Begin, with what a crash left; `alone`: no other process can be at anything."""
        await self.recover(only_worker_alive=self._worker if alone else "")
        self._claiming = asyncio.create_task(self._claim_for_ever())

    def wake(self) -> None:
        """There is something to do."""
        self._awake.set()

    async def recover(self, only_worker_alive: str = "") -> dict[str, int]:
        """Keep what is in hand, whatever its lease says, and take up what a crash interrupted; counts of that."""
        machine, now = self._clocks.machine(), self._clocks.business()
        return await self._database.run(_recover, self._worker, list(self._held), machine, now, only_worker_alive)

    async def stop(self, within: float) -> None:
        """Begin nothing more; what is not done within so many seconds is given back, and no attempt is spent."""
        self._stopping.set()
        self._awake.set()
        if self._claiming:
            # not cancelled: the claim may be committed, and its rows would lie until their lease runs out
            await asyncio.wait([self._claiming], timeout=within)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        left = [*self._tasks, *([self._claiming] if self._claiming else [])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        with contextlib.suppress(StorageUnavailableError):  # their leases run out
            for work in self._held.values():
                await self._database.run(partial(rows.again, spent=False), work, 0, "the process ended")

    async def _claim_for_ever(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                await self._claim()
            except StorageUnavailableError as error:
                log.warning("database away", reason=str(error))
            except Exception:
                log.exception("claiming work failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._awake.wait()

    async def _claim(self) -> None:
        free = AT_ONCE - len(self._tasks)
        if free <= 0:
            return
        for work in await self._database.run(rows.claim, self._worker, free, self._clocks.machine()):
            self._held[work.id] = work
            task = asyncio.create_task(self._carry_out(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, work: Work) -> None:
        """Do it and write down how it ended. Cancelled, it is still held: `stop` gives it back."""
        try:
            await self._do(work)
        except Exception:
            log.exception("how work ended could not be written down: its lease runs out", kind=work.kind, work=work.id)
        del self._held[work.id]
        self._awake.set()

    async def _do(self, work: Work) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                result = await self._doers[work.kind](work, partial(self._report, work))
            await self._write(rows.finish, work, result, self._clocks.business())
        except AgainError as error:
            await self._later(work, str(error), error.after_seconds, PATIENT_TRIES)
        except Exception as error:
            log.exception("work failed", kind=work.kind, work=work.id)
            wait = FIRST_WAIT * GROWS ** (work.attempts - 1)
            await self._later(work, f"{type(error).__name__}: {error}", wait, TRIES)

    async def _later(self, work: Work, reason: str, after: float, tries: int) -> None:
        if work.attempts >= tries:
            await self._write(rows.finish, work, {"failed": reason}, self._clocks.business())
        else:
            await self._write(rows.again, work, self._clocks.machine() + int(after * 1e6), reason)

    async def _report(self, work: Work, message: Message) -> None:
        try:
            await self._database.run(rows.report, work, message, self._clocks.business())
        except StorageUnavailableError as error:
            log.warning("database away", reason=str(error))

    async def _write(self, unit: Unit[Any], *args: Any) -> None:
        """Write it down, however long the database is away."""
        while True:
            try:
                await self._database.run(unit, *args)
            except StorageUnavailableError as error:
                log.warning("database away", reason=str(error))
                await asyncio.sleep(IDLE)
            else:
                return


async def _recover(
    tx: Any, worker: str, held: list[int], machine: int, now: int, only_worker_alive: str
) -> dict[str, int]:
    await rows.renew(tx, worker, held, machine)
    return await rows.interrupted(tx, machine, now, only_worker_alive)

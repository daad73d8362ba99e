"""Jobs run by the timetable, each recorded with its counts: what it did can be read in the table `jobs`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from storage.units import Database, Tx

Job = Callable[[], Awaitable[dict[str, int]]]
log = structlog.get_logger()


QUIET = 60 * 1_000_000
"""Microseconds after which also a run that had nothing to do is written down, so that one can see that it runs."""


async def _write(tx: Tx, name: str, at: int, took: int, counts: dict[str, int], error: str | None) -> None:
    await tx.run("jobs.ran", name=name, last_run=at, counts=json.dumps(counts), error=error, took=took)


def recorded(
    name: str, job: Job, database: Database, now: Callable[[], int], *, quiet: bool = False
) -> Callable[[], Awaitable[None]]:
    """The job, never raising, its run written down (`quiet`: where it counted something or failed, else once a minute)."""
    written = 0

    async def run() -> None:
        nonlocal written
        began = now()
        try:
            counts, error = await carry_out()
            if not quiet or error or any(counts.values()) or not 0 <= now() - written < QUIET:
                await database.run(_write, name, now(), now() - began, counts, error)
                written = now()
        except StorageUnavailableError as away:
            log.warning("job put off", job=name, reason=str(away))

    async def carry_out() -> tuple[dict[str, int], str | None]:
        try:
            return await job(), None
        except StorageUnavailableError:
            raise
        except Exception as failure:
            log.exception("a job failed", job=name)
            return {}, f"{type(failure).__name__}: {failure}"

    return run

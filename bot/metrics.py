"""Figures for Prometheus: how many rows of inbox, outbox and slow work stand in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Gauge

from storage import going_out, inbox, work

if TYPE_CHECKING:
    from storage.units import Database, Tx

INBOX = Gauge("thidua_inbox_rows", "Updates taken in, by state", ["state"])
OUTBOX = Gauge("thidua_outbox_rows", "Messages going out, by state and lane", ["state", "lane"])
WORK = Gauge("thidua_work_rows", "Slow work, by state", ["state"])
OLDEST = Gauge(
    "thidua_outbox_oldest_seconds", "How long the oldest message has been due without being sent", ["channel"]
)
RAN = Gauge("thidua_job_last_run_seconds", "When a job last ran, in business time since 1970", ["job"])
TOOK = Gauge("thidua_job_duration_seconds", "How long a job's last run took", ["job"])
COUNTED = Gauge("thidua_job_count", "What a job's last run counted", ["job", "what"])
FAILED = Gauge("thidua_job_failed", "Whether a job's last run failed", ["job"])
_SECOND = 1_000_000


async def refresh(database: Database, now: int, hours: bool, turned: int) -> None:
    """Read the figures anew; `now` is business time in microseconds, `hours` whether broadcasts go out then.

    `turned`: the business time to which the clock was last turned.
    """
    incoming, outgoing, slow = await database.read(counts)
    await _refresh_jobs(database, now, hours, turned)
    for state, number in incoming.items():
        INBOX.labels(state).set(number)
    for (state, lane), number in outgoing.items():
        OUTBOX.labels(state, lane).set(number)
    for state, number in slow.items():
        WORK.labels(state).set(number)


async def _refresh_jobs(database: Database, now: int, hours: bool, turned: int) -> None:
    OLDEST.clear()
    for channel, waited in (await database.read(going_out.oldest, now, hours, turned)).items():
        OLDEST.labels(channel).set(waited / _SECOND)
    for job in await database.read(going_out.jobs):
        RAN.labels(job.name).set(job.last_run / _SECOND)
        TOOK.labels(job.name).set(job.took / _SECOND)
        FAILED.labels(job.name).set(bool(job.error))
        for what, number in job.counts.items():
            COUNTED.labels(job.name, what).set(number)


async def counts(tx: Tx) -> tuple[dict[str, int], dict[tuple[str, str], int], dict[str, int]]:
    """How many rows stand in which state: of the inbox, of the outbox by lane, of slow work."""
    rows = await tx.all("outbox.counts")
    outgoing = {(row["state"], str(row["lane"])): row["number"] for row in rows}
    return await inbox.counts(tx), outgoing, await work.counts(tx)

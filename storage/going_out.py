"""How long what is due has waited to go out, and what the jobs did last: for figures, `doctor` and whoever watches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.units import Tx


@dataclass(frozen=True, slots=True)
class Job:
    """The last run of a job: when (business time) and for how long, in microseconds; what it counted; what went wrong."""

    name: str
    last_run: int
    took: int
    counts: dict[str, int]
    error: str | None


async def oldest(tx: Tx, now: int, hours: bool = True, turned: int = 0) -> dict[str, int]:
    """For each channel how long its oldest message has been due without being sent or begun, in microseconds.

    What is put off, paused or waits for working hours (`hours`: whether these are) is not due. A broadcast's messages
    wait their turn: of those counts how long since one of them was last sent. Nothing has waited since before business
    time was `turned`.
    """
    found: dict[str, int] = {}
    for row in await tx.all("going_out.oldest", now=now):
        found[row["channel"]] = max(0, now - max(row["since"], turned))
    for row in await tx.all("going_out.broadcasts", hours=int(hours)):
        since = max(row["created_at"], row["watched_from"] or 0, row["moved"] or 0, turned)
        found[row["channel"]] = max(found.get(row["channel"], 0), now - since)
    return found


async def waits(tx: Tx, channel: str, now: int, hours: bool) -> bool:
    """Whether anything is on its way to that messenger's people, or due there."""
    return channel in await oldest(tx, now, hours) or bool(
        (await tx.one("going_out.sending", channel=channel))["sending"]
    )


async def busy(tx: Tx, now: int) -> bool:
    """Whether anything is on its way or due; a broadcast's messages take the time they take."""
    return bool((await tx.one("going_out.busy", now=now))["busy"])


async def jobs(tx: Tx) -> list[Job]:
    """Every job that has run, by name."""
    return [
        Job(row["name"], row["last_run"], row["took"], json.loads(row["counts"]), row["error"])
        for row in await tx.all("jobs.all")
    ]

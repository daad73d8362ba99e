"""Figures for Prometheus: how many rows of inbox, outbox and slow work stand in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Gauge

from storage import inbox, work

if TYPE_CHECKING:
    from storage.units import Database, Tx

INBOX = Gauge("thidua_inbox_rows", "Updates taken in, by state", ["state"])
OUTBOX = Gauge("thidua_outbox_rows", "Messages going out, by state and lane", ["state", "lane"])
WORK = Gauge("thidua_work_rows", "Slow work, by state", ["state"])


async def refresh(database: Database) -> None:
    """Read the figures anew."""
    incoming, outgoing, slow = await database.read(counts)
    for state, number in incoming.items():
        INBOX.labels(state).set(number)
    for (state, lane), number in outgoing.items():
        OUTBOX.labels(state, lane).set(number)
    for state, number in slow.items():
        WORK.labels(state).set(number)


async def counts(tx: Tx) -> tuple[dict[str, int], dict[tuple[str, str], int], dict[str, int]]:
    """How many rows stand in which state: of the inbox, of the outbox by lane, of slow work."""
    rows = await tx.all("outbox.counts")
    outgoing = {(row["state"], str(row["lane"])): row["number"] for row in rows}
    return await inbox.counts(tx), outgoing, await work.counts(tx)

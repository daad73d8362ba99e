"""How the database stands: what `thidua doctor` asks the process that has it open."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.reminders import may_go_out
from handlers.here import ZONE
from storage import content, going_out, inbox
from storage.migrate import pending

if TYPE_CHECKING:
    from storage.units import Database, Tx

SECOND = 1_000_000


async def state(database: Database, now: int) -> dict[str, Any]:
    """Migrations that are missing, and where none is, the counts behind each finding. `now`: microseconds, business time."""
    missing = await pending(database)
    return {"pending": missing} if missing else {"pending": [], **await database.read(_counts, now)}


async def _counts(tx: Tx, now: int) -> dict[str, Any]:
    oldest = await tx.one("office.oldest")
    outgoing: dict[str, int] = {}
    for row in await tx.all("outbox.counts"):
        outgoing[row["state"]] = outgoing.get(row["state"], 0) + row["number"]
    dated = [row for row in await tx.all("office.unconfirmed") if json.loads(row["due"])["kind"] != "none"]
    hours = may_go_out(datetime.fromtimestamp(now / 1e6, ZONE).replace(tzinfo=None), await content.calendar(tx))
    waits = (await going_out.oldest(tx, now, hours)).values()
    since = {"inbox": now - oldest["inbox"] if oldest["inbox"] else 0, "outbox": max(waits, default=0)}
    return {
        "sizes": dict(await tx.one("office.sizes")),
        "years": [row["year"] for row in await tx.all("calendar.years")],
        "unconfirmed": len(dated),
        "inbox": await inbox.counts(tx),
        "outbox": outgoing,
        "oldest": {name: waited // SECOND for name, waited in since.items() if waited >= SECOND},
        "jobs": [
            {"name": job.name, "ago": max(0, now - job.last_run) // SECOND, "took": job.took / SECOND, "error": job.error,
             "counts": {what: number for what, number in job.counts.items() if number}}
            for job in await going_out.jobs(tx)
        ],
    }  # fmt: skip

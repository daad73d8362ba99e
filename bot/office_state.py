"""How the database stands: what `thidua doctor` asks the process that has it open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from storage import inbox
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
    return {
        "sizes": dict(await tx.one("office.sizes")),
        "years": [row["year"] for row in await tx.all("calendar.years")],
        "unconfirmed": len(dated),
        "inbox": await inbox.counts(tx),
        "outbox": outgoing,
        "oldest": {name: max(0, now - oldest[name]) // SECOND for name in ("inbox", "outbox") if oldest[name]},
    }

"""Visitors' messages are kept for thirty days, then purged: who belongs to no unit leaves no trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.units import Tx

KEPT = 30 * 24 * 3600 * 1_000_000
_TABLES = (
    "inbox", "outbox", "transcript", "work", "imports", "uploads", "addresses", "members", "sessions", "drafts", "consents",
    "extension_requests",
)  # fmt: skip


async def purge_visitors(tx: Tx, now: int) -> dict[str, int]:
    """Delete what visitors sent and were sent more than thirty days before `now` (business time); counts by table."""
    before = now - KEPT
    counts = {}
    for table in _TABLES:
        counts[table] = await tx.run(f"{table}.purge_visitors", before=before)
    return counts

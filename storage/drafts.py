"""Conversations put aside: a person may have several, of one flow too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.units import Tx


@dataclass(frozen=True, slots=True)
class Draft:
    """A conversation put aside; `body` is the session as it was dumped, `saved_at` business time in microseconds."""

    id: int
    flow: str
    body: dict[str, Any]
    saved_at: int


async def put(tx: Tx, member: int, flow: str, body: dict[str, Any], now: int) -> int:
    """Keep a new draft; its id."""
    kept = json.dumps(body, ensure_ascii=False)
    return int((await tx.one("drafts.put", member=member, flow=flow, body=kept, now=now))["id"])


async def of(tx: Tx, member: int) -> list[Draft]:
    """This person's drafts, latest first."""
    rows = await tx.all("drafts.of", member=member)
    return [Draft(r["id"], r["flow"], json.loads(r["body"]), r["saved_at"]) for r in rows]


async def take(tx: Tx, member: int, draft_id: int) -> dict[str, Any] | None:
    """The body of that draft, which then is open and no draft any more; None: this person has none of that id."""
    row = await tx.one("drafts.take", member=member, id=draft_id)
    body: dict[str, Any] | None = json.loads(row["body"]) if row else None
    return body

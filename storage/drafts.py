"""Conversations put aside: one draft a person and flow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.units import Tx


async def put(tx: Tx, member: int, flow: str, body: dict[str, Any], now: int) -> None:
    """Keep the draft, in place of an older one of the same flow."""
    await tx.run("drafts.put", member=member, flow=flow, body=json.dumps(body, ensure_ascii=False), now=now)


async def of(tx: Tx, member: int) -> list[str]:
    """The flows this person has a draft of, latest first."""
    return [row["flow"] for row in await tx.all("drafts.of", member=member)]


async def take(tx: Tx, member: int, flow: str) -> dict[str, Any] | None:
    """The draft of that flow, which then is open and no draft any more."""
    row = await tx.one("drafts.get", member=member, flow=flow)
    if row is None:
        return None
    await tx.run("drafts.drop", member=member, flow=flow)
    body: dict[str, Any] = json.loads(row["body"])
    return body

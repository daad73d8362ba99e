"""Dossiers: what was handed in, one for each subject, in versions that stay for good.

Two at once meet at a unique constraint (handing in) or at the dossier's locked row (everything else); who locks a
dossier and a counter locks the dossier first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import WITH_REASON, Change, State, after
from storage import dossier_writing as writing
from storage import people
from storage.dossier_writing import New, Why

if TYPE_CHECKING:
    from storage.units import Row, Tx

__all__ = ["Conflict", "Dossier", "Filed", "New", "Renewed", "Why", "change", "file", "get", "lock", "renew"]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as it stands; `filed_at` (microseconds), `late`, `content` and `sha256` are its latest version's."""

    id: int
    number: str
    board: str
    campaign: str
    kind: Asks
    unit: str
    subject: str
    """its identity within campaign, kind and unit"""
    label: str
    """what lists show: a name"""
    state: State
    version: int
    filed_at: int
    late: bool
    filer: int
    row_key: str | None
    content: dict[str, Any]
    """the registration as plain data"""
    sha256: str


@dataclass(frozen=True, slots=True)
class Filed:
    """`fresh`: it is in now. Otherwise the dossier of that subject that was there before, locked and untouched."""

    dossier: Dossier
    fresh: bool


@dataclass(frozen=True, slots=True)
class Renewed:
    """`changed`: a new version is in. Otherwise it said what the latest one says, and nothing was written."""

    dossier: Dossier
    changed: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A new version that was not taken; nothing was written."""

    why: Why
    dossier: Dossier


async def file(tx: Tx, new: New, nonce: str) -> Filed:
    """Hand a dossier in. `nonce`: 16 random bytes in hexadecimal, which keep its hash from being guessed."""
    there = await writing.find(tx, new)
    if there is None:
        number = (await writing.numbers(tx, new, 1))[0]
        added = await writing.add(tx, new, number)
        if added is not None:
            await writing.put_versions(
                tx, [writing.Written(new, added, number, 1, writing.ACTS[State.SUBMITTED], nonce)]
            )
            return Filed(await known(tx, number), fresh=True)
        there = await writing.find(tx, new)
    assert there is not None, "what stood in the way of a new dossier is one of its subject or its row"
    return Filed(await known(tx, there["number"]), fresh=False)


async def renew(tx: Tx, number: str, base_version: int, new: New, nonce: str) -> Renewed | Conflict | None:
    """Hand in a new version of what was read as `base_version`; board, campaign and kind stay. None: no such number.

    What is withdrawn or was returned is handed in again by this, with the same content too.
    """
    row = await tx.one("dossiers.lock", number=number)
    if row is None:
        return None
    state = State(row["state"])
    if writing.says_the_same(row, new) and state not in {State.WITHDRAWN, State.RETURNED}:
        return Renewed(await known(tx, number), changed=False)
    if row["version"] != base_version:
        return Conflict(Why.STALE, await known(tx, number))
    new = writing.coming_back(row, new)
    if hindrance := await writing.replace(tx, row, new):
        return Conflict(hindrance[0], await known(tx, hindrance[1]["number"]))
    await writing.put_versions(
        tx, [writing.Written(new, row["id"], number, base_version + 1, writing.act_after(state), nonce)]
    )
    return Renewed(await known(tx, number), changed=True)


async def change(tx: Tx, number: str, change: Change, member: int, reason: str | None, now: int) -> Dossier | None:
    """Withdraw, return, accept or decline it; None: not possible from its state, or there is no such number.

    Handing in is `file` and `renew`. ValueError: that was asked for here, or a reason is missing.
    """
    if change is Change.SUBMIT or (change in WITH_REASON and not reason):
        raise ValueError(f"{change}: not without a version, or not without a reason")
    row = await tx.one("dossiers.lock", number=number)
    state = after(State(row["state"]), change) if row else None
    if state is None:
        return None
    await tx.run("dossiers.change", id=row["id"], state=state.value, now=now)
    await people.audit(tx, now, member, writing.ACTS[state], number, version=row["version"], reason=reason)
    return await known(tx, number)


async def get(tx: Tx, number: str) -> Dossier | None:
    """The dossier of that number."""
    row = await tx.one("dossiers.get", number=number)
    return _dossier(row) if row else None


async def lock(tx: Tx, number: str) -> Dossier | None:
    """The dossier of that number, locked for this transaction."""
    return await get(tx, number) if await tx.one("dossiers.lock", number=number) else None


async def known(tx: Tx, number: str) -> Dossier:
    """The dossier of a number that is there."""
    found = await get(tx, number)
    assert found is not None
    return found


def _dossier(row: Row) -> Dossier:
    return Dossier(
        row["id"], row["number"], row["board"], row["campaign"], Asks(row["kind"]), row["unit"], row["subject"],
        row["label"], State(row["state"]), row["version"], row["filed_at"], bool(row["late"]), row["filer"],
        row["row_key"], json.loads(row["content"])["registration"], row["sha256"],
    )  # fmt: skip

"""People, their addresses, units, invites, consents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.people import Role, Unit, UnitKind

if TYPE_CHECKING:
    from storage.units import Row, Tx


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is to a unit."""

    unit: str
    unit_name: str
    kind: UnitKind
    board: str
    role: Role
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person as a turn sees them. `name` is the one lists carry, `shown_name` the messenger's; visitors have no unit."""

    id: int
    name: str | None
    shown_name: str | None
    language: str
    choice: str | None
    """as whom a visitor looks: staff or enterprise"""
    memberships: tuple[Membership, ...]
    wrong_codes: int
    wrong_since: int


async def at_address(tx: Tx, channel: str, address: str, now: int) -> int:
    """The person behind an address; at first contact there is a new one, a visitor."""
    known = await tx.one("addresses.find", channel=channel, address=address)
    if known:
        return int(known["member"])
    added = await tx.one("members.add", name=None, shown_name=None, language="vi", now=now)
    if await tx.run("addresses.add", channel=channel, address=address, member=added["id"], now=now):
        return int(added["id"])
    await tx.run("members.drop", id=added["id"])
    return int((await tx.one("addresses.find", channel=channel, address=address))["member"])


@dataclass(frozen=True, slots=True)
class Loaded:
    """A person, locked for this transaction, with their session and the version of the content in force."""

    member: Member
    session: dict[str, Any] | None
    content: str | None


async def load(tx: Tx, member_id: int) -> Loaded | None:
    """A person locked for this transaction; None: another process is at work for them."""
    row = await tx.one("members.get", id=member_id)
    if row is None:
        return None
    rest = await tx.one(
        "members.session", member=member_id
    )  # read under the lock: another process may just have written
    member = Member(
        row["id"], row["name"], row["shown_name"], row["language"], row["choice"], await memberships(tx, member_id),
        row["wrong_codes"], row["wrong_since"],
    )  # fmt: skip
    return Loaded(member, json.loads(rest["session"]) if rest["session"] else None, rest["content"])


async def memberships(tx: Tx, member: int) -> tuple[Membership, ...]:
    """What a person is to which units, in the order of joining; nobody is locked."""
    rows = await tx.all("memberships.of", member=member)
    return tuple(
        Membership(r["unit"], r["name"], UnitKind(r["kind"]), r["board"], Role(r["role"]), r["position"]) for r in rows
    )


async def link(tx: Tx, visitor: int, into: int) -> None:
    """Make `visitor`'s addresses, messages and answers `into`'s: one person on several messengers.

    Only a person without units may be taken into another; both are locked in the order of their ids.
    """
    await tx.all("members.lock_both", one=visitor, other=into)
    await tx.run("addresses.rehome", member=visitor, into=into)
    await tx.run("work.rehome", member=visitor, into=into)
    await tx.run("upload_links.rehome", member=visitor, into=into)
    await tx.run("inbox.rehome", member=visitor, into=into)
    await tx.run("outbox.rehome", member=visitor, into=into)
    await tx.run("dossiers.rehome", member=visitor, into=into)
    await tx.run("sessions.drop", member=visitor)
    await tx.run("drafts.drop_all", member=visitor)
    await tx.run("invites.drop_sign_ins", member=visitor)
    await tx.run("members.drop", id=visitor)
    tx.wake("inbox", str(into))


async def put_unit(tx: Tx, unit: Unit, board: str) -> None:
    """Store a unit, or what has changed about it."""
    await tx.run(
        "units.put", slug=unit.slug, board=board, parent=unit.parent, kind=unit.kind.value, name=unit.name,
        short_name=unit.short_name, tax_code=unit.tax_code, predecessors=json.dumps(unit.predecessors),
        sample=int(unit.sample),
    )  # fmt: skip


def unit_of(row: Row) -> Unit:
    """A unit from its row."""
    return Unit(
        slug=row["slug"], name=row["name"], short_name=row["short_name"], kind=UnitKind(row["kind"]),
        parent=row["parent"], tax_code=row["tax_code"], predecessors=tuple(json.loads(row["predecessors"])),
        sample=bool(row["sample"]),
    )  # fmt: skip


async def officers(tx: Tx) -> list[int]:
    """The ids of everybody who is officer or admin of a board."""
    return [row["member"] for row in await tx.all("memberships.officers")]


async def units(tx: Tx) -> dict[str, Unit]:
    """Every unit by its slug."""
    return {row["slug"]: unit_of(row) for row in await tx.all("units.all")}


async def audit(tx: Tx, at: int, member: int | None, act: str, about: str, **detail: Any) -> None:
    """Write one line of the audit trail: who did what to what."""
    await tx.run("audit.add", at=at, member=member, act=act, about=about, detail=json.dumps(detail, ensure_ascii=False))

"""Dossiers read: lists, namesakes, counts, history, and what may be shown to anybody."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import State
from search.fold import fold
from storage.dossier_writing import key_of

if TYPE_CHECKING:
    from storage.units import Row, Tx

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A dossier in a list."""

    number: str
    kind: Asks
    label: str
    state: State
    filed_at: int
    late: bool
    campaign: str
    unit: str


@dataclass(frozen=True, slots=True)
class Namesake:
    """A dossier of somebody, or something, of the same name; what a registration of its kind does not have is None."""

    number: str
    label: str
    name: str
    position: str | None
    staff_number: str | None
    state: State


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a dossier's history: who did what when, to which version, and why. `member` may be erased since."""

    at: int
    member: int | None
    name: str | None
    act: str
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was handed in; `content` has the digest `sha256`."""

    version: int
    content: dict[str, Any]
    sha256: str
    filed_at: int
    late: bool
    member: int


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A file handed in with a version: its hash, and its size in bytes; not what it was called."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ProofVersion:
    """What a receipt of that version must show; nothing personal. Files in the order they were handed in."""

    version: int
    filed_at: int
    late: bool
    sha256: str
    files: tuple[ProofFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What anybody who has the number may see; nothing personal. Versions oldest first."""

    number: str
    kind: Asks
    state: State
    versions: tuple[ProofVersion, ...]


async def mine(tx: Tx, member: int, skip: int = 0, most: int = PAGE) -> list[Entry]:
    """What this person handed in last, newest first."""
    return _entries(await tx.all("dossiers.mine", member=member, most=most, skip=skip))


async def of_unit(tx: Tx, unit: str, skip: int = 0, most: int = PAGE) -> list[Entry]:
    """What was handed in for a unit, newest first."""
    return _entries(await tx.all("dossiers.of_unit", unit=unit, most=most, skip=skip))


async def waiting(tx: Tx, board: str, skip: int = 0, most: int = PAGE) -> list[Entry]:
    """What waits for the board's office, newest first."""
    return _entries(await tx.all("dossiers.waiting", board=board, most=most, skip=skip))


async def alike(tx: Tx, campaign: str, kind: Asks, unit: str, name: str | None = None) -> list[Namesake]:
    """Dossiers of this kind in a unit, oldest first; with `name` those whose label reads the same without accents."""
    where = {"campaign": campaign, "kind": kind.value, "unit": unit}
    if name is None:
        rows = await tx.all("dossiers.alike", **where)
    else:
        rows = await tx.all("dossiers.namesakes", folded=key_of(fold(name)), **where)
    return [_namesake(row) for row in rows]


async def counts_by_title(tx: Tx, campaign: str, unit: str) -> tuple[dict[str, int], int]:
    """For how many individuals each code was asked, and how many individuals there are; not withdrawn nor declined."""
    counts: Counter[str] = Counter()
    everyone = 0
    for row in await tx.all("dossiers.titles", campaign=campaign, unit=unit):
        everyone += row["number"]
        counts.update(dict.fromkeys(row["titles"].split(), row["number"]))
    return dict(counts), everyone


async def initiatives_named(tx: Tx, campaign: str, unit: str, apart_from: str | None) -> dict[str, int]:
    """How many dossiers for titles name each initiative, by its name; not withdrawn nor declined."""
    rows = await tx.all("dossiers.with_initiative", campaign=campaign, unit=unit)
    others = (json.loads(row["content"])["registration"] for row in rows if row["number"] != apart_from)
    return dict(Counter(said["initiative"] for said in others))


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A unit's report as it stands; `filer` is who handed the latest version in (None: somebody who was erased)."""

    number: str
    campaign: str
    duty: str
    state: State
    version: int
    filed_at: int
    late: bool
    filer: str | None


async def reports(tx: Tx, unit: str) -> list[HandedIn]:
    """Every report of a unit."""
    rows = await tx.all("dossiers.reports", unit=unit)
    return [
        HandedIn(
            row["number"], row["campaign"], row["subject"], State(row["state"]), row["version"], row["filed_at"],
            bool(row["late"]), row["name"],
        ) for row in rows
    ]  # fmt: skip


async def who_speak_for(tx: Tx, unit: str) -> list[int]:
    """The ids of those who are contact or head of a unit."""
    return [row["member"] for row in await tx.all("memberships.who_speak_for", unit=unit)]


async def history(tx: Tx, number: str) -> list[Step]:
    """Everything that was done to a dossier, oldest first; that somebody looked at it is no part of it."""
    found = []
    for row in await tx.all("audit.about", about=number):
        detail = json.loads(row["detail"])
        if "version" not in detail:
            continue
        found.append(Step(row["at"], row["member"], row["name"], row["act"], detail.get("reason"), detail["version"]))
    return found


async def version(tx: Tx, number: str, which: int) -> Version | None:
    """A version as it was handed in."""
    row = await tx.one("dossiers.version", number=number, version=which)
    if row is None:
        return None
    content = json.loads(row["content"])
    return Version(row["version"], content, row["sha256"], row["filed_at"], bool(row["late"]), row["member"])


async def proof(tx: Tx, number: str) -> Proof | None:
    """What a public check page may show; None: there is no such number."""
    rows = await tx.all("dossiers.versions", number=number)
    if not rows:
        return None
    versions = tuple(
        ProofVersion(r["version"], r["filed_at"], bool(r["late"]), r["sha256"], _proof_files(r["content"]))
        for r in rows
    )
    return Proof(rows[0]["number"], Asks(rows[0]["kind"]), State(rows[0]["state"]), versions)


def _proof_files(content: str) -> tuple[ProofFile, ...]:
    handed = json.loads(content)["registration"].get("files") or ()
    return tuple(ProofFile(one["sha256"], one["size"]) for one in handed)


async def of_person(tx: Tx, member: int, most: int) -> list[dict[str, Any]]:
    """The last versions this person handed in, as plain data, newest first: what they are shown of what is kept."""
    rows = [dict(row) for row in await tx.all("dossiers.of_person", member=member, most=most)]
    return [{**row, "content": json.loads(row["content"])["registration"]} for row in rows]


def _entries(rows: list[Row]) -> list[Entry]:
    return [
        Entry(
            r["number"],
            Asks(r["kind"]),
            r["label"],
            State(r["state"]),
            r["filed_at"],
            bool(r["late"]),
            r["campaign"],
            r["unit"],
        )
        for r in rows
    ]


def _namesake(row: Row) -> Namesake:
    said = json.loads(row["content"])["registration"]
    return Namesake(row["number"], row["label"], said.get("name", row["label"]), said.get("position"),
                    said.get("staff_number"), State(row["state"]))  # fmt: skip

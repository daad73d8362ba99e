"""How a dossier is written: its number, its row, its versions. What handing in means stands in `storage/dossiers.py`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from domain.campaign import Asks
from domain.dossier import Change, State, after, board_code, number_of
from domain.registration import canonical, digest
from domain.titles import Subject
from search.fold import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.units import Row, Tx

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ACTS = {
    State.SUBMITTED: "dossier.submitted",
    State.WITHDRAWN: "dossier.withdrawn",
    State.RETURNED: "dossier.returned",
    State.ACCEPTED: "dossier.accepted",
    State.DECLINED: "dossier.declined",
}
CHANGED = "dossier.changed"
"""The act of handing in a new version of what is in already; the others are named after the state they lead to."""
_LONGEST = 1000
"""Bytes of an identity that stand as they are; an index of PostgreSQL takes about 2,700 for all of its columns."""


@dataclass(frozen=True, slots=True)
class New:
    """What is handed in: a dossier, or a new version of one. `year` is its campaign's, for the number."""

    board: str
    campaign: str
    year: int
    kind: Asks
    unit: str
    subject: str
    label: str
    content: dict[str, Any]
    filer: int
    filed_at: int
    late: bool
    row_key: str | None = None


class Why(StrEnum):
    """Why a new version was not taken."""

    STALE = "stale"
    """somebody has changed it since; the dossier named is how it stands now"""
    TAKEN = "taken"
    """its new identity is another dossier's, which is the one named"""
    STATE = "state"
    """its state does not let it be handed in again"""


async def find(tx: Tx, new: New) -> Row | None:
    """The dossier that a new one would be, locked: by its row in a workbook, else by its subject."""
    same = {"campaign": new.campaign, "kind": new.kind.value, "unit": new.unit}
    found = await tx.one("dossiers.by_row", row_key=new.row_key, **same) if new.row_key else None
    row: Row | None = found or await tx.one("dossiers.by_subject", subject=key_of(new.subject), **same)
    return row


async def numbers(tx: Tx, new: New, many: int) -> list[str]:
    """The next numbers for dossiers of this board, year and kind; nobody else gets any before this transaction ends."""
    code = board_code(new.board)
    name = _counter(number_of(code, new.year, new.kind, 0))
    last = (await tx.one("counters.take", name=name, many=many))["last"]
    return [number_of(code, new.year, new.kind, last - n) for n in reversed(range(many))]


async def add(tx: Tx, new: New, number: str) -> int | None:
    """The id of a new dossier, still without its version; None: somebody was quicker."""
    row = await tx.one(
        "dossiers.add", number=number, board=new.board, campaign=new.campaign, kind=new.kind.value, row_key=new.row_key,
        **_as_columns(new),
    )  # fmt: skip
    return int(row["id"]) if row else None


def says_the_same(row: Row, new: New) -> bool:
    """Whether a dossier's latest version says what the new one would."""
    was = (row["fingerprint"], row["unit"], row["subject"])
    return was == (digest(new.content), new.unit, key_of(new.subject))


async def replace(tx: Tx, row: Row, new: New) -> tuple[Why, Row] | None:
    """Put what is new in the place of a locked dossier's content, still without its version.

    Not taken: why, and number and state of the dossier that stands in the way.
    """
    if after(State(row["state"]), Change.SUBMIT) is None:
        return Why.STATE, row
    if (row["unit"], row["subject"]) != (new.unit, key_of(new.subject)):
        # who hands in a new dossier holds this counter: none of the new identity can appear until we are done
        await tx.one("counters.take", name=_counter(row["number"]), many=0)
        other = await tx.one("dossiers.other", number=row["number"], campaign=row["campaign"], kind=row["kind"],
                             unit=new.unit, subject=key_of(new.subject))  # fmt: skip
        if other:
            return Why.TAKEN, other
    await tx.run("dossiers.renew", id=row["id"], version=row["version"] + 1, **_as_columns(new))
    return None


def coming_back(row: Row, new: New) -> New:
    """What is new in the place of a dossier: what the office asked to be changed is not late for coming back.

    What was late and comes back within an extension that was given since is late no more.
    """
    return dataclasses.replace(new, late=new.late and bool(row["late"])) if row["state"] == State.RETURNED else new


async def put_versions(tx: Tx, written: Sequence[Written]) -> None:
    """Keep what was just written as versions, each with its files held and its line of the audit trail."""
    await tx.many("files.use", [held for one in written for held in one.file_rows()])
    await tx.many("dossiers.add_version", [one.version_row() for one in written])
    await tx.many("audit.add", [one.audit_row() for one in written])


@dataclass(frozen=True, slots=True)
class Written:
    """A version that has just been handed in; `nonce` as in `file`."""

    new: New
    dossier: int
    number: str
    version: int
    act: str
    nonce: str

    def version_row(self) -> dict[str, Any]:
        """The row that keeps it."""
        new = self.new
        content = {
            "number": self.number, "version": self.version, "filed_at": iso(new.filed_at), "campaign": new.campaign,
            "unit": new.unit, "kind": new.kind.value, "registration": new.content, "nonce": self.nonce,
        }  # fmt: skip
        return {
            "dossier": self.dossier, "version": self.version, "content": canonical(content).decode(),
            "digest": digest(content), "filed_at": new.filed_at, "late": int(new.late), "member": new.filer,
        }  # fmt: skip

    def file_rows(self) -> list[dict[str, Any]]:
        """That it refers to its files."""
        holder = f"dossier:{self.number}:{self.version}"
        return [{"sha": file["sha256"], "holder": holder} for file in self.new.content.get("files") or ()]

    def audit_row(self) -> dict[str, Any]:
        """Its line in the audit trail."""
        detail = json.dumps({"version": self.version, "reason": None})
        return {
            "at": self.new.filed_at,
            "member": self.new.filer,
            "act": self.act,
            "about": self.number,
            "detail": detail,
        }


def act_after(state: State) -> str:
    """The act of handing in a new version of a dossier in that state."""
    return CHANGED if state is State.SUBMITTED else ACTS[State.SUBMITTED]


def iso(instant: int) -> str:
    """Microseconds since 1970 as people in Việt Nam write the moment: ISO 8601 with +07:00."""
    seconds, rest = divmod(instant, 1_000_000)
    return datetime.fromtimestamp(seconds, ZONE).replace(microsecond=rest).isoformat()


def key_of(subject: str) -> str:
    """An identity or folded name as it is stored; what is too long for an index stands as its hash."""
    raw = subject.encode()
    return subject if len(raw) <= _LONGEST else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _as_columns(new: New) -> dict[str, Any]:
    individual = new.kind is Asks.TITLE and new.content.get("subject") == Subject.INDIVIDUAL.value
    return {
        "unit": new.unit, "subject": key_of(new.subject), "label": new.label, "filer": new.filer,
        "folded": key_of(fold(new.label)),
        "titles": " ".join(new.content["titles"]) if individual else None, "filed_at": new.filed_at,
        "late": int(new.late), "fingerprint": digest(new.content),
    }  # fmt: skip


def _counter(number: str) -> str:
    """The name of the counter a number is from: the number without its running part and check character."""
    return number.rsplit("-", 2)[0]

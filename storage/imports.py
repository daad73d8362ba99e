"""Workbooks that came back filled: checked rows that wait for their person's word, and what is known of their people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import State
from storage.dossier_writing import key_of

if TYPE_CHECKING:
    from storage.units import Tx

CHECKED, REGISTERING, DONE, DROPPED = "checked", "registering", "done", "dropped"


@dataclass(frozen=True, slots=True)
class Import:
    """A checked workbook. `form`: what it was made for; `rows`: [key, registration as plain data] of each good row."""

    id: int
    member: int
    form: dict[str, Any]
    rows: list[tuple[str, dict[str, Any]]]
    counts: dict[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier that a row may belong to."""

    number: str
    subject: str
    row_key: str | None
    state: State
    content: dict[str, Any]


class People:
    """The dossiers of a unit in a campaign, to be found by a row's key or by whom it is about."""

    def __init__(self, known: list[Known]) -> None:
        self.known = known
        self._by_key = {one.row_key: one for one in known if one.row_key}
        self._by_subject = {one.subject: one for one in known}

    def of(self, key: str, subject: str) -> Known | None:
        """The dossier of a row, as handing it in would find it."""
        return self._by_key.get(key) or self._by_subject.get(key_of(subject))


async def put(
    tx: Tx, work: int, member: int, form: dict[str, Any], rows: list[Any], counts: dict[str, Any], now: int
) -> int | None:
    """Keep what slow work has checked, once for that work; the import's id. None: the work was given up meanwhile."""
    row = await tx.one("imports.put", work=work, member=member, form=_json(form), rows=_json(rows),
                       counts=_json(counts), now=now)  # fmt: skip
    return int(row["id"]) if row else None


async def get(tx: Tx, which: int) -> Import | None:
    """An import with its rows."""
    row = await tx.one("imports.get", id=which)
    if row is None:
        return None
    rows = [(key, content) for key, content in json.loads(row["rows"])]
    return Import(row["id"], row["member"], json.loads(row["form"]), rows, json.loads(row["counts"]), row["state"])


async def head(tx: Tx, which: int) -> Import | None:
    """An import without its rows: what a turn needs of it."""
    row = await tx.one("imports.head", id=which)
    if row is None:
        return None
    return Import(row["id"], row["member"], json.loads(row["form"]), [], json.loads(row["counts"]), row["state"])


async def move(tx: Tx, which: int, was: str, state: str) -> bool:
    """Go on to the next state; False: it was not in the one before any more."""
    return bool(await tx.run("imports.move", id=which, was=was, state=state))


async def known(tx: Tx, campaign: str, kind: Asks, unit: str) -> People:
    """What has been registered there already."""
    rows = await tx.all("imports.known", campaign=campaign, kind=kind.value, unit=unit)
    return People(
        [
            Known(r["number"], r["subject"], r["row_key"], State(r["state"]), json.loads(r["content"])["registration"])
            for r in rows
        ]
    )


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

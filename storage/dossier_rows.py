"""Dossiers handed in by the hundred: the rows of a workbook, matched by their hidden key, else by their subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.dossier import State
from storage import dossier_writing as writing
from storage.dossier_writing import New, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.units import Row, Tx


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    """a new version of a dossier is in"""
    SAME = "same"
    """it says what its dossier's latest version says, whatever state that is in"""
    CONFLICT = "conflict"
    """its dossier can no longer be changed, belongs to another row too, or its subject is another dossier's"""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a row, with the number and state of its dossier, or of the one that stood in its way."""

    outcome: Outcome
    number: str
    state: State


async def file_many(tx: Tx, news: Sequence[New], nonces: Sequence[str]) -> list[Done]:
    """Hand in the rows of one workbook (one board, campaign and kind), at best a hundred at once; a nonce for each.

    One answer a row, in their order. Rows of which two are the same dossier: the first counts, the next is a conflict.
    """
    order = sorted(range(len(news)), key=lambda n: news[n].subject)  # two at once lock in one order
    there = {n: await writing.find(tx, news[n]) for n in order}
    missing = [n for n in range(len(news)) if there[n] is None]
    fresh = iter(await writing.numbers(tx, news[0], len(missing)) if news else ())
    written: list[Written] = []
    touched: set[str] = set()
    done: list[Done] = []
    for n, new in enumerate(news):
        row = there[n]
        if row is None:
            number = next(fresh)
            if added := await writing.add(tx, new, number):
                written.append(Written(new, added, number, 1, writing.ACTS[State.SUBMITTED], nonces[n]))
                done.append(Done(Outcome.NEW, number, State.SUBMITTED))
                touched.add(number)
                continue
            row = await writing.find(tx, new)
        assert row is not None, "what stood in the way of a new dossier is one of its subject or its row"
        done.append(await _again(tx, row, new, nonces[n], touched, written))
        touched.add(row["number"])
    await writing.put_versions(tx, written)
    return done


async def _again(tx: Tx, row: Row, new: New, nonce: str, touched: set[str], written: list[Written]) -> Done:
    """A row whose dossier is there: a new version of it, or nothing."""
    number, state = row["number"], State(row["state"])
    if number in touched:
        return Done(Outcome.CONFLICT, number, state)
    if new.row_key and row["row_key"] is None:
        await tx.run("dossiers.give_row", id=row["id"], row_key=new.row_key, campaign=row["campaign"],
                     kind=row["kind"], unit=row["unit"])  # fmt: skip
    if writing.says_the_same(row, new):
        return Done(Outcome.SAME, number, state)
    new = writing.coming_back(row, new)
    if hindrance := await writing.replace(tx, row, new):
        other = hindrance[1]
        return Done(Outcome.CONFLICT, other["number"], State(other["state"]))
    written.append(Written(new, row["id"], number, row["version"] + 1, writing.act_after(state), nonce))
    return Done(Outcome.CHANGED, number, State.SUBMITTED)

"""Claiming: a sender takes the next rows of the outbox, judged and with their sending slots, in one transaction.

A broadcast's rows are claimed only while it runs: pausing it is one row, and holds at once. What is claimed is judged in
the same transaction: what is true no more does not go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from storage import pace
from storage.outbox import BROADCAST, LANES, LEASE, REPLY, Ended, end
from texts.message import Message, from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.units import Row, Tx

LONG = 3600 * 1_000_000
"""Nothing is put off by more machine time than that: what seems to be was written before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row on its way out; `at` is its sending slot in machine time (microseconds)."""

    id: int
    key: str
    member: int
    address: str
    lane: int
    message: Message
    language: str
    edits: str | None
    attempts: int
    repeats: int
    created_at: int
    broadcast: int | None
    meant: bool
    """whether the person still belongs to a unit that the broadcast is for; always, where it is none"""
    lease_until: int
    """machine time after which the row may be another's"""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims how much: `most` free sending slots of `worker` on `channel`; `now` business, `machine` machine time."""

    channel: str
    worker: str
    most: int
    rate: float | None
    now: int
    machine: int
    hours: bool = True
    """whether these are hours in which broadcasts go out that are not to go at once"""


@dataclass(frozen=True, slots=True)
class Hold:
    """A claimed row does not go now, but not before `until` (business time)."""

    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A claimed row never goes: as what it ends, and why."""

    state: str
    reason: str


Verdict = Message | Hold | Drop


class Judge(Protocol):
    """Says of claimed rows, from what is true now, which go and in what words. It removes, and never adds."""

    async def __call__(self, tx: Tx, parcels: Sequence[Parcel], now: int) -> Mapping[int, Verdict]:
        """A verdict by the row's id; rows without one go as they are."""


async def claim(tx: Tx, want: Claim, judge: Judge | None = None) -> tuple[list[Parcel], int | None]:
    """Take the next rows, lane by lane, with their sending slots; and when to look again if not for being woken."""
    slots = await pace.slots(tx, want.channel, want.rate, want.machine, want.most) if want.rate is not None else None
    taken: list[Parcel] = []
    for lane in LANES:
        most = want.most if slots is None else slots.replies if lane == REPLY else slots.free
        if len(taken) < most:
            taken += await _of_lane(tx, want, lane, most - len(taken))
    if slots and not taken and not slots.free:
        return [], slots.look_again
    parcels = await _judged(tx, want, taken, judge) if judge and taken else taken
    if slots:
        parcels = [replace(one, at=slots.first + slots.step * n) for n, one in enumerate(parcels)]
        if parcels:
            await pace.take(tx, want.channel, slots, len(parcels))
    return parcels, want.machine if len(parcels) < len(taken) else None


async def _of_lane(tx: Tx, want: Claim, lane: int, most: int) -> list[Parcel]:
    if lane != BROADCAST:
        return await _take(tx, want, "outbox.claim", most, lane=lane)
    taken: list[Parcel] = []
    running = [row["id"] for row in await tx.all("broadcasts.running", hours=int(want.hours))]
    turn = want.machine % len(running) if running else 0
    # several at once share what there is; who is first changes
    for place, broadcast in enumerate(running[turn:] + running[:turn]):
        share = -(-(most - len(taken)) // (len(running) - place))
        if share > 0:
            taken += await _take(tx, want, "outbox.claim_broadcast", share, broadcast=broadcast)
    return taken


async def _take(tx: Tx, want: Claim, query: str, most: int, **more: int) -> list[Parcel]:
    lease_until = want.machine + LEASE
    rows = await tx.all(query, channel=want.channel, now=want.now, machine=want.machine, worker=want.worker,
                        lease_until=lease_until, most=most, set_back=want.machine + LONG, **more)  # fmt: skip
    return [_parcel(row, lease_until) for row in sorted(rows, key=lambda r: r["id"])]


async def _judged(tx: Tx, want: Claim, taken: list[Parcel], judge: Judge) -> list[Parcel]:
    """Those that go, in their words; the others are put back or ended here and now."""
    verdicts, going = await judge(tx, taken, want.now), []
    for one in taken:
        match verdicts.get(one.id):
            case None:
                going.append(one)
            case Message() as message:
                going.append(replace(one, message=message))
            case Hold(until=until, reason=reason):
                await tx.run("outbox.hold", id=one.id, not_before=until, reason=reason, worker=want.worker)
            case Drop(state=state, reason=reason):
                await end(tx, want.worker, [Ended(one.id, state, reason)], want.now)
    return going


def _parcel(row: Row, lease_until: int) -> Parcel:
    message = from_json(json.loads(row["body"])) if row["body"] else Message(())
    return Parcel(
        row["id"], row["key"], row["member"], row["address"], row["lane"], message, row["language"], row["edits"],
        row["attempts"], row["repeats"], row["created_at"], row["broadcast"], bool(row["meant"]),
        lease_until,
    )  # fmt: skip

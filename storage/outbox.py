"""What goes out: rows, claimed before the call and ended after it, with a pace that is a row too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from texts.message import Message, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.units import Row, Tx

REPLY, NOTICE, BROADCAST = 0, 1, 2
LANES = (REPLY, NOTICE, BROADCAST)
LEASE = 30 * 1_000_000
"""How long a claimed row stays with its worker, in microseconds of machine time, unless the worker renews it."""
AHEAD = 250_000
"""How far ahead sending slots are given out, in microseconds: what waits longer stays for a reply to overtake."""
SLOWED = 0.8
"""Share of the pace kept for a while after the messenger asked us to slow down."""


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
    at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims how much: `most` free sending slots of `worker` on `channel`; `now` business, `machine` machine time."""

    channel: str
    worker: str
    most: int
    rate: float | None
    now: int
    machine: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How one sending ended. With `retry_at` the row is ready again; `attempts` and `repeats` as they then stand."""

    id: int
    state: str
    reason: str | None = None
    ref: str | None = None
    retry_at: int | None = None
    attempts: int = 0
    repeats: int = 0


async def put_reply(tx: Tx, row: Row, number: int, member: int, message: Message, now: int, edits: str | None) -> None:
    """A reply to the inbox row `row`, to the address that spoke. Said twice, it is there once."""
    await tx.run(
        "outbox.put", key=f"reply:{row['id']}:{number}", member=member, channel=row["channel"], address=row["address"],
        lane=REPLY, body=packed(message), edits=edits, not_before=0, expires_at=None, created_at=now,
    )  # fmt: skip
    tx.wake("outbox", row["channel"])


async def put_notice(
    tx: Tx, key: str, member: int, message: Message, now: int, not_before: int = 0, expires_at: int | None = None
) -> bool:
    """A notice to a person, at the address they were last heard from that can be reached; False: they have none.

    Said twice, it is there once. Instants are business time in microseconds.
    """
    best = await tx.one("addresses.best", member=member)
    if best is None:
        return False
    await tx.run(
        "outbox.put", key=key, member=member, channel=best["channel"], address=best["address"], lane=NOTICE,
        body=packed(message), edits=None, not_before=not_before, expires_at=expires_at, created_at=now,
    )  # fmt: skip
    tx.wake("outbox", best["channel"])
    return True


def packed(message: Message) -> str:
    """A message as the outbox keeps it."""
    return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":"))


async def claim(tx: Tx, want: Claim) -> tuple[list[Parcel], int | None]:
    """Take the next rows, lane by lane, with their sending slots; and when to look again if the pace holds us back."""
    most, first, step = want.most, want.machine, 0
    if want.rate is not None:
        most, first, step, wait = await _slots(tx, want, want.rate)
        if not most:
            return [], wait
    parcels: list[Parcel] = []
    for lane in LANES:
        if len(parcels) >= most:
            break
        rows = await tx.all("outbox.claim", channel=want.channel, lane=lane, now=want.now, machine=want.machine,
                            worker=want.worker, lease_until=want.machine + LEASE, most=most - len(parcels))  # fmt: skip
        rows = sorted(rows, key=lambda r: r["id"])
        parcels += [_parcel(row, first + step * (len(parcels) + n)) for n, row in enumerate(rows)]
    if parcels and want.rate is not None:
        await tx.run("pace.take", channel=want.channel, next_at=first + step * len(parcels))
    return parcels, None


async def _slots(tx: Tx, want: Claim, rate: float) -> tuple[int, int, int, int]:
    """How many evenly spaced slots are free within AHEAD, the first of them, their distance, and when to ask again."""
    pace = await tx.one("pace.get", channel=want.channel)
    if pace is None:
        # read again: another process may have begun it at the same moment, and then this waits for its slots
        await tx.run("pace.begin", channel=want.channel)
        pace = await tx.one("pace.get", channel=want.channel)
    step = int(1_000_000 / (rate * SLOWED if want.machine < pace["slow_until"] else rate))
    first = max(want.machine, pace["next_at"], pace["paused_until"])
    horizon = want.machine + max(AHEAD, step)
    free = 0 if first > horizon else min(want.most, (horizon - first) // step + 1)
    return free, first, step, max(want.machine + 1, first - AHEAD // 2)


async def pause(tx: Tx, channel: str, until: int) -> None:
    """The messenger asked for silence until then (machine time): nothing goes out, and a while after it less."""
    await tx.run("pace.pause", channel=channel, paused_until=until, slow_until=until + 60 * 1_000_000)


async def end(tx: Tx, worker: str, ended: Sequence[Ended], now: int) -> int:
    """Record how sendings ended, those still ours; how many were."""
    written = 0
    for one in sorted(ended, key=lambda one: one.id):  # as in renew: two at once lock in one order
        if one.retry_at is None:
            written += await tx.run("outbox.end", id=one.id, state=one.state, reason=one.reason, ref=one.ref,
                                    ended_at=now, worker=worker)  # fmt: skip
        else:
            written += await tx.run("outbox.again", id=one.id, reason=one.reason, retry_at=one.retry_at,
                                    attempts=one.attempts, repeats=one.repeats, worker=worker)  # fmt: skip
    return written


async def renew(tx: Tx, worker: str, held: Sequence[int], machine: int) -> None:
    """These rows are still in their worker's hands."""
    until = machine + LEASE
    await tx.many("outbox.renew", [{"id": one, "worker": worker, "lease_until": until} for one in sorted(held)])


async def interrupted(tx: Tx, machine: int, only_worker_alive: str) -> list[Any]:
    """Rows whose sending nobody will end: leases run out, and where `only_worker_alive` is the only one, all others'."""
    rows: list[Any] = await tx.all("outbox.lost_leases", machine=machine, worker=only_worker_alive)
    return rows


async def spoken_since(tx: Tx, member: int, reply_key: str) -> bool:
    """Whether the person has spoken again since the message that this reply answers.

    What slow work tells on its way ("work:…") answers none, and is out of date before it could be repeated.
    """
    kind, inbox_id, *_ = reply_key.split(":")
    if kind != "reply":
        return True
    return await tx.one("inbox.spoken_since", member=member, id=int(inbox_id)) is not None


def _parcel(row: Row, at: int) -> Parcel:
    return Parcel(
        row["id"], row["key"], row["member"], row["address"], row["lane"], from_json(json.loads(row["body"])),
        row["language"], row["edits"], row["attempts"], row["repeats"], row["created_at"], at,
    )  # fmt: skip

"""Slow work: what takes too long for a turn is a row, done beside the turns, its result an inbox row of that person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import inbox
from storage.outbox import REPLY, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.units import Row, Tx
    from texts.message import Message

LEASE = 60 * 1_000_000
"""How long claimed work stays with its worker, in microseconds of machine time, unless the worker renews it."""
TRIES = 3
"""How often work is begun that crashes its process or fails; then its person is told that it failed."""
SENT = "sent"


@dataclass(frozen=True, slots=True)
class Work:
    """Claimed work. `channel` and `address` are where it was asked for; `attempts` counts this one; `worker` has it."""

    id: int
    key: str
    kind: str
    member: int
    channel: str
    address: str
    params: dict[str, Any]
    attempts: int
    worker: str


async def ask(
    tx: Tx, *, key: str, kind: str, member: int, channel: str, address: str, params: dict[str, Any], now: int
) -> None:
    """Have something done; asked twice under one key, it is there once. `now`: business time. Within a person's turn."""
    await tx.run("work.ask", key=key, kind=kind, member=member, channel=channel, address=address,
                 params=_json(params), now=now)  # fmt: skip
    tx.wake("work")


async def claim(tx: Tx, worker: str, most: int, machine: int) -> list[Work]:
    """Take up to `most` of what waits, oldest first, one at a time of each person; with a lease."""
    rows = await tx.all("work.claim", worker=worker, most=most, machine=machine, lease_until=machine + LEASE)
    return [_work(row) for row in sorted(rows, key=lambda row: row["id"])]


async def renew(tx: Tx, worker: str, held: Sequence[int], machine: int) -> None:
    """This work is still in its worker's hands."""
    await tx.many("work.renew", [{"id": one, "worker": worker, "lease_until": machine + LEASE} for one in held])


async def others(tx: Tx, member: int, kind: str, row: int) -> bool:
    """Whether more work of that kind is under way for somebody, or its result waits behind the inbox row `row`."""
    return await tx.one("work.others", member=member, kind=kind, row=row) is not None


async def again(tx: Tx, work: Work, retry_at: int, reason: str, *, spent: bool = True) -> bool:
    """Not done: it waits until `retry_at` (machine time). `spent`: the attempt counts. False: it was not ours any more."""
    left = work.attempts if spent else work.attempts - 1
    return bool(await tx.run("work.again", id=work.id, retry_at=retry_at, reason=reason, attempts=left,
                             worker=work.worker))  # fmt: skip


async def finish(tx: Tx, work: Work, result: dict[str, Any], now: int) -> bool:
    """Done: the row says so, and its person has a row in the inbox that carries the result.

    The address is locked first, as when people are linked: so the person read after it is the one it belongs to.
    Nobody is told where the person has no address left. False: it was not ours any more.
    """
    at = await tx.one("addresses.find", channel=work.channel, address=work.address)
    ended = await tx.one("work.end", id=work.id, worker=work.worker, reason=result.get("failed"), now=now)
    if ended is None:
        return False
    await tx.run("work.report_cancelled", key=_report_key(work, ended["reports"]), now=now)
    mine = at is not None and at["member"] == ended["member"]
    where = (work.channel, work.address) if mine else await _best(tx, ended["member"])
    if where:
        raw = _json({"kind": work.kind, "params": work.params, "result": result})
        await inbox.put_result(tx, work.id, ended["member"], *where, raw, now)
    return True


async def _best(tx: Tx, member: int) -> tuple[str, str] | None:
    row = await tx.one("work.best_address", member=member)
    return (row["channel"], row["address"]) if row else None


async def report(tx: Tx, work: Work, message: Message, now: int) -> None:
    """Tell the person how it goes. It takes the place of what was told before; while that is being sent, it is dropped.

    A messenger that cannot edit shows each as a message of its own: report seldom.
    """
    held = await tx.one("work.held", id=work.id, worker=work.worker)
    if held is None:
        return
    before = await tx.one("work.report_sent", key=_report_key(work, held["reports"]))
    if before and before["state"] == "sending":
        return
    if before and await tx.run("work.report_reworded", id=before["id"], body=packed(message)):
        return
    number = held["reports"] + 1
    edits = before["ref"] if before and before["state"] == SENT else None
    await tx.run("work.reported", id=work.id, reports=number)
    await tx.run(
        "outbox.put", key=_report_key(work, number), member=held["member"], channel=held["channel"],
        address=held["address"], lane=REPLY, body=packed(message), edits=edits, not_before=0,
        created_at=now,
    )  # fmt: skip
    tx.wake("outbox", held["channel"])


async def interrupted(tx: Tx, machine: int, now: int, only_worker_alive: str = "") -> dict[str, int]:
    """Work whose worker is gone: it waits again, and at the third time its person is told that it failed. Counts.

    Gone: its lease ran out; or, where `only_worker_alive` is the only one, it is in the hands of another.
    """
    counts = {"again": 0, "failed": 0}
    for row in await tx.all("work.lost_leases", machine=machine, worker=only_worker_alive):
        work, reason = _work(row), "the process ended while at it"
        if work.attempts >= TRIES:
            counts["failed"] += await finish(tx, work, {"failed": reason}, now)
        else:
            counts["again"] += await again(tx, work, 0, reason)
    if counts["again"]:
        tx.wake("work")
    return counts


async def counts(tx: Tx) -> dict[str, int]:
    """How many rows stand in which state."""
    return {row["state"]: row["number"] for row in await tx.all("work.counts")}


def _report_key(work: Work, number: int) -> str:
    return f"work:{work.id}:{number}"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _work(row: Row) -> Work:
    return Work(
        row["id"], row["key"], row["kind"], row["member"], row["channel"], row["address"], json.loads(row["params"]),
        row["attempts"], row["worker"],
    )  # fmt: skip

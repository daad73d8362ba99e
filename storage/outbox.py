"""What goes out: rows, claimed before the call (`storage/claims.py`) and ended after it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import notices
from texts.message import lasting, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.units import Row, Tx
    from texts.message import Message

REPLY, NOTICE, BROADCAST = 0, 1, 2
LANES = (REPLY, NOTICE, BROADCAST)
LEASE = 30 * 1_000_000
"""How long a claimed row stays with its worker, in microseconds of machine time, unless the worker renews it."""
A_CHAT = 1_000_000
"""Microseconds of machine time between what we begin in one chat: messengers take about one a second there."""
INTERRUPTED = "the process ended while sending"
"""Why something is in doubt that nobody was there to end: of no concern to whoever watches what messengers refuse."""
NOTICES = "notices:"
"""How the key of a message begins that tells a person's notices: its words are made when it is claimed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one sending ended. With `retry_at` the row is ready again; `attempts` and `repeats` as they then stand.

    `to`: channel and address where the same row goes next, because the one it went to failed for good.
    """

    id: int
    state: str
    reason: str | None = None
    ref: str | None = None
    retry_at: int | None = None
    attempts: int = 0
    repeats: int = 0
    to: tuple[str, str] | None = None


async def put_reply(tx: Tx, row: Row, number: int, member: int, message: Message, now: int, edits: str | None) -> None:
    """A reply to the inbox row `row`, to the address that spoke. Said twice, it is there once."""
    await tx.run(
        "outbox.put", key=f"reply:{row['id']}:{number}", member=member, channel=row["channel"], address=row["address"],
        lane=REPLY, body=packed(message), edits=edits, not_before=0, created_at=now,
    )  # fmt: skip
    tx.wake("outbox", row["channel"])


async def put_notice(tx: Tx, key: str, member: int, message: Message, now: int, not_before: int = 0) -> bool:
    """A notice to a person, at the address they were last heard from that can be reached; False: they have none.

    Said twice, it is there once. Instants are business time in microseconds.
    """
    best = await tx.one("addresses.best", member=member)
    if best is None:
        return False
    await tx.run(
        "outbox.put", key=key, member=member, channel=best["channel"], address=best["address"], lane=NOTICE,
        body=packed(lasting(message)), edits=None, not_before=not_before, created_at=now,
    )  # fmt: skip
    tx.wake("outbox", best["channel"])
    return True


def packed(message: Message) -> str:
    """A message as the outbox keeps it."""
    return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":"))


async def end(tx: Tx, worker: str, ended: Sequence[Ended], now: int) -> int:
    """Record how sendings ended, those still ours, and what that means for what they told; how many were."""
    written = 0
    for one in sorted(ended, key=lambda one: one.id):  # as in renew: two at once lock in one order
        if one.to is not None:
            written += await tx.run("outbox.readdress", id=one.id, channel=one.to[0], address=one.to[1],
                                    reason=one.reason, worker=worker)  # fmt: skip
            tx.wake("outbox", one.to[0])
        elif one.retry_at is not None:
            written += await tx.run("outbox.again", id=one.id, reason=one.reason, retry_at=one.retry_at,
                                    attempts=one.attempts, repeats=one.repeats, worker=worker)  # fmt: skip
        else:
            row = await tx.one("outbox.end", id=one.id, state=one.state, reason=one.reason, ref=one.ref,
                               ended_at=now, worker=worker)  # fmt: skip
            if row:
                written += 1
                await settle(tx, row, one.state, one.reason, now)
    return written


async def settle(tx: Tx, row: Row, state: str, reason: str | None, now: int) -> None:
    """This row (id, key, member, broadcast) has ended: write it down on the notices or the recipient it was for."""
    if row["broadcast"] is not None:
        became = state if state in {"sent", "failed", "unknown"} else "removed"
        await tx.run("recipients.ended", broadcast=row["broadcast"], member=row["member"], state=became, reason=reason,
                     now=now)  # fmt: skip
    elif row["key"].startswith(NOTICES):
        await notices.settle(tx, row["id"], state, reason, now)


async def breathe(tx: Tx, channel: str, addresses: Sequence[str], machine: int) -> None:
    """These chats have just been sent something: what we begin there waits about a second."""
    rows = [{"channel": channel, "address": one, "retry_at": machine + A_CHAT} for one in sorted(set(addresses))]
    await tx.many("outbox.breathe", rows)


async def renew(tx: Tx, worker: str, held: Sequence[int], machine: int) -> dict[int, int]:
    """These rows are still in their worker's hands; those of them that are, with the end of their leases."""
    until = machine + LEASE
    return {
        one: until for one in sorted(held) if await tx.run("outbox.renew", id=one, worker=worker, lease_until=until)
    }


async def interrupted(tx: Tx, machine: int, only_worker_alive: str) -> list[Any]:
    """Rows whose sending nobody will end: leases run out, and where `only_worker_alive` is the only one, all others'.

    A lease that ends far ahead was given before the clock was set back: it is cut to what it may be at most.
    """
    await tx.run("outbox.cut_leases", lease_until=machine + LEASE, too_far=machine + 2 * LEASE)
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

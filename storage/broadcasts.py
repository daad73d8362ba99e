"""Broadcasts: what is sent to many, its steps, and how far it has come. Each step is a line of the audit trail.

Who changes a broadcast locks its row first, so two officers, or an officer and the engine, never do different things at
once. Instants are business time in microseconds. Who may do what is asked before, by handlers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from domain.broadcast import OVER, UNREACHED, BroadcastState, RecipientState, Step, after
from storage import people

if TYPE_CHECKING:
    from storage.units import Row, Tx

UNREACHABLE = "no address that can be reached"
"""Reason of a recipient who has nothing that we could write to."""
LEFT = "no longer in a unit it is for"
"""Reason of one who was taken away when it was about to be sent."""
_AT_ITS_TIME = frozenset({Step.BEGIN, Step.HOLD})
_BEGINS_ANEW = frozenset({Step.BEGIN, Step.RESUME, Step.AGAIN})


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast to be made. `body`: a packed message; `audience`: JSON as chosen; `people`: how many it came to then."""

    board: str
    author: int
    body: str
    audience: str
    people: int
    created_at: int
    starts_at: int
    campaign: str = ""
    phase: str = ""
    at_once: bool = False
    """also outside working hours"""
    waits: bool = False
    """for a second person's word"""
    answers: str = "{}"
    """JSON: what its author answered, so that another can begin with the same"""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands."""

    id: int
    board: str
    campaign: str
    phase: str
    author: int
    body: str
    audience: str
    at_once: bool
    state: BroadcastState
    reason: str | None
    approver: int | None
    people: int
    listed_upto: int
    created_at: int
    starts_at: int
    started_at: int | None
    watched_from: int | None
    ended_at: int | None
    answers: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people of an audience are where."""

    listed: int = 0
    queued: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    removed: int = 0
    acknowledged: int = 0


async def create(tx: Tx, draft: Draft) -> int | None:
    """A new broadcast, waiting for a second person or for its time; None: that phase is being launched already."""
    state = BroadcastState.WAITING if draft.waits else BroadcastState.SCHEDULED
    row = await tx.one(
        "broadcasts.create", board=draft.board, campaign=draft.campaign, phase=draft.phase,
        author=draft.author, body=draft.body, audience=draft.audience, at_once=int(draft.at_once), state=state.value,
        people=draft.people, created_at=draft.created_at, starts_at=draft.starts_at, answers=draft.answers,
    )  # fmt: skip
    if row is None:
        return None
    await people.audit(tx, draft.created_at, draft.author, "broadcast.created", about(row["id"]), state=state.value,
                       audience=draft.audience, people=draft.people, starts_at=draft.starts_at)  # fmt: skip
    tx.wake("broadcasts")
    return int(row["id"])


async def get(tx: Tx, number: int) -> Broadcast | None:
    """The broadcast of that id."""
    row = await tx.one("broadcasts.get", id=number)
    return _broadcast(row) if row else None


async def of_board(tx: Tx, board: str, most: int, skip: int = 0) -> list[Broadcast]:
    """A board's broadcasts, the newest first."""
    return [_broadcast(row) for row in await tx.all("broadcasts.of_board", board=board, most=most, skip=skip)]


async def in_state(tx: Tx, state: BroadcastState) -> list[Broadcast]:
    """Every broadcast in that state (none that is over), the oldest first."""
    return [_broadcast(row) for row in await tx.all("broadcasts.in_state", state=state.value)]


async def approve(tx: Tx, number: int, by: int, now: int) -> bool:
    """A second person's word; False: nobody is waited for any more, or they are its author."""
    return await _by_another(tx, number, Step.APPROVE, by, now)


async def hold(tx: Tx, number: int, people: int, now: int) -> Broadcast | None:
    """So many by its hour that a second person has to agree after all; None: it no longer waits for its hour."""
    if not await move(tx, number, Step.HOLD, now, people=people):
        return None
    await tx.run("broadcasts.grown", id=number, people=people)
    return await get(tx, number)


async def reschedule(tx: Tx, number: int, was: int, starts_at: int, now: int, by: int) -> bool:
    """It goes at another time than it was to; False: it has begun, is over, or its time is another one by now."""
    found = await locked(tx, number)
    if found is None or found.starts_at != was:
        return False
    if not await move(tx, number, Step.RESCHEDULE, now, by=by, was=was, starts_at=starts_at):
        return False
    await tx.run("broadcasts.reschedule", id=number, starts_at=starts_at)
    return True


async def decline(tx: Tx, number: int, by: int, now: int, reason: str | None = None) -> bool:
    """The second person does not want it sent; False: nobody is waited for any more, or they are its author."""
    return await _by_another(tx, number, Step.DECLINE, by, now, reason)


async def _by_another(tx: Tx, number: int, step: Step, by: int, now: int, reason: str | None = None) -> bool:
    found = await locked(tx, number)
    return bool(found and found.author != by) and await move(tx, number, step, now, by=by, reason=reason)


async def pause(tx: Tx, number: int, now: int, reason: str | None = None, by: int | None = None) -> bool:
    """Nothing more goes out but what is in flight (`by` None: it paused by itself); False: it was not running."""
    return await move(tx, number, Step.PAUSE, now, by=by, reason=reason)


async def resume(tx: Tx, number: int, now: int, by: int | None = None) -> bool:
    """It goes on, and errors before now no longer count; False: it was not paused."""
    return await move(tx, number, Step.RESUME, now, by=by)


async def stop(tx: Tx, number: int, now: int, by: int | None = None) -> bool:
    """Taken back for good: what waits to go out is cancelled, and its people stay listed; False: it was over."""
    if not await move(tx, number, Step.STOP, now, by=by):
        return False
    await take_back(tx, number, now)
    return True


async def take_back(tx: Tx, number: int, now: int) -> int:
    """Cancel what of a broadcast waits to go out; how many messages that was."""
    taken = int(await tx.run("broadcasts.take_back", id=number, reason="the broadcast was stopped", now=now))
    if taken:
        await tx.run("broadcasts.unqueue", id=number)
    return taken


async def counts(tx: Tx, number: int) -> Counts:
    """How far it has come."""
    found = {row["state"]: row["number"] for row in await tx.all("broadcasts.counts", id=number)}
    seen = await tx.one("broadcasts.acknowledged", id=number)
    return Counts(**found, acknowledged=seen["number"])


async def failures(tx: Tx, number: int) -> list[tuple[str, int]]:
    """Why it failed for how many, the most frequent first."""
    return [(row["reason"] or "", row["number"]) for row in await tx.all("broadcasts.failures", id=number)]


async def again(tx: Tx, number: int, state: RecipientState, now: int, by: int | None = None) -> int:
    """Put those it did not reach for certain (`state`: failed or unknown) back on the list; how many. It runs again."""
    found = await locked(tx, number)
    if found is None or after(found.state, Step.AGAIN) is None or state not in UNREACHED:
        return 0
    back = int(await tx.run("broadcasts.again", id=number, state=state.value))
    if back:
        await move(tx, number, Step.AGAIN, now, by=by, people=back, of=state.value)
    return back


async def acknowledge(tx: Tx, number: int, member: int, now: int) -> bool:
    """This person has tapped that they have it; False: they were not among its people. The first time counts."""
    await tx.run("broadcasts.acknowledge", id=number, member=member, now=now)
    return await tx.one("broadcasts.recipient", id=number, member=member) is not None


async def move(
    tx: Tx, number: int, step: Step, now: int, *, by: int | None = None, reason: str | None = None, **detail: object
) -> bool:
    """Take a step and write it into the audit trail; False: it cannot be taken from where the broadcast stands, or yet."""
    found = await locked(tx, number)
    to = after(found.state, step) if found else None
    if found is None or to is None or (step in _AT_ITS_TIME and found.starts_at > now):
        return False
    await tx.run(
        "broadcasts.move", id=number, state=to.value, reason=reason, approver=by if step is Step.APPROVE else None,
        started_at=now if step is Step.BEGIN else None, watched_from=now if step in _BEGINS_ANEW else None,
        ended_at=now if to in OVER else None,
    )  # fmt: skip
    await people.audit(tx, now, by, f"broadcast.{step}", about(number), reason=reason, **detail)
    tx.wake("broadcasts")
    return True


def about(number: int) -> str:
    """As the audit trail names a broadcast."""
    return f"broadcast/{number}"


async def locked(tx: Tx, number: int) -> Broadcast | None:
    """The broadcast of that id, locked until the transaction ends."""
    row = await tx.one("broadcasts.lock", id=number)
    return _broadcast(row) if row else None


def _broadcast(row: Row) -> Broadcast:
    same = {field.name: row[field.name] for field in fields(Broadcast)}
    return Broadcast(**{**same, "at_once": bool(row["at_once"]), "state": BroadcastState(row["state"])})

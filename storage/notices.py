"""What each person is to be told on which day, and what became of it: the plan and the ledger in one table.

A row is a function of person, unit, occasion, deadline and rung; its unique columns let nothing be planned twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.campaign import Asks, Campaign
from domain.reminders import Ended, in_own_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.campaign import Duty
    from storage.units import Row, Tx

DUTY, PHASE = "duty", "phase"
ASKED_USEFUL = timedelta(days=7)
"""So long something an officer asked for by hand is still worth telling."""
HAND = "asked"
"""How the rungs begin that an officer asked for by hand; their day follows."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing one person is to be told. `unit` is empty where it is nobody's in particular (a phase, a summary)."""

    id: int
    member: int
    board: str
    unit: str
    kind: str
    """duty or phase"""
    campaign: str
    about: str
    """id of the duty or phase"""
    version: str
    """the deadline it was planned for: its last valid day"""
    rung: str
    day: date
    until: date
    state: str
    outbox: int | None
    """the message that tells it"""


@dataclass(frozen=True, slots=True)
class Chased:
    """How often a unit has been reminded of a duty (days), when last, how that ended, and whether somebody said so."""

    times: int = 0
    last: int | None = None
    state: str | None = None
    reason: str | None = None
    acknowledged_at: int | None = None


async def replan(
    tx: Tx, why: str, *, board: str = "", campaign: str = "", about: str = "", unit: str = "", member: int | None = None
) -> None:
    """What is planned has to be looked at again: of all this at once; what is not named means all of it."""
    await tx.run("replans.add", board=board, campaign=campaign, about=about, unit=unit, member=member, why=why)


async def handed_in(tx: Tx, unit: str, campaign: str, about: str, now: int, member: int | None = None) -> None:
    """The unit has done that duty (or only that person, in their own name, for whichever unit): nothing more is told.

    What is on its way already is judged again when it is sent.
    """
    about_it = {"campaign": campaign, "about": about, "reason": Ended.HANDED_IN.value, "now": now}
    if member is None:
        await tx.run("notices.unit_handed_in", unit=unit, **about_it)
    else:
        await tx.run("notices.person_handed_in", member=member, **about_it)


async def filed(tx: Tx, plan: Campaign, kind: Asks, unit: str, about: str, member: int, now: int) -> None:
    """That person has handed in something of that kind for that unit: every duty it was asked for by is done.

    `about`: the id of the duty that a report is on; nothing else names one.
    """
    for duty in plan.duties:
        if kind in duty.asks and (kind is not Asks.REPORT or duty.id == about):
            own = in_own_name(duty)
            await handed_in(tx, "" if own else unit, plan.slug, duty.id, now, member if own else None)


async def of_message(tx: Tx, outbox: int) -> list[Notice]:
    """The notices that the outbox row of that id tells."""
    return [notice_of(row) for row in await tx.all("notices.of_message", outbox=outbox)]


async def settle(tx: Tx, outbox: int, state: str, reason: str | None, now: int) -> None:
    """The message has ended for good: so have its notices, those that were not dropped from it."""
    await tx.run("notices.settle", outbox=outbox, state=state, reason=reason, now=now)


async def drop(tx: Tx, dropped: Mapping[int, tuple[str, str]], now: int) -> None:
    """These are not told any more: state and reason by the notice's id."""
    rows = [{"id": one, "state": state, "reason": why, "now": now} for one, (state, why) in sorted(dropped.items())]
    if rows:
        await tx.many("notices.drop", rows)


async def came_in(tx: Tx, duty: Duty, campaign: str) -> dict[str, bool]:
    """The units that have handed in (or of which somebody has), each with whether all that came was late."""
    rows = await tx.all("notices.came_in", campaign=campaign, about=duty.id, asks=asked_kinds(duty))
    return {row["unit"]: bool(row["late"]) for row in rows}


def asked_kinds(duty: Duty) -> str:
    """The kinds a duty asks for, as the queries compare them."""
    return f",{','.join(duty.asks)},"


async def chased(tx: Tx, campaign: str, about: str, units: Sequence[str]) -> dict[str, Chased]:
    """For each of these units how often it has been reminded of that duty, and how the last time ended."""
    rows: dict[str, list[Row]] = {unit: [] for unit in units}
    for row in await tx.all("notices.chased", campaign=campaign, about=about):
        if row["unit"] in rows:
            rows[row["unit"]].append(row)
    return {unit: _chased(of_unit) for unit, of_unit in rows.items()}


def _chased(rows: Sequence[Row]) -> Chased:
    if not rows:
        return Chased()
    last = max(rows, key=lambda r: (r["day"], r["ended_at"] or 0))
    acknowledged = max((r["acknowledged_at"] for r in rows if r["acknowledged_at"]), default=None)
    days = {r["day"] for r in rows if r["state"] == "sent"}
    return Chased(len(days), last["ended_at"], last["state"], last["reason"], acknowledged)


async def plan_of(tx: Tx, campaign: str) -> Campaign | None:
    """The campaign of that slug."""
    row = await tx.one("notices.plan_of", campaign=campaign)
    return Campaign.model_validate_json(row["body"]) if row else None


def notice_of(row: Row) -> Notice:
    """A notice from its row."""
    return Notice(
        row["id"], row["member"], row["board"], row["unit"], row["kind"], row["campaign"], row["about"], row["version"],
        row["rung"], date.fromisoformat(row["day"]), date.fromisoformat(row["until"]), row["state"],
        row["outbox"],
    )  # fmt: skip

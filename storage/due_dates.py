"""The dates of a campaign as officers have judged them: confirmed, corrected, moved, not reminded of.

A duty's own last day stands in the place of the plan's. With a reason it was moved, and whoever it concerns is told;
without one the plan was read wrong. Every act is a line of the audit trail, and every process hears of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from storage import content, notices, people

if TYPE_CHECKING:
    from storage.units import Row, Tx

Kind = Literal["duty", "phase"]


@dataclass(frozen=True, slots=True)
class Dated:
    """What has a date: a duty or a phase of a campaign."""

    campaign: str
    kind: Kind
    id: str

    @property
    def about(self) -> str:
        """As the audit trail names it."""
        return f"{self.campaign}/{self.id}"


@dataclass(frozen=True, slots=True)
class Judged:
    """How officers have judged a date. `confirmed_at` in microseconds; `officer`: who confirmed it last.

    `last_day`: an officer's own instead of the plan's; with `moved_why` they moved it, without they corrected it.
    """

    confirmed_at: int | None = None
    officer: str | None = None
    muted: bool = False
    last_day: date | None = None
    moved_why: str | None = None


async def of_campaign(tx: Tx, campaign: str) -> dict[tuple[Kind, str], Judged]:
    """Every duty's and phase's date as it is judged now."""
    found: dict[tuple[Kind, str], Judged] = {}
    for row in await tx.all("due_dates.duties", campaign=campaign):
        found["duty", row["id"]] = _duty(row)
    for row in await tx.all("due_dates.phases", campaign=campaign):
        found["phase", row["id"]] = Judged(row["confirmed_at"], row["officer"])
    return found


def _duty(row: Row) -> Judged:
    last = date.fromisoformat(row["last_day"]) if row["last_day"] else None
    return Judged(row["confirmed_at"], row["officer"], bool(row["muted"]), last, row["moved_why"])


async def confirm(tx: Tx, dated: Dated, by: int, now: int) -> bool:
    """Its date was read right; False: an officer has said so before."""
    confirmed = "due_dates.confirm_duty" if dated.kind == "duty" else "due_dates.confirm_phase"
    if not await tx.run(confirmed, campaign=dated.campaign, id=dated.id, by=by, now=now):
        return False
    await _changed(tx, dated, "confirmed", by, now)
    return True


async def set_last_day(tx: Tx, dated: Dated, last_day: date, why: str | None, by: int, now: int) -> bool:
    """A duty's last day is that one from now on: moved, for that reason, or corrected. False: it was so before."""
    changed = await tx.run("due_dates.set_last_day", campaign=dated.campaign, id=dated.id, last_day=last_day.isoformat(),
                           why=why, by=by, now=now)  # fmt: skip
    if changed:
        act = "corrected" if why is None else "moved"
        await _changed(tx, dated, act, by, now, last_day=last_day.isoformat(), reason=why)
    return bool(changed)


async def moved_at(tx: Tx, campaign: str, duty: str) -> int:
    """When an officer moved a duty's date that still holds; 0: it is the plan's, or was corrected."""
    row = await tx.one("due_dates.moved_at", campaign=campaign, id=duty)
    return row["confirmed_at"] if row else 0


async def restore(tx: Tx, dated: Dated, by: int, now: int) -> bool:
    """The plan's own date holds again; False: it did before."""
    if not await tx.run("due_dates.restore", campaign=dated.campaign, id=dated.id, by=by, now=now):
        return False
    await _changed(tx, dated, "restored", by, now)
    return True


async def mute(tx: Tx, dated: Dated, by: int, now: int, *, muted: bool) -> bool:
    """Nobody is to be reminded of that duty, or they are again; False: it was so before."""
    if not await tx.run("due_dates.mute", campaign=dated.campaign, id=dated.id, muted=int(muted)):
        return False
    await _changed(tx, dated, "muted" if muted else "unmuted", by, now)
    return True


async def _changed(tx: Tx, dated: Dated, act: str, by: int, now: int, **detail: Any) -> None:
    await people.audit(tx, now, by, f"date.{act}", dated.about, kind=dated.kind, **detail)
    await content.changed(tx)
    await notices.replan(tx, act, campaign=dated.campaign, about=dated.id)

"""Reminding by hand: whom it would reach, and asking for it; a few statements, however many units a board has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.reminders import in_own_name, kinds_acting
from storage.notices import ASKED_USEFUL, HAND, asked_kinds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from domain.campaign import Campaign, Duty
    from storage.units import Tx


@dataclass(frozen=True, slots=True)
class Ahead:
    """What reminding some units today comes to: `people` in `units` are told now; slugs of those who are not, and why."""

    people: int
    units: int
    already: tuple[str, ...]
    """somebody of them has been told today, and nobody is told now"""
    nobody: tuple[str, ...]
    """there is nobody to tell, or nobody who can be reached"""
    seen: str
    """stands for the day and the list: whoever says yes to another one has not seen this"""


async def ahead(tx: Tx, campaign: Campaign, duty: Duty, units: Collection[str], today: date) -> Ahead:
    """Whom reminding these units, which have not handed in, would reach today."""
    rows = await tx.all("chasing.acting", **_about(campaign, duty), day=today.isoformat())
    mine = [row for row in rows if row["unit"] in units]
    telling = {(row["unit"], row["member"]) for row in mine if row["reached"] and not row["told"]}
    told = {row["unit"] for row in mine if row["told"]}
    now = {unit for unit, _ in telling}
    people = {member for _, member in telling}
    listed = f"{today} {sorted(units)} {sorted(telling)}"
    return Ahead(
        len(people), len(now), tuple(sorted(told - now)), tuple(sorted({*units} - now - told)),
        hashlib.sha256(listed.encode()).hexdigest()[:8],
    )  # fmt: skip


async def remind_missing(tx: Tx, officer: int, campaign: Campaign, duty: Duty, today: date, now: int) -> None:
    """An officer has every unit told today that the duty asks and that has not come; nobody twice on one day."""
    await tx.run("chasing.ask", **_about(campaign, duty), asks=asked_kinds(duty), **_asked(officer, today, now))


async def remind(
    tx: Tx, officer: int, campaign: Campaign, duty: Duty, units: Collection[str], today: date, now: int
) -> None:
    """An officer has these told today, which have not handed in; nobody twice on one day."""
    same = {"campaign": campaign.slug, "about": duty.id, "own": int(in_own_name(duty)), "asks": asked_kinds(duty)}
    rows = [{"unit": unit, **same, **_asked(officer, today, now)} for unit in sorted(units)]
    if rows:
        await tx.many("notices.ask", rows)


def _about(campaign: Campaign, duty: Duty) -> dict[str, Any]:
    return {
        "board": campaign.board, "campaign": campaign.slug, "about": duty.id,
        "kinds": f",{','.join(sorted(kinds_acting(duty)))},", "own": int(in_own_name(duty)),
    }  # fmt: skip


def _asked(officer: int, today: date, now: int) -> dict[str, Any]:
    return {
        "rung": f"{HAND}:{today}", "day": today.isoformat(), "until": (today + ASKED_USEFUL).isoformat(),
        "why": f"asked for by officer {officer}", "now": now,
    }  # fmt: skip

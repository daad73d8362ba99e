"""Reminding by hand: whom it would reach, and asking for it; a few statements, however many units a board has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.reminders import in_own_name
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


async def ahead(tx: Tx, campaign: Campaign, duty: Duty, units: Collection[str], today: date) -> Ahead:
    """Whom reminding these units, which have not handed in, would reach today."""
    rows = await tx.all("chasing.acting", **_about(campaign, duty, units, today))
    telling = [row for row in rows if row["reached"] and not row["told"]]
    told = {row["unit"] for row in rows if row["told"]}
    now = {row["unit"] for row in telling}
    people = {row["member"] for row in telling}
    return Ahead(len(people), len(now), tuple(sorted(told - now)), tuple(sorted({*units} - now - told)))


async def remind(
    tx: Tx, officer: int, campaign: Campaign, duty: Duty, units: Collection[str], today: date, now: int
) -> None:
    """An officer has these told today, which have not handed in; nobody twice on one day."""
    asked = {
        "rung": f"{HAND}:{today}", "until": (today + ASKED_USEFUL).isoformat(),
        "why": f"asked for by officer {officer}", "now": now,
    }  # fmt: skip
    await tx.run("chasing.ask", **_about(campaign, duty, units, today), **asked)


def _about(campaign: Campaign, duty: Duty, units: Collection[str], today: date) -> dict[str, Any]:
    return {
        "board": campaign.board, "campaign": campaign.slug, "about": duty.id, "day": today.isoformat(),
        "units": f",{','.join(sorted(units))},", "own": int(in_own_name(duty)), "asks": asked_kinds(duty),
    }  # fmt: skip

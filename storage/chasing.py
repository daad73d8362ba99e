"""Reminding by hand: whom it would reach, and asking for it; a few statements, however many units a board has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.reminders import in_own_name
from storage.notices import ASKED_USEFUL, HAND, asked_kinds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from domain.campaign import Campaign, Duty
    from storage.units import Row, Tx


@dataclass(frozen=True, slots=True)
class Ahead:
    """What reminding some units on a day comes to: `people` in `units` are told; slugs of those who are not, and why."""

    people: int
    units: int
    already: tuple[str, ...]
    """somebody of them is told on that day anyway, and nobody is now"""
    nobody: tuple[str, ...]
    """there is nobody to tell, or nobody who can be reached"""


async def ahead(tx: Tx, campaign: Campaign, duty: Duty, units: Collection[str], day: date | None) -> Ahead:
    """Whom reminding these units, which have not handed in, would reach on that day; None: whatever else they are told."""
    rows = await _acting(tx, campaign, duty, units, day)
    telling = [row for row in rows if row["reached"] and not row["told"]]
    told = {row["unit"] for row in rows if row["told"]}
    now = {row["unit"] for row in telling}
    people = {row["member"] for row in telling}
    return Ahead(len(people), len(now), tuple(sorted(told - now)), tuple(sorted({*units} - now - told)))


async def remind(
    tx: Tx, officer: int, campaign: Campaign, duty: Duty, units: Collection[str], day: date, now: int
) -> None:
    """An officer has these told on that day, which have not handed in; nobody twice on one day."""
    asked = {
        "campaign": campaign.slug, "about": duty.id, "rung": f"{HAND}:{day}", "day": day.isoformat(),
        "until": (day + ASKED_USEFUL).isoformat(), "why": f"asked for by officer {officer}", "now": now,
    }  # fmt: skip
    acting = await _acting(tx, campaign, duty, units, day)
    whom = [{**asked, **{name: row[name] for name in ("member", "board", "unit")}} for row in acting if not row["told"]]
    if whom:
        await tx.many("chasing.ask", whom)


async def _acting(tx: Tx, campaign: Campaign, duty: Duty, units: Collection[str], day: date | None) -> list[Row]:
    """Everybody who may be told of it for one of the units, once for each."""
    rows: list[Row] = await tx.all(
        "chasing.acting", board=campaign.board, campaign=campaign.slug, about=duty.id, day=day.isoformat() if day else "",
        units=f",{','.join(sorted(units))},", own=int(in_own_name(duty)), asks=asked_kinds(duty),
    )  # fmt: skip
    return rows

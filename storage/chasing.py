"""Reminding everybody who is missing at once: a few statements, however many units a board has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.reminders import in_own_name, kinds_acting
from storage.notices import ASKED_USEFUL, HAND, Asked, asked_kinds

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign, Duty
    from storage.units import Tx


async def remind_missing(tx: Tx, officer: int, campaign: Campaign, duty: Duty, today: date, now: int) -> Asked:
    """An officer has every unit told today that the duty asks and that has not come; nobody twice on one day."""
    missing: dict[str, Any] = {
        "board": campaign.board, "campaign": campaign.slug, "about": duty.id, "asks": asked_kinds(duty),
        "kinds": f",{','.join(sorted(kinds_acting(duty)))},", "own": int(in_own_name(duty)),
    }  # fmt: skip
    people, nobody = await tx.one("chasing.people", **missing), await tx.one("chasing.nobody", **missing)
    planned = await tx.run(
        "chasing.ask", **missing, rung=f"{HAND}:{today}", day=today.isoformat(),
        until=(today + ASKED_USEFUL).isoformat(), why=f"asked for by officer {officer}", now=now,
    )  # fmt: skip
    return Asked(planned=planned, already=people["number"] - planned, nobody=nobody["number"])

"""What officers have opened by hand, and what becomes of what comes after a duty's last day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Actor, Asks
from domain.dossier import After
from domain.opening import Opening
from storage import content, people

if TYPE_CHECKING:
    from domain.campaign import Campaign
    from storage.units import Tx


@dataclass(frozen=True, slots=True)
class ByHand:
    """One kind of registration that an officer has opened: for whom, until the end of which day (None: no end)."""

    actors: frozenset[Actor]
    last_day: date | None
    after: After

    def opening(self, campaign: Campaign, asks: Asks) -> Opening:
        """It as an opening of that campaign."""
        return Opening(campaign, asks, self.actors, last_day=self.last_day, after=self.after)


async def by_hand(tx: Tx) -> dict[tuple[str, Asks], ByHand]:
    """What is opened by hand, by campaign and kind."""
    return {
        (row["campaign"], Asks(row["kind"])): ByHand(
            frozenset(map(Actor, json.loads(row["actors"]))),
            date.fromisoformat(row["last_day"]) if row["last_day"] else None,
            After(row["after_deadline"]),
        )
        for row in await tx.all("openings.all")
    }


async def settings(tx: Tx) -> dict[tuple[str, str], After]:
    """What becomes of what comes late, by campaign and duty, where an officer has said so; elsewhere it is taken."""
    return {(row["campaign"], row["duty"]): After(row["after_deadline"]) for row in await tx.all("duty_settings.all")}


async def open_(tx: Tx, campaign: str, asks: Asks, opened: ByHand, now: int, by: int | None) -> None:
    """Open a kind of registration, or change how it is open; `by` is the officer. Every process hears of it."""
    last_day = opened.last_day.isoformat() if opened.last_day else None
    await tx.run("openings.put", campaign=campaign, kind=asks.value, actors=json.dumps(sorted(opened.actors)),
                 last_day=last_day, after_deadline=opened.after.value, now=now, by=by)  # fmt: skip
    await people.audit(tx, now, by, "registration.opened", f"{campaign}/{asks}", last_day=last_day, after=opened.after)
    await content.changed(tx)


async def set_after(tx: Tx, campaign: str, duty: str, after: After, now: int, by: int | None) -> None:
    """Set what becomes of what comes after that duty's last day. Every process hears of it."""
    await tx.run("duty_settings.put", campaign=campaign, duty=duty, after_deadline=after.value, now=now, by=by)
    await people.audit(tx, now, by, "duty.after_set", f"{campaign}/{duty}", after=after)
    await content.changed(tx)

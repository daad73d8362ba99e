"""Campaigns, their phases and duties, and the calendar, as officers may have changed them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from domain.calendar import Calendar, SpecialDay
from domain.campaign import Campaign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.units import Tx

VERSION = "content"
ESCALATE = "escalate:"
"""How the names of settings begin that say whether a board tells heads as well; the board follows."""


async def put_campaign(tx: Tx, campaign: Campaign, now: int, *, confirmed: bool) -> None:
    """Store a campaign file; a duty whose due date reads otherwise than before gets a new version, unconfirmed again."""
    await tx.run("campaigns.put", slug=campaign.slug, board=campaign.board, body=campaign.model_dump_json(), now=now)
    confirmed_at = now if confirmed else None
    for phase in campaign.phases:
        await tx.run("phases.put", campaign=campaign.slug, id=phase.id, starts=phase.start.isoformat(),
                     ends=phase.end.isoformat(), confirmed_at=confirmed_at)  # fmt: skip
    for duty in campaign.duties:
        await tx.run("duties.put", campaign=campaign.slug, id=duty.id, due=json.dumps(duty.due.model_dump(mode="json")),
                     confirmed_at=confirmed_at)  # fmt: skip
    if confirmed:
        await tx.run("duties.confirm_all", campaign=campaign.slug, now=now)
        await tx.run("phases.confirm_all", campaign=campaign.slug, now=now)


async def put_calendar(tx: Tx, days: Iterable[SpecialDay], confirmed_years: Iterable[int], source: str) -> None:
    """Store special days; what an officer has edited (its source begins with "officer") stays as it is."""
    for day in days:
        await tx.run("calendar.put", day=day.day.isoformat(), works=int(day.works), name=day.name, source=day.source)
    for year in confirmed_years:
        await tx.run("calendar.put_year", year=year, confirmed=1, source=source)


async def changed(tx: Tx) -> None:
    """Say that content is not what it was: every process loads it anew. Its version is a number that only grows."""
    await tx.run("settings.count", name=VERSION)
    tx.wake("content")


async def version(tx: Tx) -> str | None:
    """Which content is in force; None: there is none yet."""
    row = await tx.one("settings.get", name=VERSION)
    return row["value"] if row else None


async def hold(tx: Tx, expected: str | None) -> bool:
    """Whether that content is still in force; if so, nobody changes it before this transaction has ended."""
    row = await tx.one("settings.hold", name=VERSION)
    return (row["value"] if row else None) == expected


async def campaigns(tx: Tx) -> list[Campaign]:
    """Every campaign."""
    return [Campaign.model_validate_json(row["body"]) for row in await tx.all("campaigns.all")]


async def confirmations(tx: Tx) -> tuple[frozenset[tuple[str, str]], dict[tuple[str, str], date]]:
    """Which duties' dates an officer has confirmed, and the last days officers have set themselves."""
    rows = await tx.all("duties.all")
    confirmed = frozenset((r["campaign"], r["id"]) for r in rows if r["confirmed_at"] is not None)
    moved = {(r["campaign"], r["id"]): date.fromisoformat(r["last_day"]) for r in rows if r["last_day"]}
    return confirmed, moved


async def settled(tx: Tx) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """The duties officers do not want anybody to be reminded of, and the phases whose days they have confirmed."""
    muted, phases = await tx.all("duties.muted"), await tx.all("phases.confirmed")
    return (
        frozenset((r["campaign"], r["id"]) for r in muted),
        frozenset((r["campaign"], r["id"]) for r in phases),
    )


async def escalating(tx: Tx) -> frozenset[str]:
    """The boards that tell the heads of units as well."""
    names = [row["name"] for row in await tx.all("settings.on", prefix=ESCALATE)]
    return frozenset(name.removeprefix(ESCALATE) for name in names)


async def escalate(tx: Tx, board: str, *, on: bool) -> None:
    """Whether that board tells the heads of units as well; every process hears of it."""
    await tx.run("settings.put", name=f"{ESCALATE}{board}", value="1" if on else "0")
    await changed(tx)


async def calendar(tx: Tx) -> Calendar:
    """The working calendar as it stands in the database."""
    days = [
        SpecialDay(date.fromisoformat(r["day"]), bool(r["works"]), r["name"], r["source"])
        for r in await tx.all("calendar.all")
    ]
    return Calendar.of(days, [r["year"] for r in await tx.all("calendar.years")])

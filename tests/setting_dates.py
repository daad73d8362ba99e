"""Plans in a test whose dates wait for an officer's word, as they come in production."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.seed import seed
from tests.app import Phone, running_app
from tests.registering import FACTORY, FAR_OFFICE, OFFICE, TITLES, seat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

PLAN = "bacgiang-2020"
DUTY, REPORT, REVIEW, PHASE = "t1", "t2", "t3", "d2"
"""Titles before 15/4/2020, a report before 05/12/2020, an interim review without a day, a phase with two years."""


@asynccontextmanager
async def in_production(url: str) -> AsyncIterator[Running]:
    """The app on the first of April 2020: two officers of the plan's board, one of another, a delegate."""
    async with running_app(url, [Phone()], start=TITLES, seeded=False) as running:
        await seed(running.app.database, running.app.clock.business(), confirmed=False)
        await seat(running, "o", FAR_OFFICE, "officer", "Trần Văn Cán")
        await seat(running, "p", FAR_OFFICE, "officer", "Phạm Thị Phó")
        await seat(running, "far", OFFICE, "officer", "Lê Thị Xa")
        await seat(running, "a", FACTORY, name="Lê Thị An")
        yield running


async def date_of(running: Running, name: str = DUTY) -> dict[str, Any]:
    """How that duty's date stands in the database."""
    columns = "confirmed_at, confirmed_by, muted, last_day, moved_why"
    (found,) = await running.rows(f"SELECT {columns} FROM duties WHERE campaign = '{PLAN}' AND id = '{name}'")
    return dict(found)


async def acts(running: Running) -> list[str]:
    """What has been done to dates, in order."""
    return [one["act"] for one in await running.rows("SELECT act FROM audit WHERE act LIKE 'date.%' ORDER BY id")]

"""Whoever knows another deadline than the one that holds is told so, whatever has happened to it in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot import office_import
from documents.units_rows import UnitRow
from domain.dossier import Change
from domain.people import UnitKind
from handlers.world import Worlds
from scheduler.plan_notices import PlanNotices
from storage import chasing, dossiers, due_dates, extensions, notice_plan, notices
from storage.due_dates import Dated
from storage.extensions import Given, Place
from tests.planning import ENTERPRISE, HAIPHONG, OTHER, R1, filed, moment, office, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning import Got, Office

BEGINS = moment("2023-04-14 08:00")
LATER, LATEST, NEARER = date(2023, 5, 12), date(2023, 6, 9), date(2023, 4, 25)
OWN, PLANS = date(2023, 5, 8), date(2023, 4, 30)
DUTY = Dated(HAIPHONG, "duty", R1)


@pytest.fixture
async def one(database_url):
    async with office(database_url, BEGINS) as made:
        made.an = await made.seat()
        await made.plan()
        yield made


def told(got: list[Got]) -> list[tuple[str, str]]:
    """Rung and last day of what was told of the report."""
    return [(n.rung, n.version) for message in got for n in message.notices if n.about == R1]


async def move(one: Office, to: date | None, why: str | None = "Theo công văn") -> None:
    """An officer's word; None: the plan's own holds again."""
    if to:
        assert await one.database.run(due_dates.set_last_day, DUTY, to, why, 1, one.now)
    else:
        assert await one.database.run(due_dates.restore, DUTY, 1, one.now)


async def back_again(one: Office, number: str, what: Change) -> None:
    """A dossier that no longer counts as handed in."""

    async def unit(tx: Any) -> None:
        found = await dossiers.change(tx, number, what, one.an, "Thiếu phụ lục", one.now)
        await notices.replan(tx, what, campaign=found.campaign, unit=found.unit)

    await one.database.run(unit)


async def muted(one: Office, *, yes: bool) -> None:
    async def unit(tx: Any) -> None:
        assert await due_dates.mute(tx, DUTY, 1, one.now, muted=yes)

    await one.database.run(unit)


@pytest.mark.parametrize("apart", [timedelta(hours=1), timedelta(days=1)])
async def test_each_time_it_is_moved_there_and_back(one, apart):
    one.at = moment("2023-04-17 09:00")
    for to in (LATER, None, LATER, None):
        await move(one, to)
        assert [rung for rung, _ in told(await one.turn())] == ["moved"]
        assert not await one.rows(
            "rung = 'moved' AND version = '" + (to or PLANS).isoformat() + "' AND acknowledged_at > 0"
        )
        await written(one.database, "UPDATE notices SET acknowledged_at = 1 WHERE state = 'sent'")
        one.at += apart


@pytest.mark.parametrize("by", ["2023-04-19 21:00", "2023-04-20 07:00"])
async def test_that_it_was_moved_is_told_before_any_rung_of_that_morning(one, by):
    """The third working day before the new date is the next morning."""
    await one.turn(moment("2023-04-19 09:00"))
    one.at = moment(by)
    await move(one, NEARER)
    await one.plan()
    (message,) = await one.turn(moment("2023-04-20 09:00"))
    assert told([message]) == [("moved", NEARER.isoformat())]
    assert "Theo công văn" in message.text


@pytest.mark.parametrize("corrected", [date(2023, 5, 15), date(2023, 4, 28)])
async def test_a_correction_of_what_was_told(one, corrected):
    await move(one, LATER)
    assert told(await one.turn(moment("2023-04-17 09:00"))) == [("moved", LATER.isoformat())]
    await move(one, corrected, None)
    assert told(await one.turn(moment("2023-04-17 10:00"))) == [("moved", corrected.isoformat())]
    await move(one, None)
    assert told(await one.turn(moment("2023-04-17 11:00"))) == [("moved", "2023-04-30")]


async def test_a_units_own_day_that_comes_nearer_again(one):
    given = Given(Place(ENTERPRISE, HAIPHONG, R1), OWN, None, 1)
    assert await one.database.run(extensions.give, given, one.now)
    assert told(await one.turn(moment("2023-04-17 09:00"))) == [], "who gives it says so"
    await move(one, LATEST)
    assert told(await one.turn(moment("2023-04-17 10:00"))) == [("moved", LATEST.isoformat())]
    await move(one, None)
    assert told(await one.turn(moment("2023-04-18 09:00"))) == [("moved", OWN.isoformat())]


async def _muted_between(one: Office) -> None:
    await move(one, LATER)
    for yes in (True, False):
        await one.plan()
        await muted(one, yes=yes)


async def _moved_while_muted(one: Office) -> None:
    await muted(one, yes=True)
    await move(one, LATER)
    await one.plan()
    await muted(one, yes=False)


async def _handed_in_and_withdrawn(one: Office) -> None:
    await move(one, LATER)
    await one.plan()
    await back_again(one, await filed(one, one.an), Change.WITHDRAW)


async def _returned_after_it(one: Office) -> None:
    number = await filed(one, one.an)
    await move(one, LATER)
    await one.plan()
    await back_again(one, number, Change.RETURN)


@pytest.mark.parametrize("between", [_muted_between, _moved_while_muted, _handed_in_and_withdrawn, _returned_after_it])
async def test_what_kept_it_back_for_a_while(one, between: Callable[[Office], Any]):
    one.at = moment("2023-04-17 21:00")
    await between(one)
    assert told(await one.turn(moment("2023-04-18 09:00"))) == [("moved", LATER.isoformat())]


async def test_nobody_who_came_after_it_is_told_that_it_was_moved(one):
    await move(one, LATER)
    await one.turn(moment("2023-04-17 09:00"))
    new = await one.seat(OTHER)
    assert told(await one.turn(moment("2023-04-17 10:00"))) == []
    assert "moved" not in await one.rungs(new)


@dataclass
class StandsStill:
    """A database whose user stops before it first reconciles, until told to go on: its process was frozen."""

    database: Any
    stands: asyncio.Event = field(default_factory=asyncio.Event)
    on: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    async def run(self, unit: Any, *args: Any) -> Any:
        if unit is notice_plan.reconcile:
            self.stands.set()
            await self.on.wait()
        return await self.database.run(unit, *args)


async def test_a_planner_that_stood_still_does_not_put_its_older_plan_over_a_newer_one(one):
    await one.database.run(notices.replan, "looked at once more")
    frozen = StandsStill(one.database)
    slow = asyncio.create_task(PlanNotices(frozen, partial(Worlds().refresh, one.database), lambda: one.now)())
    await frozen.stands.wait()
    await move(one, LATER)
    await one.plan()
    newer = await one.rungs(one.an)
    frozen.on.set()
    await slow
    assert await one.rungs(one.an) == newer
    assert told(await one.turn(moment("2023-04-17 09:00"))) == [("moved", LATER.isoformat())]


async def test_that_it_moved_is_no_reminder_and_keeps_none_back(one):
    one.at = moment("2023-04-17 09:00")
    await move(one, LATER)
    assert told(await one.turn()) == [("moved", LATER.isoformat())]
    reminded = await one.database.read(notices.chased, HAIPHONG, R1, [ENTERPRISE])
    assert reminded[ENTERPRISE].times == 0
    assert await chased(one, ENTERPRISE) == 1
    assert [rung for rung, _ in told(await one.turn(moment("2023-04-17 10:00")))] == ["asked:2023-04-17"]


# --- asked for by hand, and units that become others -----------------------------------------------------------------


async def chased(one: Office, unit: str) -> int:
    """The office has them reminded now: of how many that was said."""
    plan = await one.database.read(notices.plan_of, HAIPHONG)
    which = (plan, plan.duty(R1), [unit], one.at.date())
    ahead = await one.database.read(chasing.ahead, *which)
    await one.database.run(chasing.remind, 1, *which, one.now)
    return ahead.people


async def test_asked_again_after_it_came_back(one):
    one.at = moment("2023-04-20 07:00")
    assert await chased(one, ENTERPRISE) == 1
    await one.plan()
    number = await filed(one, one.an)
    await back_again(one, number, Change.RETURN)
    assert await chased(one, ENTERPRISE) == 1
    assert len(told(await one.turn(moment("2023-04-20 11:00")))) == 1


async def test_whoever_was_reminded_for_one_unit_can_be_for_another(one):
    await written(
        one.database, f"INSERT INTO memberships(member, unit, role, since) VALUES ({one.an}, '{OTHER}', 'delegate', 1)"
    )
    given = Given(Place(OTHER, HAIPHONG, R1), LATER, None, 1)
    assert await one.database.run(extensions.give, given, one.now)
    assert len(told(await one.turn(moment("2023-04-25 09:00")))) == 1, "of the unit with the plan's day"
    assert await chased(one, OTHER) == 1
    assert len(told(await one.turn(moment("2023-04-25 10:00")))) == 1


@pytest.mark.parametrize(("kind", "rungs"), [(UnitKind.UNION, []), (UnitKind.ENTERPRISE, ["d7"])])
async def test_a_unit_that_a_workbook_says_is_another_kind(one, kind, rungs):
    was = UnitKind.UNION if rungs else UnitKind.ENTERPRISE
    await written(one.database, f"UPDATE units SET kind = '{was}' WHERE slug = '{ENTERPRISE}'")
    await written(one.database, "UPDATE settings SET value = value || '0' WHERE name = 'content'")
    await one.database.run(notices.replan, "another kind")
    one.at = moment("2023-04-19 07:00")
    await one.plan()
    there = (await one.world()).units[ENTERPRISE]
    row = UnitRow(2, ENTERPRISE, there.name, kind, there.parent, there.tax_code)
    counts = await one.database.run(office_import.take, "kkt-hai-phong", [row], "s" * 32, one.now)
    assert counts
    assert [rung for rung, _ in told(await one.turn(moment("2023-04-19 09:00")))] == rungs

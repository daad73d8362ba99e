"""What people are to be told is planned: what has changed is looked at again, and once a day everything."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain import reminders
from domain.reminders import Ended
from handlers.here import ZONE
from storage import due_dates, notice_plan, replans
from storage.notice_plan import Look, Occasion, OutdatedError, Scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from domain.campaign import Campaign, Duty, Phase
    from handlers.world import World
    from storage.replans import Replan
    from storage.units import Database, Tx

DAILY = "once a day"
AT_ONCE = 200
"""Rows of `replans` looked at in one go."""
MANY = 1000
"""Notices planned in one look after which the database counts, and again at ten times as many."""


@dataclass(frozen=True, slots=True)
class PlanNotices:
    """The planner: a tick. Idempotent, and the same whatever the order in which changes are looked at."""

    database: Database
    world: Callable[[], Awaitable[World]]
    now: Callable[[], int]

    async def __call__(self) -> dict[str, int]:
        """Look at what has changed; counts of what was planned and what was cancelled."""
        counts: Counter[str] = Counter()
        today = datetime.fromtimestamp(self.now() / 1e6, UTC).astimezone(ZONE).date()
        if await self.database.read(replans.planned_on) != today.isoformat():
            counts += await self._look(replans.Replan(why=DAILY), today)
            await self.database.run(replans.set_planned_on, today)
        while changes := await self.database.read(replans.changes, AT_ONCE):
            for change in _once(changes):
                counts += await self._look(change, today)
            await self.database.run(replans.looked_at, [one.id for one in changes])
        return dict(counts)

    async def _look(self, change: Replan, today: date) -> Counter[str]:
        counts: Counter[str] = Counter()
        # another process may change the content meanwhile, and have planned by it when this one comes to it
        while True:
            with suppress(OutdatedError):
                await self._look_with(await self.world(), change, today, counts)
                return counts

    async def _look_with(self, world: World, change: Replan, today: date, counts: Counter[str]) -> None:
        of = world.board_of(change.unit) if change.unit in world.units else change.board
        for board in sorted({c.board for c in world.campaigns}):
            if of in {"", board}:
                await self._board(world, board, change, today, counts)

    async def _board(self, world: World, board: str, change: Replan, today: date, counts: Counter[str]) -> None:
        many = MANY
        scopes = await self._scopes(board, change)
        occasions = await self.database.read(_as_they_stand, list(_occasions(world, board, change, today)))
        for pieces in notice_plan.together([(occasion, scope) for occasion in occasions for scope in scopes]):
            look = Look(world.version, today, change.why, self.now())
            planned, cancelled = await self.database.run(notice_plan.reconcile, pieces, look)
            counts.update(planned=planned, cancelled=cancelled)
            if counts["planned"] >= many:
                await self.database.run(notice_plan.count)
                many *= 10

    async def _scopes(self, board: str, change: Replan) -> list[Scope]:
        if change.member is not None:
            return [Scope(change.member - 1, change.member, change.unit)]
        people = await self.database.read(notice_plan.people_of, board, change.unit)
        return [Scope(s.after, s.upto, change.unit, s.there) for s in notice_plan.scopes(people)]


def _once(changes: Sequence[Replan]) -> list[Replan]:
    """Each of several that say the same once; where everything is looked at, only that."""
    seen = {one.what: one for one in changes}
    everything = [one for one in seen.values() if one.is_everything]
    return everything or list(seen.values())


async def _as_they_stand(tx: Tx, occasions: Sequence[_Duty | _Phase]) -> list[Occasion]:
    return [await one.read(tx) for one in occasions]


def _occasions(world: World, board: str, change: Replan, today: date) -> Iterator[_Duty | _Phase]:
    """Every duty and phase of a board's campaigns that the change concerns."""
    for campaign in world.campaigns:
        if campaign.board != board or change.campaign not in {"", campaign.slug}:
            continue
        for duty in campaign.duties:
            if change.about in {"", duty.id} and not duty.standing_duty:
                yield _Duty(world, campaign, duty, change, today)
        for phase in campaign.phases:
            if change.about in {"", phase.id}:
                yield _Phase(world, campaign, phase)


@dataclass(frozen=True, slots=True)
class _Duty:
    world: World
    campaign: Campaign
    duty: Duty
    change: Replan
    today: date

    async def read(self, tx: Tx) -> Occasion:
        world, campaign, duty = self.world, self.campaign, self.duty
        item = world.on(campaign, duty, self.today)
        base = item.last_day.isoformat() if item.last_day else ""
        own = await notice_plan.own_deadlines(tx, campaign.slug, duty.id, base, self.change.unit)
        items = {
            base: item,
            **{day: world.for_unit(campaign, duty, self.today, date.fromisoformat(day)) for day in own},
        }
        plan = campaign.window(duty)
        muted = (campaign.slug, duty.id) in world.muted
        rungs = {day: world.rungs_of(one) for day, one in items.items()}
        moved = {day: reminders.moved(one, self.today, world.calendar) for day, one in items.items() if rungs[day]}
        return Occasion(
            campaign, duty.id, duty, base, plan.last.isoformat() if plan else "", rungs,
            Ended.MUTED if muted else Ended.UNCONFIRMED,
            {day: rung for day, rung in moved.items() if rung}, await due_dates.moved_at(tx, campaign.slug, duty.id),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Phase:
    world: World
    campaign: Campaign
    phase: Phase

    async def read(self, _tx: Tx) -> Occasion:
        ends = self.phase.end.isoformat()
        rungs = self.world.rungs_of_phase(self.campaign, self.phase)
        return Occasion(self.campaign, self.phase.id, None, ends, ends, {ends: rungs}, Ended.UNCONFIRMED)

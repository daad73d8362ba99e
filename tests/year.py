"""A year of one plan, lived through: people join, leave, hand in and cannot be reached, dates move, the office is away.

Beside the app stands what ought to be true, kept in plain dictionaries: who may be told of what is worked out anew from
it, one unit and one duty at a time, and compared with what was planned and with every message that went out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from domain import reminders
from domain.campaign import Asks
from domain.people import Role, Unit, UnitKind, actors_of
from domain.reminders import To, in_own_name
from domain.standing import duty_today
from storage import dossiers, due_dates, extensions, notices, people
from storage.dossiers import New
from storage.due_dates import Dated
from storage.extensions import Given, Place
from tests.planning import Office, written

if TYPE_CHECKING:
    from domain.campaign import Campaign, Duty
    from tests.planning import Got

Known = tuple[int, str, str, str, str]
"""person, duty, unit, last day, rung"""
TICKS = (time(7, 30), time(9, 0))
AT_NIGHT = (time(6, 0), time(20, 35))
HAND_IN = (Role.DELEGATE, Role.HEAD, Role.OFFICER, Role.ADMIN)


@dataclass(frozen=True)
class Size:
    """How much of a year, and how many people."""

    enterprises: int
    staff: int
    days: int = 1000


@dataclass
class Year:
    """One plan, one seed."""

    office: Office
    plan: Campaign
    size: Size
    chance: Random
    people: dict[int, tuple[str, Role]] = field(default_factory=dict)
    """everybody who is there: unit and role"""
    kinds: dict[str, UnitKind] = field(default_factory=dict)
    never: set[str] = field(default_factory=set)
    """units that hand nothing in, all year"""
    done: dict[tuple[str, str], str] = field(default_factory=dict)
    """number of the dossier by duty and unit"""
    done_by: set[tuple[str, int]] = field(default_factory=set)
    """who has handed in what is asked in their own name"""
    own: dict[tuple[str, str], date] = field(default_factory=dict)
    """last days that units have been given, by duty and unit"""
    moved: dict[str, date] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    sent: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    told_on: dict[tuple[int, str, str, date], str] = field(default_factory=dict)
    """by which deadline somebody was told last of a duty on a day"""
    expected: set[Known] = field(default_factory=set)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    events: list[tuple[datetime, Any]] = field(default_factory=list)

    async def live(self) -> None:
        """Day by day to the end."""
        first, last = self._days()
        self._foresee(first, last)
        await self._people()
        day = first
        while day <= last:
            for hour in sorted({*TICKS, self.chance.choice(AT_NIGHT)}):
                await self._until(datetime.combine(day, hour))
            day += timedelta(days=1)
        await self._over()

    def _days(self) -> tuple[date, date]:
        first = self.plan.plan.issued_from or self.plan.days.opens or self.plan.days.last
        return first, min(self.plan.days.last + timedelta(days=40), first + timedelta(days=self.size.days))

    # --- what happens ------------------------------------------------------------------------------------------------

    def _foresee(self, first: date, last: date) -> None:
        """What will happen when, drawn beforehand."""
        span = (last - first).days
        for hours in (1, 24, 24 * 7):
            since = datetime.combine(first + timedelta(days=self.chance.randrange(5, span)), time(7))
            self.away.append((since, since + timedelta(hours=hours)))
        self._draw(first, span, self._moves, 3, early=False)
        self._draw(first, span, self._extends, max(3, self.size.enterprises // 10), early=False)
        self._draw(first, span, self._joins, max(3, self.size.enterprises // 10), early=False)
        self._draw(first, span, self._leaves, max(2, self.size.enterprises // 20), early=False)
        self._draw(first, span, self._blocks, max(2, self.size.enterprises // 20), early=False)
        self._draw(first, span, self._comes_back, 2, early=False)
        for duty in self.plan.duties:
            self._at(first, 10, lambda duty=duty: self._confirms(duty))
        self._draw(
            first, span, self._hands_in, (self.size.enterprises + self.size.staff) * len(self._asked()), early=False
        )
        self.events.sort(key=lambda event: event[0])

    def _asked(self) -> list[Duty]:
        return [duty for duty in self.plan.duties if duty.asks]

    def _draw(self, first: date, span: int, what: Any, times: int, *, early: bool) -> None:
        for _ in range(times):
            self._at(first, 10 if early else span, what)

    def _at(self, first: date, span: int, what: Any) -> None:
        minutes = self.chance.randrange(span * 24 * 60)
        self.events.append((datetime.combine(first, time()) + timedelta(minutes=minutes), what))

    async def _until(self, moment: datetime) -> None:
        """What happens before that moment, and then a tick, unless the office is away."""
        while self.events and self.events[0][0] <= moment:
            at, what = self.events.pop(0)
            self.office.at = max(at, self.office.at)
            await what()
        if any(since <= moment < until for since, until in self.away):
            return
        # a clock that is set back by some minutes, now and then
        step = timedelta(minutes=self.chance.choice([0, 0, 0, 0, -20]))
        for got in await self.office.turn(moment + step):
            self._check(got)
        if moment.time() == TICKS[1]:
            self._expect(moment.date())

    async def _people(self) -> None:
        board = self.plan.board
        made = [Unit(slug=f"x-{n}", name=f"Doanh nghiệp {n}", kind=UnitKind.ENTERPRISE, parent=board)
                for n in range(self.size.enterprises)]  # fmt: skip
        for unit in made:
            await self.office.database.run(people.put_unit, unit, board)
        await written(self.office.database, "UPDATE settings SET value = value || '0' WHERE name = 'content'")
        world = await self.office.world()
        self.kinds = {u.slug: u.kind for u in world.units.values() if world.board_of(u.slug) == board}
        self.never = {slug for slug in sorted(self.kinds) if self.chance.random() < 0.25}
        outside = {UnitKind.ENTERPRISE, UnitKind.ZONE}
        rooms = [slug for slug, kind in sorted(self.kinds.items()) if kind not in outside]
        for unit in made:
            for role in self.chance.choice(
                [["delegate"], ["delegate", "head"], ["delegate", "delegate"], ["head"], ["member"]]
            ):
                await self._seat(unit.slug, Role(role))
        office = next(slug for slug, kind in self.kinds.items() if kind is UnitKind.OFFICE)
        await self._seat(office, Role.OFFICER)
        for n in range(self.size.staff):
            await self._seat(rooms[n % len(rooms)], self.chance.choice([Role.DELEGATE, Role.MEMBER, Role.HEAD]))

    async def _seat(self, unit: str, role: Role) -> None:
        member = await self.office.seat(unit, role.value, reachable=self.chance.random() > 0.05)
        self.people[member] = (unit, role)

    async def _joins(self) -> None:
        await self._seat(self.chance.choice(sorted(self.kinds)), self.chance.choice([Role.DELEGATE, Role.MEMBER]))

    async def _leaves(self) -> None:
        if not self.people:
            return
        member = self.chance.choice(sorted(self.people))
        unit, _ = self.people.pop(member)
        await written(self.office.database, f"DELETE FROM memberships WHERE member = {member}")
        await self.office.database.run(_left, member, unit)

    async def _blocks(self) -> None:
        member = self.chance.choice(sorted(self.people))
        self.office.blocked.add(member)

    async def _confirms(self, duty: Duty) -> None:
        dated = Dated(self.plan.slug, "duty", duty.id)
        await self.office.database.run(due_dates.confirm, dated, 1, self.office.now)
        self.confirmed.add(duty.id)

    async def _moves(self) -> None:
        dated = [d for d in self._asked() if self._last(d, "") and d.id in self.confirmed]
        if not dated:
            return
        duty = self.chance.choice(dated)
        last = self._last(duty, "")
        assert last
        day = last + timedelta(days=self.chance.choice([-5, 6, 14]))
        if self.plan.plan.issued_from and day <= self.plan.plan.issued_from:
            return
        moved = await self.office.database.run(
            due_dates.set_last_day, Dated(self.plan.slug, "duty", duty.id), day, "Theo công văn", 1, self.office.now
        )
        assert moved
        self.moved[duty.id] = day

    async def _extends(self) -> None:
        asked = [d for d in self._asked() if self._last(d, "")]
        if not asked:
            return
        duty = self.chance.choice(asked)
        units = [slug for slug in sorted(self.kinds) if self._is_asked(duty, slug)]
        last = self._last(duty, "")
        if not units or last is None:
            return
        unit = self.chance.choice(units)
        day = max(last, self.office.at.date()) + timedelta(days=self.chance.randrange(1, 20))
        given = Given(Place(unit, self.plan.slug, duty.id), day, None, 1)
        if await self.office.database.run(extensions.give, given, self.office.now):
            self.own[duty.id, unit] = day

    async def _hands_in(self) -> None:
        duty, member = self.chance.choice(self._asked()), self.chance.choice(sorted(self.people))
        unit, _ = self.people[member]
        if unit in self.never or not self._is_asked(duty, unit) or self._is_done(duty, unit, member):
            return
        await self._file(duty, unit, member)

    async def _file(self, duty: Duty, unit: str, member: int) -> None:
        number = await self.office.database.run(_filed, self.plan, duty, unit, member, self.office.now)
        # what is registered is done wherever it is asked for
        for other in self._asked():
            if other.id == duty.id or set(other.asks) & set(duty.asks[:1]) - {Asks.REPORT}:
                self.done[other.id, unit] = number
                self.done_by.add((other.id, member))

    async def _comes_back(self) -> None:
        reports = sorted((k, v) for k, v in self.done.items() if "-BC-" in v)
        if not reports:
            return
        (duty, unit), number = self.chance.choice(reports)
        if await self.office.database.run(_returned, number, self.office.now):
            del self.done[duty, unit]

    # --- what ought to be true ---------------------------------------------------------------------------------------

    def _last(self, duty: Duty, unit: str) -> date | None:
        window = self.plan.window(duty)
        plain = self.moved.get(duty.id) or (window.last if window else None)
        own = self.own.get((duty.id, unit))
        return max(plain, own) if plain and own else plain

    def _is_asked(self, duty: Duty, unit: str) -> bool:
        actors = set(duty.actors) if in_own_name(duty) else {a for a in duty.actors if a != "individual"}
        kind = self.kinds[unit]
        place = kind is UnitKind.ZONE or (kind is UnitKind.BOARD and not in_own_name(duty))
        if kind is UnitKind.OFFICE and "report" in duty.asks:
            return "office" in actors
        return not place and bool(actors_of(kind, Role.MEMBER) & actors)

    def _is_done(self, duty: Duty, unit: str, member: int) -> bool:
        return (duty.id, member) in self.done_by if in_own_name(duty) else (duty.id, unit) in self.done

    def _acts(self, duty: Duty, unit: str, member: int) -> bool:
        where, role = self.people.get(member, ("", Role.MEMBER))
        if where != unit or not self._is_asked(duty, unit):
            return False
        delegates = any(u == unit and r is Role.DELEGATE for u, r in self.people.values())
        return in_own_name(duty) or role is Role.DELEGATE or (not delegates and role in HAND_IN)

    def _rungs(self, duty: Duty, unit: str, today: date) -> list[reminders.Rung]:
        last, base = self._last(duty, unit), self._last(duty, "")
        confirmed = duty.id in self.confirmed or last != base
        calendar = self.office.worlds.now.calendar
        own = last if duty.id in self.moved or last != base else None
        item = duty_today(self.plan, duty, today, calendar, confirmed=confirmed, last_day=own)
        return [rung for rung in reminders.of_duty(item, calendar) if rung.to is To.ACTING]

    def _expect(self, today: date) -> None:
        """Who is to be told what today."""
        for duty in self._asked():
            for member, (unit, _) in self.people.items():
                if self._acts(duty, unit, member) and not self._is_done(duty, unit, member):
                    last = self._last(duty, unit)
                    rungs = [r for r in self._rungs(duty, unit, today) if r.day == today]
                    if self.told_on.get((member, duty.id, unit, today), str(last)) != str(last):
                        continue  # told that day by another deadline already
                    self.expected |= {(member, duty.id, unit, str(last), rung.name) for rung in rungs}

    def _check(self, got: Got) -> None:
        """A message as it goes out."""
        if not got.notices:
            return
        calendar = self.office.worlds.now.calendar
        assert calendar.works(got.at.date()), f"told on a day off: {got}"
        assert time(7, 30) <= got.at.time() < time(20, 30), f"told at night: {got}"
        assert got.member in self.people, f"told after leaving: {got}"
        subjects = Counter((n.kind, n.about, n.unit) for n in got.notices)
        assert max(subjects.values()) == 1, f"several rungs of one duty in one message: {got}"
        for one in got.notices:
            if one.day == got.at.date():
                self.told_on[one.member, one.about, one.unit, one.day] = one.version
            self.sent[one.member, one.kind, one.about, one.unit, one.version, one.rung] += 1
            if one.kind == "duty":
                self._check_duty(one)

    def _check_duty(self, one: Any) -> None:
        duty = self.plan.duty(one.about)
        assert duty
        assert duty.id in self.confirmed or (duty.id, one.unit) in self.own, f"told before it was confirmed: {one}"
        if not one.unit:
            return
        assert duty.asks, f"chased although nothing is to be handed in: {one}"
        assert not self._is_done(duty, one.unit, one.member), f"told after it was handed in: {one}"
        assert str(self._last(duty, one.unit)) == one.version, f"told of a deadline that does not hold: {one}"

    async def _over(self) -> None:
        """The year is over: each once at most, and whatever was not told has its reason."""
        twice = [one for one, times in self.sent.items() if times > 1]
        assert not twice, f"told more than once: {twice[:5]}"
        rows = await self.office.rows()
        today = str(self.office.at.date())
        silent = [r for r in rows if r["state"] != "sent" and not r["reason"] and r["day"] < today]
        assert not silent, f"neither told nor said why: {silent[:5]}"
        there = {(r["member"], r["about"], r["unit"], r["version"], r["rung"]) for r in rows if r["kind"] == "duty"}
        assert self.sent, "nothing was told all year: the test tests nothing"
        assert self.expected or not self._asked(), "nothing was to be chased all year: the test tests nothing"
        assert self.expected <= there, f"never planned: {sorted(self.expected - there)[:5]}"
        told = {(m, about, unit, version, rung) for m, _, about, unit, version, rung in self.sent}
        sent = {(r["member"], r["about"], r["unit"], r["version"], r["rung"]) for r in rows if r["state"] == "sent"}
        assert told == sent, "what is written down is what went out"


async def _left(tx: Any, member: int, unit: str) -> None:
    await notices.replan(tx, "somebody has left", member=member)
    await notices.replan(tx, "somebody has left", unit=unit)


async def _filed(tx: Any, plan: Campaign, duty: Duty, unit: str, member: int, now: int) -> str:
    kind = duty.asks[0]
    subject = duty.id if kind is Asks.REPORT else f"{duty.id}:{member}"
    new = New(plan.board, plan.slug, plan.year, kind, unit, subject, "Hồ sơ", {}, member, now, late=False)
    filed = await dossiers.file(tx, new, "0123456789abcdef" * 2)
    number = filed.dossier.number
    if not filed.fresh:
        await dossiers.renew(tx, number, filed.dossier.version, new, "0123456789abcdef" * 2)
    await notices.filed(tx, plan, kind, unit, duty.id if kind is Asks.REPORT else "", member, now)
    return number


async def _returned(tx: Any, number: str, now: int) -> bool:
    from domain.dossier import Change

    found = await dossiers.change(tx, number, Change.RETURN, 1, "Thiếu phụ lục", now)
    if found:
        await notices.replan(tx, "returned", campaign=found.campaign, unit=found.unit)
    return found is not None

"""When people are told of what: the rungs of each occasion, whom each is for, and until when it is worth telling. Pure.

A rung falls on a day; the hour is the person's own. Every day is a working day, in Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.campaign import Actor, Asks
from domain.people import ACCESS, Act, Role, UnitKind, actors_of, audience_of
from domain.registration import REGISTRATIONS
from domain.standing import Standing, was_running_at_issue

if TYPE_CHECKING:
    from domain.calendar import Calendar
    from domain.campaign import Campaign, Duty, Phase
    from domain.standing import DutyToday

LADDER = (14, 7, 3, 1, 0)
"""Working days before the last working day on which a reminder is due, where neither campaign nor duty has its own."""
ANNOUNCED_BEFORE = 3
"""Working days before its first day on which something that asks for nothing is announced."""
ENDS_SOON = timedelta(days=10)
"""So long before its end people hear that a phase ends."""
USEFUL_FOR = 5
"""Working days for which news that has no end of its own is still worth telling."""
MOVED = "moved"
"""The rung that tells that an officer has moved a date."""
MORNING, EVENING = time(7, 30), time(20, 30)
"""Between these hours of working days notices go out."""


class To(StrEnum):
    """Whom a rung is for."""

    ACTING = "acting"
    """whoever hands in: the delegates of a unit, or each person whom the duty addresses in their own name"""
    HEAD = "head"
    """the head of the unit; only where the board has switched escalation on"""
    OFFICER = "officer"
    """the officers of the board, one summary each"""
    ADDRESSED = "addressed"
    """everybody of the units whom the duty is for"""
    AUDIENCE = "audience"
    """everybody whom the campaign addresses"""

    @property
    def of_units(self) -> bool:
        """Whether people are told for each unit of theirs, by its own deadline and until it has handed in."""
        return self in {To.ACTING, To.HEAD}


class Topic(StrEnum):
    """What a person need not be told of; duties to be handed in are not among it."""

    PHASES = "phases"
    ANNOUNCEMENTS = "announcements"
    SUMMARIES = "summaries"


class Ended(StrEnum):
    """Why something planned is not told (any more), as it is written down."""

    HANDED_IN = "handed in"
    MOVED = "the deadline has moved"
    UNCONFIRMED = "nobody has confirmed its date"
    MUTED = "an officer does not want it told"
    GONE = "it is not planned any more"
    LEFT = "not of the unit any more, or not asked any more"
    SUPERSEDED = "a later one is told instead"
    TOLD = "told with another one"
    TOO_LATE = "too late to be of use"
    UNWANTED = "the person does not want to be told of it"
    UNREACHABLE = "there is no way to reach the person"


@dataclass(frozen=True, slots=True)
class Rung:
    """One occasion to tell somebody: its lasting name, its day, the last day on which it is still worth telling."""

    name: str
    to: To
    day: date
    until: date


def in_own_name(duty: Duty) -> bool:
    """Whether each person is asked in their own name: a registration of individuals (a report is always a unit's)."""
    return Actor.INDIVIDUAL in duty.actors and bool(set(duty.asks) & set(REGISTRATIONS))


def kinds_acting(duty: Duty) -> frozenset[UnitKind]:
    """The kinds of unit whose people hand in what a duty asks for; the board and its zones are places, and hand nothing in.

    The office collects the reports of all: it owes one itself only where the plan names it, not as one of the rooms.
    """
    asked = set(duty.actors) if in_own_name(duty) else set(duty.actors) - {Actor.INDIVIDUAL}
    places = set() if in_own_name(duty) else {UnitKind.BOARD}
    collects = {UnitKind.OFFICE} if Asks.REPORT in duty.asks and Actor.OFFICE not in asked else set()
    return frozenset(k for k in UnitKind if actors_of(k, Role.MEMBER) & asked) - places - collects - {UnitKind.ZONE}


def kinds_of(duty: Duty) -> frozenset[UnitKind]:
    """The kinds of unit that a duty is for."""
    return frozenset(k for k in UnitKind if actors_of(k, Role.MEMBER) & set(duty.actors))


def kinds_in(campaign: Campaign) -> frozenset[UnitKind]:
    """The kinds of unit whose people a campaign addresses."""
    return frozenset(k for k in UnitKind if audience_of(k) in campaign.audience)


@dataclass(frozen=True, slots=True)
class Whom:
    """People of units of these kinds in these roles; `stand_in`: where a unit has no delegate, whoever else may hand in."""

    kinds: frozenset[UnitKind]
    roles: frozenset[Role]
    stand_in: bool = False


def whom(to: To, campaign: Campaign, duty: Duty | None) -> Whom:
    """Whom a rung is for; `duty` is None for a phase."""
    own = duty is not None and in_own_name(duty)
    if to is To.OFFICER:
        return Whom(frozenset(UnitKind), ACCESS[Act.CHASE])
    if duty is None:
        return Whom(kinds_in(campaign), frozenset(Role))
    if not to.of_units:
        return Whom(kinds_of(duty), frozenset(Role))
    if to is To.HEAD:
        return Whom(kinds_acting(duty), frozenset({Role.HEAD}))
    return Whom(kinds_acting(duty), frozenset(Role) if own else frozenset({Role.DELEGATE}), stand_in=not own)


def topic_of(rung: Rung) -> Topic | None:
    """What it belongs to of which a person may not want to be told; None: they are told in any case."""
    return {
        To.AUDIENCE: Topic.PHASES, To.ADDRESSED: Topic.ANNOUNCEMENTS, To.OFFICER: Topic.SUMMARIES,
    }.get(rung.to)  # fmt: skip


def of_duty(item: DutyToday, calendar: Calendar) -> list[Rung]:
    """The rungs of a duty as it stands for somebody, in the order of their days.

    None for a date that no officer has confirmed, that was past when the plan was issued, that is tentative or not
    there. What asks for something is counted down to and, once over, said to be overdue; what asks for nothing is
    announced once and never chased. No rung lies before the plan existed.
    """
    if not item.confirmed or item.last_day is None or item.last_working_day is None:
        return []
    if item.tentative or item.standing in {Standing.MUTED, Standing.UNDATED}:
        return []
    rungs = (
        _chased(item, item.last_working_day, item.last_day, calendar)
        if item.duty.asks
        else [_announced(item, item.last_day, calendar)]
    )
    known_from = item.campaign.plan.issued_from or date.min
    return sorted((r for r in rungs if r.day >= known_from), key=lambda r: (r.day, r.name))


def _chased(item: DutyToday, working: date, last: date, calendar: Calendar) -> list[Rung]:
    own = [one for one in (item.duty.remind, item.campaign.remind) if one is not None]
    ladder = frozenset(own[0] if own else LADDER)
    overdue = calendar.next_working_day(last)
    useful = _later(overdue, calendar)
    before = calendar.back(working, 1)
    return [
        *(Rung(f"d{n}", To.ACTING, calendar.back(working, n), last) for n in sorted(ladder)),
        Rung("overdue", To.ACTING, overdue, useful),
        Rung("head_d1", To.HEAD, before, last),
        Rung("head_overdue", To.HEAD, overdue, useful),
        Rung("summary", To.OFFICER, overdue, useful),
    ]


def _announced(item: DutyToday, last: date, calendar: Calendar) -> Rung:
    return Rung("announced", To.ADDRESSED, calendar.back(item.opens or last, ANNOUNCED_BEFORE), last)


def moved(item: DutyToday, today: date, calendar: Calendar) -> Rung | None:
    """An officer has moved the date: told on the next day on which people are told at all, where there are rungs at all."""
    if not item.duty.asks or not of_duty(item, calendar) or item.last_day is None or item.last_day < today:
        return None
    day = calendar.next_working_day(today - timedelta(days=1))
    return Rung(MOVED, To.ACTING, day, max(day, item.last_day))


def of_phase(campaign: Campaign, phase: Phase, calendar: Calendar) -> list[Rung]:
    """The rungs of a phase: it starts (unless it was running when the plan was issued), it ends soon, it has ended."""
    start = calendar.next_working_day(phase.start - timedelta(days=1))
    ended = calendar.next_working_day(phase.end)
    rungs = [
        Rung("ends_soon", To.AUDIENCE, calendar.last_working_day(phase.end - ENDS_SOON), phase.end),
        Rung("ended", To.AUDIENCE, ended, _later(ended, calendar)),
    ]
    if not was_running_at_issue(campaign, phase):
        rungs.append(Rung("start", To.AUDIENCE, start, _later(start, calendar)))
    known_from = campaign.plan.issued_from or date.min
    return sorted((r for r in rungs if r.day >= known_from), key=lambda r: (r.day, r.name))


def _later(day: date, calendar: Calendar) -> date:
    for _ in range(USEFUL_FOR):
        day = calendar.next_working_day(day)
    return day


def may_go_out(now: datetime, calendar: Calendar) -> bool:
    """Whether notices go out at that moment (naive local time): within working hours of a working day."""
    return calendar.works(now.date()) and MORNING <= now.time() < EVENING


def next_hours(now: datetime, calendar: Calendar) -> datetime:
    """The first moment from `now` on (naive local time) at which notices go out."""
    if may_go_out(now, calendar):
        return now
    if calendar.works(now.date()) and now.time() < MORNING:
        return datetime.combine(now.date(), MORNING)
    return datetime.combine(calendar.next_working_day(now.date()), MORNING)

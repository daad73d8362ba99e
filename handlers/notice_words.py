"""The words of notices: what is due and how much time is really left, one message for all that a person is told at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from domain.dossier import After
from domain.registration import REGISTRATIONS
from domain.reminders import MOVED, To
from domain.standing import nearest_first
from handlers import notice_counts, notice_ways, words
from handlers.here import places
from storage import due_dates, notice_facts, people
from storage.notices import HAND
from texts.message import Line, Message, line, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.campaign import Phase
    from domain.standing import DutyToday
    from handlers.reminding import Told
    from handlers.world import World
    from storage.units import Tx

LISTED = 4
"""Duties named in a message about a phase."""


async def message(tx: Tx, world: World, member: int, told: Sequence[Told], now: datetime) -> Message:
    """One message of all these; `now` naive, Asia/Ho_Chi_Minh."""
    mine = places(await people.memberships(tx, member))
    lines = await (_lines(tx, world, told[0], now) if len(told) == 1 else _several(tx, world, told, now))
    return say(*lines, choices=notice_ways.choices(told, mine, world, now))


async def _several(tx: Tx, world: World, told: Sequence[Told], now: datetime) -> list[Line]:
    """Each in two lines; of which campaign and unit they are is said once, where all are of one."""
    whose = {(one.campaign.slug, one.notice.unit) for one in told if one.rung.to.of_units}
    together = len(whose) == 1
    lines = [line("notice.several", n=len(told))]
    lines += [_of(world, one) for one in told if one.rung.to.of_units][:1] if together else []
    for n, one in enumerate(told, start=1):
        text = await _brief(tx, world, one, now, together=together)
        lines.append(line("notice.numbered", n=n, text=tuple(text)))
    return lines


async def _brief(tx: Tx, world: World, one: Told, now: datetime, *, together: bool) -> list[Line]:
    if not one.rung.to.of_units or one.item is None:
        lines = await _lines(tx, world, one, now)
        return lines[:1] if one.phase and one.rung.name != "ended" else lines
    of = [] if together else [_of(world, one)]
    if back := await _comes_back(tx, one):
        return [back[0], *of, *back[1:]]
    when = [line("notice.brief", due=_due(one.item), left=rest) for rest in left(world, one.item, now)]
    return [_headline(world, one, now), *of, *await _why_moved(tx, one), *(when or [_due(one.item)])]


async def _lines(tx: Tx, world: World, one: Told, now: datetime) -> list[Line]:
    match one.rung.to:
        case To.AUDIENCE:
            return _of_phase(world, one, now)
        case To.ADDRESSED:
            return _announced(one)
        case To.OFFICER:
            return await notice_counts.summary(tx, world, one, now.date())
    return await _chased(tx, world, one, now)


async def _chased(tx: Tx, world: World, one: Told, now: datetime) -> list[Line]:
    assert one.item
    if back := await _comes_back(tx, one):
        return [back[0], _of(world, one), *back[1:]]
    lines = [_headline(world, one, now), _of(world, one), *await _why_moved(tx, one)]
    return [*lines, _due(one.item), *left(world, one.item, now)]


async def _comes_back(tx: Tx, one: Told) -> list[Line]:
    """What was handed in in time and has come back is asked for as that: it is not late."""
    assert one.item
    duty = one.item.duty
    number = await notice_facts.returned(tx, duty, one.campaign.slug, one.notice.unit, one.notice.member)
    if number is None:
        return []
    return [line("notice.returned", title=words.duty_title(duty)), line("notice.comes_back", number=number)]


def _headline(world: World, one: Told, now: datetime) -> Line:
    assert one.item
    unit = world.units[one.notice.unit].name
    return line(_head(one, now), title=words.duty_title(one.item.duty), unit=unit)


def _of(world: World, one: Told) -> Line:
    return line("notice.of", campaign=words.short_name(one.campaign), unit=world.units[one.notice.unit].name)


def _head(one: Told, now: datetime) -> str:
    """How a reminder begins: as what it comes, to whom, and how late it is."""
    assert one.item
    over = one.item.last_day is not None and now.date() > one.item.last_day
    if one.rung.to is To.HEAD:
        return "notice.head_overdue" if over else "notice.head_due"
    if one.rung.name == MOVED:
        return "notice.moved"
    if one.rung.name.startswith(HAND):
        return "notice.asked"
    if over:
        return "notice.overdue"
    today = one.item.last_working_day is not None and now.date() >= one.item.last_working_day
    return "notice.today" if today else "notice.due"


async def _why_moved(tx: Tx, one: Told) -> list[Line]:
    if one.rung.name != MOVED:
        return []
    judged = (await due_dates.of_campaign(tx, one.campaign.slug)).get(("duty", one.notice.about))
    why = [line("notice.moved_why", why=judged.moved_why)] if judged and judged.moved_why else []
    return [*why, line("notice.moved_before")]


def _due(item: DutyToday) -> Line:
    """The due date as it is printed, and as an officer has set it since."""
    stated = words.stated(item)
    if item.extended:
        return line("notice.until_extended", stated=stated, last=item.last_day)
    if words.is_set(item):
        return line("notice.until_set", stated=stated, last=item.last_day)
    return line("notice.until", stated=stated)


def left(world: World, item: DutyToday, now: datetime) -> list[Line]:
    """How much time is really left: working days, hours on the last day, or that it is over and what that means."""
    today, last = now.date(), item.last_day
    if last is None:
        return []
    if today > last:
        return [line(_over(world, item), last=last)]
    if today == last:
        ends = datetime.combine(last + timedelta(days=1), time())
        return [line("notice.hours_left", hours=max(1, round((ends - now).total_seconds() / 3600)), last=last)]
    working = world.calendar.working_days_left(today, last)
    if not working:
        return [line("notice.no_working_day_left", last=last)]
    return [line("notice.days_left", working=working, last=last)]


def _over(world: World, item: DutyToday) -> str:
    """What can still be done after the last day, in the words of what is asked for."""
    if world.after(item.campaign.slug, item.duty.id) is After.REFUSE:
        return "notice.over_closed"
    return "notice.over_registering" if set(item.duty.asks) <= set(REGISTRATIONS) else "notice.over"


def _announced(one: Told) -> list[Line]:
    assert one.item
    duty = one.item.duty
    place = [line("duty.place", place=duty.place)] if duty.place else []
    head = line("notice.announced", title=words.duty_title(duty))
    of = line("notice.campaign", campaign=words.short_name(one.campaign))
    return [head, of, _announced_when(one.item), *place]


def _announced_when(item: DutyToday) -> Line:
    """Of what lasts, from when to when: nobody counts down to its end. Of a day, how far off it is."""
    if item.opens and item.last_day and item.opens < item.last_day:
        return line("notice.when_from", when=words.within(item), start=item.opens, end=item.last_day)
    return line("notice.when", when=words.when(item))


def _of_phase(world: World, one: Told, now: datetime) -> list[Line]:
    phase, campaign = one.phase, one.campaign
    assert phase
    about = {"phase": words.phase_name(phase), "campaign": words.short_name(campaign), "end": phase.end}
    name = "started" if one.rung.name == "start" and now.date() > phase.start else one.rung.name
    head = line(f"notice.phase.{name}", **about, start=phase.start, days=(phase.end - now.date()).days)
    if one.rung.name == "ended":
        return [head, *_afterwards(world, one, phase, now)]
    what = [line("notice.phase.what", what=phase.what)] if phase.what and one.rung.name == "start" else []
    return [head, *what, *_still_due(world, one, now)]


def _afterwards(world: World, one: Told, phase: Phase, now: datetime) -> list[Line]:
    """What comes when a phase is over: the next one, or the final review."""
    campaign = one.campaign
    following = min((p for p in campaign.phases if p.start > phase.end), key=lambda p: p.start, default=None)
    if following:
        return _next(world, one, following, now)
    review = campaign.duty(campaign.final_review) if campaign.final_review else None
    if review is None:
        return []
    stated = words.stated(world.on(campaign, review, now.date()))
    return [line("notice.phase.review", title=words.duty_title(review), when=stated)]


def _next(world: World, one: Told, phase: Phase, now: datetime) -> list[Line]:
    """What comes next, unless it is told of by itself because it begins that very day."""
    if any(r.name == "start" and r.day <= now.date() for r in world.rungs_of_phase(one.campaign, phase)):
        return []
    return [line("notice.phase.next", phase=words.phase_name(phase), start=phase.start, end=phase.end)]


def _still_due(world: World, one: Told, now: datetime) -> list[Line]:
    """What this person's units still have to hand in before the phase ends, or belongs to it, and is not over."""
    assert one.phase
    asked = (duty for duty in one.campaign.duties if duty.asks and duty.id not in one.done)
    items = (world.on(one.campaign, duty, now.date()) for duty in asked)
    meant = [d for d in items if d.standing.is_ahead and d.last_day and _belongs(d, one)]
    found = nearest_first(meant)[:LISTED]
    return [line("notice.phase.due"), *(words.due_line(d) for d in found)] if found else []


def _belongs(item: DutyToday, one: Told) -> bool:
    assert one.phase
    assert item.last_day
    return item.duty.phase == one.phase.id or (item.duty.phase is None and item.last_day <= one.phase.end)

"""The words of notices: what is due and how much time is really left, one message for all that a person is told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from domain.campaign import Asks
from domain.dossier import After
from domain.extension import can_be_extended
from domain.people import RANK, Act, may
from domain.reminders import MOVED, To
from domain.standing import nearest_first
from handlers import notice_counts, words
from storage import due_dates, people
from storage.notices import HAND
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.standing import DutyToday
    from handlers.reminding import Told
    from handlers.world import World
    from storage.people import Membership
    from storage.units import Tx

LISTED = 4
"""Duties named in a message about a phase."""
BUTTONS = 5
"""Duties with a button of their own in a message about several."""


async def message(tx: Tx, world: World, member: int, told: Sequence[Told], now: datetime) -> Message:
    """One message of all these; `now` naive, Asia/Ho_Chi_Minh."""
    mine = _places(await people.memberships(tx, member))
    texts = [await _lines(tx, world, one, now) for one in told]
    if len(told) == 1:
        return say(*texts[0], choices=(*_ways(told[0], mine, now), *_answers(told, world, now)))
    lines = [line("notice.several", n=len(told))]
    lines += [line("notice.numbered", n=n, text=tuple(text)) for n, text in enumerate(texts, start=1)]
    ways = [_named(way, one) for one in told[:BUTTONS] for way in _ways(one, mine, now)[:1]]
    return say(*lines, choices=(*ways, *_answers(told, world, now)))


def _named(way: Choice, one: Told) -> Choice:
    return replace(way, label=line("notice.way", way=way.label, what=_subject(one)))


def _subject(one: Told) -> Line:
    if one.item:
        return words.duty_title(one.item.duty)
    assert one.phase
    return words.phase_name(one.phase)


def _places(memberships: Sequence[Membership]) -> list[Membership]:
    """A person's units in the order in which screens count them."""
    best: dict[str, Membership] = {}
    for one in memberships:
        if one.unit not in best or RANK.index(one.role) > RANK.index(best[one.unit].role):
            best[one.unit] = one
    return list(best.values())


# --- what is said ----------------------------------------------------------------------------------------------------


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
    unit = world.units[one.notice.unit]
    of = line("notice.of", campaign=words.short_name(one.campaign), unit=unit.name)
    head = line(_head(one, now), title=words.duty_title(one.item.duty), unit=unit.name)
    return [head, of, *await _why_moved(tx, one), _due(one.item), *left(world, one.item, now)]


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
    return [line("notice.moved_why", why=judged.moved_why)] if judged and judged.moved_why else []


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
        closed = world.after(item.campaign.slug, item.duty.id) is After.REFUSE
        return [line("notice.over_closed" if closed else "notice.over", last=last)]
    if today == last:
        ends = datetime.combine(last + timedelta(days=1), time())
        return [line("notice.hours_left", hours=int((ends - now).total_seconds() // 3600), last=last)]
    working = world.calendar.working_days_left(today, last)
    if not working:
        return [line("notice.no_working_day_left", last=last)]
    return [line("notice.days_left", working=working, last=last)]


def _announced(one: Told) -> list[Line]:
    assert one.item
    duty = one.item.duty
    place = [line("duty.place", place=duty.place)] if duty.place else []
    head = line("notice.announced", title=words.duty_title(duty))
    of = line("notice.campaign", campaign=words.short_name(one.campaign))
    return [head, of, line("notice.when", when=words.when(one.item)), *place]


def _of_phase(world: World, one: Told, now: datetime) -> list[Line]:
    phase, campaign = one.phase, one.campaign
    assert phase
    about = {"phase": words.phase_name(phase), "campaign": words.short_name(campaign), "end": phase.end}
    head = line(f"notice.phase.{one.rung.name}", **about, start=phase.start, days=(phase.end - now.date()).days)
    if one.rung.name != "ended":
        what = [line("notice.phase.what", what=phase.what)] if phase.what and one.rung.name == "start" else []
        return [head, *what, *_still_due(world, one, now)]
    following = min((p for p in campaign.phases if p.start > phase.end), key=lambda p: p.start, default=None)
    if following:
        return [
            head,
            line("notice.phase.next", phase=words.phase_name(following), start=following.start, end=following.end),
        ]
    review = campaign.duty(campaign.final_review) if campaign.final_review else None
    if review is None:
        return [head]
    item = world.on(campaign, review, now.date())
    return [head, line("notice.phase.review", title=words.duty_title(review), when=words.stated(item))]


def _still_due(world: World, one: Told, now: datetime) -> list[Line]:
    """What is to be handed in before the phase ends, or belongs to it, and is not over."""
    assert one.phase
    items = (world.on(one.campaign, duty, now.date()) for duty in one.campaign.duties if duty.asks)
    meant = [d for d in items if d.standing.is_ahead and d.last_day and _belongs(d, one)]
    found = nearest_first(meant)[:LISTED]
    return [line("notice.phase.due"), *(words.due_line(d) for d in found)] if found else []


def _belongs(item: DutyToday, one: Told) -> bool:
    assert one.phase
    assert item.last_day
    return item.duty.phase == one.phase.id or (item.duty.phase is None and item.last_day <= one.phase.end)


# --- what can be done ------------------------------------------------------------------------------------------------


def _ways(one: Told, mine: Sequence[Membership], now: datetime) -> list[Choice]:
    """The ways into the very conversation that a notice is about."""
    slug = one.campaign.slug
    if one.item is None:
        return [Choice(line("notice.see_campaign"), f"campaign/{slug}")]
    duty = one.item.duty
    if one.rung.to is To.OFFICER:
        return [Choice(line("notice.progress"), f"progress/{slug}/{duty.id}")]
    see = Choice(line("notice.see_duty"), f"duty/{slug}/{duty.id}")
    if one.rung.to is not To.ACTING:
        return [see]
    return [*_hand_in(one, mine), *_extension(one, mine, now)] or [see]


def _hand_in(one: Told, mine: Sequence[Membership]) -> list[Choice]:
    assert one.item
    place, slug, duty = _place(one, mine), one.campaign.slug, one.item.duty
    if place is None:
        return []
    return [
        Choice(line("report.button"), f"report/{slug}/{duty.id}/{place}") if asks is Asks.REPORT
        else Choice(line("notice.register", what=line(f"dossier.kind.{asks}")), f"opening/{slug}/{asks}/{place}")
        for asks in duty.asks
    ]  # fmt: skip


def _extension(one: Told, mine: Sequence[Membership], now: datetime) -> list[Choice]:
    assert one.item
    place = _place(one, mine)
    if place is None or not may(Act.FILE_FOR_OTHERS, mine[place].role) or not can_be_extended(one.item, now.date()):
        return []
    return [Choice(line("extension.button"), f"ask_extension/{one.campaign.slug}/{one.item.duty.id}/{place}")]


def _place(one: Told, mine: Sequence[Membership]) -> int | None:
    return next((n for n, m in enumerate(mine) if m.unit == one.notice.unit), None)


def _answers(told: Sequence[Told], world: World, now: datetime) -> list[Choice]:
    """What can be answered to any notice: received, once more tomorrow while there is a tomorrow, into one's calendar."""
    outbox = told[0].notice.outbox
    if outbox is None:
        return []
    tomorrow = world.calendar.next_working_day(now.date())
    waits = all(
        one.rung.to is To.ACTING and one.item and one.item.last_day and tomorrow <= one.item.last_day for one in told
    )
    choices = [Choice(line("notice.got"), f"got/{outbox}")]
    choices += [Choice(line("notice.later"), f"later/{outbox}")] if waits else []
    single = told[0].item if len(told) == 1 else None
    if single and single.standing.is_ahead and told[0].rung.to is not To.OFFICER:
        choices.append(Choice(line("notice.calendar"), f"ics/{told[0].campaign.slug}/{single.duty.id}"))
    return choices

"""What can be done about notices: buttons into the very conversation, and the answers that any notice takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.campaign import Asks
from domain.extension import can_be_extended
from domain.people import Act, may
from domain.reminders import To
from handlers import words
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.reminding import Told
    from handlers.world import World
    from storage.people import Membership

BUTTONS = 5
"""Duties with a button of their own in a message about several."""
OPENING = "opening/"
"""How an action begins that leads to a registration; its label says by itself what is registered."""


def choices(told: Sequence[Told], mine: Sequence[Membership], world: World, now: datetime) -> tuple[Choice, ...]:
    """The buttons of one message; of several things each has the one that leads to it."""
    if len(told) == 1:
        return (*_ways(told[0], mine, now), *_answers(told, world, now))
    ways = [_named(way, one) for one in told[:BUTTONS] for way in _ways(one, mine, now)[:1]]
    first = {way.action: way for way in reversed(ways)}
    late = any(one.item and one.rung.to is To.ACTING and _extension(one, mine, now) for one in told)
    longer = [Choice(line("extension.button"), "extensions")] if late else []
    return (*(way for way in ways if first[way.action] is way), *longer, *_answers(told, world, now))


def _named(way: Choice, one: Told) -> Choice:
    if way.action.startswith(OPENING):
        return way
    return replace(way, label=line("notice.way", way=way.label, what=_subject(one)))


def _subject(one: Told) -> Line:
    if one.item:
        return words.duty_title(one.item.duty)
    assert one.phase
    return words.phase_name(one.phase)


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
        else Choice(line("notice.register", what=line(f"dossier.kind.{asks}")), f"{OPENING}{slug}/{asks}/{place}")
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
    waits = any(
        one.rung.to is To.ACTING and one.item and one.item.last_day and tomorrow <= one.item.last_day for one in told
    )
    choices = [Choice(line("notice.got"), f"got/{outbox}")]
    choices += [Choice(line("notice.later"), f"later/{outbox}")] if waits else []
    single = told[0].item if len(told) == 1 else None
    if single and single.standing.is_ahead and told[0].rung.to is not To.OFFICER:
        choices.append(Choice(line("notice.calendar"), f"ics/{told[0].campaign.slug}/{single.duty.id}"))
    return choices

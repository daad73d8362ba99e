"""What the officers of a board are asked at the beginning of a week: dates of running plans that nobody can be reminded of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.standing import CampaignStanding, campaign_standing
from handlers import dated, words
from handlers.dated import Date
from storage.due_dates import Judged
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from domain.campaign import Campaign
    from handlers.world import World

NAMED = 6
"""Dates of one plan that are named in a message; the others are counted. So many have a button each."""
_SAID = 0
"""When a date was confirmed does not matter here."""


def question(world: World, board: str, today: date) -> Message | None:
    """One message about all of them; None: there is nothing to ask."""
    running = [c for c in world.campaigns if c.board == board and _runs(c, today)]
    plans = [(c, found) for c in running if (found := open_dates(world, c, today))]
    if not plans:
        return None
    lines = [part for campaign, found in plans for part in _of_plan(campaign, found)]
    number = sum(len(found) for _, found in plans)
    return say(line("weekly.head", number=number), *lines, line("weekly.how"), choices=_choices(plans))


def _runs(campaign: Campaign, today: date) -> bool:
    return campaign_standing(campaign, today) is CampaignStanding.CURRENT


def open_dates(world: World, campaign: Campaign, today: date) -> list[Date]:
    """Dates that wait for an officer, or have no certain day, and on which somebody could still act; not what is muted."""
    dates = [_date(world, campaign, item.duty.id, today) for item in world.duties_on(today, (campaign,))]
    dates += [
        Date(campaign, p, Judged()) for p in campaign.phases if not world.tells_of(campaign, p) and p.end >= today
    ]
    return [one for one in dates if not one.judged.muted and not one.was_past and _is_open(one, today)]


def _date(world: World, campaign: Campaign, duty: str, today: date) -> Date:
    found, key = campaign.duty(duty), (campaign.slug, duty)
    assert found
    item = world.on(campaign, found, today)
    judged = Judged(_SAID if item.confirmed else None, None, key in world.muted, world.moved.get(key))
    return Date(campaign, found, judged, item)


def _is_open(one: Date, today: date) -> bool:
    over = one.item is not None and one.item.last_day is not None and one.item.last_day < today
    return not over and (one.waits or one.has_no_day)


def _of_plan(campaign: Campaign, found: list[Date]) -> list[Line]:
    lines = [line("weekly.plan", name=words.short_name(campaign)), *map(dated.brief, found[:NAMED])]
    return [*lines, line("weekly.more", number=len(found) - NAMED)] if len(found) > NAMED else lines


def _choices(plans: list[tuple[Campaign, list[Date]]]) -> tuple[Choice, ...]:
    """The very date where there is one; each of a few, and their plans; of many their plans alone."""
    every = [one for _, found in plans for one in found]
    if len(every) == 1:
        return (Choice(line("weekly.button"), f"date/{every[0].action}"),)
    each = [Choice(one.title, f"date/{one.action}") for one in every] if len(every) <= NAMED else []
    label = "weekly.button" if len(plans) == 1 else "weekly.button_of"
    return (*each, *(Choice(line(label, name=words.short_name(one)), f"dates/{one.slug}") for one, _ in plans))

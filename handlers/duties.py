"""What is due: for me, and one duty with the sentence it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.campaign import Audience
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS, actors_of, audience_of
from domain.standing import CampaignStanding, DutyToday, Standing, campaign_standing, nearest_first
from handlers import words
from handlers.here import Here, Reply, reply, to_menu
from texts.message import Attachment, Choice, Message, line, say

if TYPE_CHECKING:
    from domain.campaign import Actor

SHOWN = 10
LATE_DAYS = 90
"""For so many days what was to be handed in and is late still stands in the list, even if its campaign is over."""


async def mine(here: Here, *_: str) -> Reply:
    """What is due for this person; a visitor says first as whom they look."""
    if here.home is None and here.member.choice not in set(Audience):
        return reply(here, say(line("duties.as_whom"), choices=_as_whom(), replaces=True))
    return reply(here, my_duties(here))


def my_duties(here: Here) -> Message:
    """The list itself, nearest first."""
    found = for_me(here)
    lines = [_heading(here), *words.by_campaign(found[:SHOWN])]
    lines += [line("duties.none")] if not found else []
    lines += [line("duties.more", number=len(found) - SHOWN)] if len(found) > SHOWN else []
    choices = [Choice(words.duty_title(d.duty), f"duty/{d.campaign.slug}/{d.duty.id}") for d in found]
    choices += [] if here.home else [Choice(line("duties.change.button"), "duties_as")]
    return say(*lines, choices=(*choices, Choice(line("lookup.campaigns.button"), "campaigns")), replaces=True)


def for_me(here: Here) -> list[DutyToday]:
    """The duties that address this person, of their board (visitors: of all), as they stand today."""
    today = here.now.date()
    found = [d for d in here.world.duties_on(today) if _is_shown(d, here) and _addresses(d, here)]
    return nearest_first(found)


def _is_shown(item: DutyToday, here: Here) -> bool:
    today = here.now.date()
    if item.standing is Standing.OVERDUE:
        return item.last_day is not None and (today - item.last_day).days <= LATE_DAYS
    running = campaign_standing(item.campaign, today) is CampaignStanding.CURRENT
    return running and item.standing is not Standing.PAST


def _addresses(item: DutyToday, here: Here) -> bool:
    if not here.member.memberships:
        actors: frozenset[Actor] = ENTERPRISE_ACTORS if here.member.choice == Audience.ENTERPRISE else STAFF_ACTORS
        return bool(actors & set(item.duty.actors))
    return any(
        item.campaign.board == m.board and actors_of(m.kind, m.role) & set(item.duty.actors)
        for m in here.member.memberships
    )


def _heading(here: Here) -> words.Line:
    if here.home:
        return line("duties.head_member", unit=here.home.unit_name, today=here.now.date())
    return line("duties.head_visitor", audience=line(f"audience.{here.member.choice}"), today=here.now.date())


def _as_whom() -> tuple[Choice, ...]:
    return tuple(Choice(line(f"audience.{a}"), f"duties_as/{a}") for a in Audience)


async def look_as(here: Here, audience: str = "", *_: str) -> Reply:
    """A visitor chooses as whom they look; remembered."""
    if audience not in set(Audience):
        return reply(here, say(line("duties.as_whom"), choices=_as_whom(), replaces=True))
    await here.tx.run("members.choice", id=here.member.id, choice=audience)
    return reply(here, my_duties(words.looking_as(here, audience)))


async def of_campaign(here: Here, slug: str = "", *_: str) -> Reply:
    """Every duty of one campaign, nearest first."""
    found = here.world.campaign(slug)
    if found is None:
        return await mine(here)
    items = nearest_first(here.world.duties_on(here.now.date(), (found,)))
    lines = [line("duties.head_campaign", name=words.short_name(found)), *(words.due_line(d) for d in items)]
    lines += [] if any(d.duty.asks for d in items) else [words.nothing_due(found)]
    choices = tuple(Choice(words.duty_title(d.duty), f"duty/{slug}/{d.duty.id}") for d in items)
    return reply(here, say(*lines, choices=(*choices, words.back_to(found)), replaces=True))


async def duty(here: Here, slug: str = "", duty_id: str = "", *_: str) -> Reply:
    """One duty: what it asks, of whom, by when, and how its date was read."""
    found = here.world.campaign(slug)
    shown = found.duty(duty_id) if found else None
    if found is None or shown is None:
        return await of_campaign(here, slug)
    item = here.world.on(found, shown, here.now.date())
    choices = (
        Choice(line("quote.button"), f"quote/{slug}/{duty_id}"),
        Choice(line("lookup.duties.button"), f"duties/{slug}"),
    )
    return reply(here, say(*words.duty_lines(item, found), choices=(*choices, words.back_to(found)), replaces=True))


async def quote(here: Here, slug: str = "", duty_id: str = "", *_: str) -> Reply:
    """The sentences a date comes from, and how they were read."""
    found = here.world.campaign(slug)
    shown = found.duty(duty_id) if found else None
    if found is None or shown is None:
        return await of_campaign(here, slug)
    lines = [line("quote.head", title=words.duty_title(shown), name=words.short_name(found))]
    lines += [line("quote.text", quote=sentence) for sentence in shown.quotes]
    lines += [line("quote.reading", reading=shown.reading)]
    choices = (Choice(line("quote.back"), f"duty/{slug}/{duty_id}"), words.back_to(found))
    return reply(here, say(*lines, choices=choices))


def audience(here: Here) -> str:
    """As staff or as an enterprise: the person's own kind, or what a visitor chose."""
    return audience_of(here.home.kind) if here.home else here.member.choice or Audience.STAFF


def calendar_message(here: Here, whose: str) -> Message:
    """Due dates as a file, and the link to subscribe to; `whose` is a campaign, or a board and an audience."""
    lines = (line("ics.head"), line("ics.subscribe", url=f"{here.site.public_url}/lich/{whose}.ics"))
    attach = Attachment("calendar", {"whose": whose, "at": here.now.isoformat()})
    return Message(lines, to_menu(), attach=attach)

"""What is due: for me, and one duty with the sentence it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.campaign import Asks, Audience
from domain.extension import can_be_extended
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS, Act, actors_of, audience_of, may
from domain.standing import CampaignStanding, DutyToday, Standing, campaign_standing, nearest_first
from handlers import openings, reports, words
from handlers.here import Here, Reply, reply, to_menu
from storage import extensions, notice_facts
from texts.message import Attachment, Choice, Message, line, say

if TYPE_CHECKING:
    from domain.campaign import Actor, Campaign, Duty
    from handlers.openings import OwnDays

SHOWN = 10


async def mine(here: Here, *_: str) -> Reply:
    """What is due for this person; a visitor says first as whom they look."""
    if here.home is None and here.member.choice not in set(Audience):
        return reply(here, say(line("duties.as_whom"), choices=_as_whom(), replaces=True))
    return reply(here, await my_duties(here))


async def my_duties(here: Here) -> Message:
    """The list itself: what is overdue and still owed, then what comes nearest."""
    found = await for_me(here)
    done = [d for d in found if await _is_done(here, d)]
    found.sort(key=lambda d: d.standing is not Standing.OVERDUE or d in done)
    lines = [_heading(here), *words.by_campaign(found[:SHOWN], done)]
    lines += [line("duties.none")] if not found else []
    lines += [line("duties.more", number=len(found) - SHOWN)] if len(found) > SHOWN else []
    choices = [Choice(words.duty_title(d.duty), f"duty/{d.campaign.slug}/{d.duty.id}") for d in found]
    choices += [] if here.home else [Choice(line("duties.change.button"), "duties_as")]
    return say(*lines, choices=(*choices, Choice(line("lookup.campaigns.button"), "campaigns")), replaces=True)


async def for_me(here: Here) -> list[DutyToday]:
    """The duties that address this person, of their board (visitors: of all), as they stand today for their units."""
    today, own = here.now.date(), await _own_days(here)
    addressed = [d for d in here.world.duties_on(today) if _addresses(d, here)]
    found = [for_my_units(here, d.campaign, d.duty, own) for d in addressed]
    return nearest_first(d for d in found if _is_shown(d, here))


async def _is_done(here: Here, item: DutyToday) -> bool:
    """Whether each of this person's units has handed in what it asks of them (or they have, in their own name)."""
    campaign, shown = item.campaign, item.duty
    owing = [m.unit for m in here.units if shown.asks and openings.addresses(campaign, shown, m, m.board)]
    done = [await notice_facts.is_done(here.tx, shown, campaign.slug, unit, here.member.id) for unit in owing]
    return bool(done) and all(done)


async def _own_days(here: Here) -> OwnDays:
    return await extensions.of_units(here.tx, [m.unit for m in here.units])


def for_my_units(here: Here, campaign: Campaign, shown: Duty, own: OwnDays) -> DutyToday:
    """How it stands for this person's units that it addresses: where they differ, for the one whose day comes first."""
    today = here.now.date()
    mine = [m.unit for m in here.units if openings.addresses(campaign, shown, m, m.board)]
    items = [openings.for_unit(here, campaign, shown, unit, today, own) for unit in mine]
    return min(items, key=lambda d: d.last_day or today, default=here.world.on(campaign, shown, today))


def _is_shown(item: DutyToday, here: Here) -> bool:
    today = here.now.date()
    if item.standing is Standing.OVERDUE:
        return item.last_day is not None and (today - item.last_day).days <= openings.LATE_DAYS
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
    return reply(here, await my_duties(words.looking_as(here, audience)))


async def of_campaign(here: Here, slug: str = "", *_: str) -> Reply:
    """Every duty of one campaign, nearest first."""
    found = here.world.campaign(slug)
    if found is None:
        return await mine(here)
    own, all_of_it = await _own_days(here), (d for d in found.duties if not d.standing_duty)
    items = nearest_first(for_my_units(here, found, one, own) for one in all_of_it)
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
    own = await _own_days(here)
    item = for_my_units(here, found, shown, own)
    choices = (
        *await _hand_in(here, found, shown),
        Choice(line("quote.button"), f"quote/{slug}/{duty_id}"),
        Choice(line("lookup.duties.button"), f"duties/{slug}"),
        *_extensions(here, found, shown, own),
    )
    return reply(here, say(*words.duty_lines(item, found), choices=(*choices, words.back_to(found)), replaces=True))


async def _hand_in(here: Here, campaign: Campaign, shown: Duty) -> list[Choice]:
    """The ways to hand its report in, one for each unit that this person may hand it in for."""
    asked = await reports.wanted(here) if Asks.REPORT in shown.asks else []
    meant = (one for one in asked if (one.opening.campaign.slug, one.duty.id) == (campaign.slug, shown.id))
    units = [one for one in meant if one.may_be_handed_in]
    label = "report.button" if len(units) == 1 else "report.button_for"
    return [Choice(line(label, unit=one.unit.unit_name), f"report/{one.key}") for one in units]


def _extensions(here: Here, campaign: Campaign, shown: Duty, own: OwnDays) -> list[Choice]:
    """The ways to ask for a later day, one for each unit that this person may ask it for."""
    today = here.now.date()
    units = [
        (place, m.unit_name) for place, m in enumerate(here.units)
        if may(Act.FILE_FOR_OTHERS, m.role) and openings.addresses(campaign, shown, m, m.board)
        and can_be_extended(openings.for_unit(here, campaign, shown, m.unit, today, own), today)
    ]  # fmt: skip
    label = "extension.button" if len(units) == 1 else "extension.button_for"
    return [
        Choice(line(label, unit=name), f"ask_extension/{campaign.slug}/{shown.id}/{place}") for place, name in units
    ]


async def quote(here: Here, slug: str = "", duty_id: str = "", *_: str) -> Reply:
    """The sentences a date comes from, and how they were read."""
    found = here.world.campaign(slug)
    shown = found.duty(duty_id) if found else None
    if found is None or shown is None:
        return await of_campaign(here, slug)
    lines = [line("quote.head", title=words.duty_title(shown), name=words.short_name(found))]
    lines += [line("quote.text", quote=sentence) for sentence in shown.quotes]
    item = here.world.on(found, shown, here.now.date())
    moved = words.is_set(item)
    lines += [line("dates.reading_of_plan" if moved else "quote.reading", reading=shown.reading)]
    lines += [line("duty.when", when=words.when(item))] if moved else []
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

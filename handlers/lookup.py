"""Looking campaigns up: open to everyone, the plans are public documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.campaign import Part
from domain.standing import (
    CampaignStanding,
    campaign_standing,
    current,
    nearest_first,
    running_phase,
    was_running_at_issue,
)
from handlers import words
from handlers.here import Here, Reply, reply
from texts.message import Attachment, Choice, Line, Message, line, say

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign, Phase

NEXT_DUE = 3
PARTS_SHOWN = (
    Part.AIMS, Part.CONTENTS, Part.STANDARDS, Part.REWARDS, Part.ORGANISATION, Part.TARGETS, Part.REQUIREMENTS,
)  # fmt: skip
"""In the order in which people ask for them: the first page holds what the rest only completes."""


async def campaigns(here: Here, *_: str) -> Reply:
    """Current campaigns, the person's own board first, then closed ones by year."""
    today, board = here.now.date(), here.home.board if here.home else None
    running = current(here.world.campaigns, today)
    own = [c for c in running if c.board == board]
    others = [c for c in running if c.board != board]
    closed = sorted(_standing(here, CampaignStanding.CLOSED), key=lambda c: (-c.year, c.slug))
    lines = [] if running else [line("lookup.campaigns.none_current", today=today)]
    lines += _group("lookup.campaigns.own" if own else "lookup.campaigns.current", own or others, today)
    lines += _group("lookup.campaigns.others", others, today) if own else []
    lines += _group("lookup.campaigns.closed", closed, today)
    return reply(here, say(*lines, choices=_campaign_choices(*own, *others, *closed), replaces=True))


def _standing(here: Here, standing: CampaignStanding) -> list[Campaign]:
    return [c for c in here.world.campaigns if campaign_standing(c, here.now.date()) is standing]


def _group(heading: str, group: list[Campaign], today: date) -> list[Line]:
    if not group:
        return []
    return [
        line(heading),
        *(line("lookup.campaigns.one", name=words.short_name(c), state=_state(c, today)) for c in group),
    ]


def _state(campaign: Campaign, today: date) -> Line:
    if campaign_standing(campaign, today) is CampaignStanding.CLOSED:
        return line("lookup.campaigns.was_in", year=campaign.year)
    phase = running_phase(campaign, today)
    return (
        line("lookup.campaigns.runs", phase=words.phase_name(phase), end=phase.end)
        if phase
        else line("lookup.campaigns.on")
    )


def _campaign_choices(*shown: Campaign) -> tuple[Choice, ...]:
    return tuple(Choice(words.short_name(c), f"campaign/{c.slug}") for c in shown)


async def campaign(here: Here, slug: str = "", *_: str) -> Reply:
    """One campaign at a glance, with a button to each part of its plan."""
    found = here.world.campaign(slug)
    if found is None:
        return await campaigns(here)
    today = here.now.date()
    due = [d for d in nearest_first(here.world.duties_on(today, (found,))) if d.standing.is_ahead][:NEXT_DUE]
    lines = [
        line("lookup.campaign.name", name=words.short_name(found)),
        *words.header(found),
        line("lookup.campaign.audience", audience=words.audience(found)),
        *_phase_lines(found, today),
        *([line("lookup.campaign.next_due"), *(words.due_line(d) for d in due)] if due else [words.nothing_due(found)]),
    ]
    return reply(here, say(*lines, choices=_parts(found), replaces=True))


def _phase_lines(found: Campaign, today: date) -> list[Line]:
    phase = running_phase(found, today)
    if phase is None:
        return [line("lookup.campaign.no_phase")]
    key = "lookup.campaign.phase_already" if was_running_at_issue(found, phase) else "lookup.campaign.phase"
    return [line(key, phase=words.phase_name(phase), end=phase.end)]


def _parts(found: Campaign) -> tuple[Choice, ...]:
    """Duties, phases and the picture first: they are what people come for."""
    parts = [p for p in PARTS_SHOWN if found.parts.get(p) or p in found.notes]
    return (
        Choice(line("lookup.duties.button"), f"duties/{found.slug}"),
        Choice(line("lookup.phases.button"), f"phases/{found.slug}"),
        Choice(line("lookup.timeline.button"), f"timeline/{found.slug}"),
        *(Choice(line(f"part.{p}.button"), f"part/{found.slug}/{p}") for p in parts),
        Choice(line("lookup.ics.button"), f"calendar/{found.slug}"),
        Choice(line("lookup.campaigns.button"), "campaigns"),
    )


async def part(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """One part of a plan, to the letter."""
    found = here.world.campaign(slug)
    if found is None or name not in set(Part):
        return await campaign(here, slug)
    passages, note = found.parts.get(Part(name), ()), found.notes.get(Part(name))
    lines = [line("part.head", part=line(f"part.{name}.head"), name=words.short_name(found))]
    lines += [one for passage in passages for one in words.passage(passage)]
    lines += [line("part.note", note=note)] if note else []
    lines += [] if passages or note else [line("part.empty")]
    return reply(here, say(*lines, choices=(words.back_to(found),)))


async def phases(here: Here, slug: str = "", *_: str) -> Reply:
    """The phases of a campaign with their dates as printed."""
    found = here.world.campaign(slug)
    if found is None:
        return await campaigns(here)
    lines = [line("lookup.phases.head", name=words.short_name(found))]
    lines += [line("lookup.phases.one", phase=words.phase_name(p), start=p.start, end=p.end, printed=p.printed,
                   state=_when(p, here.now.date())) for p in found.phases]  # fmt: skip
    choices = tuple(
        Choice(line("lookup.phases.quote", phase=words.phase_name(p)), f"phase/{slug}/{p.id}") for p in found.phases
    )
    return reply(here, say(*lines, choices=(*choices, words.back_to(found)), replaces=True))


def _when(shown: Phase, today: date) -> Line:
    return line(
        "phase.running" if shown.start <= today <= shown.end else "phase.over" if shown.end < today else "phase.ahead"
    )


async def phase(here: Here, slug: str = "", phase_id: str = "", *_: str) -> Reply:
    """The sentence a phase's dates come from."""
    found = here.world.campaign(slug)
    shown = found.phase(phase_id) if found else None
    if found is None or shown is None:
        return await phases(here, slug)
    lines = [
        line("phase.head", phase=words.phase_name(shown), name=words.short_name(found)),
        line("quote.text", quote=shown.quote),
    ]
    lines += [line("quote.reading", reading=shown.reading)] if shown.reading else []
    return reply(
        here, say(*lines, choices=(Choice(line("lookup.phases.button"), f"phases/{slug}"), words.back_to(found)))
    )


async def timeline(here: Here, slug: str = "", *_: str) -> Reply:
    """Phases and due dates in one picture, today marked."""
    found = here.world.campaign(slug)
    if found is None:
        return await campaigns(here)
    attach = Attachment("timeline", {"campaign": slug, "day": here.now.date().isoformat()})
    caption = line("lookup.timeline.caption", name=words.short_name(found), today=here.now.date())
    return reply(here, Message((caption,), (words.back_to(found),), attach=attach))

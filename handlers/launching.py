"""What conversations about writing to many need to know: the phases there are to launch, and what would go out to whom."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from domain.due import InMonth
from domain.reminders import next_hours
from domain.standing import was_running_at_issue
from flows.audience import recipients
from flows.broadcast import LONGEST
from flows.sending_time import NOW, set_for
from handlers import addressing, audiences, words
from handlers.here import key_of, local
from storage import reach
from texts.compose import plain
from texts.message import Line, line

if TYPE_CHECKING:
    from domain.campaign import Campaign, Phase
    from domain.standing import DutyToday
    from flows.session import OpenFlow
    from handlers.here import Here
    from storage.reach import Reach


BEHIND = timedelta(days=31)
"""A phase that has been over no longer than that can still be launched, by whoever says so."""


async def launchable(here: Here, _opened: OpenFlow | None) -> tuple[dict[str, Any], ...] | None:
    """Every phase of the board's campaigns, those not long over last; None: there is none, or it is not theirs."""
    board = await audiences.board_of(here)
    if board is None:
        return None
    today = here.now.date()
    phases = [(c, p) for c in audiences.campaigns_of(here, board) for p in c.phases if p.end >= today - BEHIND]
    phases.sort(key=lambda one: one[1].end < today)
    return tuple([await _phase(here, c, p) for c, p in phases]) or None


async def _phase(here: Here, campaign: Campaign, phase: Phase) -> dict[str, Any]:
    return {
        "launched": await reach.launched(here.tx, campaign.slug, phase.id) is not None,
        "key": key_of(campaign.slug, phase.id), "campaign": campaign.slug, "phase": phase.id,
        "name": words.phase_name(phase), "campaign_name": words.short_name(campaign), "dates": phase.printed,
        "text": proposal(here, campaign, phase), "button": key_of(campaign.slug), "whom": [a.value for a in campaign.audience],
        "of": phase,
    }  # fmt: skip


def proposal(here: Here, campaign: Campaign, phase: Phase) -> str:
    """What the plan says of a phase, in Vietnamese: what is to be done, until when, what to hand in; nothing is invented."""
    head = [line("launch.text.salutation"), _head(here, campaign, phase), _dates(phase)]
    about = [line("launch.text.what", what=phase.what)] if phase.what else []
    about += [line("launch.text.point", text=point) for point in phase.points]
    asked = _asked(here, campaign, phase)
    whole, short = (plain((*head, *some, *asked), "vi") for some in (about, []))
    return whole if len(whole) <= LONGEST else short[:LONGEST]


def _head(here: Here, campaign: Campaign, phase: Phase) -> Line:
    """A campaign that is one phase is launched by its own name: that of the phase says nothing more."""
    running = was_running_at_issue(campaign, phase) or phase.start < here.now.date()
    one = line("launch.text.phase", phase=phase.name, campaign=campaign.short_name)
    what = one if len(campaign.phases) > 1 else campaign.short_name
    return line(f"launch.text.{'running' if running else 'begins'}", what=what)


def _dates(phase: Phase) -> Line:
    """Printed dates that contradict themselves are not passed on."""
    if phase.to_confirm:
        return line("launch.text.days", start=phase.start, end=phase.end)
    return line("launch.text.dates", printed=words.in_sentence(phase.printed), end=phase.end)


def _asked(here: Here, campaign: Campaign, phase: Phase) -> list[Line]:
    """What is to be handed in in it, each with its printed date."""
    today = here.now.date()
    items = [here.world.on(campaign, duty, today) for duty in campaign.duties if not duty.standing_duty and duty.asks]
    found = [one for one in items if _belongs(one, campaign, phase)]
    closing = line("launch.text.hand_in" if found else "launch.text.look", button=line("broadcast.campaign.button"))
    lines = [_one(item) for item in found]
    return [*([line("launch.text.asked"), *lines] if lines else [line("launch.text.nothing_asked")]), closing]


def _belongs(item: DutyToday, campaign: Campaign, phase: Phase) -> bool:
    """The plan names its phase, or its last day lies in it."""
    if item.duty.phase is not None:
        return item.duty.phase == phase.id
    window = campaign.window(item.duty)
    return window is not None and phase.start <= window.last <= phase.end


def _one(item: DutyToday) -> Line:
    said = words.within(item)
    # a month may be one of several printed together; an officer's own day is not printed at all
    if words.is_set(item):
        said = line("launch.text.moved", stated=said, last=item.last_day)
    elif item.confirmed and isinstance(item.duty.due, InMonth):
        said = line("launch.text.month", stated=said, last=item.last_day)
    to = line("launch.text.to", to=item.duty.to) if item.duty.to else ""
    return line("launch.text.duty", title=item.duty.title, when=said, to=to)


async def reach_of(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """Whom what has been chosen so far would reach, and what keeps it from being sent; empty while nothing is chosen."""
    known = await audiences.choosable(here, opened)
    if known is None:
        return None
    answers = {**await _proposed(here, opened), **opened.answers}
    if "whom" not in answers:
        return {"people": 0, "unreachable": 0, "lines": (), "bars": ()}
    meant = recipients(answers, {"choosable": known})
    found = await audiences.reached(here, meant, answers.get("text", ""))
    bars = (*await _launched(here, opened), *await hindrances(here, found, answers.get("text", "")))
    return {
        "people": found.people, "unreachable": len(found.unreachable),
        "lines": (*await _of_phase(here, opened), *audiences.lines_of(here, meant, found), *await _agreement(here, found)),
        "bars": bars,
    }  # fmt: skip


async def _of_phase(here: Here, opened: OpenFlow) -> tuple[Line, ...]:
    picked = await _picked(here, opened)
    if picked is None:
        return ()
    return tuple(cautions(picked["of"], goes_on(here, opened)))


def cautions(phase: Phase, goes: date) -> list[Line]:
    """What to know of a phase before its launch goes out that day: it has not begun, is over, or is misprinted."""
    days = {"start": phase.start, "end": phase.end}
    misprinted = [line("launch.misprinted", printed=phase.printed, **days)] if phase.to_confirm else []
    return [*misprinted, *_not_within(goes, **days)]


def goes_on(here: Here, opened: OpenFlow) -> date:
    """The day on which what is being prepared goes out."""
    at, now = set_for(opened.answers), here.now.replace(tzinfo=None)
    soon = now if opened.answers.get("when") == NOW else next_hours(now, here.world.calendar)
    return (at or soon).date()


def _not_within(goes: date, start: date, end: date) -> list[Line]:
    if goes < start:
        return [line("launch.before", start=start, days=(start - goes).days)]
    return [line("launch.over", end=end, days=(goes - end).days)] if goes > end else []


async def _proposed(here: Here, opened: OpenFlow) -> dict[str, Any]:
    """Whom the plan of the phase that was picked addresses, and in what words, until it is said otherwise."""
    picked = await _picked(here, opened)
    return {"whom": picked["whom"], "text": picked["text"]} if picked else {}


async def _picked(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    if "phase" not in opened.answers:
        return None
    phases = await launchable(here, opened) or ()
    return next((one for one in phases if one["key"] == opened.answers["phase"]), None)


async def hindrances(here: Here, found: Reach, text: str) -> tuple[Line, ...]:
    """Why it cannot be sent to them: nobody is meant, can be reached, could agree to it; a name makes it too long."""
    if not found.people:
        return (line("reach.nobody"),)
    if len(found.unreachable) == found.people:
        return (line("reach.none_reachable"),)
    long = _too_long(found, text)
    if not needs_agreement(here, found) or await _approvers(here):
        return long
    return (*long, line("reach.nobody_agrees", most=here.site.approve_above))


def _too_long(found: Reach, text: str) -> tuple[Line, ...]:
    """With its names filled in it still has to be a message of a length that is sent to many."""
    to = addressing.longest(text, chain.from_iterable(found.named.values()))
    length = addressing.length(text, to) if to else 0
    return (line("reach.too_long", length=length, most=LONGEST),) if length > LONGEST else ()


def needs_agreement(here: Here, found: Reach) -> bool:
    """Whether they are so many that a second person has to agree."""
    return found.people > here.site.approve_above


async def _approvers(here: Here) -> list[int]:
    return await reach.approvers(here.tx, await audiences.board_of(here) or "", here.member.id)


async def _agreement(here: Here, found: Reach) -> tuple[Line, ...]:
    if not needs_agreement(here, found) or not await _approvers(here):
        return ()
    return (line("reach.agreement", most=here.site.approve_above),)


async def _launched(here: Here, opened: OpenFlow) -> tuple[Line, ...]:
    """A phase is launched once: who was first is said."""
    picked = await _picked(here, opened)
    there = await reach.launched(here.tx, picked["campaign"], picked["phase"]) if picked else None
    return (launched_by(there),) if there else ()


def launched_by(there: reach.Launched) -> Line:
    """Who launched the phase, and when."""
    who = there.author_name or line("dossier.history.somebody")
    return line("launch.there_ahead" if there.ahead else "launch.there", who=who, at=local(there.created_at))

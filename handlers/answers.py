"""Answers to free questions, in words: the plan's own sentence always stands beside what is made of it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from domain.standing import DutyToday, Standing
from handlers import openings, words
from handlers.here import to_menu
from search.answer import (
    Answer,
    CampaignItem,
    DutyItem,
    FactItem,
    Item,
    Kind,
    PassageItem,
    PhaseItem,
    Ref,
    SilentItem,
    TitleItem,
)
from texts.compose import plain
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from domain.campaign import Campaign, Duty

LONGEST = 1500
"""Characters of an answer on a phone: what does not fit is counted and left to the buttons."""
ROOM = 100
"""Characters kept for the line that says how much was left out."""
IN_FULL = 2
"""So many duties are told with everything; more are a list."""
MOST_CHOICES = 5


def message(found: Answer, today: date) -> Message:
    """An answer as a message, with what there is to open next."""
    choices = tuple(_choice(ref) for ref in found.nearest[:MOST_CHOICES])
    match found.kind:
        case Kind.COURTESY | Kind.HELP | Kind.UNKNOWN:
            return say(_in_a_word(found), choices=choices or to_menu())
        case Kind.NO_PLAN:
            return say(line("ask.no_plan", asked_for=found.asked_for), choices=choices)
        case Kind.CAMPAIGNS if found.topic == "one":
            return say(*(one for c in found.campaigns for one in _overview(c)), choices=choices)
        case Kind.CAMPAIGNS:
            return say(line(f"ask.campaigns.{found.topic}", today=today), *_lines(found, today), choices=choices)
    return say(*_fitted(_lines(found, today)), choices=choices)


def _in_a_word(found: Answer) -> Line:
    if found.kind is Kind.COURTESY:
        return line(f"ask.courtesy.{found.topic}")
    return line(f"ask.{found.kind}") if found.nearest or found.kind is Kind.HELP else line("ask.unknown_yet")


def _overview(campaign: Campaign) -> list[Line]:
    name = line("ask.campaign", name=words.short_name(campaign))
    return [name, *words.header(campaign), line("lookup.campaign.audience", audience=words.audience(campaign))]


def _lines(found: Answer, today: date) -> list[Line]:
    """Campaign by campaign, its name first."""
    out: list[Line] = []
    for _, group in groupby(found.items, key=_slug):
        items = list(group)
        out += _of_campaign(found, items, today)
    return out


def _slug(item: Item) -> str:
    return "" if isinstance(item, TitleItem | CampaignItem) else item.campaign.slug


def _of_campaign(found: Answer, items: list[Item], today: date) -> list[Line]:
    duties = [i for i in items if isinstance(i, DutyItem)]
    in_list = found.kind is Kind.DUTIES or len(duties) > IN_FULL
    nearest = any(isinstance(i, SilentItem) for i in items) and found.kind is not Kind.DUTIES
    out = _name(items[0])
    for item in items:
        out += [line("ask.nearest")] if nearest and duties[:1] == [item] else []
        out += _duty(item, today, in_list=in_list) if isinstance(item, DutyItem) else SHOWN[type(item)](item)
    return out


def _name(item: Item) -> list[Line]:
    if isinstance(item, TitleItem | CampaignItem):
        return []
    return [line("ask.campaign", name=words.short_name(item.campaign))]


def _silent(item: SilentItem) -> list[Line]:
    told = [] if item.topic == "note" else [line(f"ask.silent.{item.topic}")]
    return [*told, *([line("ask.note", note=item.note)] if item.note else [])]


def _fact(item: FactItem) -> list[Line]:
    told = line(f"ask.fact.{item.fact}", value=item.value)
    if item.fact == "send":
        return [told, *(line("ask.about", duty=title) for title in item.quotes)]
    return [told, *(line("ask.quote", quote=quote) for quote in item.quotes)]


def _phase(item: PhaseItem) -> list[Line]:
    phase = item.phase
    named = line("ask.phase.one", phase=words.phase_name(phase), start=phase.start, end=phase.end)
    doubt = [line("ask.phase.to_confirm")] if phase.to_confirm else []
    points = phase.points if item.in_full else ()
    return [named, *doubt, *(line("ask.quote", quote=quote) for quote in (phase.quote, *points))]


def _campaign(item: CampaignItem) -> list[Line]:
    return [line("ask.campaigns.one", name=words.short_name(item.campaign))]


def _duty(item: DutyItem, day: date, *, in_list: bool) -> list[Line]:
    today, title = item.today, words.duty_title(item.today.duty)
    if in_list:
        return [line("duties.one", title=title, when=_when(today, day))]
    out = [line("ask.duty.title", title=title), line("ask.duty.when", when=_when(today, day))]
    out += list(_last_days(today))
    out += [line("duty.dated_by", title=words.duty_title(d), printed=d.due.printed or "") for d in _dating(today)]
    out.append(line("duty.who", who="; ".join(today.duty.must_act)))
    out += [line("duty.to", to=today.duty.to)] if today.duty.to else []
    out += [line("duty.place", place=today.duty.place)] if today.duty.place else []
    return [*out, *(line("ask.quote", quote=quote) for quote in item.quotes)]


def _when(item: DutyToday, today: date) -> Line:
    """When it is due and how it stands; what nobody hands in any more is over, not overdue."""
    told = words.when(item)
    if item.standing is not Standing.OVERDUE or (today - item.campaign.days.last).days <= openings.LATE_DAYS:
        return told
    return line(told.key, stated=told.params["stated"], state=line("ask.duty.over", last=item.last_day))


def _last_days(today: DutyToday) -> Iterator[Line]:
    if today.last_day is None or today.duty.due.kind == "tentative":
        return
    excluded = today.duty.due.kind == "before_day" and not words.is_set(today)
    yield line("duty.last", last=today.last_day, working=today.last_working_day)
    if excluded:
        yield line("ask.duty.excluded")
    if not today.calendar_confirmed and today.standing.is_ahead:
        yield line("duty.calendar_unconfirmed", year=today.last_day.year)


def _dating(today: DutyToday) -> Iterator[Duty]:
    return filter(None, map(today.campaign.duty, today.duty.dated_by))


def _passage(item: PassageItem) -> list[Line]:
    out = [line("ask.part", part=line(f"part.{item.part}.head"))]
    out += [line(f"part.about_{item.about}")] if item.about else []
    out += [line("ask.quote", quote=quote) for quote in item.quotes]
    return [*out, line("ask.more", more=item.more)] if item.more else out


def _title(item: TitleItem) -> list[Line]:
    title = item.title
    law = line("either", vi=item.law.name, en=item.law.name_en)
    head = line("ask.title.head", name=line("either", vi=title.name, en=title.name_en), law=law)
    conditions = [
        line("ask.title.condition", text=line("either", vi=c.text, en=c.text_en), source=c.source)
        for c in title.conditions
    ]
    who = [line("ask.title.decided_by", who=line("either", vi=d.name, en=d.name_en)) for d in title.decided_by]
    return [head, *conditions, *who, line("ask.title.advice")]


SHOWN: dict[type, Callable[[Any], list[Line]]] = {
    SilentItem: _silent,
    FactItem: _fact,
    PhaseItem: _phase,
    CampaignItem: _campaign,
    PassageItem: _passage,
    TitleItem: _title,
}
"""How each kind of item is put; a duty is put by how it stands that day."""


def _fitted(lines: list[Line]) -> list[Line]:
    """As many lines as a phone takes; quotations go first, then whatever stands last."""
    if _length(lines) <= LONGEST:
        return lines
    kept = dict(enumerate(lines))
    spare = [n for n, one in kept.items() if one.key == "ask.quote"][1:]
    while _length(kept.values()) > LONGEST - ROOM and len(kept) > 1:
        del kept[spare.pop() if spare else max(kept)]
    return [*kept.values(), line("ask.rest", more=len(lines) - len(kept))]


def _length(lines: Iterable[Line]) -> int:
    return sum(len(plain(one, "vi")) + 1 for one in lines)


def _choice(ref: Ref) -> Choice:
    campaign: Campaign = ref.campaign
    name = words.short_name(campaign)
    duty = campaign.duty(ref.duty) if ref.duty else None
    if duty:
        return Choice(line("ask.choice.duty", title=words.duty_title(duty)), ref.action)
    if ref.part:
        return Choice(line("ask.choice.part", part=line(f"part.{ref.part}.button"), campaign=name), ref.action)
    return Choice(line("ask.choice.campaign", campaign=name), ref.action)

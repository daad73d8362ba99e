"""Lines that several screens share: how a campaign, a duty, a passage is put."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.standing import DutyToday, Standing
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.campaign import Campaign, Duty, Phase
    from domain.plan import Passage
    from handlers.here import Here

__all__ = ["Line"]


def in_short(text: str, most: int) -> str:
    """The beginning of a text as one line of at most so many characters, cut between words where it has any."""
    whole = " ".join(text.split())
    if len(whole) <= most:
        return whole
    cut = whole[: most - 1]
    return f"{cut[: cut.rfind(' ') if most // 2 < cut.rfind(' ') else len(cut)].rstrip()}…"


def short_name(campaign: Campaign) -> Line:
    """A campaign's short name in the reader's language."""
    return _either(campaign.short_name, campaign.short_name_en)


def duty_title(duty: Duty) -> Line:
    """A duty's title in the reader's language."""
    return _either(duty.title, duty.title_en)


def phase_name(phase: Phase) -> Line:
    """A phase's name in the reader's language."""
    return _either(phase.name, phase.name_en)


def _either(vi: str, en: str) -> Line:
    return line("either", vi=vi, en=en)


def some(text: str, number: int) -> Line | str:
    """A part of a sentence that is there only where there are any."""
    return line(text, number=number) if number else ""


def back_to(campaign: Campaign) -> Choice:
    """The way back to a campaign's own screen."""
    return Choice(line("lookup.campaign.back"), f"campaign/{campaign.slug}")


def header(campaign: Campaign) -> list[Line]:
    """Issuer, number and date as printed: a blank stays blank."""
    plan = campaign.plan
    lines = [line("lookup.campaign.issuer", issuer=plan.issuer)]
    if plan.number_printed or plan.dated.printed:
        printed = " · ".join(p for p in (plan.number_printed, plan.dated.printed) if p)
        return [*lines, line("lookup.campaign.printed", printed=printed)]
    return [*lines, line("lookup.campaign.not_printed", year=campaign.year)]


def audience(campaign: Campaign) -> Line:
    """Whom a campaign addresses."""
    return line("audience.both" if len(campaign.audience) > 1 else f"audience.{campaign.audience[0]}")


def nothing_due(campaign: Campaign) -> Line:
    """What is said where nothing has to be handed in (any more): nothing is invented."""
    asked = any(d.asks for d in campaign.duties)
    return line("lookup.campaign.nothing_ahead" if asked else "lookup.campaign.no_hand_in")


def due_line(item: DutyToday) -> Line:
    """One duty of a campaign in a list."""
    return line("duties.one", title=duty_title(item.duty), when=when(item))


def by_campaign(items: Sequence[DutyToday], done: Sequence[DutyToday]) -> list[Line]:
    """Duties in a person's own list, each run of one campaign under its name; of those `done` only that they are."""
    lines = []
    for number, item in enumerate(items):
        if not number or items[number - 1].campaign.slug != item.campaign.slug:
            lines.append(line("duties.of", campaign=short_name(item.campaign)))
        lines.append(line("duties.done", title=duty_title(item.duty)) if item in done else due_line(item))
    return lines


def when(item: DutyToday) -> Line:
    """When it is due and how it stands, printed words first."""
    said, state = stated(item), standing(item)
    if item.extended:
        return line("when.extended", stated=said, last=item.last_day, state=state)
    if is_set(item):
        return line("when.set", stated=said, last=item.last_day, state=state)
    return line("when.both" if item.confirmed else "when.unconfirmed", stated=said, state=state)


def stated(item: DutyToday) -> Line:
    """What the plan says of when: its printed words, where it has any."""
    printed = item.duty.due.printed
    return line("when.printed", printed=printed) if printed else line(f"when.{item.duty.due.kind}", **_days(item))


def within(item: DutyToday) -> Line | str:
    """The same within a line of ours."""
    printed = item.duty.due.printed
    return in_sentence(printed) if printed else stated(item)


def in_sentence(printed: str) -> str:
    """A plan's words within a line of ours: without the brackets they stand in, nor the capital they begin with."""
    bare = printed.strip(" ()/.;")
    return bare[:1].lower() + bare[1:]


def is_set(item: DutyToday) -> bool:
    """Whether an officer's own last day holds instead of the plan's."""
    plan = item.campaign.window(item.duty)
    return item.last_day is not None and (plan is None or plan.last != item.last_day)


def _days(item: DutyToday) -> dict[str, object]:
    """What the plan says is said without any other day; that is told beside it."""
    plan = item.campaign.window(item.duty)
    last = plan.last if plan else item.last_day
    return {"last": last} if last and item.duty.due.kind == "within_phase" else {}


def standing(item: DutyToday) -> Line:
    """How it stands today, with days and working days left."""
    if item.standing in {Standing.UPCOMING, Standing.OPEN, Standing.DUE_SOON}:
        return line(f"standing.{item.standing}", days=item.days_left, working=item.working_days_left)
    if item.standing in {Standing.OVERDUE, Standing.PAST, Standing.DUE_TODAY}:
        return line(f"standing.{item.standing}", last=item.last_day)
    return line(f"standing.{item.standing}")


def duty_lines(item: DutyToday, campaign: Campaign) -> list[Line]:
    """Everything about one duty."""
    head = [line("duty.head", title=duty_title(item.duty)), line("duty.campaign", name=short_name(campaign))]
    return [
        *head,
        line("duty.when", when=when(item)),
        *_days_lines(item),
        *_dated_by(item.duty, campaign),
        *_what(item.duty),
    ]


def _days_lines(item: DutyToday) -> list[Line]:
    if item.last_day is None or item.standing is Standing.TENTATIVE:
        return []
    lines = [line("duty.last", last=item.last_day, working=item.last_working_day)]
    return lines if item.calendar_confirmed else [*lines, line("duty.calendar_unconfirmed", year=item.last_day.year)]


def _dated_by(duty: Duty, campaign: Campaign) -> list[Line]:
    named = (campaign.duty(i) for i in duty.dated_by)
    return [line("duty.dated_by", title=duty_title(d), printed=d.due.printed or "") for d in named if d]


def _what(duty: Duty) -> list[Line]:
    lines = [line("duty.who", who="; ".join(duty.must_act))]
    lines += [line("duty.asks", what=line(f"asks.{a}")) for a in duty.asks] or [line("duty.asks_nothing")]
    lines += [line("duty.deliver", deliver=duty.deliver)] if duty.deliver and duty.asks else []
    lines += [line("duty.to", to=duty.to)] if duty.to else []
    return [*lines, line("duty.place", place=duty.place)] if duty.place else lines


def passage(one: Passage) -> list[Line]:
    """A passage of a plan, to the letter."""
    lines = [line(f"part.about_{one.about}")] if one.about else []
    return [*lines, line("part.passage", text=one.text), *(line("part.point", text=point) for point in one.points)]


def looking_as(here: Here, choice: str) -> Here:
    """The same turn with a visitor who looks as staff or as an enterprise."""
    return replace(here, member=replace(here.member, choice=choice))

"""Which reports are due from this person's units, until when, and what has been handed in of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import Change, State, after, takes
from domain.opening import Opening, of_duty
from domain.people import Act, Role, actors_of, may
from domain.standing import CampaignStanding, Standing, campaign_standing
from handlers import openings, words
from storage import dossier_lists, extensions
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from domain.campaign import Actor, Duty
    from domain.standing import DutyToday
    from handlers.here import Here
    from storage.dossier_lists import HandedIn
    from storage.people import Membership

IN_HAND = 30 * 60 * 1_000_000
"""A report that is confirmed within so many microseconds after its last file was sent counts as handed in with it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that one of this person's units owes, or has handed in."""

    opening: Opening
    duty: Duty
    unit: Membership
    place: int
    """the unit's place among the person's units"""
    there: HandedIn | None
    """what has been handed in; None: nothing yet"""
    extended: bool
    """whether the office has given this unit a last day of its own"""

    @property
    def key(self) -> str:
        """Its name in buttons and answers."""
        return f"{self.opening.campaign.slug}/{self.duty.id}/{self.place}"

    @property
    def title(self) -> Line:
        """What it is called."""
        return words.duty_title(self.duty)

    @property
    def may_be_handed_in(self) -> bool:
        """Whether this person speaks for the unit, and the office has not decided on what is there."""
        undecided = self.there is None or after(self.there.state, Change.SUBMIT) is not None
        return may(Act.FILE_FOR_OTHERS, self.unit.role) and undecided

    @property
    def comes_back(self) -> bool:
        """Whether the office has asked for more of what was handed in in time: it is not late for coming back."""
        return self.there is not None and self.there.state is State.RETURNED and not self.there.late

    @property
    def is_in(self) -> bool:
        """Whether the unit has done its duty."""
        return self.there is not None and self.there.state not in {State.WITHDRAWN, State.RETURNED}


def counts_from(here: Here, files: Iterable[Mapping[str, Any]]) -> int:
    """When a report of these files counts as handed in if it is confirmed now: with its last file, if that is in hand."""
    last = max((one["sent_at"] for one in files if "sent_at" in one), default=None)
    return last if last is not None and 0 <= here.filed_at - last <= IN_HAND else here.filed_at


async def wanted(here: Here, number: str | None = None) -> list[Wanted]:
    """Every report due from this person's units that can still be handed in, nearest first; with it the one of `number`."""
    found = [one for place, unit in enumerate(here.units) for one in await _of_unit(here, place, unit, number)]
    today = openings.filed_on(here)
    return sorted(found, key=lambda one: _nearness(one, today))


async def find(here: Here, key: str, number: str | None = None) -> Wanted | None:
    """The report of that key; the one of `number` even where nothing is open any more."""
    return next((one for one in await wanted(here, number) if one.key == key), None)


async def _of_unit(here: Here, place: int, unit: Membership, number: str | None) -> list[Wanted]:
    there = {(one.campaign, one.duty): one for one in await dossier_lists.reports(here.tx, unit.unit)}
    own, today, found = await extensions.of_units(here.tx, [unit.unit]), openings.filed_on(here), []
    for campaign in here.world.campaigns:
        for duty in campaign.duties:
            one = there.get((campaign.slug, duty.id))
            item = openings.for_unit(here, campaign, duty, unit.unit, today, own)
            named = one is not None and one.number == number
            asked = openings.addresses(campaign, duty, unit, unit.board) and _is_open(item, today)
            if Asks.REPORT in duty.asks and (named or asked):
                found.append(Wanted(_opening(here, item), duty, unit, place, one, item.extended))
    return found


def _is_open(item: DutyToday, today: date) -> bool:
    """A campaign that runs takes reports; one that is over takes what has been extended, or is late, for some time."""
    if item.last_day and (item.standing is Standing.OVERDUE or item.extended):
        return (today - item.last_day).days <= openings.LATE_DAYS
    running = campaign_standing(item.campaign, today) is CampaignStanding.CURRENT
    return running and item.standing is not Standing.MUTED


def _opening(here: Here, item: DutyToday) -> Opening:
    return of_duty(item, here.world.after(item.campaign.slug, item.duty.id), (Asks.REPORT,))[0]


def _nearness(one: Wanted, today: date) -> tuple[bool, bool, int, str]:
    """What is still missing first; of that what is due next or has just become overdue."""
    last = one.opening.last_day
    return one.is_in, last is None, abs((last - today).days) if last else 0, one.key


def until(here: Here, one: Wanted) -> Line:
    """One sentence: until when it can be handed in."""
    if one.comes_back:
        return line("reports.comes_back")
    told = openings.deadline(here, one.opening)
    return line("reports.extended", until=told) if one.extended else told


def brief(one: Wanted, today: date) -> Line:
    """How it stands in a few words, for a button."""
    last, printed = one.opening.last_day, one.opening.printed
    if one.comes_back:
        return line("report.brief.returned")
    if one.is_in and one.there:
        return line("report.brief.there", n=one.there.version)
    if last is None:
        return line("report.brief.printed", printed=printed) if printed else line("report.brief.none")
    return line("report.brief.late" if today > last else "report.brief.until", last=last)


def figures_of(duty: Duty, actors: Iterable[Actor]) -> tuple[dict[str, Any], ...]:
    """The figures a duty asks these actors for, as the conversation needs them."""
    return tuple(
        {"id": f.id, "name": line("either", vi=f.name, en=f.name_en), "unit": f.unit, "target": f.target}
        for f in duty.figures
        if set(f.actors) & set(actors)
    )


def as_fact(here: Here, one: Wanted) -> dict[str, Any]:
    """What the conversation needs to know of it."""
    there, late = one.there, openings.is_late_now(here, one.opening)
    taken = takes(one.opening.after, late=late, there=there.state if there else None)
    return {
        "key": one.key, "open": one.may_be_handed_in, "over": None if taken else one.opening.last_day, "duty": one.duty.id, "name": one.duty.title, "title": one.title, "figures": figures_of(one.duty, actors_of(one.unit.kind, Role.MEMBER)),
        "brief": brief(one, openings.filed_on(here)), "unit_name": one.unit.unit_name,
        "campaign_name": words.short_name(one.opening.campaign), "deadline": until(here, one),
        "late": late and taken and not one.comes_back, "number": there.number if there else None,
        "version": there.version if there else None,
    }  # fmt: skip

"""What is open to be registered by whom, until when, and how a moment is judged against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain.dossier import is_late
from domain.opening import Opening, Stage, of_duty, one_of_each
from domain.people import Role, actors_of
from domain.standing import CampaignStanding, campaign_standing
from handlers.here import ZONE
from storage import extensions
from texts.message import Line, line

if TYPE_CHECKING:
    from domain.campaign import Asks, Campaign, Duty
    from domain.people import Unit
    from domain.standing import DutyToday
    from handlers.here import Here
    from storage.people import Membership

LATE_DAYS = 90
"""For so many days what was to be handed in and is late is still shown and taken, even if its campaign is over."""
OwnDays = Mapping[tuple[str, str, str], date]
"""Own last days of units, by unit, campaign and duty, as `extensions.of_units` gives them."""


def for_unit(here: Here, campaign: Campaign, duty: Duty, unit: str, today: date, own: OwnDays) -> DutyToday:
    """How a duty stands on a day for that unit, which may have been given a later last day than the others."""
    return here.world.for_unit(campaign, duty, today, own.get((unit, campaign.slug, duty.id)))


def addresses(campaign: Campaign, duty: Duty, unit: Membership | Unit, board: str) -> bool:
    """Whether a duty is for that unit of that board, as a unit: whoever of it is asked."""
    return campaign.board == board and bool(actors_of(unit.kind, Role.MEMBER) & set(duty.actors))


async def open_to(here: Here, unit: Membership, today: date, *, over_too: bool = False) -> list[Opening]:
    """What somebody of that unit may register in the campaigns of its board that run, one opening of each kind.

    `over_too`: of campaigns that are over as well, for what was handed in while they ran.
    """
    acts_as = actors_of(unit.kind, Role.MEMBER)
    running = [c for c in here.world.campaigns if c.board == unit.board and (over_too or _runs(c, today))]
    own = await extensions.of_units(here.tx, [unit.unit])
    found = [one for c in running for one in _of_campaign(here, c, today, unit.unit, own) if one.actors & acts_as]
    return one_of_each(found, today)


def _runs(campaign: Campaign, today: date) -> bool:
    return campaign_standing(campaign, today) is CampaignStanding.CURRENT


def _of_campaign(here: Here, campaign: Campaign, today: date, unit: str, own: OwnDays) -> list[Opening]:
    by_hand = [_extended(one, unit, own) for one in here.world.by_hand if one.campaign.slug == campaign.slug]
    items = (for_unit(here, campaign, duty, unit, today, own) for duty in campaign.duties)
    return by_hand + [one for item in items for one in of_duty(item, here.world.after(campaign.slug, item.duty.id))]


def _extended(opening: Opening, unit: str, own: OwnDays) -> Opening:
    """What an officer has opened by hand ends for a unit no sooner than the extension of a duty that asks for it."""
    campaign = opening.campaign
    days = [own.get((unit, campaign.slug, duty.id)) for duty in campaign.duties if opening.asks in duty.asks]
    last = opening.last_day
    return replace(opening, last_day=max([last, *filter(None, days)])) if last else opening


async def find(here: Here, campaign: str, asks: Asks, unit: Membership, *, over_too: bool = False) -> Opening | None:
    """The opening of that kind in that campaign; judged on the day on which what is being said was filed."""
    found = await open_to(here, unit, filed_on(here), over_too=over_too)
    return next((o for o in found if (o.campaign.slug, o.asks) == (campaign, asks)), None)


def filed_on(here: Here) -> date:
    """The day (Asia/Ho_Chi_Minh) as which what is being said counts as filed."""
    return datetime.fromtimestamp(here.filed_at / 1e6, UTC).astimezone(ZONE).date()


def is_late_now(here: Here, opening: Opening) -> bool:
    """Whether what is filed by this message comes after the last valid day."""
    return is_late(filed_on(here), opening.last_day)


def deadline(here: Here, opening: Opening) -> Line:
    """One sentence: the printed due date, and the real time left."""
    today, last = filed_on(here), opening.last_day
    if last is None:
        printed = opening.printed
        return line("opening.printed", printed=printed) if printed else line("opening.no_last_day")
    stage = opening.stage(today)
    if stage is Stage.OPEN:
        left = here.world.calendar.working_days_left(today, last)
        when = "opening.today" if today == last else "opening.until" if left else "opening.until_off"
        return Line(when, {"last": last, "working": left})
    return line(f"opening.{stage}", last=last, opens=opening.opens)


def title(opening: Opening) -> Line:
    """What is registered, in which campaign."""
    campaign = opening.campaign
    name = line("either", vi=campaign.short_name, en=campaign.short_name_en)
    return line("opening.title", what=line(f"dossier.kind.{opening.asks}"), campaign=name)

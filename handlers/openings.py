"""What is open to be registered by whom, until when, and how a moment is judged against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.dossier import is_late
from domain.opening import Opening, Stage, of_duty, one_of_each
from domain.people import Role, actors_of
from domain.standing import CampaignStanding, campaign_standing
from handlers.here import ZONE
from texts.message import Line, line

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Asks, Campaign
    from handlers.here import Here
    from storage.people import Membership


def open_to(here: Here, unit: Membership, today: date, *, over_too: bool = False) -> list[Opening]:
    """What somebody of that unit may register in the campaigns of its board that run, one opening of each kind.

    `over_too`: of campaigns that are over as well, for what was handed in while they ran.
    """
    acts_as = actors_of(unit.kind, Role.MEMBER)
    running = [c for c in here.world.campaigns if c.board == unit.board and (over_too or _runs(c, today))]
    found = [one for campaign in running for one in _of_campaign(here, campaign, today) if one.actors & acts_as]
    return one_of_each(found, today)


def _runs(campaign: Campaign, today: date) -> bool:
    return campaign_standing(campaign, today) is CampaignStanding.CURRENT


def _of_campaign(here: Here, campaign: Campaign, today: date) -> list[Opening]:
    by_hand = [one for one in here.world.by_hand if one.campaign.slug == campaign.slug]
    items = (here.world.on(campaign, duty, today) for duty in campaign.duties)
    return by_hand + [one for item in items for one in of_duty(item, here.world.after(campaign.slug, item.duty.id))]


def find(here: Here, campaign: str, asks: Asks, unit: Membership, *, over_too: bool = False) -> Opening | None:
    """The opening of that kind in that campaign; judged on the day on which what is being said was filed."""
    found = open_to(here, unit, filed_on(here), over_too=over_too)
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
        return line("opening.today", last=last) if today == last else line("opening.until", last=last, working=left)
    return line(f"opening.{stage}", last=last, opens=opening.opens)


def title(opening: Opening) -> Line:
    """What is registered, in which campaign."""
    campaign = opening.campaign
    name = line("either", vi=campaign.short_name, en=campaign.short_name_en)
    return line("opening.title", what=line(f"dossier.kind.{opening.asks}"), campaign=name)

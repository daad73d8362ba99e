"""An extension (gia hạn): a unit's own last day for a duty, in the place of the plan's. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.standing import CampaignStanding, Standing, campaign_standing

if TYPE_CHECKING:
    from domain.standing import DutyToday

ASKED_UNTIL = timedelta(days=90)
"""So long after its last day an extension of a duty may still be asked for; a setting of the house, not of any plan."""
WISHED_WITHIN = timedelta(days=90)
"""So far behind the last day as it stands (or behind today, where that is over) a unit may wish to go."""
GIVEN_WITHIN = timedelta(days=180)
"""The same for an officer; far less than a year, so that a day typed without its year is never taken for next year's."""


class RequestState(StrEnum):
    """Where a request for an extension stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    VOID = "void"
    """the unit has handed in before anybody answered"""


def can_be_extended(item: DutyToday, today: date) -> bool:
    """Whether there is a last day to be moved: of something to hand in, not tentative, not ahead and not long over."""
    if not item.duty.asks or item.last_day is None or item.standing is Standing.TENTATIVE:
        return False
    begun = campaign_standing(item.campaign, today) is not CampaignStanding.AHEAD
    return begun and today - item.last_day <= ASKED_UNTIL


def may_be_wished(last_day: date, today: date) -> tuple[date, date]:
    """The first and the last day a unit may ask for: after the last day as it stands for it, and not in the past."""
    first = max(last_day + timedelta(days=1), today)
    return first, max(last_day, today) + WISHED_WITHIN


def may_be_granted(last_day: date, today: date) -> tuple[date, date]:
    """The first and the last day an officer may answer a unit's request with."""
    return may_be_wished(last_day, today)[0], max(last_day, today) + GIVEN_WITHIN


def may_be_given(plan_day: date, today: date) -> tuple[date, date]:
    """The first and the last day an officer may give without being asked.

    Never earlier than the duty's own day: nobody's deadline is brought forward by an extension. Giving that very day
    takes an extension back, which is possible as long as it is not over.
    """
    first = max(plan_day, today)
    return first, first + GIVEN_WITHIN

"""How things stand on a day: which campaigns are current, which phase runs, what is due and how urgently. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.due import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.calendar import Calendar
    from domain.campaign import Campaign, Duty, Phase

DUE_SOON_WORKING_DAYS = 5
"""From this many working days before the last one, a duty is due soon; a setting of the house, not of any plan."""


class Standing(StrEnum):
    """How a duty stands on a day."""

    UPCOMING = "upcoming"
    OPEN = "open"
    """its days run, and the last one is not near"""
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAST = "past"
    """its days are over, and nothing was to be handed in"""
    MUTED = "muted"
    """its last day had passed when the plan was issued: never alarmed"""
    TENTATIVE = "tentative"
    UNDATED = "undated"

    @property
    def is_ahead(self) -> bool:
        """Whether there is still a day to keep."""
        return self in {Standing.UPCOMING, Standing.OPEN, Standing.DUE_SOON, Standing.DUE_TODAY}


class CampaignStanding(StrEnum):
    """How a campaign stands on a day."""

    AHEAD = "ahead"
    CURRENT = "current"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DutyToday:
    """One duty on one day. Days are None where the plan names none; counts are None where there is nothing to count."""

    campaign: Campaign
    duty: Duty
    standing: Standing
    confirmed: bool
    opens: date | None = None
    last_day: date | None = None
    last_working_day: date | None = None
    days_left: int | None = None
    working_days_left: int | None = None
    calendar_confirmed: bool = True
    extended: bool = False
    """the last day is a unit's own, later than the others'"""
    tentative: bool = False
    """the plan calls its days tentative, and nobody has set one"""


def campaign_standing(campaign: Campaign, today: date) -> CampaignStanding:
    """Whether `campaign` lies ahead, runs, or is over: from its first day to the last day anything of it is due.

    A plan can be issued after its campaign began; before its earliest possible day of issue nobody could know it.
    """
    days, issued = campaign.days, campaign.plan.issued_from
    if today < max(days.opens or days.last, issued or date.min):
        return CampaignStanding.AHEAD
    return CampaignStanding.CURRENT if today <= days.last else CampaignStanding.CLOSED


def current(campaigns: Iterable[Campaign], today: date) -> list[Campaign]:
    """The campaigns that run on that day, the ones that end first in front."""
    running = [c for c in campaigns if campaign_standing(c, today) is CampaignStanding.CURRENT]
    return sorted(running, key=lambda c: (c.days.last, c.slug))


def running_phase(campaign: Campaign, today: date) -> Phase | None:
    """The phase that runs on that day, or None."""
    return next((p for p in campaign.phases if p.start <= today <= p.end), None)


def was_running_at_issue(campaign: Campaign, phase: Phase) -> bool:
    """Whether the phase had begun when the plan was issued: then it is "đang diễn ra", never "vừa phát động"."""
    issued = campaign.plan.issued_from
    return issued is not None and phase.start < issued


def duty_today(
    campaign: Campaign, duty: Duty, today: date, calendar: Calendar, *, confirmed: bool, last_day: date | None = None
) -> DutyToday:
    """How `duty` stands on `today`.

    Args:
        campaign: the campaign it belongs to (a duty within a phase takes its days from there).
        duty: the duty.
        today: the day asked about, in Asia/Ho_Chi_Minh.
        calendar: working days.
        confirmed: whether an officer has confirmed how its date was read.
        last_day: an officer's own last day for it, which then holds instead of the plan's.

    """
    window = campaign.window(duty)
    last = last_day or (window.last if window else None)
    if last is None:
        return DutyToday(campaign, duty, Standing.UNDATED, confirmed)
    opens = window.opens if window and window.opens and window.opens <= last else None
    working = calendar.last_working_day(last)
    if opens and working < opens:
        working = last
    tentative = duty.due.kind == "tentative" and last_day is None
    if tentative and today <= last:
        standing = Standing.TENTATIVE
    else:
        standing = _standing(campaign, duty, today, Window(opens, last), working, calendar)
    ahead = standing.is_ahead
    return DutyToday(
        campaign,
        duty,
        standing,
        confirmed,
        opens,
        last,
        working,
        (last - today).days if ahead else None,
        calendar.working_days_left(today, last) if ahead else None,
        calendar.is_confirmed(last),
        tentative=tentative,
    )


def _standing(
    campaign: Campaign, duty: Duty, today: date, window: Window, working: date, calendar: Calendar
) -> Standing:
    issued, opens, last = campaign.plan.issued_from, window.opens, window.last
    if issued and last < issued:
        return Standing.MUTED
    if today > last:
        return Standing.OVERDUE if duty.asks else Standing.PAST
    if today in {last, working}:
        return Standing.DUE_TODAY
    if calendar.working_days_left(today, last) <= DUE_SOON_WORKING_DAYS:
        return Standing.DUE_SOON
    return Standing.OPEN if opens and opens <= today else Standing.UPCOMING


def nearest_first(duties: Iterable[DutyToday]) -> list[DutyToday]:
    """What is still to come, nearest first; then what is overdue, latest first; then what has no day; then the rest."""

    def key(d: DutyToday) -> tuple[int, int, str]:
        day = d.last_day.toordinal() if d.last_day else 0
        if d.standing.is_ahead:
            return (0, day, d.duty.id)
        rank = {Standing.OVERDUE: 1, Standing.TENTATIVE: 2, Standing.UNDATED: 3}.get(d.standing, 4)
        return (rank, -day, d.duty.id)

    return sorted(duties, key=key)

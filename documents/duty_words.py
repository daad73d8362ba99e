"""A duty's day and standing in a few words, as pictures, calendars and lists put them."""

from __future__ import annotations

import calendar as months
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from domain.due import (
    BeforeDay,
    ByDay,
    DayRange,
    InMonth,
    NoDate,
    OnDay,
    Recurring,
    SetElsewhere,
    Tentative,
    WithinPhase,
)
from domain.standing import Standing
from texts.message import Line, line

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign, Duty, Phase
    from domain.standing import DutyToday
    from texts.compose import Language


def title_of(duty: Duty, language: Language) -> str:
    """The duty's title in the reader's language."""
    return duty.title if language == "vi" else duty.title_en


def phase_name(phase: Phase, language: Language) -> str:
    """The phase's name in the reader's language."""
    return phase.name if language == "vi" else phase.name_en


def campaign_name(campaign: Campaign, language: Language) -> str:
    """The campaign's short name in the reader's language."""
    return campaign.short_name if language == "vi" else campaign.short_name_en


def when(item: DutyToday, language: Language) -> Line:
    """When it is due: "trước ngày X" stays before X; a day that an officer set instead is said to be one."""
    campaign, due = item.campaign, item.duty.due
    planned = campaign.window(item.duty)
    if item.last_day and (planned is None or planned.last != item.last_day):
        return line("documents.when.moved", day=item.last_day)
    match due:
        case BeforeDay() | ByDay() | OnDay():
            return line(f"documents.when.{due.kind}", day=due.day)
        case DayRange():
            return _span("documents.when.range", "documents.when.month", due.start, due.end)
        case Tentative():
            return _span("documents.when.tentative", "documents.when.tentative_month", due.start, due.end)
        case InMonth():
            return line("documents.when.month", month=month_name(due.month), year=due.year)
        case WithinPhase():
            phase = next(p for p in campaign.phases if p.id == due.phase)
            return line("documents.when.within_phase", phase=phase_name(phase, language), day=phase.end)
        case SetElsewhere() | Recurring() | NoDate():
            return line(f"documents.when.{due.kind}")
    assert_never(due)


def state(item: DutyToday) -> Line | None:
    """How it stands on the day, or None where there is nothing to add to its date."""
    match item.standing:
        case Standing.DUE_TODAY if item.days_left:
            return line("documents.state.last_working_day")
        case Standing.DUE_TODAY:
            return line("documents.state.due_today")
        case Standing.OVERDUE:
            return line("documents.state.over")
        case Standing.PAST:
            return line("documents.state.past")
        case Standing.MUTED:
            return line("documents.state.muted")
        case Standing.TENTATIVE | Standing.UNDATED:
            return None
        case Standing.OPEN | Standing.UPCOMING | Standing.DUE_SOON:
            return line("documents.state.days_left", days=item.days_left)
    assert_never(item.standing)


def month_name(month: int) -> Line:
    """A month within a sentence: its number in Vietnamese, its name in English."""
    return line(f"documents.month.long_{month}")


def _span(key: str, month_key: str, start: date, end: date) -> Line:
    whole = start.day == 1 and end.day == months.monthrange(end.year, end.month)[1]
    if whole and end - start < timedelta(days=31):
        return line(month_key, month=month_name(start.month), year=start.year)
    return line(key, start=start, end=end)

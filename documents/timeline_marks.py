"""What a timeline shows, decided before anything is drawn or written: marks with their days, words and tone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from documents.duty_words import phase_name, state, title_of, when
from domain.standing import Standing, running_phase
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.campaign import Campaign
    from domain.standing import DutyToday
    from texts.compose import Language


class Tone(StrEnum):
    """How a mark is coloured."""

    AHEAD = "ahead"
    SOON = "soon"
    NOW = "now"
    OVER = "over"
    TENTATIVE = "tentative"


_TONES = {
    Standing.DUE_SOON: Tone.SOON,
    Standing.DUE_TODAY: Tone.NOW,
    Standing.OVERDUE: Tone.OVER,
    Standing.PAST: Tone.OVER,
    Standing.MUTED: Tone.OVER,
    Standing.TENTATIVE: Tone.TENTATIVE,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One dated duty: `opens` is set where it has a span of days, not a last day alone."""

    opens: date | None
    last: date
    when: Line
    state: Line | None
    title: str
    tone: Tone
    event: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Undated:
    """One duty without a day."""

    title: str
    when: Line


def marks_of(duties: Sequence[DutyToday], language: Language) -> list[Mark]:
    """The dated duties in the order of their last days; general obligations are not listed."""
    dated = [(item.last_day, item) for item in duties if item.last_day and not item.duty.standing_duty]
    dated.sort(key=lambda pair: (pair[0], pair[1].duty.id))
    return [
        Mark(
            item.opens if item.opens and item.opens < last else None,
            last,
            when(item, language),
            state(item),
            title_of(item.duty, language),
            _TONES.get(item.standing, Tone.AHEAD),
            event=not item.duty.asks,
            confirmed=item.confirmed,
        )
        for last, item in dated
    ]


def undated_of(duties: Sequence[DutyToday], language: Language) -> list[Undated]:
    """The duties whose day the plan leaves open, in its own order."""
    return [
        Undated(title_of(item.duty, language), when(item, language))
        for item in duties
        if item.last_day is None and not item.duty.standing_duty
    ]


def where_we_are(campaign: Campaign, today: date, language: Language) -> Line:
    """The day, and where in the campaign it lies."""
    phase = running_phase(campaign, today)
    first = min(p.start for p in campaign.phases)
    if phase and len(campaign.phases) == 1:
        return line("documents.timeline.running_whole", today=today)
    if phase:
        return line("documents.timeline.running", today=today, phase=phase_name(phase, language))
    if today < first:
        return line("documents.timeline.ahead", today=today, days=(first - today).days)
    if today > max(p.end for p in campaign.phases):
        return line("documents.timeline.after", today=today)
    return line("documents.timeline.between", today=today)

"""Where everything on a timeline stands: a page as wide as a phone is fine, time runs down it, labels beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from documents.fonts import face, wrap
from documents.spread import lanes, spread
from texts.compose import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.ImageFont import FreeTypeFont

    from documents.timeline_marks import Mark
    from texts.compose import Language

WIDTH = 1080
MARGIN = 44
PHASES_LEFT, PHASES_RIGHT = 126, 314
LANES_LEFT, LANES_RIGHT = 328, 400
LABELS_LEFT = 450
LABELS_WIDTH = WIDTH - MARGIN - LABELS_LEFT
MONTH_LEAST = 92
"""pixels a month takes at least"""
WHEN_LINE, TITLE_LINE, GAP = 41, 39, 24
TODAY_HEIGHT = 76
STATE_GAP = 14
MARK_RADIUS = 13
FEW = 8
"""up to so many labels have three lines of words, more have two"""
SLACK = 1.08


def when_font() -> FreeTypeFont:
    """Letters for the day of a label."""
    return face("SemiBold", 30)


def state_font() -> FreeTypeFont:
    """Letters for how it stands."""
    return face("Regular", 28)


def title_font() -> FreeTypeFont:
    """Letters for what is due."""
    return face("Regular", 30)


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to pixels: whole months from `first` on."""

    first: date
    end: date
    """the day after the last one"""
    top: int
    height: int

    def y(self, day: date) -> float:
        """Where a day begins; days outside are held at the nearer end."""
        share = (day - self.first).days / (self.end - self.first).days
        return self.top + self.height * min(max(share, 0.0), 1.0)

    def end_of(self, day: date) -> float:
        """Where a day ends."""
        return self.y(day + timedelta(days=1))

    def months(self) -> list[date]:
        """The first day of each month on it."""
        found, day = [], self.first
        while day < self.end:
            found.append(day)
            day = next_month(day)
        return found


@dataclass(frozen=True, slots=True)
class Label:
    """The words of one mark (None: the label of today), and where they and their mark stand."""

    mark: Mark | None
    when: list[str]
    state: str
    """stands beside the last line of `when`, or on a line of its own"""
    title: list[str]
    top: int
    height: int
    y: float
    lane: int


def next_month(day: date) -> date:
    """The first day of the following month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def scale_of(first: date, last: date, top: int, least_height: int) -> Scale:
    """A scale of whole months that holds both days, at least that high."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return Scale(first.replace(day=1), next_month(last), top, max(months * MONTH_LEAST, least_height))


def heights_of(marks: Sequence[Mark], language: Language) -> int:
    """How much room the labels of these marks need to stand near their days, with that of today."""
    return round(SLACK * (sum(_words(m, len(marks), language).height for m in marks) + TODAY_HEIGHT))


def place(marks: Sequence[Mark], today: date | None, scale: Scale, language: Language) -> list[Label]:
    """A label for each mark (in order of their last days) and one for today, none over another."""
    days = [(_upper(m, scale), round(scale.end_of(m.last)) + MARK_RADIUS) for m in marks]
    labels = [
        replace(_words(m, len(marks), language), y=scale.end_of(m.last), lane=lane)
        for m, lane in zip(marks, lanes(days), strict=True)
    ]
    if today:
        now = Label(None, [], "", [], 0, TODAY_HEIGHT, scale.y(today), 0)
        labels.insert(sum(m.last < today for m in marks), now)
    wanted = [label.y - WHEN_LINE / 2 for label in labels]
    tops = spread(wanted, [label.height for label in labels], scale.top, scale.top + scale.height)
    return [replace(label, top=top) for label, top in zip(labels, tops, strict=True)]


def _upper(mark: Mark, scale: Scale) -> int:
    point = round(scale.end_of(mark.last)) - MARK_RADIUS
    return min(point, round(scale.y(mark.opens))) if mark.opens else point


def _words(mark: Mark, among: int, language: Language) -> Label:
    """A mark's label, not yet placed: its day, beside or below it how it stands, then what is due."""
    state = plain(mark.state, language) if mark.state else ""
    when = wrap(plain(mark.when, language), when_font(), LABELS_WIDTH, 2)
    beside = when_font().getlength(when[-1]) + STATE_GAP + state_font().getlength(state)
    if state and beside > LABELS_WIDTH:
        when.append("")
    title = wrap(mark.title, title_font(), LABELS_WIDTH, 3 if among <= FEW else 2)
    return Label(mark, when, state, title, 0, WHEN_LINE * len(when) + TITLE_LINE * len(title) + GAP, 0.0, 0)

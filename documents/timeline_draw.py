"""The body of a timeline picture: the scale of months, the phases as bars, marks with their labels, today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.duty_words import phase_name
from documents.fonts import face, wrap
from documents.spread import lanes
from documents.timeline_layout import (
    LABELS_LEFT,
    LANES_LEFT,
    LANES_RIGHT,
    MARGIN,
    PHASES_LEFT,
    PHASES_RIGHT,
    STATE_GAP,
    TITLE_LINE,
    WHEN_LINE,
    state_font,
    title_font,
    when_font,
)
from documents.timeline_marks import Tone
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from documents.canvas import Canvas
    from documents.timeline_layout import Label, Scale
    from documents.timeline_marks import Mark
    from domain.campaign import Phase
    from texts.compose import Language

# Every colour is read on this paper, whatever theme the messenger has: dark letters keep at least 4.5 : 1 against it.
PAPER = "#FBFAF6"
INK = "#1B2430"
QUIET = "#5B6675"
RULE = "#DCDFE3"
BRAND = "#0B6578"
TODAY = "#C2183F"
PHASE_PAST, PHASE_AHEAD = "#E4E7EA", "#DCEBEE"
TONES = {
    Tone.AHEAD: BRAND,
    Tone.SOON: "#A8480A",
    Tone.NOW: TODAY,
    Tone.OVER: QUIET,
    Tone.TENTATIVE: "#67499B",
}
LANE = 16
LANES_MOST = (LANES_RIGHT - LANES_LEFT) // LANE
DOT = 11
PHASE_LINE, PHASE_PAD = 38, 18


def draw_scale(canvas: Canvas, scale: Scale, today: date | None, language: Language) -> None:
    """Months with a line at the start of each, the year where it begins; what is past lies in shade."""
    if today:
        canvas.box((MARGIN - 16, scale.top, LANES_RIGHT, scale.y(today)), "#F0EFEA")
    for number, month in enumerate(scale.months()):
        y = scale.y(month)
        canvas.line([(MARGIN - 16, y), (LANES_RIGHT, y)], RULE, 2)
        name = plain(line(f"documents.month.short_{month.month}"), language)
        canvas.text(MARGIN, y + 38, name, face("Medium", 29), INK)
        if number == 0 or month.month == 1:
            canvas.text(MARGIN, y + 72, str(month.year), face("Regular", 26), QUIET)
    bottom = scale.top + scale.height
    canvas.line([(MARGIN - 16, bottom), (LANES_RIGHT, bottom)], RULE, 2)


def draw_phases(canvas: Canvas, phases: Sequence[Phase], scale: Scale, today: date, language: Language) -> None:
    """Each phase as a bar with its name; side by side where they overlap. The running one stands out."""
    lane = lanes([(p.start.toordinal(), p.end.toordinal()) for p in phases])
    width = (PHASES_RIGHT - PHASES_LEFT) / (max(lane) + 1)
    for phase, n in zip(phases, lane, strict=True):
        left = PHASES_LEFT + n * width
        area = (left + 2, scale.y(phase.start) + 2, left + width - 2, scale.end_of(phase.end) - 2)
        running = phase.start <= today <= phase.end
        if running:
            fill, inks = BRAND, ("#FFFFFF", "#DDF1F5")
        elif phase.end < today:
            fill, inks = PHASE_PAST, (QUIET, QUIET)
        else:
            fill, inks = PHASE_AHEAD, (INK, QUIET)
        canvas.box(area, fill, radius=12)
        _phase_words(canvas, phase, area, inks, scale.y(today) if running else None, language)


def _phase_words(
    canvas: Canvas,
    phase: Phase,
    area: tuple[float, float, float, float],
    inks: tuple[str, str],
    line_at: float | None,
    language: Language,
) -> None:
    """Name and days at the head of the bar, or below (else above) the line of today where it would strike through."""
    left, top, right, bottom = area
    width, day_font = right - left - 22, face("Regular", 25)
    days = f"{phase.start.day}/{phase.start.month} – {phase.end.day}/{phase.end.month}"
    with_days = day_font.getlength(days) <= width

    def words(room: float) -> list[str]:
        lines = int((room - PHASE_PAD) // PHASE_LINE) - with_days
        return wrap(phase_name(phase, language), face("SemiBold", 28), width, lines) if lines > 0 else []

    found, y = words(bottom - top), top
    if line_at is not None and line_at - top < (len(found) + with_days) * PHASE_LINE + PHASE_PAD:
        below = bottom - line_at >= line_at - top
        found, y = (words(bottom - line_at), line_at) if below else (words(line_at - top), top)
    for one in found:
        canvas.text(left + 13, y + 42, one, face("SemiBold", 28), inks[0])
        y += PHASE_LINE
    if found and with_days:
        canvas.text(left + 13, y + 42, days, day_font, inks[1])


def draw_labels(canvas: Canvas, labels: Sequence[Label], scale: Scale, today: date, language: Language) -> None:
    """Marks beside the scale, each joined to its words; spans of days as bars that end in the mark."""
    for label in labels:
        if label.mark and label.mark.opens:
            _span(canvas, label, label.mark, scale.y(label.mark.opens))
    for label in labels:
        colour = TONES[label.mark.tone] if label.mark else TODAY
        start = (_lane(label) if label.mark else PHASES_LEFT - 10, label.y)
        middle = label.top + WHEN_LINE / 2
        canvas.line([start, (LANES_RIGHT + 4, label.y), (LABELS_LEFT - 14, middle)], colour, 2 if label.mark else 4)
    for label in labels:
        if label.mark:
            draw_mark(canvas, _lane(label), label.y, label.mark)
            _words(canvas, label, TONES[label.mark.tone])
        else:
            _today(canvas, label, plain(line("documents.timeline.today", today=today), language))


def draw_mark(canvas: Canvas, x: float, y: float, mark: Mark) -> None:
    """A circle where something is handed in, a diamond for an event; hollow until its date is confirmed."""
    colour = TONES[mark.tone]
    hollow = not mark.confirmed or mark.tone is Tone.TENTATIVE
    canvas.dot(x, y, DOT, PAPER if hollow else colour, colour, diamond=mark.event)


def _lane(label: Label) -> float:
    return LANES_LEFT + 14 + LANE * min(label.lane, LANES_MOST - 1)


def _span(canvas: Canvas, label: Label, mark: Mark, top: float) -> None:
    x, colour = _lane(label), TONES[mark.tone]
    if mark.tone is Tone.TENTATIVE:
        canvas.dashes(x, top + 3, label.y, colour, 6)
    else:
        canvas.box((x - 3, top + 3, x + 3, label.y), colour, radius=3)


def _words(canvas: Canvas, label: Label, colour: str) -> None:
    y = label.top + 32
    for one in label.when:
        canvas.text(LABELS_LEFT, y, one, when_font(), colour)
        y += WHEN_LINE
    last = label.when[-1]
    beside = LABELS_LEFT + (when_font().getlength(last) + STATE_GAP if last else 0)
    canvas.text(beside, y - WHEN_LINE, label.state, state_font(), colour)
    for one in label.title:
        canvas.text(LABELS_LEFT, y - 2, one, title_font(), INK if colour != QUIET else QUIET)
        y += TITLE_LINE


def _today(canvas: Canvas, label: Label, words: str) -> None:
    font = face("Bold", 31)
    width = font.getlength(words)
    canvas.box((LABELS_LEFT - 16, label.top - 6, LABELS_LEFT + width + 18, label.top + 50), TODAY, radius=14)
    canvas.text(LABELS_LEFT, label.top + 33, words, font, "#FFFFFF")

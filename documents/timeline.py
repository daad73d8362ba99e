"""A campaign's year at a glance: phases, due dates and today, as a picture for a phone and as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.canvas import Canvas
from documents.duty_words import campaign_name, phase_name
from documents.timeline_draw import PAPER, RULE, draw_labels, draw_phases, draw_scale
from documents.timeline_layout import MARGIN, WIDTH, heights_of, place, scale_of
from documents.timeline_marks import marks_of, undated_of, where_we_are
from documents.timeline_rows import head_rows, legend, undated_rows, write
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from documents.timeline_marks import Mark
    from domain.campaign import Campaign, Phase
    from domain.standing import DutyToday
    from texts.compose import Language

MOST_MARKS = 20
"""Beyond these a picture names the nearest to today and says "… and n more"; the text names all."""
ABOVE, BETWEEN, BELOW = 36, 34, 40


def timeline_png(campaign: Campaign, duties: Sequence[DutyToday], today: date, language: Language) -> bytes:
    """The campaign as a PNG picture, 1080 pixels wide.

    `duties` are those to show, as they stand on `today`. Dated ones stand beside the scale, ones without a day below.
    """
    dated = marks_of(duties, language)
    marks = _nearest(dated, today)
    head = head_rows(campaign, today, language)
    foot = undated_rows(undated_of(duties, language), len(dated) - len(marks), dated=bool(marks), language=language)
    days = [day for p in campaign.phases for day in (p.start, p.end)] + [m.last for m in marks]
    days += [m.opens for m in marks if m.opens]
    top = ABOVE + sum(r.height for r in head) + BETWEEN
    scale = scale_of(min(days), max(days), top, heights_of(marks, language))
    shown = today if scale.first <= today < scale.end else None
    below = top + scale.height + BELOW
    height = below + sum(r.height for r in foot) + legend(None, marks, 0, language) + ABOVE
    canvas = Canvas(WIDTH, height, PAPER)
    write(canvas, head, ABOVE)
    canvas.box((MARGIN - 16, top - 18, WIDTH - MARGIN + 16, top - 16), RULE)
    draw_scale(canvas, scale, shown, language)
    draw_phases(canvas, campaign.phases, scale, today, language)
    draw_labels(canvas, place(marks, shown, scale, language), scale, today, language)
    legend(canvas, marks, write(canvas, foot, below), language)
    return canvas.png()


def timeline_text(campaign: Campaign, duties: Sequence[DutyToday], today: date, language: Language) -> tuple[Line, ...]:
    """The same as lines of text: phase by phase in the order of days, today in its place, then what has no day."""
    marks, undated = marks_of(duties, language), undated_of(duties, language)
    lines = [
        line("documents.timeline.title", name=campaign_name(campaign, language)),
        line("documents.timeline.issuer", issuer=campaign.plan.issuer),
        where_we_are(campaign, today, language),
        *_stream(campaign.phases, marks, today, language),
    ]
    if undated:
        lines.append(line("documents.timeline.undated"))
        lines += [line("documents.timeline.undated_duty", title=u.title, when=u.when) for u in undated]
    if not marks and not undated:
        lines.append(line("documents.timeline.no_duties"))
    return tuple(lines)


def _nearest(marks: list[Mark], today: date) -> list[Mark]:
    """At most as many marks as a picture holds, what is still ahead before what is over, in the order of days."""

    def distance(mark: Mark) -> tuple[bool, int]:
        return (mark.last < today, abs((mark.last - today).days))

    kept = {id(m) for m in sorted(marks, key=distance)[:MOST_MARKS]}
    return [m for m in marks if id(m) in kept]


def _stream(phases: Sequence[Phase], marks: Sequence[Mark], today: date, language: Language) -> Iterator[Line]:
    """Phases, marks and today, each in its place: sorted by day, a phase before what is due in it, today before its own."""
    events: list[tuple[date, int, Line]] = [(p.start, 0, _phase_line(p, today, language)) for p in phases]
    events.append((today, 1, line("documents.timeline.today_mark", today=today)))
    events += [(m.last, 3, _mark_line(m)) for m in marks]
    after = max(p.end for p in phases)
    if any(m.last > after for m in marks):
        first = min(m.last for m in marks if m.last > after)
        events.append((first, 2, line("documents.timeline.after_phases")))
    for _, _, one in sorted(events, key=lambda e: e[:2]):
        yield one


def _phase_line(phase: Phase, today: date, language: Language) -> Line:
    key = "phase_running" if phase.start <= today <= phase.end else "phase"
    name = phase_name(phase, language)
    return line(f"documents.timeline.{key}", phase=name, start=phase.start, end=phase.end)


def _mark_line(mark: Mark) -> Line:
    states = [s for s in (mark.state, None if mark.confirmed else line("documents.timeline.unconfirmed")) if s]
    if not states:
        return line("documents.timeline.duty", when=mark.when, title=mark.title)
    both = states[0] if len(states) == 1 else line("documents.timeline.both", first=states[0], second=states[1])
    return line("documents.timeline.duty_state", when=mark.when, title=mark.title, state=both)

"""The words above and below a timeline: title, issuer, where we are; what has no day; the legend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documents.duty_words import campaign_name
from documents.fonts import Weight, face, wrap
from documents.timeline_draw import DOT, INK, QUIET, TONES, draw_mark
from documents.timeline_layout import MARGIN, WIDTH
from documents.timeline_marks import Tone, where_we_are
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from documents.canvas import Canvas
    from documents.timeline_marks import Mark, Undated
    from domain.campaign import Campaign
    from texts.compose import Language

INNER = WIDTH - 2 * MARGIN
MOST_UNDATED = 6
LEGEND_LINE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line of words and the height it takes; `indent` is from the margin."""

    text: str
    weight: Weight
    size: int
    colour: str
    height: int
    indent: int = 0
    bullet: bool = False


def write(canvas: Canvas, rows: Sequence[Row], top: int) -> int:
    """Write the rows one below the other; returns where the next thing may begin."""
    for row in rows:
        top += row.height
        base = top - (row.height - row.size) // 2 - 4
        canvas.text(MARGIN + row.indent, base, row.text, face(row.weight, row.size), row.colour)
        if row.bullet:
            canvas.text(MARGIN, base, "•", face(row.weight, row.size), row.colour)
    return top


def head_rows(campaign: Campaign, today: date, language: Language) -> list[Row]:
    """Issuer, name of the campaign, the day and where in the campaign it lies."""
    where = plain(where_we_are(campaign, today, language), language)
    return [
        *_rows(campaign.plan.issuer, Row("", "Medium", 28, QUIET, 42), 2),
        *_rows(campaign_name(campaign, language), Row("", "Bold", 46, INK, 64), 3),
        *_rows(where, Row("", "Regular", 31, INK, 48), 2),
    ]


def undated_rows(undated: Sequence[Undated], left_out: int, *, dated: bool, language: Language) -> list[Row]:
    """What stands below the scale: dated duties left out, duties without a day, or that nothing is to be handed in."""
    note = Row("", "Regular", 29, INK, 42)
    rows: list[Row] = []
    if left_out:
        rows += _rows(plain(line("documents.timeline.more", count=left_out), language), note, 1)
    if undated:
        rows.append(Row(plain(line("documents.timeline.undated_title"), language), "SemiBold", 31, INK, 56))
    for one in undated[:MOST_UNDATED]:
        rows += _rows(f"{one.title}: {plain(one.when, language)}", replace(note, indent=28), 2, bullet=True)
    if len(undated) > MOST_UNDATED:
        more = line("documents.timeline.more", count=len(undated) - MOST_UNDATED)
        rows += _rows(plain(more, language), replace(note, indent=28), 1)
    if not dated and not undated:
        rows += _rows(plain(line("documents.timeline.no_duties"), language), note, 2)
    return rows


def legend(canvas: Canvas | None, marks: Sequence[Mark], top: int, language: Language) -> int:
    """Explain the signs that occur, from left to right; returns the height used. Without a canvas it only measures."""
    font = face("Regular", 26)
    x, y = MARGIN, top + 34
    entries = _legend(marks)
    for key, sign in entries:
        words = plain(line(key), language)
        width = round(font.getlength(words)) + 88
        if x > MARGIN and x + width - 40 > WIDTH - MARGIN:
            x, y = MARGIN, y + LEGEND_LINE
        if canvas:
            _sign(canvas, x + DOT, y, sign)
            canvas.text(x + 40, y + 9, words, font, QUIET)
        x += width
    return y + LEGEND_LINE // 2 - top if entries else 0


def _legend(marks: Sequence[Mark]) -> list[tuple[str, Mark | None]]:
    found: dict[str, Mark | None] = {}
    for mark in sorted(marks, key=lambda m: m.event):
        sample = replace(mark, opens=None, confirmed=True, tone=Tone.AHEAD)
        found["documents.timeline.legend_event" if mark.event else "documents.timeline.legend_asks"] = sample
    for mark in marks:
        if mark.tone is Tone.TENTATIVE:
            found["documents.timeline.legend_tentative"] = replace(mark, opens=mark.last)
        elif mark.opens:
            found.setdefault("documents.timeline.legend_span", None)
    if any(not m.confirmed for m in marks):
        sample = next(m for m in marks if not m.confirmed)
        found["documents.timeline.legend_unconfirmed"] = replace(sample, opens=None, tone=Tone.AHEAD)
    return list(found.items())


def _sign(canvas: Canvas, x: float, y: float, mark: Mark | None) -> None:
    if mark is None:
        canvas.box((x - 3, y - 17, x + 3, y + 17), TONES[Tone.AHEAD], radius=3)
    elif mark.opens:
        canvas.dashes(x, y - 17, y + 17, TONES[mark.tone], 6)
    else:
        draw_mark(canvas, x, y, mark)


def _rows(words: str, like: Row, most: int, *, bullet: bool = False) -> list[Row]:
    lines = wrap(words, face(like.weight, like.size), INNER - like.indent, most)
    return [replace(like, text=one, bullet=bullet and not n) for n, one in enumerate(lines)]

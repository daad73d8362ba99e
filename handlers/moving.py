"""What conversations about a date of a plan need to know: how it stands, and whom it concerns that it is moved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.reminders import in_own_name
from flows.day import with_weekday
from flows.due_dates import MOVE_DATE
from handlers import chase_ahead, dated, tally, words
from handlers.tally import Part
from storage import chasing, extensions
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.session import OpenFlow
    from handlers.dated import Date
    from handlers.here import Here
    from handlers.tally import Tally

YEARS_AFTER = 1
"""Dates of a plan may lie so many years after its own."""


async def due_date(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The date that is being corrected or moved, and the days that make sense for it."""
    found = await dated.find(here, opened.context["campaign"], "duty", opened.context["duty"])
    if found is None:
        return None
    year = found.campaign.year
    return {
        "campaign": found.campaign.slug, "duty": found.of.id, "title": found.title,
        "campaign_name": words.short_name(found.campaign), "when": dated.stated(found), "who": dated.who(found),
        "first": date(year, 1, 1), "last": date(year + YEARS_AFTER, 12, 31), "told": await _told(here, opened, found),
    }  # fmt: skip


async def _told(here: Here, opened: OpenFlow, found: Date) -> tuple[Line, ...]:
    if opened.name != MOVE_DATE.name or "day" not in opened.answers:
        return ()
    return await concerned(here, found, date.fromisoformat(opened.answers["day"]))


async def concerned(here: Here, found: Date, day: date) -> tuple[Line, ...]:
    """Who is told where that becomes the last day, and what becomes of days that units have of their own."""
    asked = await tally.find(here, found.campaign.slug, found.of.id)
    unlikely = _unlikely(here, asked.item.last_day, day) if asked else []
    if found.judged.muted or asked is None or asked.item.last_day == day:
        return (*unlikely, line("move_date.told_nobody"))
    own = await extensions.of_duty(here.tx, found.campaign.slug, found.of.id)
    later = {unit for unit, last in own.items() if last > day}
    units = (asked.asked if in_own_name(asked.item.duty) else asked.parts[Part.MISSING]) - later
    ahead = await chasing.ahead(here.tx, found.campaign, asked.item.duty, units, None)
    told = line("move_date.told" if ahead.people else "move_date.told_nobody", people=ahead.people, units=ahead.units)
    return (*unlikely, told, *chase_ahead.not_told(here, ahead), *_own_days(asked, own.keys(), later))


def _unlikely(here: Here, now: date | None, day: date) -> list[Line]:
    """What nobody may have meant: a day before the one that holds, the same one, one that is over, one of another year."""
    if now is None or day == now:
        return [line("move_date.same")] if now else []
    before = [line("move_date.earlier", last=with_weekday(now))] if day < now else []
    over = [line("move_date.over")] if day < here.now.date() else []
    return [*before, *over, *([line("move_date.other_year", year=day.year)] if day.year != now.year else [])]


def _own_days(asked: Tally, own: Collection[str], later: Collection[str]) -> list[Line]:
    """Of the units that have not handed in, those that keep a day of their own, and those that lose it."""
    theirs = asked.parts[Part.MISSING].intersection(own)
    numbers = {"later": len(theirs.intersection(later)), "earlier": len(theirs.difference(later))}
    return [line(f"move_date.own.{which}", units=number) for which, number in numbers.items() if number]

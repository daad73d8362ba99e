"""Due dates as a calendar file (RFC 5545), to import once or to subscribe to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vText

from documents.duty_words import campaign_name, phase_name, title_of, when
from domain.due import DayRange, InMonth, OnDay, Tentative
from texts.compose import plain
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from domain.campaign import Campaign, Phase
    from domain.standing import DutyToday
    from texts.compose import Language

ZONE = "Asia/Ho_Chi_Minh"
REFRESH = timedelta(hours=12)
"""how often a program that subscribes should look again"""


def calendar_file(
    items: Sequence[DutyToday],
    campaigns: Sequence[Campaign],
    stamp: datetime,
    language: Language,
    versions: Mapping[tuple[str, str], int] | None = None,
) -> bytes:
    """The calendar file of these duties and, as spans of days, of the phases of `campaigns`.

    `stamp` (aware) is when the file was made. `versions` counts how often the date of (campaign slug, duty id) was
    changed, so that a program takes the newer one. Duties without a day are left out; nothing rings an alarm; a date
    that is tentative or not confirmed yet is marked TENTATIVE.
    """
    found = Calendar()
    found.add("prodid", "-//thidua//emulation calendar//VI")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", vText(_text("documents.calendar.name", language)))
    found.add("x-wr-caldesc", vText(_text("documents.calendar.about", language)))
    found.add("x-wr-timezone", ZONE)
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    found.add_component(_zone())
    for campaign in campaigns:
        for phase in campaign.phases:
            found.add_component(_phase(campaign, phase, stamp, language))
    for item in items:
        if item.last_day and not item.duty.standing_duty:
            version = (versions or {}).get((item.campaign.slug, item.duty.id), 0)
            found.add_component(_duty(item, item.last_day, stamp, language, version))
    content: bytes = found.to_ical()
    return content


def _duty(item: DutyToday, last: date, stamp: datetime, language: Language, version: int) -> Event:
    spans = isinstance(item.duty.due, DayRange | InMonth | OnDay | Tentative)
    opens = item.opens if spans and item.opens and item.opens <= last else last
    sure = item.confirmed or item.duty.due.kind == "tentative"
    summary = line(
        f"documents.calendar.{'duty' if sure else 'duty_unconfirmed'}",
        title=title_of(item.duty, language),
        campaign=campaign_name(item.campaign, language),
    )
    event = _event(f"{item.campaign.slug}.{item.duty.id}", opens, last, stamp)
    event.add("sequence", version)
    event.add("summary", plain(summary, language))
    event.add("description", plain(tuple(_description(item, last, language)), language))
    event.add("status", "CONFIRMED" if item.confirmed and item.duty.due.kind != "tentative" else "TENTATIVE")
    kinds = [f"documents.calendar.{asked}" for asked in item.duty.asks] or ["documents.calendar.event"]
    event.add("categories", [_text(key, language) for key in ("documents.calendar.category", *kinds)])
    if item.duty.place:
        event.add("location", item.duty.place)
    return event


def _description(item: DutyToday, last: date, language: Language) -> Iterator[Line]:
    duty, part = item.duty, "documents.calendar."
    yield line(part + "when", when=when(item, language))
    if duty.due.printed:
        yield line(part + "printed", printed=duty.due.printed)
    if duty.due.kind == "tentative":
        yield line(part + "tentative")
    else:
        yield line(part + "last_day", day=last)
        if item.last_working_day and item.last_working_day != last:
            yield line(part + "last_working_day", day=item.last_working_day)
        if not item.confirmed:
            yield line(part + "unconfirmed")
    if not item.calendar_confirmed:
        yield line(part + "calendar_unconfirmed", year=last.year)
    if duty.must_act:
        yield line(part + "who", who="; ".join(duty.must_act))
    if duty.to:
        yield line(part + "to", to=duty.to)
    yield line(part + "quote", quote=duty.quotes[-1])


def _phase(campaign: Campaign, phase: Phase, stamp: datetime, language: Language) -> Event:
    names = {"phase": phase_name(phase, language), "campaign": campaign_name(campaign, language)}
    event = _event(f"{campaign.slug}.phase.{phase.id}", phase.start, phase.end, stamp)
    event.add("summary", plain(line("documents.calendar.phase", **names), language))
    event.add("description", plain(line("documents.calendar.quote", quote=phase.quote), language))
    keys = ("documents.calendar.category", "documents.calendar.phase_category")
    event.add("categories", [_text(key, language) for key in keys])
    return event


def _event(name: str, first: date, last: date, stamp: datetime) -> Event:
    """An all-day event that takes nobody's time; its end is the day after the last (RFC 5545, 3.6.1)."""
    event = Event()
    event.add("uid", f"{name}@thidua")
    event.add("dtstamp", stamp)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _zone() -> Timezone:
    """Vietnam has kept one offset, without daylight saving, since 1975."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    standard = TimezoneStandard()
    standard.add("dtstart", datetime.fromisoformat("1975-06-13T00:00:00"))
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone


def _text(key: str, language: Language) -> str:
    return plain(line(key), language)

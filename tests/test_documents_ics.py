"""The calendar file: read back with a reader, and held against the rules of RFC 5545 that readers stumble over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from icalendar.cal import Component

from campaigns import calendar, campaigns
from documents.ics import calendar_file
from domain.standing import DutyToday, duty_today

FIVE = campaigns()
STAMP = datetime(2023, 4, 24, 1, 0, tzinfo=UTC)


def items(today: date = date(2023, 4, 24), *, confirmed: bool = True) -> list[DutyToday]:
    return [duty_today(c, d, today, calendar(), confirmed=confirmed) for c in FIVE for d in c.duties]


def written(**changed: object) -> bytes:
    return calendar_file(items(), FIVE, STAMP, "vi", **changed)  # type: ignore[arg-type]


def events(content: bytes) -> dict[str, Component]:
    found = Calendar.from_ical(content).walk("VEVENT")
    by_uid = {str(e["uid"]): e for e in found}
    assert len(by_uid) == len(found)
    return by_uid


def test_every_dated_duty_and_phase_is_there_and_nothing_else() -> None:
    dated = {f"{i.campaign.slug}.{i.duty.id}@thidua" for i in items() if i.last_day and not i.duty.standing_duty}
    phases = {f"{c.slug}.phase.{p.id}@thidua" for c in FIVE for p in c.phases}
    assert events(written()).keys() == dated | phases
    assert any(i.last_day is None for i in items())


def test_lines_end_in_crlf_and_hold_75_octets() -> None:
    for language in ("vi", "en"):
        content = calendar_file(items(), FIVE, STAMP, language)
        assert content.endswith(b"\r\n")
        lines = content.split(b"\r\n")
        assert all(b"\n" not in one and b"\r" not in one and len(one) <= 75 for one in lines)
        assert all(one.decode() or one == b"" for one in lines)  # no letter is cut in two


def test_the_head_says_what_a_subscriber_needs() -> None:
    found = Calendar.from_ical(written())
    assert str(found["x-wr-calname"]) == "Lịch thi đua"
    assert str(found["version"]) == "2.0"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n" in written()
    zone = next(iter(found.walk("VTIMEZONE")))
    assert str(zone["tzid"]) == "Asia/Ho_Chi_Minh"
    assert zone.walk("STANDARD")[0]["tzoffsetto"].td == timedelta(hours=7)
    assert not found.walk("VALARM")


def test_a_report_before_a_holiday_says_both_last_days() -> None:
    event = events(written())["haiphong-2023.r1@thidua"]
    assert event["dtstart"].dt == date(2023, 4, 30)
    assert event["dtend"].dt == date(2023, 5, 1)
    assert event["dtstamp"].dt == STAMP
    about = str(event["description"])
    assert "Kế hoạch ghi: “trước ngày 01/5/2023”" in about
    assert "Ngày làm việc cuối: 28/04/2023" in about
    assert "Giai đoạn 1 trước ngày 01/5/2023." in about
    assert str(event["status"]) == "CONFIRMED"
    assert "Báo cáo" in event["categories"].to_ical().decode()


def test_months_and_ranges_span_their_days() -> None:
    found = events(written())
    spans = {
        (i.campaign.slug, i.duty.id): (i.opens, i.last_day)
        for i in items()
        if i.duty.due.kind in {"in_month", "day_range", "tentative"}
    }
    assert len(spans) >= 8
    for (slug, duty), (first, last) in spans.items():
        event = found[f"{slug}.{duty}@thidua"]
        assert (event["dtstart"].dt, event["dtend"].dt) == (first, last + timedelta(days=1))


def test_tentative_and_unconfirmed_dates_are_tentative() -> None:
    found = events(written())
    tentative = [i for i in items() if i.duty.due.kind == "tentative"]
    assert tentative
    assert all(str(found[f"{i.campaign.slug}.{i.duty.id}@thidua"]["status"]) == "TENTATIVE" for i in tentative)
    waiting = events(calendar_file(items(confirmed=False), (), STAMP, "vi"))["haiphong-2023.r1@thidua"]
    assert str(waiting["status"]) == "TENTATIVE"
    assert "chờ xác nhận" in str(waiting["summary"])


def test_a_moved_deadline_keeps_its_uid_and_counts_up() -> None:
    before = events(written())["haiphong-2023.r2@thidua"]
    item = next(i for i in items() if (i.campaign.slug, i.duty.id) == ("haiphong-2023", "r2"))
    moved = duty_today(
        item.campaign, item.duty, date(2023, 4, 24), calendar(), confirmed=True, last_day=date(2023, 7, 7)
    )
    content = calendar_file([moved], (), STAMP, "vi", versions={("haiphong-2023", "r2"): 3})
    after = events(content)["haiphong-2023.r2@thidua"]
    assert (before["sequence"], after["sequence"]) == (0, 3)
    assert after["dtstart"].dt == date(2023, 7, 7)


def test_text_with_commas_semicolons_and_breaks_comes_back_whole() -> None:
    item = next(i for i in items() if i.duty.id == "r1" and i.campaign.slug == "haiphong-2023")
    duty = item.duty.model_copy(update={"title": "Một; hai, ba\\ bốn\nnăm", "place": "Hà Nội, 1; 2"})
    odd = duty_today(item.campaign, duty, date(2023, 4, 24), calendar(), confirmed=True)
    event = next(iter(events(calendar_file([odd], (), STAMP, "vi")).values()))
    assert str(event["summary"]).startswith("Một; hai, ba\\ bốn\nnăm (")
    assert str(event["location"]) == "Hà Nội, 1; 2"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_same_input_gives_the_same_bytes(language: str) -> None:
    first, again = (calendar_file(items(), FIVE, STAMP, language) for _ in range(2))  # type: ignore[arg-type]
    assert first == again

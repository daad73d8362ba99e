"""Timelines: what they show of the five plans, and the laws of their layout."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from campaigns import calendar, campaigns
from documents.fonts import ELLIPSIS, drawable, face, wrap
from documents.spread import lanes, spread
from documents.timeline import MOST_MARKS, timeline_png, timeline_text
from documents.timeline_draw import TODAY
from documents.timeline_layout import WIDTH, heights_of, place, scale_of
from documents.timeline_marks import marks_of
from domain.campaign import Campaign, Duty
from domain.due import ByDay
from domain.standing import DutyToday, duty_today
from texts.compose import LANGUAGES, plain

FIVE = {c.slug: c for c in campaigns()}
MARKS = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def items_of(campaign: Campaign, today: date, *, confirmed: bool = True) -> list[DutyToday]:
    return [duty_today(campaign, d, today, calendar(), confirmed=confirmed) for d in campaign.duties]


def days_of(campaign: Campaign) -> list[date]:
    first, last = min(p.start for p in campaign.phases), max(p.end for p in campaign.phases)
    return [first - timedelta(days=40), first, first + (last - first) // 2, last, last + timedelta(days=400)]


def shades(png: bytes) -> set[tuple[int, int, int]]:
    image = Image.open(BytesIO(png)).convert("RGB")
    return {colour for _, colour in image.getcolors(1 << 20)}


def near(png: bytes, colour: str) -> bool:
    wanted = ImageColor.getrgb(colour)
    return any(max(abs(a - b) for a, b in zip(shade, wanted, strict=True)) <= 6 for shade in shades(png))


def text_of(campaign: Campaign, today: date, *, confirmed: bool = True) -> list[str]:
    return [
        plain(one, "vi") for one in timeline_text(campaign, items_of(campaign, today, confirmed=confirmed), today, "vi")
    ]


def test_the_font_has_every_vietnamese_letter() -> None:
    letters = {unicodedata.normalize("NFC", v + m) for v, m in product("aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", MARKS)} | set(
        "đĐ–…“”•"
    )
    assert all(len(letter) == 1 for letter in letters)
    assert len(letters) == 2 * 12 * 6 + 7
    for weight in ("Regular", "Medium", "SemiBold", "Bold"):
        font = face(weight, 40)
        missing = bytes(font.getmask("\uffff"))
        assert not [letter for letter in letters if bytes(font.getmask(letter)) == missing]


@pytest.mark.parametrize("slug", FIVE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_has_a_picture_on_every_day(slug: str, language: str) -> None:
    campaign = FIVE[slug]
    for today in days_of(campaign):
        png = timeline_png(campaign, items_of(campaign, today), today, language)
        with Image.open(BytesIO(png)) as image:
            assert image.format == "PNG"
            assert image.width == WIDTH
            assert image.width + image.height < 10_000  # Telegram takes no larger photo
        assert len(png) < 400_000


@pytest.mark.parametrize("slug", FIVE)
def test_labels_never_overlap_and_stay_in_order(slug: str) -> None:
    campaign = FIVE[slug]
    for today, language in product(days_of(campaign), LANGUAGES):
        marks = marks_of(items_of(campaign, today), language)
        days = [p.start for p in campaign.phases] + [p.end for p in campaign.phases] + [m.last for m in marks]
        scale = scale_of(min(days), max(days), 300, heights_of(marks, language))
        labels = place(marks, today if scale.first <= today < scale.end else None, scale, language)
        assert [one.mark for one in labels if one.mark] == marks
        assert all(above.top + above.height <= below.top for above, below in pairwise(labels))
        assert [one.y for one in labels] == sorted(one.y for one in labels)
        assert labels[0].top >= scale.top
        assert labels[-1].top + labels[-1].height <= scale.top + scale.height


def test_today_is_marked_while_it_lies_on_the_scale() -> None:
    campaign = FIVE["haiphong-2023"]
    inside, outside = date(2023, 8, 1), date(2024, 8, 1)
    assert near(timeline_png(campaign, items_of(campaign, inside), inside, "vi"), TODAY)
    assert not near(timeline_png(campaign, items_of(campaign, outside), outside, "vi"), TODAY)


def test_the_same_words_give_the_same_bytes() -> None:
    campaign, today = FIVE["gialai-2023"], date(2023, 4, 24)
    first, again = (timeline_png(campaign, items_of(campaign, today), today, "vi") for _ in range(2))
    assert first == again
    assert first != timeline_png(campaign, items_of(campaign, today, confirmed=False), today, "vi")


def test_hai_phong_as_text() -> None:
    lines = text_of(FIVE["haiphong-2023"], date(2023, 4, 24))
    assert lines[2:7] == [
        "Hôm nay 24/04/2023, đang trong Giai đoạn 1",
        "Giai đoạn 1 (01/01/2023 – 30/04/2023), đang diễn ra",
        "▶ Hôm nay 24/04/2023",
        "• Giai đoạn 1, đến 30/04/2023: Đăng ký xây dựng các công trình, mô hình, chỉ tiêu và hoạt động thi đua (còn 6 ngày)",
        "• Trước 01/05/2023: Báo cáo kết quả Giai đoạn 1 (còn 6 ngày)",
    ]
    after = lines.index("Sau các giai đoạn")
    assert lines[after + 1] == "• Trước 05/01/2024: Báo cáo kết quả Giai đoạn 3 (còn 255 ngày)"
    assert "Chưa có ngày cụ thể" in lines[after + 2 :]


@pytest.mark.parametrize("slug", FIVE)
def test_the_text_names_every_duty_once(slug: str) -> None:
    campaign = FIVE[slug]
    listed = [d for d in campaign.duties if not d.standing_duty]
    for today in days_of(campaign):
        lines = text_of(campaign, today)
        assert sum(one.startswith("• ") for one in lines) == len(listed)
        assert all(any(d.title in one for one in lines) for d in listed)
        assert sum(one.startswith("▶ ") for one in lines) == 1


def test_an_unconfirmed_date_is_said_to_be_one() -> None:
    campaign, today = FIVE["bacgiang-2020"], date(2020, 4, 10)
    assert not any("chờ xác nhận" in one for one in text_of(campaign, today))
    assert any("còn 4 ngày, chờ xác nhận" in one for one in text_of(campaign, today, confirmed=False))


def test_an_officers_own_day_holds_instead_of_the_plans() -> None:
    campaign, today = FIVE["bacgiang-2020"], date(2020, 4, 10)
    duty = next(d for d in campaign.duties if d.due.kind == "before_day")
    item = duty_today(campaign, duty, today, calendar(), confirmed=True, last_day=date(2020, 4, 20))
    said = [plain(one, "vi") for one in timeline_text(campaign, [item], today, "vi")]
    assert any("Đến hết 20/04/2020 (cán bộ đã điều chỉnh)" in one for one in said)


def test_general_obligations_are_not_listed_as_due() -> None:
    campaign, today = FIVE["bacgiang-2020"], date(2020, 4, 10)
    item = next(i for i in items_of(campaign, today) if i.last_day)
    general = replace(item, duty=item.duty.model_copy(update={"standing_duty": True}))
    shown, hidden = (
        "".join(plain(one, "vi") for one in timeline_text(campaign, [i], today, "vi")) for i in (item, general)
    )
    assert item.duty.title in shown
    assert item.duty.title not in hidden


def test_no_duties_at_all_is_said() -> None:
    campaign, today = FIVE["bacninh-2024"], date(2024, 4, 24)
    assert "Kế hoạch không quy định hạn nộp." in [plain(one, "vi") for one in timeline_text(campaign, [], today, "vi")]
    assert timeline_png(campaign, [], today, "vi")


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 200)), max_size=30),
    st.integers(0, 500),
    st.integers(0, 4000),
)
def test_spread_keeps_order_and_room(labels: list[tuple[int, int]], top: int, bottom: int) -> None:
    wanted, heights = sorted(w for w, _ in labels), [h for _, h in labels]
    tops = spread(wanted, heights, top, bottom)
    assert all(a + h <= b for (a, b), h in zip(pairwise(tops), heights, strict=False))
    assert all(t >= top for t in tops)
    if top + sum(heights) <= bottom:
        assert all(t + h <= bottom for t, h in zip(tops, heights, strict=True))
    free = all(a + h <= b for (a, b), h in zip(pairwise(wanted), heights, strict=False))
    if free and labels and wanted[0] >= top and wanted[-1] + heights[-1] <= bottom:
        assert tops == wanted


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)).map(lambda s: (s[0], s[0] + s[1])), max_size=20))
def test_spans_of_one_lane_never_meet(spans: list[tuple[int, int]]) -> None:
    given_lanes = lanes(spans)
    for (a, lane_a), (b, lane_b) in combinations(zip(spans, given_lanes, strict=True), 2):
        assert lane_a != lane_b or a[1] < b[0] or b[1] < a[0]
    deepest = max((sum(s[0] <= day <= s[1] for s in spans) for day, _ in spans), default=0)
    assert max(given_lanes, default=-1) + 1 == deepest


@given(st.text(max_size=200), st.integers(40, 900), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_unsaid(text: str, width: int, most: int) -> None:
    font = face("Regular", 30)
    lines = wrap(text, font, width, most)
    assert 1 <= len(lines) <= most
    assert all(font.getlength(one) <= width or one == ELLIPSIS for one in lines)
    if not any(one.endswith(ELLIPSIS) for one in lines):
        assert " ".join(lines).replace("\u00a0", " ") == drawable(text)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=120), st.integers(-60, 500)), max_size=30), st.integers(-100, 500)
)
def test_any_duties_make_a_picture(duties: list[tuple[str, int]], offset: int) -> None:
    campaign = FIVE["bacgiang-2020"]
    start = campaign.phases[0].start
    pattern = campaign.duties[0]
    made: list[Duty] = [
        pattern.model_copy(
            update={"id": f"d{n}", "title": title, "phase": None, "due": ByDay(day=start + timedelta(days=at))}
        )
        for n, (title, at) in enumerate(duties)
    ]
    crowded = campaign.model_copy(update={"duties": tuple(made)})
    today = start + timedelta(days=offset)
    items = items_of(crowded, today)
    png = timeline_png(crowded, items, today, "vi")
    with Image.open(BytesIO(png)) as image:
        assert image.width == WIDTH
        assert image.height < 200 * (MOST_MARKS + 20)
    said = [plain(one, "vi") for one in timeline_text(crowded, items, today, "vi")]
    assert sum(one.startswith("• ") for one in said) == len(duties)

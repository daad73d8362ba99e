"""The five plans as data: to the letter, nothing lost, nothing invented, and read as a careful civil servant reads them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from campaigns import calendar, campaigns, read, titles, units
from domain.campaign import Asks, Campaign, Duty, Part
from domain.people import UnitKind
from domain.standing import Standing, campaign_standing, duty_today
from domain.titles import Confidence, Kind, Subject
from tests.plans_read import SLUGS, cleaned, lines, text, truth

BY_SLUG = {campaign.slug: campaign for campaign in campaigns()}
KINDS = {
    "before_date": "before_day",
    "month": "in_month",
    "within_month": "in_month",
    "date_range": "day_range",
    "external": "set_elsewhere",
    "tentative_month": "tentative",
    "recurring_unspecified": "recurring",
    "within_phase": "within_phase",
    "none": "none",
}
TASKS = [(slug, task["id"]) for slug in SLUGS for task in truth(slug)["tasks"]]
PHASES = [(slug, phase["id"]) for slug in SLUGS for phase in truth(slug)["phases"]]
ASKS = {
    ("bacgiang-2020", "t1"): {Asks.TITLE},
    ("bacgiang-2020", "t2"): {Asks.REPORT},
    ("gialai-2023", "1.1"): {Asks.TITLE},
    ("gialai-2023", "2.1"): {Asks.REPORT},
    ("gialai-2023", "2.4"): {Asks.INITIATIVE},
    ("gialai-2023", "4.3"): {Asks.REPORT},
    ("gialai-2023", "4.5"): {Asks.REPORT},
    ("gialai-2023", "V1"): {Asks.TITLE, Asks.INITIATIVE},
    ("tpbacninh-2022", "t3a"): {Asks.REPORT},
    ("tpbacninh-2022", "t3b"): {Asks.REPORT},
    ("haiphong-2023", "r1"): {Asks.REPORT},
    ("haiphong-2023", "r2"): {Asks.REPORT},
    ("haiphong-2023", "r3"): {Asks.REPORT},
    ("haiphong-2023", "g1"): {Asks.WORK},
}


def the(slug: str, duty_id: str) -> Duty:
    duty = BY_SLUG[slug].duty(duty_id)
    assert duty, f"{slug} has no duty {duty_id}"
    return duty


def task(slug: str, task_id: str) -> dict[str, Any]:
    return next(one for one in truth(slug)["tasks"] if one["id"] == task_id)


def passages(campaign: Campaign) -> Iterator[str]:
    for part in campaign.parts.values():
        for passage in part:
            yield passage.text
            yield from passage.points


def to_the_letter(campaign: Campaign) -> Iterator[str]:
    """Everything that claims to be the plan's own words."""
    plan = campaign.plan
    yield from passages(campaign)
    yield from campaign.audience_quotes
    yield campaign.responsible_quote
    yield from plan.based_on
    yield from (one.removesuffix(" (bản điện tử)") for one in plan.recipients)
    yield from (one for one in (plan.title, plan.number_printed, plan.dated.printed) if one)
    yield from (one.named for one in campaign.rewards)
    for phase in campaign.phases:
        yield from (phase.printed, phase.quote, *phase.points, *([phase.what] if phase.what else []))
    for duty in campaign.duties:
        yield from duty.quotes
        yield from [duty.due.printed] if duty.due.printed else []


# --- the data against the text -------------------------------------------------------------------------------------


def test_all_five_plans_are_there() -> None:
    assert set(BY_SLUG) == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_quote_is_found_in_the_plan(slug: str) -> None:
    quotes = list(to_the_letter(BY_SLUG[slug]))
    assert len(quotes) > 30
    assert [quote for quote in quotes if quote not in text(slug)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_no_quote_carries_a_mark_of_the_copy(slug: str) -> None:
    assert [quote for quote in to_the_letter(BY_SLUG[slug]) if quote != cleaned(quote)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_of_the_plan_is_lost(slug: str) -> None:
    kept = list(to_the_letter(BY_SLUG[slug]))
    body = lines(slug)
    end = body.index("Nơi nhận:") if "Nơi nhận:" in body else len(body)
    lost = [line for line in body[:end] if not any(line in quote for quote in kept)]
    assert [line for line in lost if not is_heading(line)] == []


def is_heading(line: str) -> bool:
    """What stands over a part, says nothing by itself, and comes back as the name of the part."""
    bare = line.rstrip(":").lstrip("IV123. ")
    return bare.isupper() or bare in {
        "Mục đích",
        "Yêu cầu",
        "Đối tượng",
        "Đối tượng thực hiện",
        "Nội dung thi đua",
        "Chỉ tiêu thi đua",
        "Tiêu chuẩn thi đua",
        "Hình thức khen thưởng",
        "Đối với tập thể",
        "Đối với cá nhân",
        "Hình thức",
        "Giai đoạn 1",
        "Giai đoạn 2",
        "Giai đoạn 3",
        "Thời gian thực hiện trong năm 2023, gồm các giai đoạn sau",
    }


# --- the data against the careful reading --------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_header_is_read_as_the_truth_reads_it(slug: str) -> None:
    campaign, plan, document = BY_SLUG[slug], BY_SLUG[slug].plan, truth(slug)["document"]
    assert plan.issuer == document["issuing_body"]["name"].split(" (")[0]
    assert plan.issuer_today == document["issuing_body"]["name_today"]
    assert plan.parent == document["issuing_body"]["parent_body"]
    assert (plan.number, plan.symbol) == (document["number"]["value"], document["number"]["symbol"])
    assert plan.number_printed == document["number"]["raw"]
    assert plan.dated.printed == document["date"]["raw"]
    printed = (document["date"]["year"], document["date"]["month"], document["date"]["day"])
    assert (plan.dated.year, plan.dated.month, plan.dated.day) == printed
    assert (plan.title, plan.place) == (document["title"], document["place"])
    assert (campaign.year, campaign.short_name) == (document["year"], document["short_name"]["suggested"])
    signer = truth(slug)["signer"]
    signed = (plan.signer.name, plan.signer.role, plan.signer.signs_for) if plan.signer else (None, None, None)
    assert signed == (signer["name"], signer["role"], signer["signs_for"])
    assert campaign.responsible_office == truth(slug)["responsible_office"]["name"]
    assert len(plan.recipients) == len(truth(slug)["recipients"])


@pytest.mark.parametrize("slug", SLUGS)
def test_the_audience_is_the_one_the_truth_names(slug: str) -> None:
    both = truth(slug)["audience"]["kind"] == "both"
    assert set(BY_SLUG[slug].audience) == ({"staff", "enterprise"} if both else {"staff"})


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("part", ["aims", "requirements", "contents", "targets", "standards"])
def test_every_point_of_the_truth_stands_in_its_part(slug: str, part: str) -> None:
    expected = truth(slug)[part]
    if isinstance(expected, dict):
        expected = [point for name, points in expected.items() if name != "note" for point in points]
    own = "\n".join(one for p in BY_SLUG[slug].parts.get(Part(part), ()) for one in (p.text, *p.points))
    assert [point for point in expected if cleaned(point) not in own] == []
    assert own or BY_SLUG[slug].notes[Part(part)], "an empty part says why it is empty"


@pytest.mark.parametrize("slug", SLUGS)
def test_rewards_are_the_ones_the_truth_names(slug: str) -> None:
    campaign, named = BY_SLUG[slug], truth(slug)["rewards"]["titles_named"]
    assert [r.named for r in campaign.rewards] == [one["name"].split(" (")[0] for one in named]
    known = {title.code for title in titles().titles_on(date(campaign.year, 6, 1))}
    assert {r.code for r in campaign.rewards} <= known


@pytest.mark.parametrize(("slug", "phase_id"), PHASES)
def test_every_phase_of_the_truth_is_there(slug: str, phase_id: str) -> None:
    expected = next(one for one in truth(slug)["phases"] if one["id"] == phase_id)
    phase = BY_SLUG[slug].phase(phase_id)
    assert phase
    assert (phase.start.isoformat(), phase.end.isoformat()) == (expected["start"]["value"], expected["end"]["value"])
    assert phase.name == expected["name"]
    assert cleaned(expected["quote"]).rstrip(".") in phase.quote
    assert phase.reading


@pytest.mark.parametrize(("slug", "task_id"), TASKS)
def test_every_task_of_the_truth_is_there_with_its_dates(slug: str, task_id: str) -> None:
    expected, campaign, duty = task(slug, task_id), BY_SLUG[slug], the(slug, task_id)
    due = expected["due"]
    assert duty.due.kind == KINDS[due["kind"]]
    if due["raw"]:
        assert duty.due.printed == due["raw"]
    window = campaign.window(duty)
    if "stated" in due:
        assert getattr(duty.due, "day", None) == date.fromisoformat(due["stated"])
        assert window
        assert window.last.isoformat() == due["last_safe_day"]
    if "start" in due:
        assert window
        assert window.opens
        assert (window.opens.isoformat(), window.last.isoformat()) == (due["start"], due["end"])
    if "last_working_day" in due:
        today = duty_today(campaign, duty, campaign.days.last, calendar(), confirmed=True)
        assert today.last_working_day
        assert today.last_working_day.isoformat() == due["last_working_day"]
    assert (window is None) == (duty.due.kind in {"none", "recurring", "set_elsewhere"})


@pytest.mark.parametrize(("slug", "task_id"), TASKS)
def test_every_task_keeps_its_sentences_and_its_reading(slug: str, task_id: str) -> None:
    expected, duty = task(slug, task_id), the(slug, task_id)
    said = "\n".join(duty.quotes)
    quotes = expected.get("quotes") or [expected["quote"]]
    assert [quote for quote in quotes if cleaned(quote) not in said] == []
    assert bool(duty.to) == bool(expected["to"])
    assert bool(duty.deliver) == bool(expected["deliver"])
    assert duty.reading
    assert duty.title_en
    assert duty.actors


def test_there_is_no_task_that_the_truth_does_not_know() -> None:
    known = [(campaign.slug, duty.id) for campaign in campaigns() for duty in campaign.duties]
    assert Counter(known) == Counter(TASKS)


def test_each_duty_asks_for_what_its_sentence_asks_for() -> None:
    found = {(c.slug, d.id): set(d.asks) for c in campaigns() for d in c.duties if d.asks}
    assert found == ASKS


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_odd_in_the_copy_is_told_to_officers(slug: str) -> None:
    assert len(BY_SLUG[slug].plan.remarks) >= 9


# --- the traps -----------------------------------------------------------------------------------------------------


def test_trap_01_all_kinds_of_due_date_keep_their_printed_words() -> None:
    duties = [duty for campaign in campaigns() for duty in campaign.duties]
    assert {duty.due.kind for duty in duties} == set(KINDS.values())
    unprinted = {duty.id for duty in duties if duty.due.printed is None}
    assert unprinted == {"V1", "g1", "g2", "k1"}, "only where the plan prints none"


@pytest.mark.parametrize(
    ("slug", "duty_id", "last_day", "last_working_day"),
    [
        ("haiphong-2023", "r1", date(2023, 4, 30), date(2023, 4, 28)),
        ("bacgiang-2020", "t2", date(2020, 12, 4), date(2020, 12, 4)),
    ],
)
def test_trap_02_before_a_day_excludes_it(slug: str, duty_id: str, last_day: date, last_working_day: date) -> None:
    today = duty_today(BY_SLUG[slug], the(slug, duty_id), last_working_day, calendar(), confirmed=True)
    assert (today.last_day, today.last_working_day) == (last_day, last_working_day)


def test_trap_03_what_was_past_at_issue_is_muted() -> None:
    gialai = BY_SLUG["gialai-2023"]
    standings = {
        duty.id: duty_today(gialai, duty, date(2023, 3, 14), calendar(), confirmed=True).standing
        for duty in gialai.duties
    }
    assert [duty_id for duty_id, standing in standings.items() if standing is Standing.MUTED] == ["1.2"]


def test_trap_04_a_blank_number_or_day_is_nothing() -> None:
    for slug in ("bacninh-2024", "bacgiang-2020", "gialai-2023"):
        plan = BY_SLUG[slug].plan
        assert plan.number_printed
        assert (plan.number, plan.dated.day) == (None, None)
    headless = BY_SLUG["tpbacninh-2022"].plan
    assert (headless.number_printed, headless.dated.printed, headless.dated.year, headless.signer) == (None,) * 4
    assert headless.issued_from == date(2022, 4, 26)
    assert BY_SLUG["bacninh-2024"].plan.issued_from == date(2024, 2, 6)


def test_trap_05_dates_outside_their_phase_or_year_are_kept() -> None:
    haiphong, gialai = BY_SLUG["haiphong-2023"], BY_SLUG["gialai-2023"]
    phase_2, phase_3, quarter_4 = haiphong.phase("gd2"), haiphong.phase("gd3"), gialai.phase("q4")
    r2, r3 = haiphong.window(the("haiphong-2023", "r2")), haiphong.window(the("haiphong-2023", "r3"))
    dossiers = gialai.window(the("gialai-2023", "4.5"))
    assert phase_2
    assert phase_3
    assert quarter_4
    assert r2
    assert r3
    assert dossiers
    assert r2.last == date(2023, 6, 29) < phase_2.end
    assert r3.last == date(2024, 1, 4) > phase_3.end
    assert dossiers.last == date(2024, 1, 29) > quarter_4.end
    assert haiphong.days.last == date(2024, 1, 4)


def test_trap_05_a_leftover_year_is_read_as_the_plans_and_asked_about() -> None:
    second = BY_SLUG["bacgiang-2020"].phase("d2")
    assert second
    assert "2014" in second.printed
    assert second.start == date(2020, 7, 1)
    assert second.to_confirm
    assert [p.id for c in campaigns() for p in c.phases if p.to_confirm] == ["d2"]


def test_trap_06_two_months_are_two_duties() -> None:
    campaign = BY_SLUG["tpbacninh-2022"]
    july, december = the("tpbacninh-2022", "t3a"), the("tpbacninh-2022", "t3b")
    assert july.due.printed == december.due.printed == "trong tháng 7 và tháng 12 năm 2022"
    windows = [campaign.window(july), campaign.window(december)]
    assert [(w.opens, w.last) for w in windows if w] == [
        (date(2022, 7, 1), date(2022, 7, 31)),
        (date(2022, 12, 1), date(2022, 12, 31)),
    ]


@pytest.mark.parametrize("campaign", campaigns(), ids=lambda c: c.slug)
def test_trap_07_citations_and_anniversaries_are_no_deadlines(campaign: Campaign) -> None:
    days = {w.last for duty in campaign.duties if (w := campaign.window(duty))}
    assert min(days | {campaign.days.opens or date.max}).year == campaign.year
    assert max(days | {campaign.days.last}) < date(campaign.year + 1, 2, 1)
    cited = {"06/02/2024", "11/6/2023", "15/7/2023", "16/07/2021", "26/4/2022", "29/3/2023", "13/3/2023", "08/01/2020"}
    assert not [d.id for d in campaign.duties if any(one in (d.due.printed or "") for one in cited)]


def test_trap_08_what_asks_for_nothing_is_never_overdue() -> None:
    haiphong = BY_SLUG["haiphong-2023"]
    later = {
        duty.id: duty_today(haiphong, duty, date(2024, 2, 1), calendar(), confirmed=True).standing
        for duty in haiphong.duties
    }
    assert {i for i, standing in later.items() if standing is Standing.OVERDUE} == {"r1", "r2", "r3", "g1"}
    assert later["e1"] is Standing.PAST


def test_trap_08_who_and_where_to_come_from_the_sentence_above() -> None:
    r1 = the("haiphong-2023", "r1")
    assert r1.quotes[-1] == "Giai đoạn 1 trước ngày 01/5/2023."
    assert "Các doanh nghiệp" in r1.must_act
    assert r1.to == "Văn phòng Ban Quản lý"


def test_trap_08_one_bullet_can_hold_two_deadlines() -> None:
    first, second = the("bacgiang-2020", "t1"), the("bacgiang-2020", "t2")
    assert "15/4/2020" in first.quotes[-1]
    assert "05/12/2020" not in first.quotes[-1]
    assert "05/12/2020" in second.quotes[-1]


def test_trap_09_no_hand_in_at_all_is_a_valid_plan() -> None:
    assert [duty.asks for duty in BY_SLUG["bacninh-2024"].duties] == [(), ()]


@pytest.mark.parametrize("slug", ["bacninh-2024", "gialai-2023"])
def test_trap_10_audience_words_mislead(slug: str) -> None:
    campaign = BY_SLUG[slug]
    assert any(word in text(slug) for word in ("doanh nghiệp", "sản xuất, kinh doanh")), "the bait is there"
    assert campaign.audience == ("staff",)
    assert campaign.audience_note
    assert not [duty.id for duty in campaign.duties if "enterprise" in duty.actors]


def test_trap_11_quotes_keep_the_slips() -> None:
    slips = {"bacgiang-2020": "Phân đấu", "gialai-2023": "Hợp Hội đồng", "haiphong-2023": "tuyến thống"}
    for slug, slip in slips.items():
        assert any(slip in quote for quote in to_the_letter(BY_SLUG[slug]))
    assert the("gialai-2023", "3.1").title == "Họp Hội đồng sáng kiến Ban Quản lý"


def test_trap_11_a_missing_item_number_stays_missing() -> None:
    numbers = [p.text.split(".")[0] for p in BY_SLUG["tpbacninh-2022"].parts[Part.ORGANISATION]]
    assert numbers == ["1", "2", "3", "5", "6"]


def test_a_standing_duty_is_marked_as_such() -> None:
    assert [(c.slug, d.id) for c in campaigns() for d in c.duties if d.standing_duty] == [("bacgiang-2020", "t5")]


def test_a_registration_without_a_date_points_to_the_dates_that_hold() -> None:
    assert the("gialai-2023", "V1").dated_by == ("1.1", "2.4")


# --- a campaign file that cannot be right is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"interim_review": "r9"}, "no such duty"),
        ({"colour": "red"}, "Extra inputs"),
        ({"phases": []}, "no such phase"),
        ({"audience": ["everyone"]}, "staff"),
    ],
)
def test_a_campaign_file_that_contradicts_itself_is_refused(change: dict[str, Any], complaint: str) -> None:
    data = read("haiphong-2023.toml")
    Campaign.model_validate(data)
    with pytest.raises(ValidationError, match=complaint):
        Campaign.model_validate(data | change)


def test_a_phase_cannot_end_before_it_starts() -> None:
    data = read("haiphong-2023.toml")
    data["phases"][0]["end"] = date(2022, 1, 1)
    with pytest.raises(ValidationError, match="ends before it starts"):
        Campaign.model_validate(data)


# --- titles --------------------------------------------------------------------------------------------------------


def test_a_registration_in_2020_offers_what_the_law_of_2020_had() -> None:
    then, now = titles().title_on("CSTDCS", date(2020, 4, 1)), titles().title_on("CSTDCS", date(2024, 4, 1))
    assert then
    assert now
    assert (then.law, then.initiative_required) == ("2003", True)
    assert (now.law, now.initiative_required, now.initiative_helps) == ("2022", False, True)


@pytest.mark.parametrize(
    ("day", "law"), [(date(2023, 12, 31), "2003"), (date(2024, 1, 1), "2022"), (date(2026, 7, 1), "2022")]
)
def test_exactly_one_law_holds_on_a_day(day: date, law: str) -> None:
    assert [one.id for one in titles().laws if one.holds(day)] == [law]
    assert {title.law for title in titles().titles_on(day)} == {law}


def test_before_the_first_law_known_nothing_is_offered() -> None:
    assert titles().titles_on(date(1999, 1, 1)) == ()
    assert titles().title_on("LDTT", date(1999, 1, 1)) is None


def test_titles_are_offered_by_subject() -> None:
    day = date(2024, 4, 1)
    people = {t.code for t in titles().titles_on(day, Subject.INDIVIDUAL)}
    groups = {t.code for t in titles().titles_on(day, Subject.COLLECTIVE)}
    assert people == {"LDTT", "CSTDCS", "CSTDT", "CSTDTQ", "GK", "BKT", "BKTTG"}
    assert groups == {"TTLDTT", "TTLDXS", "CTDT", "CTDCP", "GK", "BKT", "BKTTG"}
    assert people | groups == {t.code for t in titles().titles_on(day)}


def test_every_statement_about_a_title_says_how_well_it_is_founded() -> None:
    statements = [s for title in titles().titles for s in (*title.conditions, *title.decided_by)]
    assert all(s.source for s in statements)
    old = [s.confidence for t in titles().titles if t.law == "2003" for s in (*t.conditions, *t.decided_by)]
    assert set(old) == {Confidence.SECONDARY}, "the old law was not read, only known"


def test_commendations_are_told_from_titles() -> None:
    found = {t.code for t in titles().titles if t.kind is Kind.COMMENDATION}
    assert found == {"GK", "BKT", "BKTTG"}


def test_no_title_claims_that_registering_is_a_legal_condition() -> None:
    said = " ".join(c.text for t in titles().titles for c in t.conditions)
    assert "hoàn thành" in said.lower()
    assert "đăng ký" not in said.lower()


# --- units ---------------------------------------------------------------------------------------------------------


def test_every_campaign_has_its_board_with_an_office_and_sample_enterprises() -> None:
    by_slug = {unit.slug: unit for unit in units()}
    assert {c.board for c in campaigns()} == {u.slug for u in units() if u.kind is UnitKind.BOARD}
    for campaign in campaigns():
        own = [u for u in units() if root(by_slug, u.slug) == campaign.board]
        kinds = Counter(unit.kind for unit in own)
        assert kinds[UnitKind.OFFICE] == 1
        assert 3 <= kinds[UnitKind.ENTERPRISE] <= 4


def root(by_slug: dict[str, Any], slug: str) -> str:
    while parent := by_slug[slug].parent:
        slug = parent
    return slug


def test_made_up_units_say_so_in_their_names() -> None:
    assert [u.slug for u in units() if u.sample != u.name.endswith("(mẫu)")] == []
    assert all(u.sample for u in units() if u.kind is UnitKind.ENTERPRISE)


def test_units_that_are_not_samples_are_named_in_the_plan() -> None:
    for campaign in campaigns():
        real = [u for u in units() if u.slug.startswith(f"{campaign.board}-") and not u.sample]
        words = text(campaign.slug).lower()
        named = [u.name.removeprefix("Khu công nghiệp ").lower() for u in real]
        assert [name for name in named if name not in words] == []


def test_a_parent_stands_before_its_children_and_slugs_are_unique() -> None:
    seen: set[str] = set()
    for unit in units():
        assert unit.slug not in seen
        assert unit.parent is None or unit.parent in seen
        assert set(unit.predecessors) <= seen
        seen.add(unit.slug)


def test_a_campaign_is_current_while_something_of_it_is_due() -> None:
    assert campaign_standing(BY_SLUG["haiphong-2023"], date(2024, 1, 4)) == "current"
    assert campaign_standing(BY_SLUG["haiphong-2023"], date(2024, 1, 5)) == "closed"

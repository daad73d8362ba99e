"""The traps of the field: what real plans hold for who reads them too quickly, one test or more for each."""

from datetime import date

import pytest

from campaigns import calendar, campaigns
from domain.campaign import Campaign, Part
from domain.standing import Standing, duty_today
from tests.plans_read import BY_SLUG, KINDS, text, the, to_the_letter


def test_trap_01_every_due_date_keeps_its_printed_words() -> None:
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

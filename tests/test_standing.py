"""How things stand on a day, on telling days of all five plans, and what holds on every day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import calendar, campaigns
from domain.campaign import Campaign, Duty
from domain.due import BeforeDay, ByDay, DayRange, InMonth, OnDay, Tentative, Window, window
from domain.reminders import LADDER, To, of_duty
from domain.standing import (
    CampaignStanding,
    DutyToday,
    Standing,
    campaign_standing,
    current,
    duty_today,
    nearest_first,
    running_phase,
    was_running_at_issue,
)

BY_SLUG = {campaign.slug: campaign for campaign in campaigns()}
BACNINH, BACGIANG, GIALAI = BY_SLUG["bacninh-2024"], BY_SLUG["bacgiang-2020"], BY_SLUG["gialai-2023"]
CITY, HAIPHONG = BY_SLUG["tpbacninh-2022"], BY_SLUG["haiphong-2023"]
DATED = [(c, d) for c in campaigns() for d in c.duties if c.window(d) and d.due.kind != "tentative"]
DAYS = st.dates(date(2019, 6, 1), date(2026, 12, 31))


def on(campaign: Campaign, duty_id: str, today: date, *, confirmed: bool = True) -> DutyToday:
    duty = campaign.duty(duty_id)
    assert duty
    return duty_today(campaign, duty, today, calendar(), confirmed=confirmed)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def reminded(item: DutyToday) -> list[date]:
    """The days on which whoever hands in is told of it."""
    return sorted({rung.day for rung in of_duty(item, calendar()) if rung.to is To.ACTING})


def standings(campaign: Campaign, today: date) -> dict[str, Standing]:
    return {duty.id: on(campaign, duty.id, today).standing for duty in campaign.duties}


# --- telling days --------------------------------------------------------------------------------------------------


def test_haiphong_24_april_2023_four_working_days_are_left_for_the_first_report() -> None:
    r1 = on(HAIPHONG, "r1", date(2023, 4, 24))
    assert r1.standing is Standing.DUE_SOON
    assert (r1.last_day, r1.last_working_day) == (date(2023, 4, 30), date(2023, 4, 28))
    assert (r1.days_left, r1.working_days_left) == (6, 4)
    assert r1.calendar_confirmed


@pytest.mark.parametrize(
    ("today", "standing", "left"),
    [
        (date(2023, 4, 20), Standing.UPCOMING, 6),
        (date(2023, 4, 21), Standing.DUE_SOON, 5),
        (date(2023, 4, 28), Standing.DUE_TODAY, 0),
        (date(2023, 4, 29), Standing.DUE_SOON, 0),
        (date(2023, 4, 30), Standing.DUE_TODAY, 0),
        (date(2023, 5, 1), Standing.OVERDUE, None),
    ],
)
def test_haiphong_the_first_report_through_its_days(today: date, standing: Standing, left: int | None) -> None:
    r1 = on(HAIPHONG, "r1", today)
    assert (r1.standing, r1.working_days_left) == (standing, left)


def test_haiphong_works_are_open_within_the_phase_and_the_week_is_past_after_it() -> None:
    assert on(HAIPHONG, "g1", date(2023, 4, 14)).standing is Standing.OPEN
    assert on(HAIPHONG, "e1", date(2023, 6, 1)).standing is Standing.UPCOMING
    assert on(HAIPHONG, "e1", date(2023, 7, 14)).standing is Standing.DUE_TODAY
    assert on(HAIPHONG, "e1", date(2023, 7, 15)).standing is Standing.PAST
    assert on(HAIPHONG, "d1", date(2023, 7, 15)).standing is Standing.UNDATED


def test_haiphong_the_third_report_is_due_in_the_next_january() -> None:
    r3 = on(HAIPHONG, "r3", date(2024, 1, 2))
    assert (r3.standing, r3.last_day, r3.working_days_left) == (Standing.DUE_SOON, date(2024, 1, 4), 2)
    assert running_phase(HAIPHONG, date(2024, 1, 2)) is None
    assert current(campaigns(), date(2024, 1, 2)) == [HAIPHONG, GIALAI]


def test_haiphong_a_phase_that_ran_at_issue_was_not_just_launched() -> None:
    running = running_phase(HAIPHONG, date(2023, 4, 13))
    assert running
    assert running.id == "gd1"
    assert [p.id for p in HAIPHONG.phases if was_running_at_issue(HAIPHONG, p)] == ["gd1"]


def test_gialai_march_2023_what_was_past_at_issue_is_muted_and_the_rest_is_not() -> None:
    found = standings(GIALAI, date(2023, 3, 27))
    assert found["1.2"] is Standing.MUTED
    assert found["1.1"] is Standing.DUE_SOON
    assert found["3.2"] is Standing.TENTATIVE
    assert {i for i, s in found.items() if s is Standing.UNDATED} == {"2.2", "2.3", "4.4", "V1"}


def test_gialai_what_is_tentative_is_never_counted_down_to() -> None:
    for today in (date(2023, 3, 27), date(2023, 7, 30), date(2023, 7, 31)):
        fair = on(GIALAI, "3.2", today)
        assert (fair.standing, fair.days_left, fair.working_days_left) == (Standing.TENTATIVE, None, None)
        assert of_duty(fair, calendar()) == []


def test_gialai_december_holds_three_duties_of_one_month() -> None:
    found = standings(GIALAI, date(2023, 12, 4))
    assert [found[i] for i in ("4.1", "4.2", "4.3")] == [Standing.OPEN] * 3
    assert on(GIALAI, "4.3", date(2023, 12, 29)).standing is Standing.DUE_TODAY
    assert standings(GIALAI, date(2024, 1, 2))["4.3"] is Standing.OVERDUE
    assert standings(GIALAI, date(2024, 1, 2))["4.1"] is Standing.PAST


def test_gialai_dossiers_are_due_in_the_next_january() -> None:
    dossiers = on(GIALAI, "4.5", date(2024, 1, 29))
    assert (dossiers.standing, dossiers.last_day) == (Standing.DUE_TODAY, date(2024, 1, 29))


def test_bacninh_has_months_to_keep_and_nothing_to_hand_in() -> None:
    assert standings(BACNINH, date(2024, 7, 5)) == {"t1": Standing.OPEN, "t2": Standing.UPCOMING}
    assert standings(BACNINH, date(2025, 1, 2)) == {"t1": Standing.PAST, "t2": Standing.PAST}
    assert [reminded(on(BACNINH, d.id, date(2024, 7, 5))) for d in BACNINH.duties] == [[], []]


def test_bacgiang_titles_are_due_the_day_before_the_printed_one() -> None:
    assert on(BACGIANG, "t1", date(2020, 4, 14)).standing is Standing.DUE_TODAY
    assert on(BACGIANG, "t1", date(2020, 4, 15)).standing is Standing.OVERDUE
    found = standings(BACGIANG, date(2020, 11, 30))
    assert (found["t2"], found["t3"], found["t5"]) == (Standing.DUE_SOON, Standing.UNDATED, Standing.UNDATED)
    running = running_phase(BACGIANG, date(2020, 11, 30))
    assert running
    assert running.id == "d2"


def test_the_city_reports_twice_and_july_is_not_a_range_to_december() -> None:
    found = standings(CITY, date(2022, 8, 1))
    assert (found["t3a"], found["t3b"], found["t1"]) == (Standing.OVERDUE, Standing.UPCOMING, Standing.PAST)
    assert on(CITY, "t3a", date(2022, 7, 29)).standing is Standing.DUE_TODAY


# --- campaigns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        (date(2023, 4, 12), CampaignStanding.AHEAD),
        (date(2023, 4, 13), CampaignStanding.CURRENT),
        (date(2024, 1, 4), CampaignStanding.CURRENT),
        (date(2024, 1, 5), CampaignStanding.CLOSED),
    ],
)
def test_a_campaign_is_known_from_its_issue_to_its_last_due_day(today: date, standing: CampaignStanding) -> None:
    assert campaign_standing(HAIPHONG, today) is standing


def test_current_campaigns_stand_with_the_one_that_ends_first_in_front() -> None:
    assert [c.slug for c in current(campaigns(), date(2023, 5, 15))] == ["haiphong-2023", "gialai-2023"]
    assert current(campaigns(), date(2021, 6, 1)) == []


# --- confirmation and an officer's own day -------------------------------------------------------------------------


def test_nothing_is_reminded_of_until_an_officer_confirmed_the_date() -> None:
    today = date(2023, 4, 14)
    assert of_duty(on(HAIPHONG, "r1", today), calendar())
    unconfirmed = on(HAIPHONG, "r1", today, confirmed=False)
    assert not unconfirmed.confirmed
    assert of_duty(unconfirmed, calendar()) == []


def test_an_officers_last_day_holds_instead_of_the_plans() -> None:
    today, own = date(2023, 5, 2), date(2023, 5, 12)

    def moved(duty_id: str) -> DutyToday:
        duty = next(d for d in (*HAIPHONG.duties, *GIALAI.duties) if d.id == duty_id)
        campaign = HAIPHONG if duty in HAIPHONG.duties else GIALAI
        return duty_today(campaign, duty, today, calendar(), confirmed=True, last_day=own)

    assert on(HAIPHONG, "r1", today).standing is Standing.OVERDUE
    assert (moved("r1").standing, moved("r1").last_day) == (Standing.UPCOMING, own)
    assert (moved("2.3").standing, moved("2.3").days_left) == (Standing.UPCOMING, 10), "its date was set elsewhere"
    assert moved("1.2").standing is Standing.UPCOMING, "no longer past at issue"
    assert (moved("3.2").standing, moved("3.2").opens) == (Standing.UPCOMING, None), "no longer tentative"


def test_a_year_nobody_checked_is_said_to_be_unconfirmed() -> None:
    duty = HAIPHONG.duty("r1")
    assert duty
    later = duty_today(HAIPHONG, duty, date(2027, 1, 4), calendar(), confirmed=True, last_day=date(2027, 3, 1))
    assert not later.calendar_confirmed


# --- order and reminders -------------------------------------------------------------------------------------------


def test_the_nearest_stands_first_and_what_has_no_day_last() -> None:
    today = date(2023, 5, 2)
    order = [item.duty.id for item in nearest_first(on(GIALAI, d.id, today) for d in GIALAI.duties)]
    assert order[:3] == ["2.4", "2.1", "3.1"]
    assert order.index("4.5") < order.index("1.1") < order.index("3.2") < order.index("V1") < order.index("1.2")


def test_reminders_climb_down_the_ladder_and_tell_once_that_it_is_overdue() -> None:
    assert reminded(on(HAIPHONG, "r2", date(2023, 6, 1))) == [
        date(2023, 6, 9),
        date(2023, 6, 20),
        date(2023, 6, 26),
        date(2023, 6, 28),
        date(2023, 6, 29),
        date(2023, 6, 30),
    ]


def test_no_reminder_lies_before_the_plan_existed() -> None:
    first = reminded(on(HAIPHONG, "r1", date(2023, 4, 14)))[0]
    assert calendar().back(date(2023, 4, 28), max(LADDER)) < date(2023, 4, 13)
    assert first == date(2023, 4, 19)


def test_overdue_is_told_on_the_first_working_day_after_the_holidays() -> None:
    assert reminded(on(HAIPHONG, "r1", date(2023, 4, 24)))[-1] == date(2023, 5, 4)


# --- what holds on every day ---------------------------------------------------------------------------------------


@given(st.sampled_from(DATED), DAYS)
def test_the_last_working_day_works_and_is_not_after_the_last_day(pair: tuple[Campaign, Duty], today: date) -> None:
    item = on(pair[0], pair[1].id, today)
    assert item.last_day
    assert item.last_working_day
    assert item.last_working_day <= item.last_day
    assert calendar().works(item.last_working_day)


@given(st.sampled_from(DATED), DAYS)
def test_days_left_are_counted_exactly_while_there_is_a_day_to_keep(pair: tuple[Campaign, Duty], today: date) -> None:
    item = on(pair[0], pair[1].id, today)
    assert item.last_day
    assert item.standing.is_ahead == (today <= item.last_day and item.standing is not Standing.MUTED)
    assert (item.days_left is not None) == item.standing.is_ahead
    if item.days_left is not None and item.working_days_left is not None:
        assert 0 <= item.working_days_left <= item.days_left


@given(st.sampled_from(DATED), DAYS, st.integers(1, 400))
def test_what_is_over_stays_over(pair: tuple[Campaign, Duty], today: date, later: int) -> None:
    over = {Standing.OVERDUE, Standing.PAST, Standing.MUTED}
    first, then = (on(pair[0], pair[1].id, day) for day in (today, today + timedelta(days=later)))
    assert first.standing not in over or then.standing is first.standing
    assert first.working_days_left is None or (then.working_days_left or 0) <= first.working_days_left


@given(st.sampled_from([(c, d) for c in campaigns() for d in c.duties]), DAYS)
def test_what_asks_for_nothing_is_never_chased(pair: tuple[Campaign, Duty], today: date) -> None:
    item = on(pair[0], pair[1].id, today)
    if not pair[1].asks:
        assert item.standing is not Standing.OVERDUE
        assert reminded(item) == []
    assert all(calendar().works(rung.day) for rung in of_duty(item, calendar()))


@given(DAYS)
def test_a_campaign_with_a_running_phase_is_not_closed(today: date) -> None:
    for campaign in campaigns():
        if running_phase(campaign, today):
            assert campaign_standing(campaign, today) is not CampaignStanding.CLOSED


# --- due dates -----------------------------------------------------------------------------------------------------


@given(DAYS)
def test_before_a_day_is_by_the_day_before_it(day: date) -> None:
    assert window(BeforeDay(day=day), {}) == window(ByDay(day=day - timedelta(days=1)), {})
    assert window(OnDay(day=day), {}) == Window(day, day)


@given(st.integers(2019, 2030), st.integers(1, 12))
def test_a_month_is_all_of_its_days(year: int, month: int) -> None:
    found = window(InMonth(year=year, month=month), {})
    assert found
    assert found.opens == date(year, month, 1)
    assert (found.last + timedelta(days=1)).day == 1
    assert (found.last - found.opens).days < 31


def test_an_event_on_a_holiday_is_not_due_before_it_happens() -> None:
    duty = HAIPHONG.duty("e1")
    assert duty
    holiday = date(2023, 9, 2)
    event = duty.model_copy(update={"due": OnDay(day=holiday)})
    before = duty_today(HAIPHONG, event, date(2023, 8, 31), calendar(), confirmed=True)
    assert before.standing is Standing.DUE_SOON
    assert before.last_working_day == holiday, "there is no working day within it"


@pytest.mark.parametrize("kind", [DayRange, Tentative])
def test_a_range_cannot_end_before_it_starts(kind: type[DayRange | Tentative]) -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        kind(start=date(2023, 7, 2), end=date(2023, 7, 1))

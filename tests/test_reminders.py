"""When people are told of what: telling days of real plans, and what holds for every duty and every phase."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import calendar, campaigns
from domain.campaign import Asks
from domain.people import UnitKind
from domain.reminders import (
    EVENING,
    LADDER,
    MORNING,
    To,
    Topic,
    in_own_name,
    kinds_acting,
    kinds_of,
    may_go_out,
    moved,
    next_hours,
    of_duty,
    of_phase,
    topic_of,
)
from domain.standing import duty_today, was_running_at_issue

BY_SLUG = {campaign.slug: campaign for campaign in campaigns()}
HAIPHONG, GIALAI, BACGIANG = BY_SLUG["haiphong-2023"], BY_SLUG["gialai-2023"], BY_SLUG["bacgiang-2020"]
CALENDAR = calendar()
DUTIES = [(campaign, duty) for campaign in campaigns() for duty in campaign.duties]
PHASES = [(campaign, phase) for campaign in campaigns() for phase in campaign.phases]
DAYS = st.dates(date(2019, 6, 1), date(2026, 12, 31))
MOMENTS = st.builds(datetime.combine, DAYS, st.times())
OWN = st.none() | st.dates(date(2020, 1, 1), date(2025, 12, 31))
LADDERS = st.none() | st.lists(st.integers(0, 40), max_size=6).map(tuple)


def on(campaign, duty_id, today, *, confirmed=True, last_day=None):
    duty = campaign.duty(duty_id)
    return duty_today(campaign, duty, today, CALENDAR, confirmed=confirmed, last_day=last_day)


def days(item):
    return {rung.name: rung.day for rung in of_duty(item, CALENDAR)}


# --- telling days ----------------------------------------------------------------------------------------------------


def test_hai_phongs_report_on_phase_2_from_the_ladders_top_to_overdue():
    found = days(on(HAIPHONG, "r2", date(2023, 5, 4)))
    assert found == {
        "d14": date(2023, 6, 9), "d7": date(2023, 6, 20), "d3": date(2023, 6, 26), "d1": date(2023, 6, 28),
        "d0": date(2023, 6, 29), "overdue": date(2023, 6, 30), "summary": date(2023, 6, 30),
        "head_d1": date(2023, 6, 28), "head_overdue": date(2023, 6, 30),
    }  # fmt: skip


def test_overdue_waits_for_the_first_working_day_after_the_last_valid_one():
    assert days(on(HAIPHONG, "r1", date(2023, 4, 14)))["overdue"] == date(2023, 5, 4), "30/4 and its days in lieu"


def test_a_meeting_is_announced_once_three_working_days_before():
    (rung,) = of_duty(on(GIALAI, "3.1", date(2023, 4, 1)), CALENDAR)
    assert (rung.name, rung.to, rung.day) == ("announced", To.ADDRESSED, CALENDAR.back(date(2023, 7, 24), 3))


@pytest.mark.parametrize(("campaign", "duty"), [(GIALAI, "1.2"), (GIALAI, "3.2"), (GIALAI, "2.2"), (HAIPHONG, "d1")])
@pytest.mark.parametrize("today", [date(2023, 3, 13), date(2023, 8, 15), date(2024, 2, 1)])
def test_nothing_of_what_was_past_at_issue_is_tentative_set_elsewhere_or_undated(campaign, duty, today):
    assert of_duty(on(campaign, duty, today), CALENDAR) == []


def test_a_tentative_day_that_has_passed_is_not_overdue_but_one_an_officer_has_set_counts():
    fair = on(GIALAI, "3.2", date(2023, 8, 15))
    asking = replace(fair, duty=fair.duty.model_copy(update={"asks": (Asks.REPORT,)}))
    assert fair.tentative
    assert of_duty(asking, CALENDAR) == []
    assert of_duty(on(GIALAI, "3.2", date(2023, 8, 15), last_day=date(2023, 7, 28)), CALENDAR)


def test_a_phase_that_was_running_when_the_plan_came_out_is_not_said_to_begin():
    first, second, _ = (of_phase(HAIPHONG, phase, CALENDAR) for phase in HAIPHONG.phases)
    assert [rung.name for rung in first] == ["ends_soon", "ended"]
    assert [(rung.name, rung.day) for rung in second] == [
        ("start", date(2023, 5, 4)), ("ends_soon", date(2023, 6, 20)), ("ended", date(2023, 7, 3)),
    ]  # fmt: skip


def test_reports_are_asked_of_units_and_initiatives_of_each_person():
    assert in_own_name(GIALAI.duty("2.4"))
    assert not in_own_name(GIALAI.duty("4.5")), "a report is a unit's, whoever works on it"
    assert kinds_acting(HAIPHONG.duty("r1")) == {UnitKind.ENTERPRISE, UnitKind.ROOM, UnitKind.SERVICE}
    assert UnitKind.OFFICE in kinds_acting(GIALAI.duty("4.5")), "named itself"
    assert UnitKind.OFFICE in kinds_acting(HAIPHONG.duty("g1")), "it registers works like any room"
    assert kinds_of(HAIPHONG.duty("k1")) == {UnitKind.OFFICE}


def test_duties_are_no_topic_that_can_be_turned_off():
    topics = {rung.to: topic_of(rung) for c, d in DUTIES for rung in of_duty(on(c, d.id, date(2023, 5, 4)), CALENDAR)}
    assert topics == {
        To.ACTING: None, To.HEAD: None, To.OFFICER: Topic.SUMMARIES, To.ADDRESSED: Topic.ANNOUNCEMENTS,
    }  # fmt: skip


# --- what holds for all ----------------------------------------------------------------------------------------------


@given(st.sampled_from(DUTIES), DAYS, OWN, LADDERS)
def test_every_rung_of_a_duty_is_on_a_working_day_in_order_and_known(pair, today, own, ladder):
    campaign, duty = pair
    duty = duty.model_copy(update={"remind": ladder})
    item = duty_today(campaign, duty, today, CALENDAR, confirmed=True, last_day=own)
    rungs = of_duty(item, CALENDAR)
    assert [rung.day for rung in rungs] == sorted(rung.day for rung in rungs)
    assert len({rung.name for rung in rungs}) == len(rungs), "a name says which one"
    for rung in rungs:
        assert CALENDAR.works(rung.day)
        assert rung.day <= rung.until
        assert not campaign.plan.issued_from or rung.day >= campaign.plan.issued_from
    before = [rung for rung in rungs if rung.name.startswith("d")]
    assert all(rung.day <= item.last_day for rung in before)
    assert duty.asks or all(rung.to is To.ADDRESSED for rung in rungs), "what asks for nothing is never chased"
    ladder = ladder if ladder is not None else LADDER
    assert {rung.name for rung in before} <= {f"d{n}" for n in ladder}


@given(st.sampled_from(DUTIES), DAYS, DAYS, OWN)
def test_the_rungs_do_not_depend_on_the_day_one_looks(pair, today, other, own):
    """So planning day by day and in one jump comes to the same."""
    assert of_duty(on(pair[0], pair[1].id, today, last_day=own), CALENDAR) == of_duty(
        on(pair[0], pair[1].id, other, last_day=own), CALENDAR
    )


@given(st.sampled_from(DUTIES), DAYS, OWN)
def test_nothing_before_an_officer_has_confirmed_it(pair, today, own):
    item = on(pair[0], pair[1].id, today, confirmed=False, last_day=own)
    assert of_duty(item, CALENDAR) == []
    assert moved(item, today, CALENDAR) is None


@given(st.sampled_from(DUTIES), DAYS, OWN)
def test_a_moved_date_is_told_on_a_working_day_while_it_is_ahead(pair, today, own):
    rung = moved(on(pair[0], pair[1].id, today, last_day=own), today, CALENDAR)
    if rung:
        assert CALENDAR.works(rung.day)
        assert today <= rung.day <= rung.until
        assert pair[1].asks


@given(st.sampled_from(PHASES))
def test_every_rung_of_a_phase_is_on_a_working_day_and_within_reason(pair):
    campaign, phase = pair
    rungs = {rung.name: rung for rung in of_phase(campaign, phase, CALENDAR)}
    assert all(CALENDAR.works(rung.day) and rung.day <= rung.until for rung in rungs.values())
    assert "start" not in rungs or not was_running_at_issue(campaign, phase)
    assert rungs["ended"].day > phase.end
    assert rungs["ends_soon"].day <= phase.end - timedelta(days=10)


@given(MOMENTS)
def test_the_next_hours_are_hours_and_not_sooner_than_need_be(now):
    opens = next_hours(now, CALENDAR)
    assert opens >= now
    assert may_go_out(opens, CALENDAR)
    assert may_go_out(now, CALENDAR) == (opens == now)
    assert opens == now or opens.time() == MORNING
    assert not may_go_out(datetime.combine(opens.date(), EVENING), CALENDAR)
    between = datetime.combine(now.date(), time(12))
    assert not (now < between < opens and may_go_out(between, CALENDAR))

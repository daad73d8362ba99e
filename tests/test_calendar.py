"""Working days: what the office counts, from the package and the corrections, and the laws any calendar keeps."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import calendar
from campaigns.working_days import confirmed_years, special_days
from domain.calendar import Calendar, SpecialDay
from tests.plans_read import SLUGS, truth

DAYS = st.dates(date(2019, 6, 1), date(2030, 6, 1))
DUES = [task["due"] for slug in SLUGS for task in truth(slug)["tasks"] if "last_working_day" in task["due"]]


def day(due: dict[str, Any]) -> date:
    return date.fromisoformat(due.get("last_safe_day") or due["end"])


@pytest.mark.parametrize("due", DUES, ids=lambda due: due["last_working_day"])
def test_the_last_working_days_are_those_of_the_careful_reading(due: dict[str, Any]) -> None:
    assert calendar().last_working_day(day(due)).isoformat() == due["last_working_day"]


@pytest.mark.parametrize(
    ("off", "name"),
    [
        (date(2023, 4, 29), "Giỗ Tổ"),
        (date(2023, 5, 1), "Lao động"),
        (date(2023, 5, 2), "nghỉ bù"),
        (date(2023, 5, 3), "nghỉ bù"),
        (date(2024, 2, 8), "Tết"),
        (date(2024, 4, 29), "04/05/2024"),
        (date(2026, 1, 2), "10/01/2026"),
    ],
)
def test_holidays_and_days_in_lieu_are_off(off: date, name: str) -> None:
    assert not calendar().works(off)
    assert name in calendar().special[off].name


@pytest.mark.parametrize("worked", [date(2024, 5, 4), date(2026, 1, 10)])
def test_make_up_saturdays_are_worked(worked: date) -> None:
    assert worked.weekday() == 5
    assert calendar().works(worked)
    assert not calendar().works(worked + timedelta(days=7))


def test_a_correction_outweighs_the_package_and_every_day_has_its_source() -> None:
    found = {one.day: one for one in special_days([2026])}
    assert found[date(2026, 1, 2)].source == found[date(2026, 1, 10)].source == "12729/VPCP-KGVX"
    assert "holidays" in found[date(2026, 1, 1)].source
    assert all(one.source and one.name for one in special_days(range(2019, 2031)))


def test_special_days_are_those_of_the_years_asked_for_in_order() -> None:
    days = [one.day for one in special_days([2023, 2024])]
    assert days == sorted(set(days))
    assert {one.year for one in days} == {2023, 2024}
    assert special_days([]) == []


def test_only_years_that_somebody_checked_are_confirmed() -> None:
    assert confirmed_years() == {2020, 2022, 2023, 2024, 2026}
    assert calendar().is_confirmed(date(2023, 5, 1))
    assert not calendar().is_confirmed(date(2027, 5, 1))


def test_the_last_entry_for_a_day_holds() -> None:
    monday = date(2023, 7, 3)
    off, on = (
        SpecialDay(monday, works=False, name="a", source="b"),
        SpecialDay(monday, works=True, name="c", source="d"),
    )
    assert not Calendar.of([on, off], []).works(monday)
    assert Calendar.of([off, on], []).works(monday)


def test_four_working_days_before_the_long_weekend() -> None:
    assert calendar().working_days_left(date(2023, 4, 24), date(2023, 4, 30)) == 4
    assert calendar().next_working_day(date(2023, 4, 28)) == date(2023, 5, 4)
    assert calendar().back(date(2023, 5, 4), 1) == date(2023, 4, 28)


@given(DAYS)
def test_the_last_working_day_works_and_nothing_after_it_does(any_day: date) -> None:
    last = calendar().last_working_day(any_day)
    assert last <= any_day
    assert calendar().works(last)
    between = (any_day - last).days
    assert not any(calendar().works(last + timedelta(days=n)) for n in range(1, between + 1))


@given(DAYS)
def test_the_next_working_day_undoes_one_back(any_day: date) -> None:
    following = calendar().next_working_day(any_day)
    assert following > any_day
    assert calendar().works(following)
    assert calendar().back(following, 1) == calendar().last_working_day(any_day)


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_going_back_adds_up(any_day: date, first: int, second: int) -> None:
    there = calendar().back(any_day, first + second)
    assert there == calendar().back(calendar().back(any_day, first), second)
    assert calendar().works(there)


@given(DAYS, st.integers(0, 30))
def test_going_back_n_leaves_n_working_days(any_day: date, number: int) -> None:
    assert calendar().working_days_left(calendar().back(any_day, number), any_day) == number


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_working_days_left_never_grow_as_days_pass(last: date, early: int, late: int) -> None:
    early, late = max(early, late), min(early, late)
    before = calendar().working_days_left(last - timedelta(days=early), last)
    after = calendar().working_days_left(last - timedelta(days=late), last)
    assert before >= after >= 0
    assert before - after <= early - late


@given(DAYS, st.integers(0, 800))
def test_working_days_left_are_those_that_work_day_by_day(today: date, ahead: int) -> None:
    last = today + timedelta(days=ahead)
    one_by_one = sum(calendar().works(today + timedelta(days=n)) for n in range(1, ahead + 1))
    assert calendar().working_days_left(today, last) == one_by_one


@given(DAYS, DAYS)
def test_nothing_is_left_once_the_day_is_past(one: date, other: date) -> None:
    assert calendar().working_days_left(max(one, other), min(one, other)) == 0

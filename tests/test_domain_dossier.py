"""A dossier's number, states and rules: pure, whatever is typed and whatever is tried."""

from __future__ import annotations

import string
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.dossier import (
    OFFICE,
    WITH_REASON,
    After,
    Change,
    State,
    after,
    board_code,
    is_late,
    number_of,
    takes,
    tidy_number,
)
from domain.registration import REGISTRATIONS, TitleRegistration
from domain.title_rules import Need, TitleRule, at_most, lacking, over_ratio
from domain.titles import Subject

SIGNS = string.digits + string.ascii_uppercase
numbers = st.builds(
    number_of,
    st.text(string.ascii_uppercase, min_size=2, max_size=7),
    st.integers(2000, 2099),
    st.sampled_from(REGISTRATIONS),
    st.integers(1, 99_999),
)


@given(numbers)
def test_a_number_is_read_however_it_is_typed(number):
    assert tidy_number(number) == number
    assert tidy_number(f"  {number.lower().replace('-', ' ')} ") == number


@given(numbers, st.data())
def test_any_one_wrong_sign_is_caught(number, data):
    place = data.draw(st.sampled_from([n for n, sign in enumerate(number) if sign != "-"]))
    wrong = data.draw(st.sampled_from(SIGNS).filter(lambda sign: sign != number[place]))
    assert tidy_number(number[:place] + wrong + number[place + 1 :]) is None


def test_neighbours_that_were_swapped_are_caught_almost_always():
    tried = caught = 0
    for running in range(1, 2000):
        number = number_of("KKTHP", 2023, REGISTRATIONS[0], running)
        for place, (one, other) in enumerate(pairwise(number)):
            if one != other and "-" not in (one, other):
                swapped = number[:place] + other + one + number[place + 2 :]
                tried += 1
                caught += tidy_number(swapped) is None
    assert caught / tried > 0.97


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_none(typed):
    found = tidy_number(typed)
    assert found is None or tidy_number(found) == found


@pytest.mark.parametrize("typed", ["", "-", "KKTHP-2023-DH-00001", "KKTHP-2023-XX-00001-A", "Đ-2023-DH-00001-A"])
def test_what_is_no_number_is_none(typed):
    assert tidy_number(typed) is None


@given(st.lists(numbers, min_size=2, max_size=2, unique=True))
def test_two_numbers_are_two_when_read(pair):
    assert len({tidy_number(number) for number in pair}) == 2


def test_boards_have_short_codes():
    assert [board_code(slug) for slug in ("kkt-hai-phong", "kcn-bac-ninh", "ubnd")] == ["KKTHP", "KCNBN", "UBND"]


@given(st.lists(st.sampled_from(Change), max_size=12))
def test_no_order_of_changes_leads_out_of_the_rules(changes):
    state, decided = State.DRAFT, False
    for change in changes:
        then = after(state, change)
        if then is None:
            continue
        decided = decided or change in {Change.ACCEPT, Change.DECLINE}
        assert state is not State.DRAFT or change is Change.SUBMIT, "first of all it is handed in"
        assert then is not State.DRAFT, "what was handed in is no draft again"
        if state in {State.ACCEPTED, State.DECLINED}:
            assert change is Change.RETURN, "what is decided is opened again by the office alone"
        if state is State.WITHDRAWN:
            assert change is Change.SUBMIT, "what was withdrawn waits for who withdrew it"
        state = then
    assert decided or state not in {State.ACCEPTED, State.DECLINED}


def test_every_state_is_reached_and_only_handing_in_is_for_everybody_without_a_reason():
    reached = {after(state, change) for state in State for change in Change} - {None}
    assert reached == set(State) - {State.DRAFT}
    assert {Change.SUBMIT} == set(Change) - OFFICE - WITH_REASON


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_late_is_after_the_last_valid_day(last, days):
    assert is_late(last + timedelta(days), last) == (days > 0)
    assert not is_late(last, None)


@given(st.integers(0, 100), st.integers(0, 5000), st.integers(0, 5000))
def test_a_ratio_is_kept_up_to_its_last_whole_person(ratio, chosen, everyone):
    assume(chosen <= everyone)
    rule = TitleRule("CSTDCS", ratio)
    assert over_ratio(rule, chosen, everyone) == (chosen > at_most(rule, everyone))
    assert not over_ratio(TitleRule("CSTDCS"), chosen, everyone)
    assert at_most(TitleRule("CSTDCS"), everyone) is None


def test_what_a_board_needs_is_asked_only_of_the_titles_it_is_for():
    rules = [
        TitleRule("CSTDCS", needs=frozenset({Need.INITIATIVE, Need.EVIDENCE})),
        TitleRule("GK", needs=frozenset({Need.EVIDENCE})),
    ]

    def asked(*titles, **more):
        registration = TitleRegistration(subject=Subject.INDIVIDUAL, name="Hoa", titles=titles, **more)
        return lacking(rules, registration)

    file = {"sha256": "0" * 64, "name": "a.pdf", "size": 1, "media_type": "application/pdf"}
    assert asked("LDTT") == frozenset()
    assert asked("LDTT", "CSTDCS") == {Need.INITIATIVE, Need.EVIDENCE}
    assert asked("CSTDCS", "GK", initiative="Máy cắt chỉ") == {Need.EVIDENCE}
    assert asked("CSTDCS", initiative="Máy cắt chỉ", files=(file,)) == frozenset()


def test_after_the_last_day_only_what_was_asked_back_is_taken_where_late_ones_are_refused():
    states = (None, *State)
    assert all(takes(After.LATE, late=late, there=there) for late in (False, True) for there in states)
    assert all(takes(After.REFUSE, late=False, there=there) for there in states)
    assert [there for there in states if takes(After.REFUSE, late=True, there=there)] == [State.RETURNED]

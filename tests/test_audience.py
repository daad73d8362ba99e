"""Whom a broadcast is for: places added up, narrowed down by role and by what is missing, never beyond the board."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

import campaigns
from domain.audience import ROLES, NotHandedIn, Recipients, roles_of, units_of
from domain.campaign import Actor, Audience
from domain.people import Role

UNITS = {one.slug: one for one in campaigns.units()}
BOARD = "kkt-hai-phong"
REPORT = NotHandedIn(campaign="haiphong-2023", duty="r1", actors=(Actor.ENTERPRISE, Actor.ROOM))
ENTERPRISES = [f"{BOARD}-dn-{n}" for n in (1, 2, 3, 4)]


def of(**chosen):
    return Recipients(board=BOARD, **chosen)


def test_everyone_is_everybody_of_the_board_and_of_no_other():
    assert units_of(of(), UNITS) == sorted(slug for slug in UNITS if slug.startswith(BOARD))
    assert roles_of(of()) == frozenset(Role)


def test_a_zone_comes_with_what_stands_in_it():
    assert units_of(of(zones=(f"{BOARD}-trang-due",)), UNITS) == [f"{BOARD}-dn-2", f"{BOARD}-trang-due"]


def test_places_are_added_up():
    chosen = of(groups=(Audience.STAFF,), units=(ENTERPRISES[0],))
    found = units_of(chosen, UNITS)
    assert ENTERPRISES[0] in found
    assert ENTERPRISES[1] not in found
    assert {BOARD, f"{BOARD}-van-phong", f"{BOARD}-dich-vu"} < set(found)


def test_who_has_handed_in_is_left_out_and_so_is_whom_it_never_addressed():
    found = units_of(of(missing=REPORT), UNITS, {ENTERPRISES[0]})
    assert ENTERPRISES[1] in found
    assert not {ENTERPRISES[0], BOARD, f"{BOARD}-trang-due"} & set(found)
    assert units_of(of(groups=(Audience.ENTERPRISE,), missing=REPORT), UNITS, ENTERPRISES[:3]) == ENTERPRISES[3:]


def test_a_unit_of_another_board_is_nobody():
    assert units_of(of(units=("kcn-bac-giang-dn-1",), zones=("kcn-bac-giang-kcn-1",)), UNITS) == []


def test_a_role_alone():
    assert roles_of(of(roles=(Role.HEAD,))) == {Role.HEAD}


@st.composite
def chosen(draw):
    slugs = st.lists(st.sampled_from(sorted(UNITS)), max_size=3, unique=True).map(tuple)
    return Recipients(
        board=draw(st.sampled_from([BOARD, "kcn-bac-giang", "no-such-board"])),
        groups=draw(st.lists(st.sampled_from(list(Audience)), unique=True).map(tuple)),
        zones=draw(slugs), units=draw(slugs),
        roles=draw(st.lists(st.sampled_from(ROLES), unique=True).map(tuple)), missing=draw(st.sampled_from([None, REPORT])),
    )  # fmt: skip


@given(chosen())
def test_it_survives_json(one):
    assert Recipients.model_validate(json.loads(one.model_dump_json())) == one


@given(chosen(), st.sets(st.sampled_from(ENTERPRISES)))
def test_handing_in_only_takes_away_and_no_one_of_another_board_is_ever_meant(one, handed_in):
    everybody = units_of(one, UNITS)
    left = units_of(one, UNITS, handed_in)
    assert set(left) <= set(everybody)
    assert all(slug.startswith(one.board) for slug in everybody)
    assert one.missing is None or not handed_in & set(left)

"""A short form of figures: what is understood as one, passed over, refused; and one corrected when all are there."""

from __future__ import annotations

import pytest

from flows.answers import DONE, SKIP
from flows.figures import Figures
from flows.flow import Accepted, At, Growing, NotAnAnswer, Refused, Said, Typing
from texts.compose import plain

ASKED = (
    {"id": "models", "name": "Số mô hình", "unit": "mô hình", "target": "05 mô hình"},
    {"id": "share", "name": "Tỷ lệ", "unit": "%", "target": None},
)
KIND = Figures(lambda _answers, _facts: ASKED)
FULL = {"models": "3", "share": None}


def at(so_far=None):
    return At({}, {}, so_far)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0", "0"), ("12", "12"), ("1.250", "1250"), ("1 250 000", "1250000"), ("98,5", "98.5"), ("7 mô hình", "7")],
)
def test_a_figure_is_read_as_people_write_it(typed, value):
    assert KIND.accept(Said(typed), at()) == Growing({"models": value})


@pytest.mark.parametrize("typed", ["nhiều lắm", "", "mười", "1,2,3", "9" * 40, "không có"])
def test_words_are_no_figure(typed):
    assert KIND.accept(Said(typed), at()) == Refused("not_a_figure")


@pytest.mark.parametrize("typed", ["101", "100,5 %", "-1"])
def test_a_percentage_lies_between_0_and_100(typed):
    assert KIND.accept(Said(typed), at({"models": "3"})) == Refused("no_per_cent")
    assert KIND.accept(Said("100 %"), at({"models": "3"})) == Accepted({"models": "3", "share": "100"})


@pytest.mark.parametrize(
    ("typed", "there", "why"),
    [
        ("-1", {}, Refused("below_0")),
        ("-0,5 mô hình", {}, Refused("below_0")),
        ("98 %", {}, Refused("other_unit", {"unit": "mô hình"})),
        ("98 phần trăm", {}, Refused("other_unit", {"unit": "mô hình"})),
        ("2 hội nghị", {"models": "3"}, Refused("other_unit", {"unit": "%"})),
        ("2 mo hinh", {"models": "3"}, Refused("other_unit", {"unit": "%"})),
    ],
)
def test_what_no_such_figure_can_be_is_refused_with_its_reason(typed, there, why):
    assert KIND.accept(Said(typed), at(there)) == why


def test_a_percentage_may_be_spelled_and_a_unit_may_be_said_otherwise():
    assert KIND.accept(Said("98 phan tram"), at({"models": "3"})) == Accepted({"models": "3", "share": "98"})
    assert KIND.accept(Said("7 cái"), at()) == Growing({"models": "7"})


@pytest.mark.parametrize("said", [Said(value=SKIP), Said("bỏ qua"), Said("bo qua"), Said("skip")])
def test_one_may_be_passed_over(said):
    assert KIND.accept(said, at()) == Growing({"models": None})
    assert KIND.accept(said, at({"models": "3"})) == Accepted(FULL)


def test_where_all_are_there_they_are_kept_or_one_is_corrected():
    assert (KIND.typing(at()), KIND.typing(at(FULL))) == (Typing.NUMBER, Typing.CHOICE)
    assert [plain(one, "vi") for one in KIND.shown(at(FULL))] == ["– Số mô hình: 3 mô hình"]
    assert KIND.accept(Said(value=DONE), at(FULL)) == Accepted(FULL)
    labels = [plain(choice.label, "vi") for choice in KIND.choices(at(FULL))]
    assert KIND.accept(Said(labels[1]), at(FULL)) == Growing({"share": None})
    assert "(1/2)" in plain(KIND.shown(at({"share": None}))[0], "vi")
    assert KIND.accept(Said("4"), at({"share": None})) == Accepted({"share": None, "models": "4"})
    for said in (Said("5"), Said(value="again.nix"), Said("hạn nộp khi nào?")):
        assert KIND.accept(said, at(FULL)) == NotAnAnswer()

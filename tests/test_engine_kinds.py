"""Kinds of answer, one by one: what is typed at each is understood as people mean it, or refused for its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import DONE, SKIP, PickMany, PickOne
from flows.audience import whom_step
from flows.day import Day
from flows.flow import Accepted, At, Growing, NotAnAnswer, Refused, Said
from flows.lists import Files
from flows.typed import LongText, Number, ShortText
from tests.flows_for_tests import trial_texts
from texts.compose import plain
from texts.message import Choice, line

TODAY = date(2023, 12, 20)
BETWEEN = (date(2022, 1, 1), date(2024, 12, 31))


@pytest.fixture(scope="module", autouse=True)
def texts():
    with trial_texts():
        yield


def answered(kind, text, so_far=None, page=(), **facts):
    return kind.accept(Said(text), At({}, {"today": TODAY, **facts}, so_far, page))


def day(text, between=BETWEEN):
    return answered(Day(lambda _a, _f: between), text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("15/4/2023", "2023-04-15"), ("15.4.23", "2023-04-15"), ("15-04-2023", "2023-04-15"), ("2023-04-15", "2023-04-15"),
        ("ngày 15 tháng 4 năm 2023", "2023-04-15"), ("ngay 15 thang 4", "2024-04-15"), ("Ngày 15/4/2023", "2023-04-15"),
        ("15/4", "2024-04-15"), ("5/1", "2024-01-05"), ("20/12", "2023-12-20"), ("1/7", "2023-07-01"),
        ("hôm nay", "2023-12-20"), ("hom nay", "2023-12-20"), ("ngày mai", "2023-12-21"), ("today", "2023-12-20"),
        ("29/2/2024", "2024-02-29"), ("29/2", "2024-02-29"), ("١٥/٤/٢٠٢٣", "2023-04-15"),
        ("thứ Tư", "2023-12-20"), ("thu 5", "2023-12-21"), ("T3", "2023-12-26"), ("chủ nhật", "2023-12-24"),
        ("thứ ba tuần này", "2023-12-19"), ("thu hai tuan sau", "2023-12-25"), ("CN tuần tới", "2023-12-31"),
        ("chủ nhật 9/7/2023", "2023-07-09"), ("thứ Tư, 20/12", "2023-12-20"), ("mùng 5/7", "2023-07-05"), ("cuối tháng", "2023-12-31"),
        ("cuoi thang 2", "2024-02-29"), ("ngày 27", "2023-12-27"), ("mùng 5 nhé", "2024-01-05"), ("cuối tháng 12", "2023-12-31"),
        ("ngày kia", "2023-12-22"), ("friday", "2023-12-22"),
    ],
)  # fmt: skip
def test_a_day_is_understood_as_people_write_it(text, meant):
    assert day(text) == Accepted(meant)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/02/2023", "no_such_day"), ("29/2/2023", "no_such_day"), ("0/4/2023", "no_such_day"), ("15/13", "no_such_day"),
        ("15/4/0000", "no_such_day"), ("2023-02-31", "no_such_day"), ("mai kia", "not_a_day"), ("sau Tết", "not_a_day"),
        ("4/2023", "not_a_day"), ("15", "not_a_day"), ("", "not_a_day"), ("15/4/2023 hoặc 16/4/2023", "not_a_day"),
        ("thứ tám", "not_a_day"), ("thứ hai 20/12", "other_weekday"), ("cuối tháng 13", "not_a_day"), ("thứ hai đầu tuần", "not_a_day"),
        ("15/4/1999", "outside"), ("15/4/99", "outside"), ("1/1/2025", "outside"), ("😀", "not_a_day"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_refused_for_its_own_reason(text, reason):
    refused = day(text)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert isinstance(day("15/4/2023"), Accepted)


def test_a_weekday_is_the_last_one_where_only_days_behind_make_sense():
    assert day("thứ Năm", (date(2023, 1, 1), TODAY)) == Accepted("2023-12-14")


@given(text=st.text(alphabet="0123456789/.- ngaythmđộ٣²", max_size=14) | st.text(max_size=30))
def test_whatever_is_typed_as_a_day_is_a_day_in_the_calendar_or_refused(text):
    match day(text):
        case Accepted(value):
            assert BETWEEN[0] <= date.fromisoformat(value) <= BETWEEN[1]
        case understood:
            assert isinstance(understood, Refused)


PERCENT = Number(1, lambda _a, _f: 100, offered=lambda _a, _f: (50, 100))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60", 60),
        ("60%", 60),
        ("60 %", 60),
        (" 60 phần trăm", 60),
        ("100", 100),
        ("1", 1),
        ("٣", 3),
        ("６０", 60),
        ("007", 7),
    ],
)
def test_a_number_is_understood(text, number):
    assert answered(PERCENT, text) == Accepted(number)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "out_of_range"), ("0 %", "out_of_range"), ("101", "out_of_range"), ("999999", "out_of_range"),
        ("1000000", "not_a_number"), ("9" * 5000, "not_a_number"), ("-5", "not_a_number"), ("sáu mươi", "not_a_number"),
        ("1e3", "not_a_number"), ("²", "not_a_number"), ("", "not_a_number"), ("60 40", "not_a_number"), ("50,5", "not_a_number"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_stand_is_refused_with_its_bounds(text, reason):
    refused = answered(PERCENT, text)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert (refused.params["least"], refused.params["most"]) == (1, 100)


def test_a_zero_is_an_answer_where_a_number_is_asked_and_a_figure_can_be_tapped():
    assert answered(Number(0, lambda _a, _f: 5), "0") == Accepted(0)
    assert PERCENT.accept(Said(value="50"), At({}, {})) == Accepted(50)
    assert PERCENT.accept(Said(value="x"), At({}, {})).reason == "not_a_number"
    assert answered(Number(0, lambda _a, _f: 5, optional=True), "bỏ qua") == Accepted(None)
    assert answered(Number(0, lambda _a, _f: 5), "bỏ qua").reason == "not_a_number"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("ba chữ thôi", "too_short"), ("😀 😀 😀 😀 😀", "too_short"), ("1 2 3 4 5", "too_short"), ("", "too_short"),
     (" \u200b \u3164 \n", "too_short"), ("dài " * 1250, "too_long")],
)  # fmt: skip
def test_a_long_text_wants_words_and_has_an_end(text, reason):
    assert answered(LongText(least_words=4), text).reason == reason


def test_a_long_text_keeps_its_lines_and_nothing_invisible():
    assert answered(LongText(4), "Dòng  một\n\n\n\ndòng\u202e hai ") == Accepted("Dòng một\n\ndòng hai")
    refused = answered(LongText(), "a" * 5000)
    assert refused == Refused("too_long", {"most": 4000, "length": 5000})
    assert isinstance(answered(LongText(), "a" * 4000), Accepted)


def test_only_an_optional_answer_can_be_passed():
    for kind in (ShortText(optional=True), LongText(optional=True), Day(lambda _a, _f: BETWEEN, optional=True)):
        for said in (Said("bo qua"), Said(value=SKIP)):
            assert kind.accept(said, At({}, {"today": TODAY})) == Accepted(None)
        assert [choice.action for choice in kind.choices(At({}, {}))] == [SKIP]
        assert plain(kind.read_back(None, At({}, {})), "vi") == "không có"
    for kind in (ShortText(), LongText(), Day(lambda _a, _f: BETWEEN)):
        assert not isinstance(kind.accept(Said(value=SKIP), At({}, {"today": TODAY})), Accepted)


def test_a_name_typed_with_other_accents_than_the_suggested_one_stays_as_typed():
    known = ShortText(optional=True, suggested=lambda _a, _f: ("Nguyễn Thị Hoa", "Lê Bảy"))
    assert answered(known, "Nguyễn Thị Hòa") == Accepted("Nguyễn Thị Hòa")
    assert answered(known, "Nguyễn Thị Hà") == Accepted("Nguyễn Thị Hà")
    assert known.accept(Said(value="known.1"), At({}, {})) == Accepted("Lê Bảy")
    for forged in ("known.2", "known.-1", "known." + "9" * 5000, "known.٣", "1"):
        assert known.accept(Said(value=forged), At({}, {})) == NotAnAnswer()


def options(*names):
    return lambda _a, _f: tuple(Choice(line("every.author", name=name, share=1), name) for name in names)


MANY = PickMany(options("a", "b", "c"), least=2, every=True)


def test_marks_grow_one_by_one_and_are_done_when_there_are_enough():
    one = MANY.accept(Said(value="c"), At({}, {}))
    assert one == Growing(["c"])
    assert DONE not in [choice.action for choice in MANY.choices(At({}, {}, ["c"]))]
    assert MANY.accept(Said(value=DONE), At({}, {}, ["c"])) == Refused("too_few", {"least": 2})
    two = MANY.accept(Said(value="a"), At({}, {}, ["c"]))
    assert two == Growing(["a", "c"])
    shown = [choice.action for choice in MANY.choices(At({}, {}, ["a", "c"]))]
    assert shown == ["a", "b", "c", DONE], "the first option is 1, marked or not"
    assert MANY.accept(Said(value="a"), At({}, {}, ["a", "c"])) == Growing(["c"])
    assert MANY.accept(Said(value=DONE), At({}, {}, ["a", "c"])) == Accepted(["a", "c"])
    assert MANY.accept(Said(value="all"), At({}, {})) == Accepted(["a", "b", "c"])
    assert MANY.accept(Said(value="x"), At({}, {})) == NotAnAnswer()


def test_several_named_at_once_are_the_whole_answer_if_they_are_enough():
    page = ("all", "a", "b", "c")
    for text in ("2, 4", "2 4", "2;4", "2 và 4", "4,2", "số 2, số 4"):
        assert answered(MANY, text, page=page) == Accepted(["a", "c"])
    assert answered(MANY, "2, 2", page=page) == Refused("too_few", {"least": 2})
    for text in ("1, 2", "2, 5", "2, 0", "2, x"):
        assert answered(MANY, text, page=page) == NotAnAnswer()
    done = (DONE, "a", "b", "c")
    assert answered(MANY, "1, 1", ["a", "b"], done) == NotAnAnswer(), "done twice is not none of them"


def test_a_long_name_is_meant_by_the_words_that_tell_it_from_others():
    names = ("Công ty TNHH Thép Hải Âu", "Công ty TNHH Dây cáp Phượng Vĩ", "Công ty Cổ phần Thép Sóng Bạc")
    units = PickMany(lambda _a, _f: tuple(Choice(line("flow.use_known", value=n), str(k)) for k, n in enumerate(names)))
    assert answered(units, "thep hai au") == Growing(["0"])
    assert answered(units, "Hải Âu, phuong vi") == Accepted(["0", "1"])
    for text in ("thep", "cong ty tnhh", "ai au", "hai au thep", "thép nào"):
        assert answered(units, text) == NotAnAnswer(), text


def test_an_option_that_vanished_is_not_marked_and_what_is_stored_is_read_back_all_the_same():
    fewer = PickMany(options("a"), least=1)
    assert fewer.accept(Said(value=DONE), At({}, {}, ["b"])) == Refused("too_few", {"least": 1})
    assert fewer.accept(Said(value="a"), At({}, {}, ["b"])) == Growing(["a"])
    assert "b" in plain(fewer.read_back(["a", "b"], At({}, {})), "vi")
    assert PickOne(options("a")).read_back("b", At({}, {})) == "b"
    gone = PickMany(options(), least=1, every=True)
    assert gone.choices(At({}, {})) == ()
    assert gone.accept(Said(value="all"), At({}, {})) == Refused("too_few", {"least": 1})


def file(name, sha=None, **more):
    stored = {"sha256": sha, "media_type": "application/pdf"} if sha else {}
    return {"id": name, "name": f"{name}.pdf", "size": 2000, **stored, **more}


class Handing:
    """Somebody who hands files in."""

    def __init__(self, kind):
        self.kind, self.there = kind, []

    def does(self, said):
        understood = self.kind.accept(said, At({}, {}, self.there))
        if isinstance(understood, Growing):
            self.there = understood.so_far
        return understood

    def sends(self, *files):
        return [self.does(Said(file=one)) for one in files][-1]


def test_a_file_on_its_way_is_waited_for_and_takes_its_own_place():
    hands = Handing(Files())
    hands.sends(file("m1"), file("m2"), file("m2", "b"))
    assert hands.does(Said("xong")) == Refused("still_coming", {"name": "m1.pdf"})
    assert "⏳" in plain(hands.kind.shown(At({}, {}, hands.there)), "vi")
    hands.sends(file("m1", "a"))
    assert hands.does(Said("xong")) == Accepted([file("m1", "a"), file("m2", "b")])


def test_a_file_that_is_refused_or_came_twice_goes_again():
    hands = Handing(Files())
    hands.sends(file("m1"), file("m1", refused="too_large"))
    assert hands.there == []
    hands.sends(file("m1"), file("m1", "a"), file("m2"), file("m2", "a"))
    assert hands.there == [file("m1", "a")]
    hands.sends(file("m1", "a"))
    assert hands.there == [file("m1", "a")], "told twice of the same"
    hands.sends(file("m9", refused="too_large"))
    assert hands.there == [file("m1", "a")], "of one never heard of"


def test_there_are_no_more_files_than_may_be_and_one_can_be_taken_out():
    hands = Handing(Files(most=2))
    assert hands.sends(file("m1"), file("m1", "a"), file("m2"), file("m3")) == Refused("too_many", {"most": 2})
    hands.sends(file("m2", "b"))
    assert len(hands.there) == 2, "one that was on its way has its place"
    assert hands.does(Said("Bỏ: m1.pdf")) == Growing([file("m2", "b")])
    hands.sends(file("m3"), file("m3", "c"))
    assert [choice.action for choice in hands.kind.choices(At({}, {}, hands.there))] == [DONE, "drop.0", "drop.1"]
    assert hands.does(Said(value="drop.2")) == NotAnAnswer()
    assert hands.does(Said(value="drop." + "9" * 5000)) == NotAnAnswer()
    assert hands.does(Said(value="drop.1")) == Growing([file("m2", "b")])


def test_a_file_that_was_taken_out_on_its_way_or_belongs_to_another_form_stays_out():
    hands = Handing(Files(most=2))
    hands.sends(file("m1"))
    hands.does(Said("Bỏ: m1.pdf"))
    hands.sends(file("m1", "a"), file("m8", "b"))
    assert hands.there == []
    hands.sends(file("m1"), file("m1", "a"))
    assert hands.there == [file("m1", "a")], "sent again, it is there"


def test_files_may_be_left_out_only_where_they_are_optional():
    assert Files().accept(Said("bỏ qua"), At({}, {})) == Accepted([])
    assert Files().accept(Said("bỏ qua"), At({}, {}, [file("m1", "a")])) == NotAnAnswer()
    must = Files(optional=False)
    assert must.choices(At({}, {})) == ()
    for word in (SKIP, DONE):
        assert must.accept(Said(value=word), At({}, {})) == Refused("no_file")
    for typed in ("xong", "bo qua", "không có"):
        assert must.accept(Said(typed), At({}, {})) == Refused("no_file"), typed
    assert must.accept(Said("hạn nộp khi nào?"), At({}, {})) == NotAnAnswer()
    assert Files().accept(Said("xong"), At({}, {})) == Accepted([])
    assert must.accept(Said(value=DONE), At({}, {}, [file("m1", "a")])) == Accepted([file("m1", "a")])
    assert plain(Files().read_back([], At({}, {})), "vi") == "không có"


WHOM = PickMany(
    lambda _a, _f: tuple(
        Choice(line(f"recipients.whom.{one}"), one) for one in ("everyone", "staff", "enterprise", "missing")
    ),
    spelled=lambda one: f"recipients.said.{one}",
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("chi doanh nghiep chua nop", ["enterprise", "missing"]), ("tất cả doanh nghiệp", ["enterprise"]),
        ("gui cho phong ban va DN nhe", ["staff", "enterprise"]), ("mọi người ạ", ["everyone"]),
        ("chỉ phòng ban thôi", ["staff"]),
    ],
)  # fmt: skip
def test_options_are_understood_in_a_phrase_and_marked(text, meant):
    assert answered(WHOM, text) == Growing(meant)
    assert answered(WHOM, text, so_far=["staff"]) == Growing(meant), "a phrase says all of it"


@pytest.mark.parametrize(
    "text",
    [
        "doanh nghiệp phải nộp gì",
        "các đơn vị",
        "gửi cho bạn",
        "doanh nghiệp chưa nộp là gì",
        "doanh nghiệp chưa nộp?",
        "doanh nghiệp " * 20,
    ],
)
def test_a_phrase_with_other_words_is_no_answer(text):
    assert answered(WHOM, text) == NotAnAnswer()
    assert answered(replace(WHOM, spelled=None), "gửi cho doanh nghiệp") == NotAnAnswer()


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("giai doan 1", "r1"),
        ("bc gd1", "r1"),
        ("bao cao giai doan 1", "r1"),
        ("giai đoạn 1?", None),
        ("phải báo cáo", None),
        ("công ty", None),
    ],
)
def test_one_of_several_names_is_picked_by_words_within_it_but_no_question_is(text, picked):
    labels = {"r1": "Báo cáo kết quả Giai đoạn 1", "r2": "Tổng kết Giai đoạn 2 (tính cả báo cáo)"}
    names = PickOne(
        lambda _a, _f: tuple(Choice(line("flow.use_known", value=label), key) for key, label in labels.items()),
        within=True,
    )
    assert answered(names, text) == (Accepted(picked) if picked else NotAnAnswer())
    assert answered(replace(names, within=False), text) == NotAnAnswer()


def test_a_zone_takes_the_place_of_all_enterprises_and_some_that_of_everybody():
    facts = {
        "choosable": {
            "zones": [{"key": "z1", "name": "KCN Nam Cầu Kiền"}, {"key": "z2", "name": "KCN Tràng Duệ"}],
            "duties": [{}],
        }
    }
    whom = whom_step().kind
    where = At({}, facts, ["enterprise"])
    assert whom.accept(Said("doanh nghiep o kcn nam cau kien chua nop"), where) == Growing(["missing", "z1"])
    assert whom.accept(Said("nam cau kien"), where) == Growing(["z1"])
    assert whom.accept(Said("trang due va kcn nam cau kien"), where) == Accepted(["z1", "z2"])
    assert whom.accept(Said("gui khu cong nghiep nam cau kien va trang due"), where) == Growing(["z1", "z2"])
    assert whom.accept(Said(value="staff"), where) == Growing(["staff", "enterprise"])
    assert whom.accept(Said(value="everyone"), At({}, facts, ["missing", "z1"])) == Growing(["everyone", "missing"])
    assert whom.accept(Said(value="enterprise"), At({}, facts, ["everyone"])) == Growing(["enterprise"])
    assert whom.accept(Said(value="enterprise"), At({}, facts, ["z1"])) == Growing(["enterprise"])

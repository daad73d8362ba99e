"""When a message to many goes out: every way people say it comes to a time at which it may go, or is refused for its reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import calendar
from domain.reminders import may_go_out, next_hours
from flows.broadcast import BROADCAST, LAUNCH
from flows.flow import Accepted, At, Growing, NotAnAnswer, Refused, Said, Step
from flows.sending_time import NOW, SOON, SendingTime, no_time_to_send
from texts.compose import plain

MONDAY_MORNING = datetime.fromisoformat("2023-04-24T09:00")
WORKDAYS = calendar()


def facts(now):
    moment = {"now": now, "works": may_go_out(now, WORKDAYS), "next": next_hours(now, WORKDAYS)}
    return {"moment": moment, "calendar": WORKDAYS, "today": now.date()}


def said(text, now=MONDAY_MORNING, so_far=None, *, value=None):
    step = Step("when", SendingTime(at_once=True), refuses=no_time_to_send)
    at = At({}, facts(now), so_far)
    return step.judged(step.kind.accept(Said(text, value), at), at)


def labels(now, **more):
    return [plain(choice.label, "vi") for choice in SendingTime(**more).choices(At({}, facts(now)))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9h sáng mai", "2023-04-25T09:00"), ("mai 9h", "2023-04-25T09:00"), ("ngày mai lúc 9 giờ", "2023-04-25T09:00"),
        ("sáng mai", "2023-04-25T08:00"), ("chiều nay", "2023-04-24T14:00"), ("3h chiều nay", "2023-04-24T15:00"),
        ("14h30 thứ Năm", "2023-04-27T14:30"), ("thu 5 luc 14h30", "2023-04-27T14:30"),
        ("8h30 4/5", "2023-05-04T08:30"), ("4/5 8h30", "2023-05-04T08:30"), ("8 giờ ngày 4 tháng 5", "2023-05-04T08:00"),
        ("gửi lúc 7 giờ rưỡi tối mai nhé", "2023-04-25T19:30"), ("14:00", "2023-04-24T14:00"), ("8h", "2023-04-25T08:00"),
        ("thứ hai tuần sau, 14h", None), ("thứ tư tuần sau 10h", None), ("thứ năm tuần sau 10h", "2023-05-04T10:00"),
        ("10h 26/4/2023", "2023-04-26T10:00"), ("9:30 tomorrow", "2023-04-25T09:30"), ("afternoon", "2023-04-24T14:00"),
        ("tối nay", "2023-04-24T19:00"), ("7h tối nay", "2023-04-24T19:00"),
        ("sáng mai lúc 9h", "2023-04-25T09:00"), ("chiều thứ Năm 14h", "2023-04-27T14:00"), ("9h mai sáng", "2023-04-25T09:00"),
        ("tomorrow morning at 9", "2023-04-25T09:00"), ("9 a.m. tomorrow", "2023-04-25T09:00"), ("9h ngày 27", "2023-04-27T09:00"),
        ("09:00 thứ Ba 25/04/2023", "2023-04-25T09:00"), ("thứ Năm 4/5 9h", "2023-05-04T09:00"), ("12h trưa", "2023-04-24T12:00"),
        ("9h30p mai", "2023-04-25T09:30"), ("9 giờ 5 mai", "2023-04-25T09:05"), ("8 giờ 14 tháng 6", "2023-06-14T08:00"),
        ("30 phút nữa", "2023-04-24T09:30"), ("2 tieng nua", "2023-04-24T11:00"), ("1h chieu", "2023-04-24T13:00"),
        ("thu nam toi 9h", "2023-04-27T09:00"), ("8h 4 tháng 5 2023", "2023-05-04T08:00"), ("8.30", "2023-04-25T08:30"),
        ("9 giờ kém 15 sáng thứ 4", "2023-04-26T08:45"), ("15h30p chieu mai", "2023-04-25T15:30"), ("cuoi gio chieu nay", "2023-04-24T16:30"),
        ("7h30 sang ngay mung 5/5", "2023-05-05T07:30"), ("giua trua mai", "2023-04-25T11:30"),
    ],
)  # fmt: skip
def test_a_time_is_understood_in_either_order(text, meant):
    """Of the week after, Monday to Wednesday are public holidays in 2023."""
    understood = said(text)
    if meant is None:
        assert isinstance(understood, Refused)
        assert understood.reason == "not_on_a_day_off"
    else:
        assert understood == Accepted(f"{meant}:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7h sáng mai", "not_then"), ("21h", "not_then"), ("8h30 hôm nay", "hour_over"), ("9h 30/4", "not_on_a_day_off"),
        ("30/4", "not_on_a_day_off"), ("thứ bảy", "not_on_a_day_off"), ("25h mai", "not_a_time"), ("31/6 8h", "no_such_day"),
        ("8h 1/4/2022", "day_over"), ("8h 1/12", "outside"), ("9h hôm qua", "day_over"),
        ("12h tối mai", "not_then"), ("12am mai", "not_then"), ("3h tối mai", "not_a_time"), ("4/5 2023", "not_a_time"),
        ("9h thứ ba 4/5", "other_weekday"), ("9h-10h mai", "not_a_time"), ("24h", "not_a_time"), ("14 tiếng nữa", "not_then"),
    ],
)  # fmt: skip
def test_what_is_no_time_to_send_is_refused_for_its_own_reason(text, reason):
    refused = said(text)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_day_alone_is_asked_for_its_hour():
    growing = said("thứ Năm")
    assert growing == Growing({"day": "2023-04-27"})
    where = At({}, facts(MONDAY_MORNING), growing.so_far)
    assert SendingTime().part(where) == "hour"
    assert "27/04/2023" in plain(SendingTime().shown(where)[0], "vi")
    assert said("8", so_far=growing.so_far) == Accepted("2023-04-27T08:00:00")
    assert said("chiều", so_far=growing.so_far) == Accepted("2023-04-27T14:00:00")
    assert said("tám", so_far=growing.so_far).reason == "not_an_hour"
    assert said("ngay bây giờ", so_far=growing.so_far) == Accepted(SOON)
    assert said("", so_far=growing.so_far, value="other_day") == Growing(None)
    assert said("hôm nay", MONDAY_MORNING + timedelta(hours=12)).reason == "hour_over", "no hour of it is left"
    assert said("10h thứ sáu", so_far=growing.so_far) == Accepted("2023-04-28T10:00:00"), "another day after all"


def test_what_suggests_itself_is_offered_and_may_be_tapped():
    assert labels(MONDAY_MORNING) == ["Ngay bây giờ", "14:00 thứ Hai 24/04/2023", "08:00 thứ Ba 25/04/2023"]
    night = MONDAY_MORNING + timedelta(days=4, hours=12)
    assert labels(night, at_once=True) == [
        "Đầu giờ làm việc tới (07:30 04/05/2023)", "Ngay bây giờ, dù ngoài giờ làm việc", "08:00 thứ Năm 04/05/2023",
        "14:00 thứ Năm 04/05/2023",
    ]  # fmt: skip
    assert said("", value="2023-04-25T08:00:00") == Accepted("2023-04-25T08:00:00")
    assert said("", value="2023-04-24T08:00:00").reason == "hour_over", "the button is a day old"
    assert said("", value="set") == said("", value="25/4") == NotAnAnswer()
    assert (said("ngay bay gio"), said("", night, value=NOW)) == (Accepted(SOON), Accepted(NOW))


@pytest.mark.parametrize(
    "text",
    [
        "mai có nghỉ không",
        "khi nào thì gửi",
        "hạn nộp 30/4 là của việc nào?",
        "alo",
        "han nop bc gd 2",
        "tôi gửi",
        "một",
        "xin gia han bao cao giai doan 1",
        "phát động giai đoạn 2",
        "28/4 là ngày gì",
        "2 tuần nữa",
        "20 phút",
    ],
)
def test_what_is_no_time_is_left_to_whoever_answers_questions(text):
    assert said(text) == NotAnAnswer()


WORDS = ("9h", "tới", "toi", "8.5", "phút", "nữa", "-", "a.m.", "tháng 5", "trưa", "đêm", "14h30", "8", "25", "sáng", "chiều", "mai", "hôm", "nay", "thứ", "năm", "5", "4/5", "31/6", "ngày",
         "tháng", "tuần", "sau", "lúc", "không", "🕐", "٣")  # fmt: skip


@given(
    text=st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join) | st.text(max_size=30),
    now=st.datetimes(MONDAY_MORNING - timedelta(100), MONDAY_MORNING + timedelta(200)),
    day=st.none() | st.just({"day": "2024-01-03"}),
)
def test_whatever_is_typed_goes_out_ahead_and_at_an_hour_at_which_it_may(text, now, day):
    match said(text, now, day):
        case Accepted(value) if value not in {SOON, NOW}:
            assert datetime.fromisoformat(value) > now
            assert may_go_out(datetime.fromisoformat(value), WORKDAYS)
        case Growing({"day": value}):
            assert WORKDAYS.works(date.fromisoformat(value))
        case understood:
            assert isinstance(understood, Accepted | Refused | NotAnAnswer)


@pytest.mark.parametrize(
    ("answers", "carried"),
    [
        (
            {"text": "x", "when": "set", "day": "2023-04-25", "hour": "09:00"},
            {"text": "x", "when": "2023-04-25T09:00:00"},
        ),
        ({"text": "x", "when": "set", "day": "2023-04-25"}, {"text": "x", "when": "set"}),
        ({"when": "soon"}, {"when": "soon"}),
    ],
)
@pytest.mark.parametrize("flow", [BROADCAST, LAUNCH])
def test_a_time_of_three_answers_is_carried_into_one(flow, answers, carried):
    assert flow.carry(1, dict(answers)) == carried
    refused = no_time_to_send(carried["when"], carried, facts(MONDAY_MORNING))
    assert (refused is not None) == (carried["when"] == "set"), "one half given has to be given again"

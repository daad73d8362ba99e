"""The conversation engine: whatever is said in whatever order, every message is answered and no answer is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import engine
from flows.asking import CANCEL
from flows.commands import DeclineConsent, Join
from flows.engine import AS_ANSWER, AS_QUESTION, BACK, REVIEW
from flows.flow import Said
from flows.join import CONSENT_VERSION, JOIN
from flows.session import OpenFlow, Session
from flows.turn import GIVE_UP
from tests.flows_for_tests import BROKEN, LATER, TRIAL, Left, trial_texts
from texts.compose import plain
from texts.message import Line

FACTS = {"sizes": ("small", "large"), "known": "Trần Văn Sáu"}


@pytest.fixture(scope="module", autouse=True)
def texts():
    with trial_texts():
        yield


class Person:
    """Goes through a flow with typed words, as on the narrowest messenger."""

    def __init__(self, flow, facts, context=None):
        self.flow, self.facts = flow, facts
        self.turn = engine.begin(flow, Session(), facts, context)

    def says(self, *texts):
        for text in texts:
            self.turn = engine.resume(self.flow, self.turn.session, Said(text), self.facts)
        return self

    def does(self, value):
        self.turn = engine.resume(self.flow, self.turn.session, Said(value=value), self.facts)
        return self

    @property
    def opened(self):
        return self.turn.session.flow

    def read(self, language="vi"):
        return "\n".join(plain(one, language) for message in self.turn.says for one in message.lines)


def person():
    return Person(TRIAL, FACTS)


def test_tap_number_label_and_label_with_a_slip_mean_the_same():
    for said in ("2", "số 2", "Lớn", "lon", "LỚN"):
        assert person().says("1", said).opened.answers["size"] == "large"


def test_a_question_that_does_not_apply_is_not_asked():
    assert person().says("1", "nhỏ").opened.step == "name"
    assert person().says("1", "lớn").opened.step == "reason"


def test_an_answer_can_end_it_at_once():
    left = person().says("không đồng ý").turn
    assert left.command == Left((("agree", "no"),))
    assert left.session.flow is None


def filled():
    return person().says("1", "lớn", "vì vậy", "Nguyễn Hoa", "ghi chú")


def test_one_answer_is_picked_in_the_review_and_corrected():
    again = filled().says("sửa: mục name").says("Nguyễn Thị Hoa")
    assert again.opened.step == REVIEW
    assert "Nguyễn Thị Hoa" in again.read()
    done = again.says("1").turn.command
    assert dict(done.answers)["name"] == "Nguyễn Thị Hoa"


def test_a_corrected_answer_may_bring_a_new_question_and_hide_an_old_one():
    small = filled().says("Sửa: Mục size", "Nhỏ")
    assert small.opened.step == REVIEW
    assert "vì vậy" not in small.read()
    assert "reason" not in dict(small.says("1").turn.command.answers), "what was not read back is not sent"
    back = filled().says("Sửa: Mục size", "Nhỏ", "Sửa: Mục size", "Lớn")
    assert back.opened.step == REVIEW
    assert "vì vậy" in back.read(), "an answer is kept for a change of mind"
    fresh = person().says("1", "nhỏ", "Nguyễn Hoa", "-", "Sửa: Mục size", "lớn")
    assert fresh.opened.step == "reason"


def test_back_goes_a_question_back_and_from_a_correction_to_the_review():
    assert person().says("1", "lớn", "vì vậy").does(BACK).opened.step == "reason"
    assert person().does(BACK).opened.step == "agree"
    assert filled().says("Sửa: Mục size").does(BACK).opened.step == REVIEW


def test_what_reads_like_a_question_is_asked_about():
    asked = person().says("1", "nhỏ", "Hạn nộp là khi nào?")
    assert asked.opened.doubtful == "Hạn nộp là khi nào?"
    for word in ("1", "Là câu trả lời", "la cau tra loi"):
        assert Person.says(_copy(asked), word).opened.step == "name", "refused as a name, and asked again"
    for word in ("2", "Là câu hỏi"):
        assert Person.says(_copy(asked), word).turn.asks_elsewhere == "Hạn nộp là khi nào?"
    assert Person.says(_copy(asked), "Nguyễn Hoa").opened.answers["name"] == "Nguyễn Hoa"
    assert Person.does(_copy(asked), BACK).opened.doubtful is None
    note = person().says("1", "nhỏ", "Nguyễn Hoa", "ai biết?").does(AS_ANSWER)
    assert note.opened.answers["note"] == "ai biết?"
    assert person().says("1", "nhỏ", "Nguyễn Hoa", "ai biết?").does(AS_QUESTION).opened.doubtful is None


def test_what_is_typed_long_after_the_question_is_asked_about():
    asked = person().says("1", "nhỏ")
    late = engine.resume(TRIAL, asked.turn.session, Said("Nguyễn Hoa", late=True), FACTS)
    assert late.session.flow.doubtful == "Nguyễn Hoa"
    assert [line.key for line in late.says[0].lines] == ["flow.long_ago", "trial.name.ask", "flow.answer_or_other"]
    taken = engine.resume(TRIAL, late.session, Said("1", late=True), FACTS)
    assert taken.session.flow.answers["name"] == "Nguyễn Hoa"
    assert engine.resume(TRIAL, late.session, Said("2", late=True), FACTS).asks_elsewhere == "Nguyễn Hoa"
    choice = engine.resume(TRIAL, asked.turn.session, Said("Trần Văn Sáu", late=True), FACTS)
    assert choice.session.flow.answers["name"] == "Trần Văn Sáu", "what was offered is no doubtful answer"


def test_what_is_dear_is_dropped_only_when_that_is_meant():
    assert person().says("1", "lớn").does(CANCEL).turn.session.flow is None
    for word in ("1", "huỷ bản này", GIVE_UP, CANCEL):
        asked = filled().does(CANCEL)
        assert [line.key for line in asked.turn.says[0].lines] == ["flow.sure"]
        gone = asked.does(word) if word in {GIVE_UP, CANCEL} else asked.says(word)
        assert gone.turn.session.flow is None
    for word in ("2", "không", "khong lam tiep"):
        assert "Nguyễn Hoa" in filled().does(CANCEL).says(word).read()
    unclear = filled().does(CANCEL).says("vâng")
    assert [line.key for line in unclear.turn.says[0].lines] == ["flow.sure"], "no answer to the question behind it"


def _copy(one):
    other = Person(one.flow, one.facts)
    other.turn = one.turn
    return other


def test_a_known_answer_is_offered_and_another_may_be_given():
    assert person().says("1", "nhỏ", "1").opened.answers["name"] == FACTS["known"]
    assert person().says("1", "nhỏ", "Lê Thị Bảy").opened.answers["name"] == "Lê Thị Bảy"


@pytest.mark.parametrize("text", ["Hoa", "", "Nguyễn 2", "a" * 121, "\u200b\u202e"])
def test_a_refused_answer_says_why_and_asks_again(text):
    refused = person().says("1", "nhỏ", text)
    assert refused.opened.step == "name"
    assert "name là gì" in refused.read()
    assert refused.says("Nguyễn Hoa").opened.step == "note"


def test_a_tap_counts_only_where_it_was_shown():
    begun = person()
    old = begun.turn.session.menu[0].action
    now = begun.says("1").turn.session
    assert engine.tapped(now, old) is None
    assert engine.tapped(now, old.replace("agree", "size")) is None
    assert engine.tapped(Session(), old) is None
    assert engine.tapped(now, now.menu[0].action) == Said(value="small")


def test_what_is_asked_once_more_can_be_tapped_wherever_it_stands():
    begun = person().says("1")
    asked, again = begun.turn.session, engine.again(TRIAL, begun.turn.session, FACTS).session
    assert again.turn > asked.turn
    for one in (asked, again):
        assert engine.tapped(again, one.menu[0].action) == Said(value="small")
    on = engine.resume(TRIAL, again, Said(value="small"), FACTS).session
    assert engine.tapped(on, asked.menu[0].action) is None


def test_an_older_form_is_carried_forward_or_begun_again_with_an_apology():
    old = filled().turn.session
    carried = engine.again(LATER, old, FACTS)
    assert carried.session.flow.step == "note"
    assert carried.session.flow.answers["name"] == "Nguyễn Hoa"
    begun = engine.resume(BROKEN, old, Said("1"), FACTS)
    assert begun.says[0].lines == (Line("flow.changed"),)
    assert replace(begun.session.flow, asked=0) == OpenFlow("trial", 3, "agree")


def test_a_question_that_the_world_took_away_is_not_asked_again():
    steps = tuple(s if s.name != "reason" else replace(s, when=lambda _a, f: f["sizes"] != ()) for s in TRIAL.steps)
    flow = replace(TRIAL, steps=steps)
    asked = Person(flow, FACTS).says("1", "nhỏ")
    assert asked.opened.step == "reason"
    gone = engine.resume(flow, asked.turn.session, Said("vì vậy"), {**FACTS, "sizes": ()})
    assert gone.session.flow.step == "name"
    reviewed = Person(flow, {**FACTS, "sizes": ()})
    reviewed.turn = replace(gone, session=replace(gone.session, flow=replace(gone.session.flow, step=REVIEW)))
    reviewed.facts = FACTS
    assert reviewed.says("1").opened.step == "reason", "nothing is confirmed while an answer is missing"


INVITE = {"serial": "s1", "unit_name": "Công ty A", "board_name": "Ban B", "role": "delegate", "name": None}


def test_joining_wants_consent_and_a_name_and_gives_one_command():
    joined = Person(JOIN, {"invite": INVITE}, {"serial": "s1"}).says("đồng ý", "Nguyễn Thị Hoa", "1")
    assert joined.turn.command == Join("s1", "Nguyễn Thị Hoa", CONSENT_VERSION)
    declined = Person(JOIN, {"invite": INVITE}, {"serial": "s1"}).says("2")
    assert declined.turn.command == DeclineConsent("s1", CONSENT_VERSION)


@given(name=st.text(max_size=140))
def test_whatever_is_typed_as_a_name_is_stored_as_it_is_read_back_or_refused(name):
    at_name = Person(JOIN, {"invite": INVITE}, {"serial": "s1"}).says("1", name)
    if at_name.opened and at_name.opened.step == REVIEW:
        kept = at_name.opened.answers["name"]
        assert kept in at_name.read()
        assert kept == " ".join(kept.split())
        assert at_name.says("1").turn.command == Join("s1", kept, CONSENT_VERSION)
    else:
        assert at_name.turn.says or at_name.turn.asks_elsewhere is not None

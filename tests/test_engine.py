"""The conversation engine: whatever is said in whatever order, every message is answered and no answer is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows import engine
from flows.commands import DeclineConsent, Join
from flows.engine import AS_ANSWER, AS_QUESTION, BACK, CANCEL, REVIEW, SAVE
from flows.flow import Said
from flows.join import CONSENT_VERSION, JOIN
from flows.session import OpenFlow, Session, dump, load
from tests.flows_for_tests import BROKEN, LATER, TRIAL, Done, Left, trial_texts
from tests.machine import full_size
from texts.compose import LANGUAGES, compose, plain
from texts.message import Line

FACTS = {"sizes": ("small", "large"), "known": "Trần Văn Sáu"}
SAID = st.sampled_from(
    ["1", "2", "số 2.", "9", "Đồng ý", "khong dong y", "lớn", "nho", "Rất lớn", "Nguyễn Thị Hoa", "Hoa", "", "x" * 200,
     "hạn nộp là khi nào?", "báo cáo ở đâu", "Là câu trả lời", "la cau hoi", "dung roi gui di", "sua muc size",
     "Sửa: Mục name", "huy", "=trial.size.1:small", "\u202eHoa Lan\u202c", "<b>Hoa</b> & Lan", "review", "fix.size"]
) | st.text(max_size=30)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def texts():
    with trial_texts():
        yield


class Conversation(RuleBasedStateMachine):
    """A person, their session as it is stored, and what they have answered so far."""

    def __init__(self):
        super().__init__()
        self.flow, self.facts = TRIAL, dict(FACTS)
        self.session, self.says, self.commands, self.taps = Session(), (), [], ["", "=", "=a:b", "=join.name.1:known"]

    @initialize()
    def begins(self):
        self.takes(engine.begin(self.flow, self.session, self.facts))

    def takes(self, turn):
        """What every turn must be: answered in words of both languages, with at most one command, at the end only."""
        before = self.session.flow
        self.session = turn.session
        assert turn.says or turn.command is not None or turn.asks_elsewhere is not None
        for message in turn.says:
            for language in LANGUAGES:
                assert compose(message.lines, language)
            assert all(len(choice.action.encode()) <= 64 for choice in message.choices)
        if turn.says:
            self.says = turn.says
            assert turn.says[-1].choices == turn.session.menu or self.session.flow is None
        self.taps += [choice.action for choice in self.session.menu]
        if turn.command is not None:
            assert self.session.flow is None
            assert before.step == REVIEW or isinstance(turn.command, Left)
            self.commands.append(turn.command)
        elif turn.asks_elsewhere is not None:
            self.takes(engine.again(self.flow, self.session, self.facts))

    def resumes(self, said):
        """One turn, after which all other answers are as they were."""
        before = self.session.flow
        answers, version, shown = before.answers, before.version, self.shown() if before.step == REVIEW else None
        self.takes(engine.resume(self.flow, self.session, said, self.facts))
        opened = self.session.flow
        if opened and version == opened.version:
            assert {k: v for k, v in opened.answers.items() if k != before.step} == {
                k: v for k, v in answers.items() if k != before.step
            }
            assert before.step == REVIEW or before.step in opened.answers or before.step not in answers
        if (
            self.commands
            and isinstance(self.commands[-1], Done)
            and opened is None
            and said.value not in {CANCEL, SAVE}
        ):
            assert [(k, v) for k, v in self.commands[-1].answers if k != "agree"] == sorted(shown.items())

    def shown(self):
        """The answers as the review on the screen reads them back."""
        lines = [one for one in self.says[-1].lines if one.key == "flow.review_line"]
        labels = {f"trial.{step.name}.label": step for step in self.flow.steps}
        opened = self.session.flow
        found = {}
        for one in lines:
            step = labels[one.params["label"].key]
            read_back = step.kind.read_back(opened.answers[step.name], opened.answers, self.facts)
            assert one.params["value"] == read_back
            found[step.name] = opened.answers[step.name]
        return found

    def unfinished(self):
        return self.session.flow is not None

    @precondition(unfinished)
    @rule(text=SAID)
    def types(self, text):
        self.resumes(Said(text))

    @precondition(unfinished)
    @rule(word=st.sampled_from([BACK, BACK, CANCEL, SAVE]))
    def says_a_reserved_word(self, word):
        self.resumes(Said(value=word))

    @precondition(lambda self: self.unfinished() and self.session.menu)
    @rule(data=st.data())
    def taps_a_button(self, data):
        said = engine.tapped(self.session, data.draw(st.sampled_from(self.session.menu)).action)
        assert said is not None
        self.resumes(said)

    @rule(data=st.data())
    def taps_an_old_or_forged_button(self, data):
        action = data.draw(st.sampled_from(self.taps) | st.text(max_size=30))
        said = engine.tapped(self.session, action)
        if action not in {choice.action for choice in self.session.menu}:
            place = action.removeprefix("=").partition(":")[0]
            assert said is None or place == f"trial.{self.session.flow.step}.{self.session.turn}"
        if said is not None:
            self.resumes(said)

    @rule()
    def the_process_restarts(self):
        stored = json.dumps(dump(self.session), ensure_ascii=False)
        assert load(json.loads(stored)) == self.session
        self.session = load(json.loads(stored))

    @precondition(unfinished)
    @rule()
    def is_interrupted(self):
        self.takes(engine.again(self.flow, self.session, self.facts))

    @precondition(unfinished)
    @rule(sizes=st.sampled_from([("small", "large"), ("small", "large", "huge")]), known=st.booleans())
    def the_world_changes(self, sizes, known):
        self.facts = {"sizes": sizes, "known": FACTS["known"] if known else None}

    @precondition(lambda self: self.unfinished() and self.flow is not BROKEN)
    @rule()
    def the_form_changes(self):
        before, self.flow = self.session.flow, LATER if self.flow is TRIAL else BROKEN
        self.takes(engine.again(self.flow, self.session, self.facts))
        kept = {} if self.flow is BROKEN else {k: v for k, v in before.answers.items() if k != "note"}
        assert self.session.flow.answers == kept

    @precondition(lambda self: not self.unfinished())
    @rule()
    def begins_again(self):
        self.commands, self.flow = [], TRIAL
        self.takes(engine.begin(self.flow, self.session, self.facts))

    @invariant()
    def at_most_one_command(self):
        assert len(self.commands) <= 1
        assert not (self.commands and self.unfinished())


Conversation.TestCase.settings = settings(max_examples=full_size(60, 5000), stateful_step_count=40, deadline=None)
TestConversation = Conversation.TestCase


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


def test_an_older_form_is_carried_forward_or_begun_again_with_an_apology():
    old = filled().turn.session
    carried = engine.again(LATER, old, FACTS)
    assert carried.session.flow.step == "note"
    assert carried.session.flow.answers["name"] == "Nguyễn Hoa"
    begun = engine.resume(BROKEN, old, Said("1"), FACTS)
    assert begun.says[0].lines == (Line("flow.changed"),)
    assert begun.session.flow == OpenFlow("trial", 3, "agree")


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

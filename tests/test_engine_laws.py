"""Laws of the conversation engine: whatever is said in whatever order, every message is answered, no answer is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows import asking, engine
from flows.answers import PickMany
from flows.asking import CANCEL, CONFIRM, CORRECT, REVIEW, SAVE
from flows.engine import BACK
from flows.flow import Said
from flows.lists import Files
from flows.session import MORE, PAGE, Session, dump, load
from flows.turn import GIVE_UP, is_dear
from tests.flows_for_tests import BROKEN, EVERY, EVERY_FACTS, GOOD, LATER, TRIAL, Done, Left, trial_texts
from tests.flows_world import lost
from tests.machine import full_size
from texts.compose import LANGUAGES, compose, plain

TRIAL_FACTS = {"sizes": ("small", "large"), "known": "Trần Văn Sáu"}
NEWER = {id(TRIAL): LATER, id(LATER): BROKEN, id(EVERY): (EVERY_LATER := replace(EVERY, version=2))}
DROPPED = {id(LATER): "note", id(EVERY_LATER): "text"}
"""what the next form takes along is everything but this"""
SAID = st.sampled_from(
    ["1", "2", "số 2.", "9", "0", "1, 3", "2 và 4", "1 2 3", "1;1", "10", "٣", "Đồng ý", "khong dong y", "lớn", "nho",
     "Nguyễn Thị Hoa", "Hoa", "", "x" * 200, "hạn nộp là khi nào?", "báo cáo ở đâu", "Là câu trả lời", "la cau hoi",
     "dung roi gui di", "sua muc size", "Sửa: Mục name", "Sửa một mục", "Quay lại bản tổng hợp", "huy", "xong", "bỏ qua",
     "chọn tất cả", "Danh hiệu 11", "danh hieu 2, Danh hiệu 12", "giữ nguyên", "60", "40%", "101", "-5", "15/4/2023",
     "31/02/2023", "hôm nay", "29/2", "=trial.size.1:small", "\u202eHoa Lan\u202c", "<b>Hoa</b> & Lan", "review",
     "fix.size", "drop.0", "Máy mới chạy tốt hơn máy cũ"]
) | st.text(max_size=30)  # fmt: skip
VALID = {
    "agree": "1", "size": "lớn", "reason": "vì vậy", "note": "ghi chú", "unit": "Đơn vị u2", "titles": "2, 3",
    "extras": "Không có mục nào", "authors.name": "Nguyễn Thị Hoa", "authors.share": "60", "authors.whole": "Giữ nguyên",
    "files": "Bỏ qua", "since": "15/4", "text": "Máy mới chạy tốt hơn", "more": "Bỏ qua", "staff": "0",
    "name": "Nguyễn Thị Hoa", "position": "Kế toán trưởng", "place": "Phòng Đầu tư", REVIEW: "Sửa một mục",
}  # fmt: skip
FILE = st.fixed_dictionaries(
    {"id": st.sampled_from(["m1", "m2", "m3" * 30]), "name": st.just("a.pdf"), "size": st.just(1)}
)

ONE = st.sets(st.sampled_from(sorted(GOOD)), min_size=1, max_size=1)
MISSING = st.just({"more"}) | ONE | st.sets(st.sampled_from(sorted(GOOD)), max_size=4)
"""what is still to be answered when a conversation begins: often but what is not asked as yet, so it begins at the review"""
STATES = ({}, {}, {}, {"sha256": "a"}, {"sha256": "b"}, {"refused": True})
"""on its way, stored, or not to be kept"""


@pytest.fixture(scope="module", autouse=True)
def texts():
    with trial_texts():
        yield


class Conversation(RuleBasedStateMachine):
    """A person, their session as it is stored, what is on their screen, and a world that changes."""

    def __init__(self):
        super().__init__()
        self.flow, self.world, self.session = TRIAL, dict(TRIAL_FACTS), Session()
        self.says, self.screen, self.commands = (), (), []
        self.taps = ["", "=", "=a:b", "=join.name.1:known", "more:1:1"]
        self.drafts = []
        """what was put aside, as it is stored: the form it was begun with, and the session"""
        self.fresh = True
        """whether the world is as it was when the screen was drawn"""

    def facts(self, session=None):
        """What is known now; some of it rests on an answer, as with `looks_up`."""
        unit = (session or self.session).flow.answers.get("unit", "") if self.flow.name == "every" else ""
        return {**self.world, "place": f"Phòng {unit}"}

    @initialize(flow=st.sampled_from([TRIAL, EVERY, EVERY]), missing=MISSING)
    def begins(self, flow, missing):
        self.begin(flow, GOOD.keys() - missing)

    def begin(self, flow, known):
        self.commands, self.flow = [], flow
        self.world = dict(TRIAL_FACTS if flow is TRIAL else EVERY_FACTS)
        given = {name: GOOD[name] for name in known} if flow is EVERY else {}
        facts = {**self.world, "place": f"Phòng {given.get('unit', '')}"}
        self.takes(engine.begin(self.flow, self.session, facts, answers=given))

    def takes(self, turn):
        """What every turn must be: answered in words of both languages, with at most one command, at the end only."""
        before = self.session.flow
        assert bool(turn.says) + (turn.command is not None) + (turn.asks_elsewhere is not None) == 1
        if turn.look_up:
            turn = engine.go_on(self.flow, turn.session, self.facts(turn.session))
        self.session = turn.session
        for message in turn.says:
            for language in LANGUAGES:
                assert compose(message.lines, language)
            assert all(len(choice.action.encode()) <= 64 for choice in message.choices)
            assert len(message.choices) <= PAGE + 1
        if turn.says:
            self.says, self.screen, self.fresh = turn.says, turn.says[-1].choices, True
            assert self.session.flow is None or self.screen == self.session.on_page()
        self.taps += [choice.action for choice in self.screen]
        if turn.command is not None:
            assert self.session.flow is None
            assert before.step == REVIEW or isinstance(turn.command, Left)
            self.commands.append(turn.command)
        elif turn.asks_elsewhere is not None:
            self.takes(engine.again(self.flow, self.session, self.facts()))

    def resumes(self, said):
        """One turn, after which all other answers are as they were."""
        before, facts = self.session.flow, self.facts()
        shown = self.shown() if before.step == REVIEW and self.fresh else None
        turn = engine.resume(self.flow, self.session, said, facts)
        self.takes(turn)
        asked_first = said.value == CANCEL and is_dear(self.flow, before, facts)
        assert said.value not in {CANCEL, SAVE, GIVE_UP} or asked_first or self.session.flow is None, (
            "who wants to leave can"
        )
        if turn.saved:
            assert turn.saved == before
            self.drafts.append((self.flow, json.dumps(dump(replace(self.session, flow=turn.saved)))))
        after = self.session.flow
        if after and before.version == after.version:
            self.nothing_is_lost(before, after)
            self.only_what_grows_is_replaced(before, after)
        if self.commands and isinstance(self.commands[-1], Done):
            assert self.flow.bars(before.answers, facts) == ()
            if shown is not None:
                assert [(k, v) for k, v in self.commands[-1].answers if k != "agree"] == sorted(shown.items())

    def nothing_is_lost(self, before, after):
        assert lost(self.flow, before, after) == set()
        if before.step in before.answers and before.answers[before.step] != after.answers.get(before.step):
            resets = set(self.flow.step(before.step).resets)
            assert not after.answers.keys() & resets, "what rested on an answer falls when it changes"
        for name in after.answers.keys() - before.answers.keys() - {before.step}:
            step = self.flow.step(name)
            assert after.answers[name] == step.known(after.answers, self.facts()), "filled in from what is known now"

    def only_what_grows_is_replaced(self, before, after):
        replaced = any(message.replaces for message in self.says)
        assert not replaced or (after.step == before.step and after.answers == before.answers)
        assert replaced or after.step != before.step or before.so_far == after.so_far or after.answers != before.answers

    def shown(self):
        """The answers as the review on the screen reads them back."""
        labels = {f"{self.flow.name}.{step.name}.label": step for step in self.flow.steps}
        opened, found = self.session.flow, {}
        for one in self.says[-1].lines:
            if one.key in {"flow.review_line", "flow.review_lines"}:
                step = labels[one.params["label"].key]
                where = asking.at(step, opened, self.facts())
                assert one.params["value"] == step.kind.read_back(opened.answers[step.name], where)
                found[step.name] = opened.answers[step.name]
        return found or None

    def unfinished(self):
        return self.session.flow is not None

    def place(self):
        """The text name of what is asked."""
        opened = self.session.flow
        if opened.step == REVIEW or opened.step not in {
            step.name for step in self.flow.asked(opened.answers, self.facts())
        }:
            return REVIEW
        part = (step := self.flow.step(opened.step)).kind.part(asking.at(step, opened, self.facts()))
        return f"{opened.step}.{part}" if part else opened.step

    @precondition(unfinished)
    @rule(text=SAID, late=st.booleans())
    def types(self, text, late):
        self.resumes(Said(text, late=late))

    @precondition(unfinished)
    @rule()
    def answers_well(self):
        self.resumes(Said(VALID[self.place()]))

    @precondition(unfinished)
    @rule()
    def answers_well_again(self):
        self.resumes(Said(VALID[self.place()]))

    @precondition(unfinished)
    @rule(word=st.sampled_from([BACK, BACK, BACK, CANCEL, SAVE]))
    def says_a_reserved_word(self, word):
        self.resumes(Said(value=word))

    @precondition(lambda self: self.unfinished() and self.screen)
    @rule(data=st.data())
    def taps_a_button(self, data):
        action = data.draw(st.sampled_from(self.screen)).action
        if action.startswith(MORE):
            self.turns_the_page()
            return
        said = engine.tapped(self.session, action)
        assert said is not None
        if self.fresh and self.session.flow.version == self.flow.version and said.value != engine.AS_QUESTION:
            turn = engine.resume(self.flow, self.session, said, self.facts())
            assert turn.asks_elsewhere is None, "what is shown can be tapped"
        self.resumes(said)

    def turns_the_page(self):
        self.session = replace(self.session, page=self.session.page + 1)
        self.screen = self.session.on_page()
        assert self.screen

    @precondition(lambda self: self.unfinished() and self.screen and not self.session.flow.numeric)
    @rule(data=st.data())
    def types_a_number(self, data):
        self.a_number_means_what_is_shown(data.draw(st.integers(1, len(self.screen))))

    def a_number_means_what_is_shown(self, number):
        action = self.screen[number - 1].action
        if action.startswith(MORE):
            self.turns_the_page()
            return
        by_tap = engine.resume(self.flow, self.session, engine.tapped(self.session, action), self.facts())
        by_number = engine.resume(self.flow, self.session, Said(str(number)), self.facts())
        assert by_number == by_tap or (by_number.asks_elsewhere is not None and not self.fresh)
        self.resumes(Said(str(number)))

    @precondition(lambda self: self.unfinished() and self.screen and self.fresh)
    @rule(data=st.data())
    def types_several_numbers(self, data):
        """They mean the choices with these numbers on the screen, or nothing."""
        numbers = data.draw(st.lists(st.integers(1, len(self.screen) + 1), min_size=2, max_size=3, unique=True))
        opened = self.session.flow
        on_screen = [choice.action.partition(":")[2] for choice in self.screen]
        self.resumes(Said(", ".join(map(str, numbers))))
        if self.session.flow is None or opened.step in {REVIEW, self.session.flow.step}:
            return
        if isinstance(self.flow.step(opened.step).kind, PickMany) and opened.version == self.flow.version:
            assert set(self.session.flow.answers[opened.step]) == {on_screen[number - 1] for number in numbers}

    @precondition(lambda self: self.unfinished() and self.screen and self.fresh)
    @rule(data=st.data())
    def types_a_label(self, data):
        labels = [plain(choice.label, "vi") for choice in self.screen if not choice.action.startswith(MORE)]
        label = data.draw(st.sampled_from(labels))
        tap = engine.tapped(self.session, self.screen[labels.index(label)].action)
        if labels.count(label) == 1 and self.session.flow.version == self.flow.version:
            by_tap = engine.resume(self.flow, self.session, tap, self.facts())
            assert engine.resume(self.flow, self.session, Said(label), self.facts()) == by_tap
        self.resumes(Said(label))

    @precondition(lambda self: self.unfinished() and self.session.has_more)
    @rule(data=st.data())
    def asks_for_more_and_types_a_number(self, data):
        self.turns_the_page()
        self.a_number_means_what_is_shown(data.draw(st.integers(1, len(self.screen))))

    @precondition(lambda self: self.unfinished() and self.session.flow.step == REVIEW and self.flow.name == "every")
    @rule()
    def looks_what_to_correct(self):
        self.resumes(Said(value=CORRECT))

    @precondition(unfinished)
    @rule(file=FILE, state=st.sampled_from(STATES))
    def a_file_comes_arrives_or_is_refused(self, file, state):
        self.is_told_of_a_file(Said(file={**file, **state}))

    @precondition(lambda self: self.unfinished() and self.session.flow.step == "files")
    @rule(told=st.lists(st.tuples(FILE, st.sampled_from(STATES)), min_size=3, max_size=8), done=st.booleans())
    def hands_files_in(self, told, done):
        for file, state in told:
            self.is_told_of_a_file(Said(file={**file, **state}))
        if done:
            self.resumes(Said("xong"))

    def is_told_of_a_file(self, said):
        before = self.session
        step = next((step for step in self.flow.steps if step.name == self.place().partition(".")[0]), None)
        if step and before.flow.version == self.flow.version and not isinstance(step.kind, Files):
            turn = engine.resume(self.flow, before, said, self.facts())
            assert turn == engine.Turn(before, (), asks_elsewhere=""), "a file is no answer to another question"
        self.resumes(said)

    @rule(data=st.data())
    def taps_an_old_or_forged_button(self, data):
        forged = f"=every.titles.{self.session.turn}:t99" if self.unfinished() else "="
        action = data.draw(st.sampled_from([*self.taps, forged]) | st.text(max_size=30))
        said = engine.tapped(self.session, action)
        if action not in {choice.action for choice in self.session.menu}:
            place = action.removeprefix("=").partition(":")[0]
            assert said is None or place == f"{self.flow.name}.{self.session.flow.step}.{self.session.flow.asked}"
        if said is not None:
            self.resumes(said)

    @precondition(unfinished)
    @rule()
    def is_interrupted(self):
        self.is_asked_again(self.session.flow)

    def is_asked_again(self, before):
        """The open question once more, with every answer there was; a newer form takes along what it can."""
        self.takes(engine.again(self.flow, self.session, self.facts()))
        after = self.session.flow
        assert after.version == self.flow.version
        if before.version == after.version:
            assert before.answers.items() <= after.answers.items()
            return
        dropped = DROPPED.get(id(self.flow))
        assert {k: v for k, v in before.answers.items() if dropped not in {k, None}}.items() <= after.answers.items()
        assert dropped not in after.answers

    @precondition(lambda self: not self.unfinished() and self.drafts)
    @rule(newer=st.booleans(), data=st.data())
    def goes_on_with_a_draft(self, newer, data):
        self.flow, stored = self.drafts.pop(data.draw(st.integers(0, len(self.drafts) - 1)))
        opened = load(json.loads(stored)).flow
        self.flow = NEWER.get(id(self.flow), self.flow) if newer else self.flow
        self.world, self.commands = dict(EVERY_FACTS if opened.name == "every" else TRIAL_FACTS), []
        self.session = replace(self.session, flow=opened)
        self.is_asked_again(opened)

    @precondition(lambda self: self.unfinished() and self.flow.name == "trial")
    @rule(sizes=st.sampled_from([("small", "large"), ("small", "large", "huge")]), known=st.booleans())
    def the_world_changes(self, sizes, known):
        self.world, self.fresh = {"sizes": sizes, "known": TRIAL_FACTS["known"] if known else None}, False

    @precondition(lambda self: self.unfinished() and self.flow.name == "every")
    @rule(titles=st.sampled_from([EVERY_FACTS["titles"], ("t1", "t5"), ()]), more=st.booleans(), barred=st.booleans())
    def options_vanish_and_questions_appear(self, titles, more, barred):
        self.world = {**self.world, "titles": titles, "asks_more": more, "barred": barred}
        self.fresh = False

    @precondition(
        lambda self: self.flow.name == "every" and self.unfinished() and self.session.flow.step in {REVIEW, "more"}
    )
    @rule(fact=st.sampled_from(["asks_more", "barred"]), said=st.sampled_from([CONFIRM, SAVE, CANCEL, BACK]))
    def the_ground_shifts_under_the_question(self, fact, said):
        self.world, self.fresh = {**self.world, fact: not self.world[fact]}, False
        self.resumes(Said(value=said))

    @precondition(lambda self: self.unfinished() and id(self.flow) in NEWER)
    @rule()
    def the_form_changes(self):
        self.flow = NEWER[id(self.flow)]
        self.is_asked_again(self.session.flow)

    @precondition(lambda self: not self.unfinished())
    @rule(flow=st.sampled_from([TRIAL, EVERY]), missing=MISSING)
    def begins_again(self, flow, missing):
        self.begin(flow, GOOD.keys() - missing)

    @invariant()
    def at_most_one_command(self):
        assert len(self.commands) <= 1
        assert not (self.commands and self.unfinished())

    @invariant()
    def the_session_survives_a_restart(self):
        stored = json.dumps(dump(self.session), ensure_ascii=False)
        assert load(json.loads(stored)) == self.session
        self.session = load(json.loads(stored))

    @invariant()
    def files_are_few_and_each_is_there_once(self):
        if self.unfinished() and self.flow.name == "every":
            files = (self.session.flow.so_far if self.session.flow.step == "files" else None) or ()
            assert len(files) <= 2
            assert len({one["id"] for one in files}) == len(files)
            stored = [one["sha256"] for one in files if "sha256" in one]
            assert len(set(stored)) == len(stored)
            assert all("sha256" in one for one in self.session.flow.answers.get("files", ()))
            assert sum(one["share"] for one in self.session.flow.answers.get("authors", GOOD["authors"])) == 100


Conversation.TestCase.settings = settings(max_examples=full_size(40, 5000), stateful_step_count=50, deadline=None)
TestConversation = Conversation.TestCase


def at_a_review_that_lacks_an_answer():
    """The review was shown; then the world made another question necessary."""
    begun = engine.begin(EVERY, Session(), EVERY_FACTS, answers={k: v for k, v in GOOD.items() if k != "more"})
    assert begun.session.flow.step == REVIEW
    return begun.session, {**EVERY_FACTS, "asks_more": True}


def test_nothing_is_confirmed_that_lacks_an_answer():
    session, facts = at_a_review_that_lacks_an_answer()
    turn = engine.resume(EVERY, session, Said(value=CONFIRM), facts)
    assert turn.command is None
    assert turn.session.flow.step == "more"


@pytest.mark.parametrize("word", [GIVE_UP, SAVE])
@pytest.mark.parametrize("flow", [EVERY, EVERY_LATER], ids=["same form", "newer form"])
def test_who_wants_to_leave_can_whatever_has_changed(word, flow):
    session, facts = at_a_review_that_lacks_an_answer()
    turn = engine.resume(flow, session, Said(value=word), facts)
    assert turn.session.flow is None
    assert turn.says
    assert turn.saved == (session.flow if word == SAVE else None)

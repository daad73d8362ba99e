"""What holds for registrations in any order of events: one command at most, and it registers what the review showed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.dossier import WITH_REASON
from domain.registration import (
    REGISTRATIONS,
    WHOLE,
    Author,
    Evidence,
    InitiativeRegistration,
    Sort,
    TitleRegistration,
    WorkRegistration,
    as_data,
    registration_of,
)
from domain.title_rules import Need, TitleRule
from domain.titles import Subject
from flows import engine
from flows.asking import SAVE, read_back
from flows.catalogue import FLOW_OF
from flows.commands import AnswerExtension, AskExtension, ChangeDossier, Extend, OpenDossier, Register
from flows.engine import BACK, REVIEW
from flows.identity import answers_of, label_of, registration_of_answers, subject_of
from flows.session import dump, load
from search.fold import fold
from tests.flows_world import BINH, FACTS, JIG, ME, OPENING, TEAM, Talk, file, known, lost, stored
from tests.machine import full_size
from texts.compose import plain

GOOD = {
    "subject": ["cá nhân", "tap the"], "whose": ["1", "2"], "collective": ["Tổ hàn 2", "Tổ hàn 3", "1"],
    "position": ["1", "Tổ trưởng", "to truong"], "staff_number": ["0127", "NV 3"], "alike": ["1", "2", "khác trùng tên"],
    "titles": ["1, 2", "2 3", "giay khen", "1", "CSTĐCS"], "conditions": ["tất cả", "1", "2", "Xong"],
    "initiative": ["1", "Bỏ qua", "Bàn nâng khí nén mới"], "note": ["1", "Đang biệt phái"], "evidence": ["1", "xong"],
    "field": ["1", "Chuyển đổi số"], "authors": ["1", "40", "Lê Văn Cường", "100", "giữ nguyên"],
    "novelty": ["Kẹp khí nén thay kẹp tay"], "applied_at": ["1", "Chuyền hàn"], "applied_since": ["15/3", "hôm nay"],
    "benefit": ["Giảm 30 phút mỗi ca"], "confidential": ["1", "có, cần giữ bí mật"], "sort": ["mo hinh", "4"],
    "what": ["Trồng cây hai bên đường"], "target": ["200 cây"], "finish_by": ["30/6", "31/12/2025"],
    "responsible": ["1", "Lê Văn Cường"], "reason": ["Đăng ký nhầm danh hiệu"], "decision": ["1", "2", "không duyệt"],
    "campaign": ["1", "Năm 2023"], "kind": ["1", "sáng kiến"], "audience": ["1", "2", "xong"],
    "duty": ["1", "2"], "units": ["1", "2, 3", "Đơn vị 4", "xong", "tất cả"], "wished": ["12/5", "hôm nay", "20/5/2024"],
    "last_day": ["30/6", "Bỏ qua", "20/5"], "after": ["1", "không nhận"], "title": ["1", "2", "Cờ thi đua của Chính phủ"],
    "ratio": ["15", "20 %", "Bỏ qua"], "needs": ["1", "2", "1, 2", "Xong"],
    "name": ["Trần Văn Bình", "Lê Văn Cường", "Cải tiến đồ gá hàn", "Hàng cây xanh đường số 5", "1"], "taken": ["1", "2"],
    REVIEW: ["1", "1", "2", "Gửi đăng ký", "sửa một mục", "Sửa: Họ và tên", "sua danh hieu khen thuong", "Sửa: Đối tượng"],
}  # fmt: skip
"""What people answer who understand the question, by step."""
BAD = st.sampled_from(["", "🙂", "0", "99", "101 %", "31/02", "hạn nộp là khi nào?", "a" * 5000, "<b>x</b> **y** {z}"])
CHANGES = st.sampled_from([
    {"alike": ()}, {"alike": (BINH, TEAM, JIG)}, {"alike": ({**BINH, "staff_number": "0127"},)},
    {"rules": {}}, {"rules": {"CSTDCS": TitleRule("CSTDCS", 1, frozenset(Need))}},
    {"opening": {**OPENING, "late": True}}, {"me": {**ME, "for_others": False}}, {"me": ME},
    {"me": {**ME, "name": None, "position": None}}, {"initiatives": ()}, {"initiatives": FACTS["initiatives"]},
    {"counts": {"by_title": {}, "all": 0}}, {"today": date(2024, 12, 31)},
    {"dossier": {**FACTS["dossier"], "state": "returned"}}, {"dossier": FACTS["dossier"]},
])  # fmt: skip


class Conversation(RuleBasedStateMachine):
    """Somebody in a flow, whatever they say, send and tap, and whatever happens meanwhile."""

    flow = "register_title"

    def __init__(self):
        super().__init__()
        self.talk, self.shown, self.ended = Talk(self.flow), None, False
        self.before, self.taps = None, set()
        self.look()

    def look(self):
        """After a turn: no answer is lost, what the review has shown is remembered; a command must be what was shown."""
        talk = self.talk
        if self.before and talk.opened and self.before.version == talk.opened.version:
            assert lost(talk.flow, self.before, talk.opened) == set()
        self.before = talk.opened
        self.taps |= {choice.action for choice in talk.session.menu}
        if talk.opened is None:
            self.ended = True
            if talk.command is not None:
                self.judge(talk.command)
        elif any(one.key == f"{self.flow}.review.ask" for message in talk.turn.says for one in message.lines):
            facts = known(talk.facts, talk.opened.answers)
            self.shown = (facts, read_back(talk.flow, talk.opened.answers, facts), talk.read())

    def judge(self, command):
        if isinstance(command, OpenDossier):
            assert command.number in {BINH["number"], TEAM["number"], JIG["number"]}
            return
        facts, lines, text = self.shown
        if isinstance(command, Register):
            told = command.registration
            kind, answers = told.kind, answers_of(told, facts["me"]["name"])
            assert registration_of_answers(kind, answers, facts) == told
            assert read_back(self.talk.flow, answers, facts) == lines
            assert registration_of(as_data(told)) == told
            assert subject_of(told)
            for one in words_of(told, facts):
                assert one in text
        elif isinstance(command, ChangeDossier):
            assert (command.reason is not None) == (command.change in WITH_REASON)
            assert command.reason is None or command.reason in text
        elif isinstance(command, AskExtension | AnswerExtension | Extend):
            day = command.wished if isinstance(command, AskExtension) else command.last_day
            assert day is None or plain(date.fromisoformat(day), "vi") in text
            assert command.reason is None or command.reason in text
            names = {one["slug"]: one["name"] for one in facts["extendable"]["units"]}
            assert all(names[unit] in text for unit in getattr(command, "units", ()))

    def is_open(self):
        return not self.ended

    @precondition(is_open)
    @rule(data=st.data(), times=st.integers(1, 8))
    def answers(self, data, times):
        for _ in range(times):
            if self.is_open():
                self.talk.says_(data.draw(st.sampled_from(GOOD.get(self.talk.step, ["1"]))))
                self.look()

    @precondition(is_open)
    @rule(text=BAD | st.text(max_size=20))
    def types(self, text):
        self.talk.says_(text)
        self.look()

    @precondition(lambda self: self.is_open() and self.talk.session.menu)
    @rule(data=st.data())
    def taps(self, data):
        choice = data.draw(st.sampled_from(self.talk.session.menu))
        self.talk.resume(engine.tapped(self.talk.session, choice.action))
        self.look()

    @precondition(is_open)
    @rule(data=st.data(), number=st.integers(1, 3))
    def sends_a_file(self, data, number):
        self.talk.sends(data.draw(st.sampled_from([file(number), stored(number), file(number, refused="kind")])))
        self.look()

    @precondition(is_open)
    @rule()
    def goes_back(self):
        self.talk.does(BACK)
        self.look()

    @precondition(lambda self: self.taps)
    @rule(data=st.data())
    def taps_again(self, data):
        """Any button there ever was: it answers the question on the screen, or nothing at all."""
        action = data.draw(st.sampled_from(sorted(self.taps)))
        said = engine.tapped(self.talk.session, action)
        assert (said is not None) == (action in {choice.action for choice in self.talk.session.menu})
        if said is not None:
            self.talk.resume(said)
            self.look()

    @precondition(is_open)
    @rule(newer=st.booleans())
    def is_put_aside_and_taken_up_again(self, newer):
        """Days later, on another messenger, perhaps in a newer form that takes every answer along."""
        talk, opened = self.talk, self.talk.opened
        talk.does(SAVE)
        draft = json.dumps(dump(replace(talk.session, flow=talk.turn.saved)))
        talk.flow = replace(talk.flow, version=2, carry=lambda _version, answers: answers) if newer else talk.flow
        talk.session = replace(talk.session, flow=load(json.loads(draft)).flow)
        self.is_interrupted()
        assert talk.opened.version == talk.flow.version
        assert opened.answers.items() <= talk.opened.answers.items()

    @precondition(is_open)
    @rule(change=CHANGES)
    def the_world_changes(self, change):
        self.talk.facts = {**self.talk.facts, **change}

    @precondition(is_open)
    @rule()
    def is_interrupted(self):
        facts = known(self.talk.facts, self.talk.opened.answers)
        self.talk.take(engine.again(self.talk.flow, self.talk.session, facts))
        self.look()

    @precondition(lambda self: self.ended)
    @rule()
    def begins_again(self):
        old, self.talk = self.talk, Talk(self.flow, self.talk.facts)
        # the same session goes on: buttons of the form before must mean nothing in this one
        self.talk.session = replace(self.talk.session, turn=old.session.turn)
        self.talk.take(
            engine.again(self.talk.flow, self.talk.session, known(self.talk.facts, self.talk.opened.answers))
        )
        self.shown, self.ended, self.before = None, False, None
        self.look()

    @invariant()
    def no_command_before_the_end(self):
        assert self.ended or self.talk.command is None


def words_of(told, facts):
    """Every value a registration holds, as the review words it."""
    if isinstance(told, TitleRegistration):
        names = {one.code: one.name for one in facts["titles"]}
        texts = [told.name, told.position, told.staff_number, told.initiative, told.note, *told.missing]
        return [one for one in texts if one] + [names[code] for code in told.titles] + [f.name for f in told.files]
    if isinstance(told, InitiativeRegistration):
        authors = [f"{one.name}: {one.share} %" for one in told.authors]
        texts = [told.name, told.field, told.novelty, told.applied_at, told.benefit, plain(told.applied_since, "vi")]
        return texts + authors + [f.name for f in told.files]
    return [told.name, told.what, told.target, told.responsible, plain(told.finish_by, "vi")]


def machine(flow):
    named = type(flow, (Conversation,), {"flow": flow})
    named.TestCase.settings = settings(max_examples=full_size(10, 3000), stateful_step_count=25, deadline=None)
    return named.TestCase


TestTitle, TestInitiative, TestWork = (machine(FLOW_OF[kind]) for kind in REGISTRATIONS)
TestWithdraw, TestJudge, TestOpening, TestRule = map(machine, ("withdraw", "judge", "open_registration", "title_rule"))
TestExtension, TestExtend, TestExtendTo, TestNoExtension = map(
    machine, ("extension", "extend", "extend_to", "no_extension")
)

NAMES = st.sampled_from(["Trần Văn Bình", "Lê Thị Hoa", "Kim Min-jun", ME["name"]])
LINES = st.sampled_from(["Tổ trưởng", "Kế toán trưởng", "Cải tiến đồ gá hàn", "🙂 Hàng cây 2 ** {x}"])
DAYS = st.dates(date(2020, 1, 1), date(2025, 12, 31))
FILES = st.lists(
    st.builds(lambda n: Evidence(sha256=f"{n:064x}", name=f"{n}.pdf", size=n, media_type="application/pdf"), st.integers(1, 9)),
    max_size=3, unique_by=lambda one: one.sha256,
).map(tuple)  # fmt: skip


@st.composite
def title_registrations(draw):
    subject = draw(st.sampled_from(list(Subject)))
    titles = draw(
        st.lists(st.sampled_from([t for t in FACTS["titles"] if t.open_to(subject)]), min_size=1, unique=True)
    )
    conditions = list(dict.fromkeys(c.text for t in titles for c in t.conditions))
    person = subject is Subject.INDIVIDUAL
    return TitleRegistration(
        subject=subject, name=draw(NAMES if person else LINES), position=draw(LINES) if person else None,
        staff_number=draw(st.none() | st.just("0127")) if person else None, titles=tuple(t.code for t in titles),
        missing=tuple(draw(st.lists(st.sampled_from(conditions), unique=True))) if conditions else (),
        initiative=draw(st.none() | LINES), note=draw(st.none() | LINES), files=draw(FILES),
    )  # fmt: skip


@st.composite
def shares(draw):
    cuts = sorted(draw(st.sets(st.integers(1, WHOLE - 1), max_size=4)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, WHOLE], strict=True)]


INITIATIVES = shares().flatmap(
    lambda parts: st.builds(
        InitiativeRegistration, name=LINES, field=LINES, novelty=LINES, applied_at=LINES, applied_since=DAYS,
        benefit=LINES, confidential=st.booleans(), files=FILES,
        authors=st.tuples(*(st.builds(Author, name=NAMES, share=st.just(part)) for part in parts)),
    )
)  # fmt: skip
WORKS = st.builds(
    WorkRegistration, sort=st.sampled_from(list(Sort)), name=LINES, what=LINES, target=LINES, finish_by=DAYS,
    responsible=NAMES,
)  # fmt: skip


@given(told=title_registrations() | INITIATIVES | WORKS)
@settings(max_examples=full_size(100, 5000), deadline=None)
def test_a_registration_is_edited_from_its_review_and_comes_out_as_it_went_in(told):
    answers = answers_of(told, ME["name"])
    assert registration_of_answers(told.kind, answers, FACTS) == told
    editing = {"number": BINH["number"], "version": 3}
    others = tuple(one for one in FACTS["alike"] if fold(one["name"]) != fold(told.name))
    talk = Talk(FLOW_OF[told.kind], {"alike": others, "editing": editing, "rules": {}}, answers)
    assert talk.step == REVIEW, "nothing is asked twice"
    assert f"Sửa hồ sơ {BINH['number']}" in talk.read()
    for one in words_of(told, FACTS):
        assert one in talk.read()
    assert talk.taps("Gửi đăng ký").command == Register(OPENING["campaign"], told, BINH["number"], 3)


@given(one=title_registrations(), another=title_registrations())
def test_two_people_are_one_only_by_name_position_and_number(one, another):
    def identity(told):
        person = told.subject is Subject.INDIVIDUAL
        return (told.subject, fold(told.name), *((told.position, told.staff_number) if person else ()))

    assert (subject_of(one) == subject_of(another)) == (identity(one) == identity(another))
    assert label_of(one) == one.name


def test_an_identity_forgives_accents_and_capitals():
    hoa = TitleRegistration(subject=Subject.INDIVIDUAL, name="Lê Thị Hoa", position="Tổ trưởng", titles=("LDTT",))
    same = hoa.model_copy(update={"name": "LÊ THỊ HOÀ".replace("HOÀ", "HOA"), "position": "tổ  trưởng"})
    assert subject_of(hoa) == subject_of(same) == "le thi hoa|to truong|"


def test_a_machine_that_answers_well_gets_to_the_end():
    """The machines above would prove nothing if nobody ever came to the review."""
    for name in (FLOW_OF[kind] for kind in REGISTRATIONS):
        talk = Talk(name, {"alike": ()})
        for _ in range(60):
            if talk.opened is None:
                break
            good = "100" if talk.opened.numeric else GOOD[talk.step][0]
            talk.says_("Hàng cây xanh đường" if talk.step == "name" else good)
        assert isinstance(talk.command, Register), name

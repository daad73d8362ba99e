"""Every kind of answer within a conversation: pages, lists, files, what is known and what falls, as a person meets them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import engine
from flows.asking import CORRECT, REVIEW
from flows.catalogue import FLOWS
from flows.engine import BACK
from flows.flow import Accepted, At, Flow, Growing, Said, Step
from flows.lists import Files, ListOf
from flows.session import PAGE, Session, dump, load
from flows.typed import ShortText
from tests.flows_for_tests import AUTHORS, EVERY, EVERY_FACTS, GOOD, Done, trial_texts
from texts.compose import plain

TODAY = date(2023, 12, 20)


@pytest.fixture(scope="module", autouse=True)
def texts():
    with trial_texts():
        yield


def file(name, sha=None, **more):
    stored = {"sha256": sha, "media_type": "application/pdf"} if sha else {}
    return {"id": name, "name": f"{name}.pdf", "size": 2000, **stored, **more}


class Person:
    """Goes through the flow that has everything, from answers given already."""

    def __init__(self, without=(), flow=EVERY, **facts):
        self.flow, self.facts = flow, {**EVERY_FACTS, **facts}
        given = {name: answer for name, answer in GOOD.items() if name not in without}
        self.turn = engine.begin(flow, Session(), self.facts, answers=given)

    def says(self, *texts):
        for text in texts:
            self.turn = engine.resume(self.flow, self.turn.session, Said(text), self.facts)
        return self

    def does(self, value):
        self.turn = engine.resume(self.flow, self.turn.session, Said(value=value), self.facts)
        return self

    def gives(self, one):
        self.turn = engine.resume(self.flow, self.turn.session, Said(file=one), self.facts)
        return self

    def turns_the_page(self):
        session = self.turn.session
        self.turn = engine.Turn(load({**dump(session), "page": session.page + 1}), ())
        return self

    @property
    def opened(self):
        return self.turn.session.flow

    @property
    def labels(self):
        return [plain(choice.label, "vi") for choice in self.turn.session.on_page()]

    def read(self):
        return "\n".join(plain(one, "vi") for message in self.turn.says for one in message.lines)


def _reloaded(person):
    person.turn = engine.Turn(load(json.loads(json.dumps(dump(person.turn.session)))), ())
    return person


def test_two_authors_share_a_hundred_per_cent():
    at_authors = Person(without=["authors"])
    assert "authors.name là gì" in at_authors.read()
    first = at_authors.says("Nguyễn Hoa", "60")
    assert "Nguyễn Hoa 60 %" in first.read()
    assert "authors.name nữa" in first.read()
    refused = first.says("Lê Bảy", "41")
    assert "từ 1 đến 40" in refused.read()
    assert refused.says("40").opened.answers["authors"] == GOOD["authors"]
    assert refused.opened.step == REVIEW


def test_one_author_has_it_all_and_what_is_left_over_can_be_tapped():
    alone = Person(without=["authors"]).says("Nguyễn Hoa")
    assert alone.labels == ["100"]
    assert alone.does("100").opened.answers["authors"] == [{"name": "Nguyễn Hoa", "share": 100}]
    zero = Person(without=["authors"]).says("Nguyễn Hoa", "0")
    assert zero.opened.so_far == [{"name": "Nguyễn Hoa"}]
    assert zero.opened.numeric


def test_the_last_author_there_is_room_for_takes_the_rest():
    third = Person(without=["authors"]).says("Lê Một", "30", "Lê Hai", "30", "Lê Ba", "30")
    assert "tối đa 3" in third.read()
    assert third.says("40").opened.step == REVIEW


def test_an_author_is_taken_out_when_correcting_and_another_put_in():
    fixing = Person().says("sửa một mục", "Sửa: Mục authors")
    assert fixing.labels == ["Giữ nguyên", "Bỏ: Nguyễn Hoa 60 %", "Bỏ: Lê Bảy 40 %"]
    assert fixing.says("3").turn.says[0].replaces
    assert fixing.opened.answers["authors"] == GOOD["authors"], "until the list is whole again, the old one stands"
    assert fixing.says("Trần Chín", "40").opened.step == REVIEW
    assert [one["name"] for one in fixing.opened.answers["authors"]] == ["Nguyễn Hoa", "Trần Chín"]
    assert Person().says("sửa một mục", "Sửa: Mục authors", "giữ nguyên").opened.step == REVIEW


@given(shares=st.lists(st.integers(-3, 120), max_size=12))
def test_shares_add_up_whatever_is_typed(shares):
    entries = []
    for share in shares:
        where = At({}, {}, [*entries, {"name": "Lê Bảy"}])
        match AUTHORS.accept(Said(str(share)), where):
            case Accepted(value):
                assert sum(one["share"] for one in value) == 100
                assert len(value) <= AUTHORS.most
                return
            case Growing(so_far):
                entries = so_far
                assert sum(one["share"] for one in entries) < 100
                assert len(entries) < AUTHORS.most


def test_files_that_are_there_stay_when_somebody_goes_back_and_a_half_typed_entry_does_not():
    at_files = Person(without=["files"]).gives(file("a")).gives(file("a", "0" * 64)).gives(file("b"))
    before = at_files.does(BACK)
    assert before.opened.step == "authors"
    review = _reloaded(before).does("done")
    assert review.opened.step == REVIEW
    assert [one["name"] for one in review.opened.answers["files"]] == ["a.pdf"], "b is still on its way"
    fixing = review.does("fix.files").gives(file("c")).gives(file("c", "1" * 64)).does(BACK)
    assert [one["name"] for one in fixing.opened.answers["files"]] == ["a.pdf", "c.pdf"]
    assert "authors" not in Person(without=["authors"]).says("Nguyễn Hoa").does(BACK).opened.answers


def test_files_that_were_taken_out_stay_out():
    listed = Person(without=["files"]).gives(file("a")).gives(file("a", "0" * 64))
    emptied = listed.says("Bỏ: a.pdf")
    assert emptied.opened.so_far == []
    assert "files" not in emptied.does(BACK).opened.answers


def test_choices_stand_on_pages_and_a_number_means_the_page_shown():
    titles = Person(without=["titles"])
    assert titles.labels == [*(f"Danh hiệu {n}" for n in range(1, PAGE)), "Chọn tất cả", "Xem thêm"]
    assert titles.says("11").opened.so_far is None, "it is on the next page"
    assert titles.says("2, 9").opened.so_far is None, "9 is the way to the next page"
    second = titles.turns_the_page()
    assert second.labels == [f"Danh hiệu {n}" for n in range(PAGE, 13)]
    assert Person.says(second, "1 3").opened.answers["titles"] == ["t8", "t10"]
    assert Person(without=["titles"]).turns_the_page().says("2").opened.so_far == ["t9"]
    assert Person(without=["titles"]).says("danh hieu 12, Danh hiệu 3").opened.answers["titles"] == ["t3", "t12"]


def test_numbers_mean_what_was_shown_though_the_options_changed():
    titles = Person(without=["titles"])
    titles.facts = {**titles.facts, "titles": ("t5", "t2")}
    assert titles.says("2, 5").opened.answers["titles"] == ["t5", "t2"]


def test_one_button_leads_to_all_that_can_be_corrected_and_back():
    review = Person()
    assert "Sửa một mục" in review.labels
    assert not [label for label in review.labels if label.startswith("Sửa:")]
    which = review.says("2")
    assert [label for label in which.labels if label.startswith("Sửa:")] == which.labels[:PAGE]
    for way_back in (lambda p: p.says("quay lai ban tong hop"), lambda p: p.does(BACK), lambda p: p.does(REVIEW)):
        back = way_back(Person().does(CORRECT))
        assert back.opened.step == REVIEW
        assert "Đúng rồi, gửi đi" in back.labels
        assert back.does(BACK).opened.step == "place", "from the review itself, back is the last question"
    assert Person().does(CORRECT).does("fix.text").does(BACK).opened.step == REVIEW


def test_what_bars_is_said_and_nothing_can_be_confirmed_until_it_is_gone():
    barred = Person(barred=True)
    assert "Chưa gửi được" in barred.read()
    assert "Đúng rồi, gửi đi" not in barred.labels
    for said in ("đúng rồi, gửi đi", "confirm"):
        assert barred.says(said).turn.command is None
    assert barred.does("confirm").turn.command is None
    shown = Person()
    shown.facts = {**EVERY_FACTS, "barred": True}
    assert shown.says("1").turn.command is None, "the button was there, the ground is not"
    assert Person().says("1").turn.command == Done(tuple(sorted((k, v) for k, v in GOOD.items() if k != "more")))


def test_a_warning_keeps_nobody_from_confirming():
    warned = Person()
    assert "Chưa có tệp" in warned.read()
    assert warned.says("1").turn.command is not None
    handed_in = Person(without=["files"])
    for said in (Said(file=file("m1")), Said(file=file("m1", "a")), Said("xong")):
        handed_in.turn = engine.resume(EVERY, handed_in.turn.session, said, handed_in.facts)
    assert handed_in.opened.step == REVIEW
    assert "Chưa có tệp" not in handed_in.read()


def test_a_declared_reset_and_nothing_else_falls_when_an_answer_changes():
    other = Person().does(CORRECT).does("fix.unit").says("Đơn vị u2")
    assert other.turn.look_up
    assert other.opened.answers == {**{k: v for k, v in GOOD.items() if k != "titles"}, "unit": "u2"}
    same = Person().does(CORRECT).does("fix.unit").says("Đơn vị u1")
    assert same.opened.answers == GOOD


def test_nothing_is_filled_in_before_the_facts_are_looked_up_again():
    looked = Person(without=["unit", "place"], place="old").says("Đơn vị u2")
    assert looked.turn.look_up
    assert looked.turn.says, "should they be gone, there is still a question"
    assert "place" not in looked.opened.answers
    gone_on = engine.go_on(EVERY, looked.turn.session, {**EVERY_FACTS, "place": "new"})
    assert gone_on.session.flow.answers["place"] == "new"


def test_going_back_from_a_correction_asks_what_the_world_has_made_necessary():
    fixing = Person(without=["more"]).does(CORRECT).does("fix.text")
    fixing.facts = {**EVERY_FACTS, "asks_more": True}
    assert fixing.does(BACK).opened.step == "more"


@pytest.mark.parametrize(
    "missing", ["unit", "titles", "extras", "authors", "since", "text", "staff", "position", REVIEW]
)
def test_a_file_is_no_answer_to_another_question(missing):
    asked = Person(without=[missing])
    assert asked.opened.step == missing
    turn = engine.resume(EVERY, asked.turn.session, Said(file=file("m1", "a")), asked.facts)
    assert turn == engine.Turn(asked.turn.session, (), asks_elsewhere="")


def test_not_even_where_an_empty_line_would_do():
    flow = Flow("every", 1, (), (Step("text", ShortText(shortest=0)),), lambda a, _f: Done(tuple(a.items())))
    begun = engine.begin(flow, Session(), {})
    assert engine.resume(flow, begun.session, Said(file=file("m1")), {}).asks_elsewhere is not None
    assert engine.resume(flow, begun.session, Said(""), {}).session.flow.answers == {"text": ""}


def longest_choice(flow, step):
    """The longest action that its own kind of answer makes, whatever the facts."""
    match step.kind:
        case Files(most=most) | ListOf(most=most):
            return f"drop.{most}"
        case _:
            return f"fix.{step.name}"


def test_no_name_is_too_long_for_a_button():
    for flow in (*FLOWS.values(), EVERY):
        for step in flow.steps:
            places = (
                f"={flow.name}.{step.name}.99999:{longest_choice(flow, step)}",
                f"={flow.name}.review.99999:fix.{step.name}",
            )
            assert all(len(place.encode()) <= 64 for place in places)


LONG = "Dây chuyền cũ dừng nhiều lần vì không rõ khi nào cần thay dầu và bao nhiêu giờ thì phải bảo dưỡng. " * 10


def test_a_long_text_that_only_contains_question_words_is_an_answer():
    assert len(LONG.split()) > 200
    assert Person(without=["text"]).says(LONG).opened.step == REVIEW
    asked = Person(without=["text"]).says("Cách làm này nhân rộng ra cả công ty có được không")
    assert asked.opened.doubtful is not None
    assert asked.does(engine.AS_ANSWER).opened.answers["text"].endswith("được không")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (f"{LONG}Cách làm này có nhân rộng được không", True),
        (f"Khi nào máy quá nóng thì nay máy tự tắt. {LONG}", False),
        (f"{'a' * 191} khi nào {LONG}", False),
    ],
)
def test_of_a_long_text_its_end_tells_whether_it_is_a_question(text, question):
    assert (Person(without=["text"]).says(text).opened.doubtful is not None) == question

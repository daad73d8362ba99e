"""Any question gets an answer from the plans, or is refused: the table in questions.toml, and what holds for all."""

import json
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import typer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.ask import As, Desk, ask_command, asker_of
from campaigns import calendar, campaigns, titles
from handlers.answers import message
from search.answer import Kind
from search.ask import ask
from search.fold import fold
from search.index import Index
from texts.compose import plain

DAY = date(2023, 4, 24)
TABLE = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))["questions"]
INDEX = Index.of(campaigns(), titles())
REFUSALS = {Kind.UNKNOWN, Kind.NO_PLAN}
MARKS = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"


def desk(one):
    on = one.get("on", DAY)
    found = Desk(on, asker_of(As(one.get("as", "visitor")), one.get("board")))
    found.__dict__["index"] = INDEX
    return found


def without_accents(text):
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if c not in MARKS)
    return bare.replace("đ", "d").replace("Đ", "D")


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one["ask"][:40] or "nothing")
def test_the_table(one):
    got = desk(one).as_object(one["ask"])
    refused = got["kind"] in REFUSALS
    assert refused is one.get("refused", False), got
    assert got["kind"] == one.get("kind", got["kind"]), got
    assert got["campaigns"][:1] == [one["campaign"]] if "campaign" in one else True, got
    assert got["duties"][:1] == [one["duty"]] if "duty" in one else True, got
    assert f"part/{one['campaign']}/{one['part']}" in got["nearest"] if "part" in one else True, got
    assert [words for words in one.get("says", ()) if words not in got["answer"]] == [], got["answer"]
    assert [words for words in one.get("never", ()) if words in got["answer"]] == [], got["answer"]


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one["ask"][:40] or "nothing")
def test_accents_change_nothing(one):
    typed, bare = (desk(one).answer(text) for text in (one["ask"], without_accents(one["ask"])))
    assert (bare.kind, bare.topic, bare.campaigns, bare.duties) == (
        typed.kind,
        typed.topic,
        typed.campaigns,
        typed.duties,
    )


@pytest.mark.parametrize("one", [o for o in TABLE if o.get("refused")], ids=lambda one: one["ask"])
def test_a_refusal_offers_the_nearest_three(one):
    nearest = desk(one).answer(one["ask"]).nearest
    assert len(nearest) == 3
    assert all(len(ref.action.encode()) <= 64 for ref in nearest)


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one["ask"][:40] or "nothing")
def test_answers_fit_a_phone_in_both_languages(one):
    found = desk(one)
    shown = message(found.answer(one["ask"]), found.today)
    assert sum(len(plain(line, "vi")) + 1 for line in shown.lines) <= 1500
    assert all(plain(line, "en") for line in shown.lines)
    assert all(len(choice.action.encode()) <= 64 for choice in shown.choices)


@pytest.mark.parametrize("question", ["", "hạn nộp báo cáo", "hải phòng thi đua gì", "???"])
def test_before_any_plan_nothing_is_offered_but_the_menu(question):
    found = Desk(date(2019, 6, 1), asker_of(As.VISITOR, None))
    answer = found.answer(question)
    shown = message(answer, found.today)
    assert answer.campaigns == ()
    assert [choice.action for choice in shown.choices] == ["menu"]


def test_every_quotation_stands_in_its_plan():
    of_plan = {c.slug: fold(c.model_dump_json().replace("\\", "")) for c in campaigns()}
    quoted = 0
    for one in TABLE:
        for item in desk(one).answer(one["ask"]).items:
            for quote in getattr(item, "quotes", ()):
                quoted += 1
                assert fold(quote) in of_plan[item.campaign.slug]
    assert quoted > 100


def test_dates_of_cited_documents_are_never_given_as_due():
    known = {(c.slug, w.last) for c in campaigns() for d in c.duties if (w := c.window(d))}
    for one in TABLE:
        for item in desk(one).answer(one["ask"]).duties:
            assert item.last_day is None or (item.campaign.slug, item.last_day) in known


def test_an_unconfirmed_date_is_said_to_be_so():
    found = ask(INDEX, "hạn nộp báo cáo giai đoạn 2", asker_of(As.VISITOR, None), DAY, calendar(), lambda _s, _d: False)
    assert any("chưa được Ban xác nhận" in plain(line, "vi") for line in message(found, DAY).lines)


@given(st.text(max_size=400))
@example("x" * 100_000)
@example("hạn nộp " * 12_000)
@example("\u202e" * 50_000 + "hạn")
@example("1" * 5_000)
@example("99/99/9999 0/0/0000 31/2/2023 ngày 40 tháng 13 thang 00 giai doan 000 quy 99 nam 2049")
@settings(deadline=None, max_examples=300)
def test_any_text_gets_an_answer(text):
    found = ask(INDEX, text, asker_of(As.VISITOR, None), DAY, calendar(), lambda _s, _d: True)
    assert message(found, DAY).lines


WORDS = sorted({word for one in TABLE for word in one["ask"].split()})


@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.dates(date(2019, 6, 1), date(2030, 6, 1)),
    st.sampled_from(list(As)),
)
@settings(deadline=None, max_examples=300)
def test_any_words_of_the_trade_on_any_day_get_an_answer(words, day, who):
    found = ask(INDEX, " ".join(words), asker_of(who, None), day, calendar(), lambda _s, _d: True)
    assert message(found, day).lines


def run(*arguments, given_in=None):
    app = typer.Typer()
    app.command()(ask_command)
    return CliRunner().invoke(app, list(arguments), input=given_in)


def test_the_command_answers_each_argument():
    done = run("--on", "2023-04-24", "hạn nộp báo cáo giai đoạn 2", "thời tiết")
    assert done.exit_code == 0
    assert "> “Giai đoạn 2 trước ngày 30/6/2023.”" in done.output
    assert "Em chưa tìm thấy" in done.output


def test_the_command_answers_each_line_with_an_object():
    done = run("--on", "2023-04-24", "--json", given_in="bc 6 thang\n\nhan dk sang kien\n")
    first, second = map(json.loads, done.output.splitlines())
    assert (first["question"], first["campaigns"], first["duties"]) == ("bc 6 thang", ["gialai-2023"], ["2.1"])
    assert first["dates"] == ["2023-06-14"]
    assert "Trước 15/6/2023" in first["answer"]
    assert second["duties"] == ["2.4"]


def test_an_unknown_board_is_refused():
    done = run("--board", "kcn-nowhere", "menu")
    assert done.exit_code == 2

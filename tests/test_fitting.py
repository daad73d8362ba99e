"""Texts and buttons fitted to a messenger: nothing lost but white space at a cut, no piece too long, styles kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.fitting import numbered, plain, split
from channels.telegram.render import units
from texts.compose import Span, Text

WORDS = st.text(st.sampled_from("ab ắ\n.!😀<&\t "), max_size=40)
TEXTS = st.lists(st.builds(Span, WORDS, st.sampled_from(["", "bold", "quote"])), max_size=12).map(tuple)


def styled(text: Text) -> list[tuple[str, str]]:
    return [(character, span.style) for span in text for character in span.text]


def without_space(text: Text) -> list[tuple[str, str]]:
    return [(character, style) for character, style in styled(text) if not character.isspace()]


@given(TEXTS, st.integers(2, 30), st.sampled_from([len, units]))
def test_pieces_fit_and_keep_every_character_with_its_style(text, limit, measure):
    pieces = split(text, limit, measure)
    assert all(0 < measure(plain(piece)) <= limit for piece in pieces)
    assert [one for piece in pieces for one in without_space(piece)] == without_space(text)


@given(TEXTS, st.integers(2, 30))
def test_only_white_space_at_a_cut_is_dropped(text, limit):
    pattern = r"\s*".join(re.escape(plain(piece)) for piece in split(text, limit))
    assert re.fullmatch(rf"\s*{pattern}\s*", plain(text))


@given(st.lists(st.text(st.sampled_from("abắ"), min_size=1, max_size=8), min_size=1, max_size=30))
def test_a_word_that_fits_is_never_cut(words):
    pieces = split((Span(" ".join(words)),), 10)
    assert [word for piece in pieces for word in plain(piece).split()] == words


@pytest.mark.parametrize(
    ("whole", "pieces"),
    [
        ("Một hai.\n\nBa bốn. Năm", ["Một hai.", "Ba bốn. Năm"]),
        ("Một hai ba\nbốn năm sáu", ["Một hai ba", "bốn năm sáu"]),
        ("Một hai ba. Bốn năm sáu", ["Một hai ba.", "Bốn năm sáu"]),
        ("Một hai ba bốn năm sáu", ["Một hai ba", "bốn năm sáu"]),
        ("A.\n\nHai ba bốn năm sáu bảy", ["A.\n\nHai ba", "bốn năm sáu", "bảy"]),
        ("thiduathiduathidua", ["thiduathidua", "thidua"]),
        ("Một hai ba b       ", ["Một hai ba b"]),
    ],
    ids=["paragraph", "line", "sentence", "word", "a tiny paragraph fills up", "inside a word", "trailing space"],
)
def test_where_a_text_is_cut(whole, pieces):
    assert [plain(piece) for piece in split((Span(whole),), 12)] == pieces


def test_a_text_that_fits_is_left_alone_and_an_empty_one_is_nothing():
    text = (Span(" Hạn nộp", "bold"), Span("\n"))
    assert split(text, 9) == [text]
    assert split((), 9) == split((Span(" \n "),), 1) == []


def test_a_long_text_is_split_in_reasonable_time():
    pieces = split((Span("Báo cáo tổng kết. " * 50_000),), 4096, units)
    assert len(pieces) == -(-900_000 // 4090)


def test_buttons_become_numbers_where_there_are_none():
    text = numbered((Span("Chọn:", "bold"),), (("Đợt 1", "a"), ("Đợt 2", "b")), "vi")
    assert text[0] == Span("Chọn:", "bold")
    lines = plain(text).split("\n")
    assert lines[:5] == ["Chọn:", "", "1. Đợt 1", "2. Đợt 2", ""]
    assert " 0 " in lines[5]
    assert plain(numbered((Span("Choose:"),), (("One", "a"),), "en")) != plain(
        numbered((Span("Choose:"),), (("One", "a"),), "vi")
    )


def test_without_buttons_nothing_is_numbered():
    assert numbered((Span("Xong."),), (), "vi") == (Span("Xong."),)

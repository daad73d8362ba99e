"""Typed labels find their button; what could mean two buttons finds none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fold import fold, tokens
from search.labels import matches_label

PARTS = ["Mục đích", "Nội dung thi đua", "Tiêu chuẩn", "Khen thưởng", "Giai đoạn 1", "Giai đoạn 2", "Việc phải nộp"]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Khen thưởng", "Khen thưởng"),
        ("khen thuong", "Khen thưởng"),
        ("  KHEN   THƯỞNG!! ", "Khen thưởng"),
        ("khen thuogn", "Khen thưởng"),
        ("tieu chuan", "Tiêu chuẩn"),
        ("tiêu chẩn", "Tiêu chuẩn"),
        ("noi dung", "Nội dung thi đua"),
        ("viec phai", "Việc phải nộp"),
        ("muc dich", "Mục đích"),
        ("giai doan 2", "Giai đoạn 2"),
        ("gia doan 1", "Giai đoạn 1"),
    ],
)
def test_a_typed_label_finds_its_button(typed, label):
    found = matches_label(typed, PARTS)
    assert found is not None
    assert PARTS[found] == label


@pytest.mark.parametrize("typed", ["", "   ", "?!", "giai doan", "giai doan 3", "xyz", "kh", "thi dua", "12"])
def test_what_means_no_button_or_two_finds_none(typed):
    assert matches_label(typed, PARTS) is None


def test_a_figure_is_never_a_slip():
    assert matches_label("Giai đoạn 2", ["Giai đoạn 1"]) is None
    assert matches_label("Giai đoạn 1", ["Giai đoạn 1"]) == 0


def test_two_equal_labels_are_nobodys():
    assert matches_label("khen thuong", ["Khen thưởng", "khen thường"]) is None


def test_fold_strips_what_keyboards_add():
    assert fold("Đăng ký DANH-HIỆU thi đua: 2023/2024 (đợt 1)") == "dang ky danh hieu thi dua 2023 2024 dot 1"
    assert fold("ha\u0323n") == fold("hạn") == "han"
    assert fold("h\u200ban\u202e") == "han"
    assert tokens("  ") == ()


@given(st.text(max_size=200))
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_a_label_that_says_anything_is_found_as_typed(text):
    expected = 0 if fold(text) else None
    assert matches_label(text, [text]) == expected

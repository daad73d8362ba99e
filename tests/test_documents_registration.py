"""The workbook of registrations: every row is read cell by cell, and what is written is read back."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.registration_columns import LAYOUT, Column
from documents.registration_workbook import (
    Row,
    carried,
    copy_with_reasons,
    heading,
    template,
)
from documents.units_columns import text_of
from domain.registration import TitleRegistration
from domain.titles import Subject, Title
from tests.registration_books import (
    AN,
    FORM,
    KNOWN,
    NUMBER,
    PLACES,
    cells,
    filled,
    reading,
    refused,
    wrongs,
)
from texts.compose import plain


def test_the_template_is_ready_to_fill_in() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(FORM, [KNOWN])))
    assert book.sheetnames == ["Hướng dẫn", "Danh sách", "Danh mục"]
    sheet = book["Danh sách"]
    assert [cell.value for cell in sheet[1]] == [plain(heading(column), "vi") for column in LAYOUT]
    assert (sheet.freeze_panes, sheet.protection.sheet, sheet.max_row) == ("D2", True, 502)
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize), sheet.print_title_rows) == (
        "landscape",
        9,
        "$1:$1",
    )
    assert [c.column_letter for c in sheet[1] if sheet.column_dimensions[c.column_letter].hidden] == ["N"]
    assert len({sheet.cell(n, PLACES[Column.KEY] + 1).value for n in range(2, 503)}) == 501
    assert {sheet.cell(n, PLACES[Column.UNIT] + 1).value for n in range(2, 503)} == {FORM.unit_name}
    assert [sheet.cell(2, PLACES[c] + 1).protection.locked for c in (Column.NAME, Column.UNIT, Column.NUMBER)] == [
        False,
        True,
        True,
    ]
    choices = {str(d.sqref).split("2:")[0]: d.formula1 for d in sheet.data_validations.dataValidation}
    assert choices.keys() == {"B", "F", "G", "H", "J"}
    offered = [row[0].value for row in book["Danh mục"][choices["F"].split("!")[1]]]
    assert offered == [title.name for title in FORM.titles if title.kind == "title"]
    told = "\n".join(str(cell.value) for row in book["Hướng dẫn"] for cell in row)
    assert "Trước 15/04/2020" in told
    assert told.count("Ví dụ") >= 3


def test_template_and_reading_in_english() -> None:
    content = template(FORM, [KNOWN], language="en")
    assert [row.registration.titles for row in reading(content).good] == [("CSTDCS", "LDTT", "GK")]
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Instructions", "List", "Choices"]


def test_a_filled_template_is_read() -> None:
    team = {"subject": "tap the", "name": "Tổ lắp ráp số 2", "title": "TTLĐTT", "commendation": "giay khen"}
    engineer = {
        **AN,
        "name": "Trần  Thị Bi\u0300nh",
        "second_title": "chien si thi dua co so",
        "initiative": "Cải tiến đồ gá",
        "conditions": "không",
        "staff_number": 123,
        "note": "x",
    }
    found = reading(filled(AN, team, engineer))
    assert (found.form, found.campaign, found.unit, found.wrong) == (FORM.form, FORM.campaign, FORM.unit, ())
    assert [row.key for row in found.good] == [f"{FORM.form}-{n}" for n in (1, 2, 3)]
    an, collective, binh = (row.registration for row in found.good)
    assert an == TitleRegistration(
        subject=Subject.INDIVIDUAL, name="Nguyễn Văn An", position="Tổ trưởng", titles=("LDTT",)
    )
    assert (collective.subject, collective.position, collective.titles) == (Subject.COLLECTIVE, None, ("TTLDTT", "GK"))
    assert (binh.name, binh.titles, binh.staff_number) == ("Trần Thị Bình", ("LDTT", "CSTDCS"), "123")
    asked = [title for title in FORM.titles if title.code in binh.titles]
    assert binh.missing == tuple(dict.fromkeys(c.text for t in asked for c in t.conditions)) != ()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("LDTT", "LDTT"),
        ("lđtt", "LDTT"),
        ("Lao dong tien tein", "LDTT"),
        ("CSTĐ cơ sở", "CSTDCS"),
        ("cstđ cs", "CSTDCS"),
        ("Chiến sĩ thi đua cấp tỉnh", "CSTDT"),
        ("advanced worker", "LDTT"),
        ("Chiến sĩ thi đua", None),
        ("Huân chương", None),
    ],
)
def test_titles_are_understood(typed: str, code: str | None) -> None:
    found = reading(filled({**AN, "title": typed}))
    assert [row.registration.titles for row in found.good] == ([(code,)] if code else [])
    assert len(found.wrong) == (code is None)


def test_every_fault_is_told_at_its_cell() -> None:
    faulty: list[dict[str, Any]] = [
        {"name": "Ạ" * 5000},
        {"name": "😀😀 😀"},
        {"name": 12345},
        {"name": "An"},
        {"name": None},
        {"name": date(2020, 1, 1)},
        {"subject": None},
        {"subject": "Doanh nghiệp"},
        {"position": None},
        {"position": "7"},
        {"title": "TTLDTT"},
        {"title": None},
        {"second_title": "LĐTT"},
        {"title": "Huân chương"},
        {"subject": "Tập thể", "title": "GK"},
        {"name": "Tổ 1", "subject": "Tập thể", "position": None},
        {"note": "x" * 1001},
        {"initiative": "12"},
        {"conditions": "chắc là có"},
        {"staff_number": "😀"},
        {"unit": "Công ty khác"},
        {"number": "BG-2020-DH-00007-0"},
        {"name": "#REF!"},
        {"name": "1", "position": "=1+1"},
    ]
    assert wrongs(*({**AN, "staff_number": n, **row} for n, row in enumerate(faulty))) == [
        (2, "name", "person_too_long"),
        (3, "name", "not_a_person"),
        (4, "name", "not_a_person"),
        (5, "name", "not_a_person"),
        (6, "name", "no_name"),
        (7, "name", "not_a_person"),
        (8, "subject", "no_subject"),
        (9, "subject", "unknown_subject"),
        (10, "position", "no_position"),
        (11, "position", "not_a_position"),
        (12, "title", "not_for_individual"),
        (13, "title", "no_title"),
        (14, "second_title", "title_twice"),
        (15, "title", "unknown_title"),
        (16, "position", "position_of_collective"),
        (17, "title", "not_for_collective"),
        *[(18, "note", "too_long"), (19, "initiative", "not_an_initiative"), (20, "conditions", "yes_or_no")],
        *[(21, "staff_number", "bad_staff_number"), (22, "unit", "other_unit"), (23, "number", "bad_number")],
        *[(24, "name", "formula"), (25, "name", "not_a_person"), (25, "position", "formula")],
    ]


def test_a_reason_gives_an_example() -> None:
    ((one,), (two,)) = (w.cells for w in reading(filled({**AN, "name": "😀"}, {**AN, "title": "Vua"})).wrong)
    assert plain(one[1], "vi").endswith("Ví dụ: Nguyễn Văn An.")
    assert plain(two[1], "vi").endswith("ví dụ: Lao động tiên tiến.")


def test_somebody_named_twice_is_told_and_namesakes_are_not() -> None:
    assert wrongs(
        {**AN, "staff_number": "1"}, {**AN, "staff_number": "2"}, AN, {**AN, "name": "NGUYEN VAN AN"}, {**AN, "name": 7}
    ) == [(5, "name", "twice"), (6, "name", "not_a_person")]
    (twice,) = reading(filled(AN, {}, {**AN, "title": "CSTDCS"})).wrong
    assert (twice.row, twice.cells[0][1].params["row"]) == (4, 2)


def test_rows_where_nobody_stands_are_passed_over() -> None:
    content = filled(
        {}, {"subject": "Cá nhân", "ordinal": 7, "conditions": "Có"}, {}, AN, content=template(FORM, [], empty=3)
    )
    assert [row.key for row in reading(content).good] == [f"{FORM.form}+5"], "row 5 lies below the template's own"
    assert refused(template(FORM, [])) == "workbook.refused.empty"


def test_a_copied_row_is_a_new_row() -> None:
    content = template(FORM, [KNOWN], empty=2)
    copied = filled({c: cell.value for c, cell in cells(content)[0].items()}, {**AN}, content=content, first=3)
    again = filled({"name": "Phạm Văn Cường"}, content=copied, first=3)
    assert [(row.key, row.number) for row in reading(again).good] == [
        ("d-7", NUMBER),
        ("d-7+3", None),
        (f"{FORM.form}-3", None),
    ]
    broken = filled({"name": "7"}, content=again)
    assert [row.number for row in reading(broken).good] == [None, None], "the copy never takes the first one's dossier"


def test_every_row_has_a_key_of_its_own_and_keeps_it() -> None:
    typed = [{**AN, "staff_number": n} for n in range(5)]
    keys = ["=1+1", "x" * 500, "\u202ek", f"{FORM.form}+2", f"{FORM.form}-5"]
    content = filled(*({**row, "key": key} for row, key in zip(typed, keys, strict=True)))
    found = [row.key for row in reading(content).good]
    assert found == [f"{FORM.form}+2+", f"{FORM.form}+3", "k", f"{FORM.form}+2", f"{FORM.form}-5"]
    copy = copy_with_reasons(FORM, content, reading(content))
    assert isinstance(copy, bytes)
    assert [row["key"].value for row in cells(copy)] == found
    blank_first = filled({"key": "a"}, {**AN, "key": "a"})
    assert [row.key for row in reading(blank_first).good] == ["a"]


def test_control_characters_of_other_programs_are_blanks() -> None:
    (row,) = reading(filled({**AN, "name": "Nguyễn_x000D_Văn\tAn", "note": "_x005F_x000D_"})).good
    assert (row.registration.name, row.registration.note) == ("Nguyễn Văn An", "_x000D_")


def test_what_the_rows_left_alone_stays_as_it_was() -> None:
    content = template(FORM, [KNOWN])
    (row,) = reading(content).good
    assert (row.key, row.number) == (KNOWN.key, NUMBER)
    assert row.registration != KNOWN.registration
    assert carried(KNOWN.registration, row.registration, FORM.titles) == KNOWN.registration
    (changed,) = reading(filled({"position": "Trưởng phòng", "conditions": None}, content=content)).good
    assert carried(KNOWN.registration, changed.registration, FORM.titles) == KNOWN.registration.model_copy(
        update={"position": "Trưởng phòng", "missing": ()}
    )


def test_a_row_with_a_dossier_is_not_emptied_by_the_way() -> None:
    blank = dict.fromkeys(("subject", "name", "position", "title", "second_title", "commendation"))
    content = filled(blank | dict.fromkeys(("initiative", "conditions", "note")), content=template(FORM, [KNOWN]))
    ((column, why),) = reading(content).wrong[0].cells[:1]
    assert (column, why.key, why.params["number"]) == (Column.NAME, "workbook.wrong.cleared", NUMBER)


def _registrations() -> st.SearchStrategy[TitleRegistration]:
    syllable = st.sampled_from(["Nguyễn", "Văn", "Thị", "An", "Đỗ", "O'Brien", "Ngọc-Anh", "김", "Ê"])
    text = st.text(st.characters(exclude_categories=["C", "Z", "M"]), max_size=30).map(lambda t: text_of(f"chữ {t}"))

    def made(subject: Subject) -> st.SearchStrategy[TitleRegistration]:
        person = subject is Subject.INDIVIDUAL
        fitting: list[Title] = [title for title in FORM.titles if title.open_to(subject)]
        return st.builds(
            TitleRegistration,
            subject=st.just(subject),
            name=st.lists(syllable, min_size=2, max_size=5).map(" ".join) if person else text,
            position=text if person else st.none(),
            staff_number=st.uuids().map(str),
            titles=st.lists(st.sampled_from([t.code for t in fitting]), min_size=1, unique=True).map(tuple),
            missing=st.just(()) | st.just((fitting[0].conditions[0].text,)),
            initiative=st.none() | text,
            note=st.none() | text,
            files=st.just(KNOWN.registration.files),
        )

    return st.sampled_from(Subject).flatmap(made)


@given(st.lists(_registrations(), min_size=1, max_size=6))
def test_what_is_written_is_read_back(registrations: list[TitleRegistration]) -> None:
    rows = [Row(f"k-{n}", one) for n, one in enumerate(registrations)]
    found = reading(template(FORM, rows, empty=2))
    assert found.wrong == ()
    assert [
        Row(r.key, carried(k.registration, r.registration, FORM.titles)) for r, k in zip(found.good, rows, strict=True)
    ] == rows

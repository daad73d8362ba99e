"""The workbook of registrations as a file: told apart, sent back, nothing in it runs, and no bytes whatever upset it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from documents.registration_columns import LAYOUT, Column, answer_label, columns_by_heading, fold
from documents.registration_table import notes_of
from documents.registration_workbook import (
    MOST_ROWS,
    Outcome,
    Read,
    Refusal,
    copy_with_numbers,
    copy_with_reasons,
    heading,
    outcome_line,
    read_registrations,
    template,
)
from tests.machine import full_size
from tests.registration_books import (
    AN,
    FORM,
    KNOWN,
    NUMBER,
    PLACES,
    cells,
    filled,
    own_book,
    reading,
    refused,
    repacked,
    saved,
)
from texts.compose import plain


def test_formulas_are_wrong_whatever_they_last_showed() -> None:
    content = filled(AN, {**AN, "name": "Lê Văn Ba", "ordinal": "=ROW()-1", "unit": f'="{FORM.unit_name}"'})
    assert reading(content).wrong == ()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, value in notes_of(FORM).items():
            book.set_custom_property(name, value)
        sheet = book.add_worksheet()
        for place, column in enumerate(LAYOUT):
            sheet.write_string(0, place, plain(heading(column), "vi"))
            sheet.write_string(1, place, AN.get(column.value, ""))
        sheet.write_formula(1, PLACES[Column.POSITION], '=HYPERLINK("http://x","y")', None, AN["position"])
    shown = out.getvalue()
    assert [(w.row, w.cells[0][0], w.cells[0][1].key) for w in reading(shown).wrong] == [
        (2, Column.POSITION, "workbook.wrong.formula")
    ]
    copy = copy_with_reasons(FORM, shown, reading(shown))
    assert isinstance(copy, bytes)
    assert cells(copy)[0]["position"].value == AN["position"]
    assert reading(copy).wrong == ()


def test_the_copy_shows_what_is_wrong_and_can_be_sent_again() -> None:
    content = filled(AN, {**AN, "name": "7", "title": "Vua"}, {**AN, "name": "Lê Văn Ba", "note": "@SUM(1)"})
    found = reading(content)
    copy = copy_with_reasons(FORM, content, found)
    assert isinstance(copy, bytes)
    assert reading(copy) == found
    rows = cells(copy)
    assert list(rows[0])[-1] == "reason"
    assert [row["key"].value for row in rows] == [f"{FORM.form}-{n}" for n in (1, 2, 3)]
    assert [row["reason"].value for row in rows[::2]] == [None, None]
    assert rows[1]["reason"].value.startswith("Họ và tên (hoặc tên tập thể): “7” chưa phải họ và tên")
    assert rows[1]["reason"].value.count("\n") == 1
    red = [(n, c) for n, row in enumerate(rows) for c, cell in row.items() if cell.fill.fgColor.rgb == "FFFFC7CE"]
    assert red == [(1, "name"), (1, "title")]
    assert (rows[2]["note"].data_type, rows[2]["note"].quotePrefix) == ("s", True)
    corrected = filled({"name": "Phạm Văn Cường", "title": "LDTT"}, content=copy, first=3)
    again = reading(corrected)
    assert [row.key for row in again.good] == [f"{FORM.form}-{n}" for n in (1, 2, 3)]
    cleared = copy_with_reasons(FORM, corrected, again)
    assert isinstance(cleared, bytes)
    assert {row["reason"].value for row in cells(cleared)} == {None}
    assert isinstance(copy_with_reasons(FORM, b"", found), Refusal)


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-5", "@x", "\t=1", "\r=1", "'=1", "＝1", "http://x.vn", '=HYPERLINK("http://x")']
)
def test_nothing_typed_runs_on_the_way_out(text: str) -> None:
    typed = KNOWN.registration.model_copy(update={"note": text, "initiative": f"{text} chữ"})
    content = template(FORM, [replace(KNOWN, registration=typed)], empty=1)
    found = reading(content)
    assert [row.registration.note for row in found.good] == [text.strip()]
    copy = copy_with_reasons(FORM, content, found)
    numbers = copy_with_numbers(FORM, [(row, outcome_line(Outcome.NEW)) for row in found.good])
    for made in (content, copy, numbers):
        assert isinstance(made, bytes)
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            sheets = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in xml or b"<hyperlink" in xml for xml in sheets)


def test_numbers_and_outcomes_stand_in_the_copy_after_registration() -> None:
    rows = [(replace(KNOWN, number=NUMBER), outcome_line(outcome)) for outcome in Outcome]
    shown = cells(copy_with_numbers(FORM, rows))
    assert [row["state"].value for row in shown] == ["mới", "đã cập nhật", "không đổi"]
    assert {row["number"].value for row in shown} == {NUMBER}
    assert [row.key for row in reading(copy_with_numbers(FORM, rows[:1])).good] == [KNOWN.key]


def test_each_wrong_workbook_is_told_apart() -> None:
    content = filled(AN)
    assert refused(content, replace(FORM, campaign="khac")) == "workbook.refused.other_campaign"
    assert refused(content, replace(FORM, unit="khac")) == "workbook.refused.other_unit"
    assert reading(content, replace(FORM, form="f" * 16)).form == FORM.form, "an earlier workbook of the same campaign"
    for kind, told in (("titles/0", "old_template"), ("units/1", "other_template")):
        book = openpyxl.load_workbook(io.BytesIO(content))
        book.custom_doc_props["thidua-template"].value = kind
        assert refused(saved(book)) == f"workbook.refused.{told}"
    assert refused(b"STT,Ho ten\n1,An\n") == "documents.workbook.not_excel"
    assert refused(repacked(content, {"xl/media/bomb.bin": bytes(20_000_000)})) == "documents.workbook.bursts"
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Danh sách"].merge_cells("C2:C3")
    assert refused(saved(book)) == "workbook.refused.merged"


def test_the_hidden_cell_stands_in_for_lost_properties() -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(AN)))
    for name in notes_of(FORM):
        del book.custom_doc_props[name]
    assert reading(saved(book)).form == FORM.form
    assert refused(saved(book), replace(FORM, unit="khac")) == "workbook.refused.other_unit"
    del book["Hướng dẫn"]
    assert refused(saved(book)) == "workbook.refused.unknown"


def test_headings_may_stand_elsewhere_and_foreign_ones_are_told() -> None:
    order = ["title", "name", "commendation", "position", "subject"]
    head = [plain(heading(Column(name)), "en").upper() for name in order]
    found = reading(own_book(["ghi thêm", *head], [["x", *(str(AN.get(name, "")) for name in order)]], above=3))
    assert [(row.key, row.registration.name) for row in found.good] == [(f"{FORM.form}+5", AN["name"])]
    copy = copy_with_reasons(FORM, own_book(head, [["?"] * 5]), reading(own_book(head, [["?"] * 5])))
    assert isinstance(copy, bytes)
    refusal = read_registrations(own_book(["번호", "성명", "직위"], [["1", "김", "x"]]), FORM)
    assert isinstance(refusal, Refusal)
    assert plain(heading(Column.NAME), "vi") in plain(refusal.reason, "vi")


@pytest.mark.prove
def test_more_rows_than_a_workbook_takes() -> None:
    head = [plain(heading(column), "vi") for column in LAYOUT]
    row = [str(AN.get(column.value, "")) for column in LAYOUT]
    assert refused(own_book(head, [row] * (MOST_ROWS + 1))) == "workbook.refused.too_many_rows"
    many = [["", "", "x"]] * full_size(25_000, 100_000)
    assert refused(own_book(head, many)) in {"documents.workbook.too_many_rows", "documents.workbook.bursts"}


def test_every_heading_and_label_is_its_own() -> None:
    assert set(columns_by_heading().values()) == set(Column)
    for language in ("vi", "en"):
        assert len({fold(plain(heading(c), language)) for c in Column}) == len(Column)
        assert len({plain(answer_label(a), language) for a in (True, False)}) == 2


GOOD = template(FORM, [KNOWN], empty=3)
SHEETS = ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "docProps/custom.xml"]


@given(st.binary(max_size=2000) | st.binary(max_size=500).map(lambda b: b"PK\x03\x04" + b))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert isinstance(read_registrations(content, FORM), Read | Refusal)


@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(read_registrations(bytes(content), FORM), Read | Refusal)


@given(st.sampled_from([*SHEETS, "xl/_rels/workbook.xml.rels"]), st.data())
def test_any_odd_part_is_read_or_refused(name: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        part = archive.read(name).decode()
    odd = ["", "<x/>", "-1", "é", 'r="A999999999"', "&#1;", "<c>", "<f>1</f>", '<c r="A0"><f/></c>']
    odd += ['<mergeCells><mergeCell ref="A0:A0"/></mergeCells>', '<row r="9000"><c r="C9000"><f>1</f></c></row>']
    at, cut = data.draw(st.integers(0, len(part))), data.draw(st.integers(0, 40))
    damaged = repacked(GOOD, {name: (part[:at] + data.draw(st.sampled_from(odd)) + part[at + cut :]).encode()})
    found = read_registrations(damaged, FORM)
    assert isinstance(found, Read | Refusal)
    if isinstance(found, Read):
        assert isinstance(copy_with_reasons(FORM, damaged, found), bytes | Refusal)

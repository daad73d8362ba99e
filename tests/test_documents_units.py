"""The workbook of units: what is read, what is refused and why, and that no bytes whatever upset it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from documents.units_columns import KINDS, READ, ROLES, Column, fold, heading, kind_label, role_label
from documents.units_workbook import Reading, Refusal, UnitRow, read, refused_copy, template
from documents.workbook import MOST_BYTES, MOST_ROWS, open_book
from domain.people import Role, Unit, UnitKind
from texts.compose import catalogue, plain

BOARD = Unit(slug="hp", name="Ban Quản lý Khu kinh tế Hải Phòng", kind=UnitKind.BOARD)
ZONE = Unit(slug="hp-dinh-vu", name="KCN Đình Vũ", kind=UnitKind.ZONE, parent="hp")
KNOWN = (BOARD, ZONE)
HEAD = tuple(heading(c, "vi") for c in READ)


def workbook(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, notes: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, value in (notes or {}).items():
            book.set_custom_property(name, value)
        sheet = book.add_worksheet()
        for number, row in enumerate((head, *rows)):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(number, place, value)
    return out.getvalue()


def row(**cells: str) -> tuple[str, ...]:
    """A row of the template; what is not named is blank, but for a kind."""
    return tuple({"kind": "Doanh nghiệp", **cells}.get(c.value, "") for c in READ)


def reading(*rows: tuple[Any, ...], known: tuple[Unit, ...] = KNOWN) -> Reading:
    found = read(workbook(*rows), known, "hp")
    assert isinstance(found, Reading)
    return found


def refused(content: bytes) -> str:
    found = read(content, KNOWN, "hp")
    assert isinstance(found, Refusal)
    return found.reason.key


def wrongs(*rows: tuple[Any, ...]) -> list[tuple[int, str, str]]:
    found = reading(*rows)
    assert all(plain(w.reason, language) for w in found.wrong for language in ("vi", "en"))
    return [(w.row, w.column.value, w.reason.key.rsplit(".", 1)[1]) for w in found.wrong]


def test_a_filled_template_is_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(BOARD)))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(HEAD)
    sheet.append(
        ["", "Công ty TNHH Sao Biển", "Doanh nghiệp", "KCN Đình Vũ", "0201234567", "Trần Thị Ánh", "Trưởng phòng", ""]
    )
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue(), KNOWN, "hp")
    assert found == Reading(
        (
            UnitRow(
                2,
                "hp-cong-ty-tnhh-sao-bien",
                "Công ty TNHH Sao Biển",
                UnitKind.ENTERPRISE,
                "hp-dinh-vu",
                "0201234567",
                "Trần Thị Ánh",
                "Trưởng phòng",
                Role.DELEGATE,
            ),
        ),
        (),
    )


def test_the_empty_template_says_it_is_empty() -> None:
    assert refused(template(BOARD)) == "documents.units.empty"
    assert refused(template(BOARD, "en")) == "documents.units.empty"


def test_four_hundred_enterprises_with_two_people_each() -> None:
    rows = [
        row(name=f"Công ty số {n}", parent="hp-dinh-vu", person=f"{who} {n}")
        for n in range(400)
        for who in ("Nguyễn Văn An", "Lê Thị Bình")
    ]
    found = reading(*rows)
    assert len(found.rows) == 800
    assert len({r.slug for r in found.rows}) == 400
    assert not found.wrong


def test_every_fault_is_told_at_its_cell() -> None:
    assert wrongs(
        row(name=""),
        row(name="A", kind=""),
        row(name="B", kind="Tập đoàn"),
        row(name="C" * 201),
        row(name="D", slug="Mã có dấu"),
        row(name="E", tax_code="12345"),
        row(name="F", parent="Không có"),
        row(name="G", position="Giám đốc"),
        row(name="H", person="Lê An", role="Vua"),
        row(name="I", person="Lê An", role="Cán bộ phụ trách thi đua"),
        row(name="#REF!"),
        row(name="***"),
        row(name="Tốt"),
    ) == [
        (2, "name", "no_name"),
        (3, "kind", "no_kind"),
        (4, "kind", "unknown_kind"),
        (5, "name", "too_long"),
        (6, "slug", "bad_slug"),
        (7, "tax_code", "bad_tax_code"),
        (8, "parent", "unknown_parent"),
        (9, "person", "no_person"),
        (10, "role", "unknown_role"),
        (11, "role", "officer_outside"),
        (12, "name", "formula_error"),
        (13, "name", "no_letters"),
    ]


def test_a_slug_names_one_unit() -> None:
    assert wrongs(
        row(slug="x", name="Một"),
        row(slug="x", name="Hai"),
        row(slug="x", name="Một", kind="Khu công nghiệp"),
        row(slug="x", name="một", person="Lê An"),
        row(slug="x", person="Bùi Bình", kind=""),
        row(slug="x", name="Một"),
        row(slug="hp-dinh-vu", name="Khác", kind="Văn phòng"),
    ) == [(3, "name", "slug_taken"), (4, "kind", "other_kind"), (7, "name", "twice"), (8, "kind", "other_kind")]


def test_a_known_unit_is_found_by_name_and_may_be_renamed_by_slug() -> None:
    found = reading(
        row(name="kcn đình vũ", kind="zone", person="Lê An"),
        row(slug="HP-dinh-vu", name="KCN Đình Vũ mới", kind="zone"),
    )
    assert [r.slug for r in found.rows] == ["hp-dinh-vu"]
    renamed = reading(row(slug="HP-dinh-vu", name="KCN Đình Vũ mới", kind="zone"))
    assert [(r.slug, r.name) for r in renamed.rows] == [("hp-dinh-vu", "KCN Đình Vũ mới")]


def test_circles_and_what_hangs_under_a_refused_row() -> None:
    assert wrongs(
        row(slug="a", name="A", parent="b"),
        row(slug="b", name="B", parent="a"),
        row(slug="c", name="C", parent="b"),
        row(slug="d", name="D", parent="c"),
        row(slug="e", name="E", kind="?"),
        row(slug="f", name="F", parent="E"),
        row(slug="g", name="G", parent="g"),
        row(slug="h", name="H"),
    ) == [
        (2, "parent", "circle"),
        (3, "parent", "circle"),
        (4, "parent", "parent_refused"),
        (5, "parent", "parent_refused"),
        (6, "kind", "unknown_kind"),
        (7, "parent", "parent_refused"),
        (8, "parent", "circle"),
    ]


def test_two_units_of_one_name_need_a_code() -> None:
    twins = (Unit(slug="t1", name="Sao", kind=UnitKind.ZONE), Unit(slug="t2", name="SAO", kind=UnitKind.ZONE))
    found = reading(row(name="Con", parent="sao"), known=(*KNOWN, *twins))
    assert [w.reason.key for w in found.wrong] == ["documents.units.unknown_parent"]


def test_numbers_dates_controls_and_turning_letters() -> None:
    found = reading(
        ("", "Số  \u202eMột\u200b\u2066", "enterprise", "", 101234567, "Lê\u00a0An", "", "delegate"),
        ("", "Co\u0302ng ty", "enterprise", "", "0101234567-001", "", "", ""),
        ("", 2023, "enterprise", "", "0101234567002", "", "", ""),
    )
    assert [r.name for r in found.rows] == ["Số Một", "Công ty", "2023"]
    assert [r.tax_code for r in found.rows] == ["0101234567", "0101234567-001", "0101234567-002"]
    assert found.rows[0].person == "Lê An"


def test_columns_are_found_by_heading_wherever_they_stand() -> None:
    head = ("STT", "Loai", "ghi chú", "TÊN ĐƠN VỊ", "person")
    content = workbook((1, "Văn phòng", "x", "Văn phòng Ban", "Lê An"), head=head)
    found = read(content, KNOWN, "hp")
    assert isinstance(found, Reading)
    assert [(r.name, r.kind, r.person) for r in found.rows] == [("Văn phòng Ban", UnitKind.OFFICE, "Lê An")]


def test_whole_files_are_refused_each_for_its_reason() -> None:
    good = workbook(row(name="A"))
    assert isinstance(read(good, KNOWN, "hp"), Reading)
    assert refused(b"%PDF-1.7") == "documents.workbook.not_excel"
    assert refused(b"") == "documents.workbook.not_excel"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "documents.workbook.old_excel"
    assert refused(b"PK\x03\x04" + bytes(MOST_BYTES)) == "documents.workbook.too_big"
    assert refused(good[:-40]) == "documents.workbook.broken"
    assert refused(repacked(good, {"word/document.xml": b""}, drop="xl/workbook.xml")) == "documents.workbook.not_excel"
    assert refused(repacked(good, {"xl/vbaProject.bin": b"x"})) == "documents.workbook.macros"
    assert refused(repacked(good, {"xl/media/bomb.bin": bytes(20_000_000)})) == "documents.workbook.bursts"
    assert refused(repacked(good, {f"xl/{n}": b"x" for n in range(400)})) == "documents.workbook.bursts"
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        strings = archive.read("xl/sharedStrings.xml")
    laughs = strings.replace(b"<sst", b'<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst', 1)
    assert refused(repacked(good, {"xl/sharedStrings.xml": laughs})) == "documents.workbook.broken"
    assert isinstance(read(repacked(good, {"xl/sharedStrings.xml": strings}), KNOWN, "hp"), Reading)
    assert refused(workbook(("A", "B"), head=("Họ tên", "Ghi chú"))) == "documents.units.no_headings"
    assert refused(workbook(row(name="A"), notes={"thidua-template": "units/0"})) == "documents.units.old_template"
    assert refused(workbook(row(name="A"), notes={"thidua-template": "titles/1"})) == "documents.units.wrong_template"
    assert refused(workbook(row(name="A"), notes={"thidua-board": "gia-lai"})) == "documents.units.other_board"
    assert refused(workbook(row(name="A"), head=(*HEAD, *"x" * 40))) == "documents.workbook.too_many_columns"
    far = workbook(row(name="A"), *[()] * (MOST_ROWS + 100), row(name="B"))
    assert refused(far) == "documents.workbook.too_many_rows"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    lying = bytearray(repacked(workbook(row(name="A")), {"xl/sharedStrings.xml": bytes(900_000)}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := lying.find(signature, at + 1)) >= 0:
            if int.from_bytes(lying[at + offset : at + offset + 4], "little") == 900_000:
                lying[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(lying)) == "documents.workbook.broken"


def test_formulas_are_read_as_what_they_last_showed() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_formula(1, 1, '=HYPERLINK("http://x","y")', None, "Công ty A")
        sheet.write(1, 2, "Doanh nghiệp")
    found = read(out.getvalue(), KNOWN, "hp")
    assert isinstance(found, Reading)
    assert [r.name for r in found.rows] == ["Công ty A"]


def test_the_refused_copy_can_be_corrected_and_sent_again() -> None:
    content = workbook(
        row(name="Tốt", person="Lê An"), row(name="", person="=cmd|' /C calc'!A0"), row(name="C", kind="?")
    )
    found = read(content, KNOWN, "hp")
    assert isinstance(found, Reading)
    copy = refused_copy(content, found.wrong)
    assert isinstance(copy, bytes)
    assert read(copy, KNOWN, "hp") == found
    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book.worksheets[0]
    names = {cell.value: cell.column for cell in sheet[1]}
    reason = names[heading(Column.REASON, "vi")]
    assert [sheet.cell(n, reason).value for n in (2, 3, 4)] == [
        None,
        "Tên đơn vị: Chưa có tên đơn vị.",
        "Loại: Không có loại “?”. Anh/chị vui lòng chọn trong danh sách.",
    ]
    assert sheet.cell(4, names[HEAD[2]]).fill.fgColor.rgb == "FFFFC7CE"
    assert sheet.cell(2, names[HEAD[2]]).fill.fgColor.rgb != "FFFFC7CE"
    risky = sheet.cell(3, names[HEAD[5]])
    assert (risky.data_type, risky.quotePrefix) == ("s", True)
    sheet.cell(3, names[HEAD[1]]).value = "B"
    sheet.cell(4, names[HEAD[2]]).value = "Phòng chuyên môn"
    out = io.BytesIO()
    book.save(out)
    again = read(out.getvalue(), KNOWN, "hp")
    assert isinstance(again, Reading)
    assert [r.name for r in again.rows] == ["Tốt", "B", "C"]
    cleared = refused_copy(out.getvalue(), again.wrong)
    assert isinstance(cleared, bytes)
    assert "Chưa có tên" not in str(open_book(cleared))


def test_every_label_and_heading_is_its_own() -> None:
    for language in ("vi", "en"):
        assert len({fold(heading(c, language)) for c in Column}) == len(Column)
        assert len({kind_label(k, language) for k in KINDS}) == len(KINDS)
        assert len({role_label(r, language) for r in ROLES}) == len(ROLES)
    assert all(f"documents.units.help_{n}" in catalogue() for n in range(9))
    assert "documents.units.help_9" not in catalogue()


def repacked(content: bytes, parts: dict[str, bytes], drop: str = "") -> bytes:
    """The workbook with these parts put in place of or beside its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in {*parts, drop}:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


GOOD = workbook(row(name="A", person="Lê An"), row(name="B"))
words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30).filter(fold)
people = st.tuples(words, st.sampled_from(KINDS), st.none() | words, st.sampled_from([Role.DELEGATE, Role.HEAD]))


@given(st.lists(people, min_size=1, max_size=12, unique_by=lambda p: fold(p[0])))
def test_what_is_written_is_read_back(units: list[tuple[str, UnitKind, str | None, Role]]) -> None:
    rows = [
        (f"u-{n}", name, kind_label(kind, "en"), "", "", person or "", "", role_label(role, "vi") if person else "")
        for n, (name, kind, person, role) in enumerate(units)
    ]
    found = reading(*rows)
    assert not found.wrong
    assert [(r.row, r.slug, fold(r.name), r.kind, r.parent) for r in found.rows] == [
        (n + 2, f"u-{n}", fold(name), kind, "hp") for n, (name, kind, _, _) in enumerate(units)
    ]
    assert [r.role for r in found.rows] == [role if person else None for _, _, person, role in units]


@given(st.binary(max_size=2000) | st.binary(max_size=500).map(lambda b: b"PK\x03\x04" + b))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert isinstance(read(content, KNOWN, "hp"), Reading | Refusal)


@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    found = read(bytes(content), KNOWN, "hp")
    assert isinstance(found, Reading | Refusal)


@given(
    st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]), st.data()
)
def test_any_odd_part_is_read_or_refused(name: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        part = archive.read(name).decode()
    at = data.draw(st.integers(0, len(part)))
    cut = data.draw(st.integers(0, 40))
    odd = (
        part[:at]
        + data.draw(st.sampled_from(["", "<x/>", "-1", "é", 'r="A999999999"', "&#1;", "0", "<c>"]))
        + part[at + cut :]
    )
    damaged = repacked(GOOD, {name: odd.encode()})
    found = read(damaged, KNOWN, "hp")
    assert isinstance(found, Reading | Refusal)
    if isinstance(found, Reading):
        assert isinstance(refused_copy(damaged, found.wrong), bytes | Refusal)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@x", "'=1"])
def test_texts_that_look_like_formulas_stay_texts(text: str) -> None:
    content = workbook(row(name=f"{text} A"))
    found = read(content, KNOWN, "hp")
    assert isinstance(found, Reading)
    copy = refused_copy(content, found.wrong)
    assert isinstance(copy, bytes)
    assert read(copy, KNOWN, "hp") == found
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")

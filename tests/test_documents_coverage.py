"""The workbook of coverage: unit by unit, whom to call, nothing that runs, the same bytes for the same people."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.coverage import Coverage, Person, coverage_book, unreachable_book

STEEL, CABLE, TOYS = "Công ty Thép", "Công ty Dây cáp", "Công ty Đồ chơi"
AT, SEEN = datetime.fromisoformat("2023-04-24T08:00:17.005"), datetime.fromisoformat("2023-04-24T08:05")
PEOPLE = (
    Person(STEEL, "Lê Thị An", "sent", "", AT, SEEN),
    Person(STEEL, "Vũ Văn Đầu", "failed", "đã chặn bot", AT),
    Person(CABLE, "Hoàng Văn Bình", "unknown"),
)
FOUND = Coverage(("Tin", "Người nhận"), (STEEL, CABLE, TOYS), PEOPLE)


def sheets(content):
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_each_unit_has_its_numbers_and_one_without_people_is_to_be_invited():
    rows = sheets(coverage_book(FOUND, "vi"))["Theo đơn vị"]
    assert rows[3][:5] == ["Đơn vị", "Số người", "Đã gửi", "Đã xác nhận", "Chưa nhận được"]
    assert rows[4:] == [
        [CABLE, 1, 0, 0, 1, "chưa ai nhận được, cần gọi"],
        [STEEL, 2, 1, 1, 1, None],
        [TOYS, 0, 0, 0, 0, "chưa có người tham gia, cần mời"],
    ]


def test_times_are_dates_that_can_be_sorted():
    sheet = openpyxl.load_workbook(BytesIO(coverage_book(FOUND, "vi")))["Từng người"]
    (_, *times) = (cell for cell in next(row for row in sheet.iter_rows() if row[2].value == "Lê Thị An")[4:])
    assert [cell.value for cell in times] == [AT.replace(microsecond=0), SEEN]
    assert {cell.number_format for cell in times} == {"hh:mm dd/mm/yyyy"}


def test_nobody_is_to_be_called_whose_message_is_under_way_or_who_has_left():
    others = tuple(Person(unit, unit, unit) for unit in ("listed", "queued", "removed"))
    late = (Person("late", "Ai", "failed"), Person("late", "Đó", "queued"))
    found = sheets(coverage_book(Coverage((), (), (*PEOPLE, *others, *late)), "vi"))
    assert [row[2] for row in found["Danh sách gọi"][2:]] == ["Hoàng Văn Bình", "Vũ Văn Đầu", "Ai"]
    assert [row[5] for row in found["Theo đơn vị"][4:]] == [None] * 4


def test_the_call_list_names_whoever_was_not_certainly_reached():
    rows = sheets(coverage_book(FOUND, "vi"))["Danh sách gọi"]
    assert [row[1:5] for row in rows[4:]] == [
        [CABLE, "Hoàng Văn Bình", "chưa rõ", None],
        [STEEL, "Vũ Văn Đầu", "không gửi được", "đã chặn bot"],
        [TOYS, None, "chưa có người tham gia, cần mời", None],
    ]
    everybody = sheets(coverage_book(FOUND, "en"))["Everybody"]
    assert [row[2] for row in everybody[4:]] == ["Hoàng Văn Bình", "Lê Thị An", "Vũ Văn Đầu"]


def test_who_would_not_be_reached_is_a_list_of_its_own():
    (rows,) = sheets(unreachable_book(Coverage(("Ai",), (), PEOPLE[1:2]), "vi")).values()
    assert rows[3][1:4] == [STEEL, "Vũ Văn Đầu", "không gửi được"]


def test_the_same_people_give_the_same_bytes():
    assert coverage_book(FOUND, "vi") == coverage_book(FOUND, "vi")


RISKY = st.sampled_from(["=1+1", "+7", "-1", "@SUM(A1)", "＝1", "\t=1", "http://x.example", "x" * 40_000])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(RISKY | st.text(min_size=1), RISKY | st.text()), max_size=5))
def test_a_name_runs_nowhere_whatever_it_is(names):
    people = tuple(Person(unit, name, "failed", name) for unit, name in names)
    book = openpyxl.load_workbook(BytesIO(coverage_book(Coverage(("=A1",), (), people), "vi")))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.hyperlink is None
            assert not str(cell.value).startswith(("=", "+", "-", "@")) or cell.quotePrefix
            assert cell.data_type == "s" or isinstance(cell.value, int)

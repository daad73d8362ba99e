"""Workbooks of registrations for tests: filled in, read, refused, taken apart."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import xlsxwriter

from campaigns import titles
from documents.registration_columns import LAYOUT, Column, columns_by_heading, fold
from documents.registration_table import notes_of
from documents.registration_workbook import (
    Form,
    Read,
    Refusal,
    Row,
    read_registrations,
    template,
)
from domain.campaign import Asks
from domain.dossier import number_of
from domain.registration import Evidence, TitleRegistration
from domain.titles import Subject
from texts.compose import plain
from texts.message import line

DAY = date(2020, 4, 1)
FORM = Form(
    campaign="bacgiang-2020",
    campaign_name="Phong trào thi đua năm 2020",
    unit="bacgiang-sao-mai",
    unit_name="Công ty TNHH Sao Mai",
    board_name="Ban Quản lý các KCN",
    deadline=line("documents.when.before_day", day=date(2020, 4, 15)),
    titles=titles().titles_on(DAY),
    form="0123456789abcdef",
)
AN = {"subject": "Cá nhân", "name": "Nguyễn Văn An", "position": "Tổ trưởng", "title": "Lao động tiên tiến"}
PLACES = {column: n for n, column in enumerate(LAYOUT)}
NUMBER = number_of("BG", 2020, Asks.TITLE, 7)
KNOWN = Row(
    "d-7",
    TitleRegistration(
        subject=Subject.INDIVIDUAL,
        name="Lê Thị Bình",
        position="Kỹ sư",
        titles=("GK", "CSTDCS", "LDTT"),
        missing=(FORM.titles[0].conditions[0].text,),
        initiative="Cải tiến đồ gá",
        note="dòng một\ndòng hai",
        files=(Evidence(sha256="0" * 64, name="a.pdf", size=1, media_type="application/pdf"),),
    ),
    NUMBER,
)


def filled(*rows: dict[str, Any], content: bytes | None = None, first: int = 2) -> bytes:
    """The template with these cells typed into it, row by row, as somebody's spreadsheet saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content or template(FORM, [], empty=max(3, len(rows)))))
    sheet = book["Danh sách"]
    for number, row in enumerate(rows, first):
        for name, value in row.items():
            sheet.cell(number, PLACES[Column(name)] + 1).value = value
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reading(content: bytes, form: Form = FORM) -> Read:
    found = read_registrations(content, form)
    assert isinstance(found, Read), found
    return found


def refused(content: bytes, form: Form = FORM) -> str:
    found = read_registrations(content, form)
    assert isinstance(found, Refusal), found
    assert all(plain(found.reason, language) for language in ("vi", "en"))
    return found.reason.key


def wrongs(*rows: dict[str, Any]) -> list[tuple[int, str, str]]:
    found = reading(filled(*rows)).wrong
    assert all(plain(why, language) for one in found for _, why in one.cells for language in ("vi", "en"))
    return [(one.row, column.value, why.key.rsplit(".", 1)[1]) for one in found for column, why in one.cells]


def cells(content: bytes) -> list[dict[str, Any]]:
    """The rows of the list, by column."""
    rows = list(openpyxl.load_workbook(io.BytesIO(content))["Danh sách"].iter_rows())
    head = [columns_by_heading()[fold(cell.value)].value for cell in rows[0]]
    return [dict(zip(head, row, strict=True)) for row in rows[1:]]


def repacked(content: bytes, parts: dict[str, bytes], drop: str = "") -> bytes:
    """The workbook with these parts in place of or beside its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in {*parts, drop}:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def own_book(head: list[str], rows: list[list[str]], above: int = 0, form: Form = FORM) -> bytes:
    """Somebody's own workbook that says it is ours."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, value in notes_of(form).items():
            book.set_custom_property(name, value)
        sheet = book.add_worksheet()
        for number, row in enumerate([head, *rows], above):
            sheet.write_row(number, 0, row)
    return out.getvalue()

"""The receipt as a file and as a message: everything in it, provable, printable whatever was typed into a dossier."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import replace
from datetime import datetime

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader

from documents.receipt import ATTACHED, SHORT, Receipt, receipt_lines, receipt_pdf, sha_groups
from documents.receipt_sheet import Sheet
from domain.campaign import Asks
from domain.dossier import State, number_of
from domain.registration import canonical, digest
from handlers.here import ZONE
from texts.compose import compose, plain
from texts.message import Message, from_json, line, to_json

NUMBER = number_of("KKTHP", 2023, Asks.TITLE, 42)
CONTENT = {"nonce": "ab" * 16, "registration": {"kind": "title", "name": "Nguyễn Thị Phượng"}}
LABEL = line("receipt.label.filer")
EVERY_ACCENT = "ắằẳẵặ ấầẩẫậ ếềểễệ ốồổỗộ ớờởỡợ ứừửữự ỳỷỹỵ đĐ ƯỚC"


def receipt(**changes: object) -> Receipt:
    base = Receipt(
        number=NUMBER,
        kind=line("receipt.check.kind.title"),
        board_name="Ban Quản lý Khu kinh tế Hải Phòng",
        campaign_name="Phong trào thi đua năm 2023",
        plan="Kế hoạch số 1626/KH-BQL ngày 13/4/2023",
        unit_name="Công ty TNHH Cơ khí Đại Việt",
        filer="Trần Văn Đức",
        filed_at=datetime(2023, 4, 24, 8, 1, 7, tzinfo=ZONE),
        late=False,
        state=State.SUBMITTED,
        version=2,
        sha256=digest(CONTENT),
        fields=((LABEL, "Nguyễn Thị Phượng"), (LABEL, ("Chiến sĩ thi đua cơ sở", "Lao động tiên tiến"))),
        check_url=f"https://thidua.example/kiem-tra/{NUMBER}",
        content=canonical(CONTENT),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def heights(page: PageObject) -> list[float]:
    """Where its texts stand, in points from the bottom."""
    found: list[float] = []

    def visit(text: str, _cm: object, place: list[float], *_font: object) -> None:
        if text.strip():
            found.append(place[5])

    page.extract_text(visitor_text=visit)
    return found


def message(one: Receipt) -> str:
    return "".join(span.text for span in compose(receipt_lines(one), "vi"))


# --- the file ------------------------------------------------------------------------------------------------------


def test_everything_can_be_read_and_selected() -> None:
    one = receipt(fields=((LABEL, EVERY_ACCENT), *receipt().fields))
    reader, text = read(receipt_pdf(one, "vi"))
    assert len(reader.pages) == 1
    assert reader.metadata
    assert reader.metadata.title == f"Biên nhận {NUMBER}"
    assert reader.metadata.creation_date == one.filed_at
    wanted = [
        "BIÊN NHẬN HỒ SƠ", one.board_name, one.campaign_name, str(one.plan), one.unit_name, one.filer, EVERY_ACCENT,
        "Nguyễn Thị Phượng", "Chiến sĩ thi đua cơ sở", "Lao động tiên tiến", "Nộp lúc 08:01:07 ngày 24/04/2023",
        "Đã gửi", one.check_url, "Đây không phải là quyết định", f"Biên nhận {NUMBER} · Trang 1/1",
        *sha_groups(one.sha256), *NUMBER.split("-"),
    ]  # fmt: skip
    assert [missing for missing in wanted if missing not in text] == []
    assert "NỘP QUÁ HẠN" not in text


def test_late_is_said_and_so_is_the_state() -> None:
    _, text = read(receipt_pdf(receipt(late=True, state=State.WITHDRAWN), "vi"))
    assert "NỘP QUÁ HẠN" in text
    assert "Đã rút" in text


def test_in_english() -> None:
    reader, text = read(receipt_pdf(receipt(late=True, plan=None), "en"))
    for words in (
        "RECEIPT Registration",
        "HANDED IN LATE",
        "on 24 April 2023",
        "Nguyễn Thị Phượng",
        "not a decision",
    ):
        assert words in text
    assert reader.root_object["/Lang"] == "en"
    assert "Plan" not in text


def test_the_content_is_attached_and_proves_itself() -> None:
    pdf = receipt_pdf(receipt(), "vi")
    reader, _ = read(pdf)
    [attached] = reader.attachments[ATTACHED]
    assert hashlib.sha256(attached).hexdigest() == receipt().sha256
    assert canonical(CONTENT) in pdf, "the check page looks for it without unpacking anything"


def test_a_hash_of_something_else_makes_no_receipt() -> None:
    with pytest.raises(ValueError, match=NUMBER):
        receipt(content=b"{}")


def test_the_same_receipt_is_the_same_file() -> None:
    assert receipt_pdf(receipt(), "vi") == receipt_pdf(receipt(), "vi")
    assert receipt_pdf(receipt(), "vi") != receipt_pdf(receipt(version=3), "vi")


def test_the_qr_code_is_that_of_the_address() -> None:
    """Where dots are drawn, dark dots of the code stand, and nowhere else."""
    sheet = Sheet("T", "A", "vi", receipt().filed_at, "{page}/{pages}")
    drawn: set[tuple[int, int]] = set()
    rows = [list(row) for row in segno.make_qr(receipt().check_url, error="m").matrix_iter(border=4)]

    def rect(x: float, y: float, w: float, h: float, style: str) -> None:
        assert style == "F"
        drawn.update((round(y), round(x) + n) for n in range(round(w)))

    sheet.rect = rect  # type: ignore[method-assign, assignment]
    sheet.qr(receipt().check_url, 0, 0, len(rows))
    sheet.done()
    assert drawn == {(y, x) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert drawn


def test_long_texts_flow_over_pages_and_nothing_is_lost() -> None:
    words = [f"từ{n}" for n in range(1000)]
    reader, text = read(receipt_pdf(receipt(fields=((LABEL, " ".join(words)), (LABEL, "Ữ" * 5000))), "vi"))
    assert 2 <= len(reader.pages) <= 6
    assert [word for word in words if not re.search(rf"\b{word}\b", text)] == []
    assert text.count("Ữ") == 5000
    assert min(y for page in reader.pages for y in heights(page)) > 20, "nothing is printed below the foot"
    assert receipt().check_url in reader.pages[-1].extract_text()


def test_everything_long_at_once_still_prints() -> None:
    long = "Rất dài " * 625
    one = receipt(
        board_name=long, campaign_name=long, plan=long, unit_name=long, filer="X" * 5000,
        check_url="https://example.test/" + "a" * 400, number="ABCDEFGHIJKLMNOPQR-2023-DH-00042-W",
    )  # fmt: skip
    reader, text = read(receipt_pdf(one, "vi"))
    assert len(reader.pages) > 5
    assert "ABCDEFGHIJKLMNOPQR" in text


def test_what_cannot_be_printed_is_marked_and_said() -> None:
    _, clean = read(receipt_pdf(receipt(), "vi"))
    _, text = read(receipt_pdf(receipt(filer="삼성 An 🎉"), "vi"))
    assert "?? An ?" in text
    assert "Ký tự không in được" in text
    assert "Ký tự không in được" not in clean


def test_control_and_direction_characters_are_harmless() -> None:
    turned = "\u202eAn\u202c\u200b B\x00\x1b[31m\u2066C"
    _, text = read(receipt_pdf(receipt(filer=turned, unit_name="Đ\tA\r\nB\nC"), "vi"))
    assert "An B[31mC" in text
    assert not [c for c in text if unicodedata.category(c)[0] == "C"]


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3).map(tuple))
def test_anything_typed_gives_a_receipt(name: str, several: tuple[str, ...]) -> None:
    reader, text = read(receipt_pdf(receipt(filer=name, board_name=name, fields=((LABEL, several),)), "vi"))
    assert len(reader.pages) == 1
    assert receipt().check_url in text


# --- the message ---------------------------------------------------------------------------------------------------


def test_the_message_says_the_same() -> None:
    one = receipt(late=True)
    text = message(one)
    for words in (
        f"Biên nhận {NUMBER} (bản 2)", "Nộp quá hạn", "08:01:07 ngày 24/04/2023", one.unit_name, one.filer, one.sha256,
        "Chiến sĩ thi đua cơ sở; Lao động tiên tiến", one.check_url, "không phải là quyết định", "Đã gửi",
    ):  # fmt: skip
        assert words in text
    assert "quá hạn" not in message(receipt())


def test_the_message_stays_short_and_survives_storing() -> None:
    one = receipt(fields=((LABEL, "Ữ" * 5000), (LABEL, ("a" * 4000, "b")), (LABEL, ""), (LABEL, one_line())))
    lines = receipt_lines(one)
    text = message(one)
    assert "Ữ" * (SHORT - 1) + "…" in text
    assert len(text) < 1900, "one message on every messenger"
    assert from_json(to_json(Message(lines))).lines == lines


def one_line() -> tuple[object, ...]:
    return (line("receipt.state.draft"), line("receipt.state.accepted"))


def test_every_state_has_its_word() -> None:
    words = {plain(line(f"receipt.state.{state.value}"), "vi") for state in State}
    assert len(words) == len(State)

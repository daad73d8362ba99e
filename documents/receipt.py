"""The receipt of a registration or report: a PDF to keep and print, or the same in short for messengers that take no files.

It says what was received and when, and how anybody can check that. It is no decision, and bears no document number or
signer of anybody's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.receipt_sheet import GREY, MARGIN, WIDTH, Sheet
from texts.compose import plain
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.dossier import State
    from texts.compose import Language

Value = Line | str | tuple[Line, ...] | tuple[str, ...]
"""What stands beside a label: words, or several of them below each other."""
ATTACHED = "noi-dung.json"
"""what the content is called in the PDF"""
PARTS = ("board", "year", "kind", "running", "check")
"""the groups of a dossier's number, in order"""
SHA_GROUP = 8
"""signs of a SHA-256 that stand together"""
SHORT = 160
"""characters of a value that a message shows"""
_QR = 40.0
_PROOF = 64.0
"""millimetres: side of the QR code, and height of the part it stands in, which is never torn apart"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. ValueError: `sha256` is not the hash of `content`, so it would prove nothing."""

    number: str
    """as domain.dossier.number_of makes it"""
    kind: Line
    """what sort of registration it is"""
    board_name: str
    campaign_name: str
    plan: Line | str | None
    """the plan's number and day, as far as they are known"""
    unit_name: str
    filer: str
    filed_at: datetime
    """the stamped instant, in Asia/Ho_Chi_Minh"""
    late: bool
    state: State
    version: int
    sha256: str
    fields: tuple[tuple[Line, Value], ...]
    """what was registered: label and value, in the order they are read"""
    check_url: str
    content: bytes
    """canonical JSON (domain.registration.canonical)"""

    def __post_init__(self) -> None:
        if hashlib.sha256(self.content).hexdigest() != self.sha256:
            raise ValueError(f"the hash of {self.number} is not that of its content")


def receipt_pdf(receipt: Receipt, language: Language) -> bytes:
    """The receipt on A4, in black and white; the content is attached. The same receipt gives the same bytes."""

    def say(one: Value) -> str:
        return plain(one, language)

    # the placeholders are filled page by page, when the number of pages is known
    pages = say(line("receipt.page_of", page="{page}", pages="{pages}"))
    name = say(line("receipt.name", number=receipt.number))
    sheet = Sheet(name, receipt.board_name, language, receipt.filed_at, pages)
    _head(sheet, receipt, language)
    for label, value in _about(receipt):
        sheet.row(say(label), say(value))
    sheet.room(20)
    sheet.set_y(sheet.get_y() + 3)
    sheet.text_block(say(line("receipt.registered")), 11, "B")
    sheet.set_y(sheet.get_y() + 1)
    sheet.rule(0.4)
    for label, value in receipt.fields:
        sheet.row(say(label), say(value))
    _proof(sheet, receipt, language)
    sheet.attach(ATTACHED, receipt.content, name, receipt.filed_at)
    return sheet.done()


def receipt_lines(receipt: Receipt) -> tuple[Line, ...]:
    """The receipt as a short text; what is long is cut, the hash stands for the whole."""
    late = (line("receipt.short.late"),) if receipt.late else ()
    rows = [(label, value) for label, value in (*_about(receipt), *receipt.fields) if value]
    return (
        line("receipt.short.head", number=receipt.number, version=str(receipt.version)),
        _filed(receipt),
        *late,
        receipt.kind,
        *(_row(label, value) for label, value in rows),
        line("receipt.short.row", label="SHA-256", value=receipt.sha256),
        line("receipt.short.check", url=receipt.check_url),
        line("receipt.short.not_a_decision"),
    )


def _row(label: str | Line, value: Value) -> Line:
    """One answer; what has several lines stands below its label."""
    below = isinstance(value, tuple) and not isinstance(value[0], str)
    return line("receipt.short.rows" if below else "receipt.short.row", label=label, value=_short(value))


def sha_groups(sha256: str) -> list[str]:
    """A SHA-256 in groups that can be compared by eye."""
    return [sha256[n : n + SHA_GROUP] for n in range(0, len(sha256), SHA_GROUP)]


def _head(sheet: Sheet, receipt: Receipt, language: Language) -> None:
    sheet.text_block(receipt.board_name, 11, "B")
    sheet.set_y(sheet.get_y() + 2)
    sheet.rule(0.4)
    sheet.set_y(sheet.get_y() + 4)
    sheet.text_block(plain(line("receipt.title"), language), 20, "B", align="C")
    sheet.text_block(plain(receipt.kind, language), 12, align="C")
    sheet.set_y(sheet.get_y() + 3)
    captions = [plain(line(f"receipt.part.{name}"), language) for name in PARTS]
    sheet.groups(list(zip(receipt.number.split("-"), captions, strict=True)), 26)
    sheet.set_y(sheet.get_y() + 4)
    sheet.text_block(plain(_filed(receipt), language), 13, "B", align="C")
    if receipt.late:
        sheet.set_y(sheet.get_y() + 1.5)
        sheet.badge(plain(line("receipt.late"), language), 11)
    sheet.set_y(sheet.get_y() + 4)
    sheet.rule(0.4)


def _proof(sheet: Sheet, receipt: Receipt, language: Language) -> None:
    """How to check it, and what it proves."""
    sheet.room(_PROOF)
    top, x, width = sheet.get_y() + 4, MARGIN + _QR + 3, WIDTH - _QR - 3
    sheet.qr(receipt.check_url, MARGIN - 4, top - 2, _QR)
    sheet.set_y(top)
    sheet.text_block(plain(line("receipt.verify"), language), 11, "B", x=x, width=width)
    sheet.text_block(receipt.check_url, 9.5, x=x, width=width, link=receipt.check_url)
    sheet.set_y(sheet.get_y() + 2)
    words = plain(line("receipt.sha256", version=str(receipt.version)), language)
    sheet.text_block(words, 9, x=x, width=width, grey=GREY)
    sheet.code(sha_groups(receipt.sha256), 4, x, width)
    sheet.set_y(sheet.get_y() + 2)
    sheet.text_block(plain(line("receipt.how", file=ATTACHED), language), 9, x=x, width=width)
    sheet.set_y(max(sheet.get_y(), top + _QR - 4) + 1)
    sheet.text_block(plain(line("receipt.proves"), language), 9, "B")
    if sheet.gaps:
        sheet.text_block(plain(line("receipt.gaps", file=ATTACHED), language), 9, grey=GREY)


def _about(receipt: Receipt) -> Iterator[tuple[Line, Value]]:
    """What the registration belongs to."""
    yield line("receipt.label.campaign"), receipt.campaign_name
    if receipt.plan:
        yield line("receipt.label.plan"), receipt.plan
    yield line("receipt.label.unit"), receipt.unit_name
    yield line("receipt.label.filer"), receipt.filer
    yield line("receipt.label.version"), str(receipt.version)
    yield line("receipt.label.state"), line(f"receipt.state.{receipt.state.value}")


def _filed(receipt: Receipt) -> Line:
    return line("receipt.filed", time=f"{receipt.filed_at:%H:%M:%S}", day=receipt.filed_at.date())


def _short(value: Value) -> Value:
    """A line is the product's own words and short; of a list, the first few."""
    match value:
        case str():
            return value if len(value) <= SHORT else value[: SHORT - 1].rstrip() + "…"
        case [str(), *_]:
            return _short("; ".join(map(str, value)))
        case _:
            return value

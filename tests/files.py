"""Small valid files of every kind that people send, made anew each time: no binary stands in the repository."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import xlsxwriter
from fpdf import FPDF
from PIL import Image
from pillow_heif import from_pillow

from search.fold import fold
from tests import photographed

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (320, 200)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION = f"{_OPEN}/officeDocument/2006/relationships/officeDocument"
_DOCX = {
    "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATION}" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{_OPEN}/wordprocessingml/2006/main"><w:body>…</w:body></w:document>',
}


def pdf(pages: int = 1, words: str = "Trang") -> bytes:
    """A PDF of so many pages, these words and its number on each."""
    made = FPDF()
    made.set_font("Helvetica", size=14)
    for number in range(1, pages + 1):
        made.add_page()
        made.cell(text=f"{words} {number}")
    return bytes(made.output())


def docx(*paragraphs: str) -> bytes:
    """A Word file of these paragraphs."""
    told = paragraphs or ("Báo cáo thành tích",)
    words = "".join(f"<w:p><w:r><w:t>{escape(one)}</w:t></w:r></w:p>" for one in told)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in _DOCX.items():
            parts.writestr(name, f"{_XML}{content}".replace("…", words))
    return out.getvalue()


def xlsx(*rows: tuple[object, ...]) -> bytes:
    """A workbook of one sheet with these rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        for number, row in enumerate(rows or (("Họ và tên", "Danh hiệu"), ("Nguyễn Thị Hoa", "Lao động tiên tiến"))):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def png(size: tuple[int, int] = SIZE) -> bytes:
    """A picture as PNG."""
    return _picture("PNG", size)


def jpeg(size: tuple[int, int] = SIZE) -> bytes:
    """A picture as JPEG."""
    return _picture("JPEG", size)


def heic(size: tuple[int, int] = SIZE) -> bytes:
    """A picture as a telephone of Apple takes it."""
    out = io.BytesIO()
    from_pillow(Image.new("RGB", size, "#0b6b72")).save(out)
    return out.getvalue()


def text(words: str = "Chào anh/chị") -> bytes:
    """Plain text: of no kind that is taken."""
    return words.encode()


@cache
def named(name: str) -> bytes:
    """The content that a file of that name has, the same every time; LookupError for an ending that no test needs.

    Documents of two names differ. "trang-2.jpg" is a photographed page, "trang-2-mo.jpg" a blurred one; of all other
    pictures one is like the other.
    """
    stem, _, ending = name.lower().rpartition(".")
    if found := _PAGE.fullmatch(stem):
        return _photographed(int(found[1]), blurred=bool(found[2]))
    if ending == "pdf":
        return pdf(words=fold(stem))  # the font of every PDF has no Vietnamese letters
    return docx(stem) if ending == "docx" else MADE[ending]()


class Sent(NamedTuple):
    """A file as somebody sends it."""

    photo: bool
    name: str
    caption: str


def sent(what: str) -> Sent:
    """What "ảnh a.jpg", "tệp a.pdf", "a.pdf “written beside it”" mean."""
    found = _SENT.fullmatch(what)
    assert found, what
    return Sent(found[1] == "ảnh ", found[2], found[3] or "")


_SENT = re.compile(r"(ảnh |tệp )?(.+?)(?: “(.+)”)?")
_PAGE = re.compile(r"trang-(\d+)(-mo)?")


def _photographed(number: int, *, blurred: bool) -> bytes:
    page = photographed.page((1000, 1414), share=0.4 + number / 20)
    return photographed.saved(photographed.blurred(page, 8) if blurred else page, "JPEG", quality=80)


MADE: dict[str, Callable[[], bytes]] = {
    "pdf": pdf,
    "docx": docx,
    "xlsx": xlsx,
    "png": png,
    "jpg": jpeg,
    "jpeg": jpeg,
    "heic": heic,
    "txt": text,
}


def _picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#0b6b72").save(out, kind)
    return out.getvalue()

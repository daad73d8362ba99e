"""Small valid files of every kind that people send, made anew each time: no binary stands in the repository."""

from __future__ import annotations

import io
import zipfile
from html import escape
from typing import TYPE_CHECKING

import xlsxwriter
from fpdf import FPDF
from PIL import Image
from pillow_heif import from_pillow

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


def pdf(pages: int = 1) -> bytes:
    """A PDF of so many pages."""
    made = FPDF()
    made.set_font("Helvetica", size=14)
    for number in range(1, pages + 1):
        made.add_page()
        made.cell(text=f"Trang {number}")
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


def named(name: str) -> bytes:
    """The content that a file of that name has; LookupError for an ending that no test needs."""
    return MADE[name.rpartition(".")[2].lower()]()


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

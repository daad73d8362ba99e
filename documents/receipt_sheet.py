"""A sheet of A4 for receipts: text that wraps and flows, rows of a table, a QR code, an attached file.

Black on white; the letters are the product's own (Be Vietnam Pro), so that every machine prints the same.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

from documents.fonts import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Style = Literal["", "B"]
MARGIN, WIDTH, TOP, BOTTOM = 20.0, 170.0, 15.0, 297.0 - 20.0
"""millimetres: left and right margin, what is between them, and where text begins and ends above the foot"""
LABEL = 50.0
"""width of the column of labels"""
UNKNOWN = "?"
"""printed for characters the font does not have: scripts other than Latin, emoji"""
GREY, BLACK, WHITE = 85, 0, 255
"""grey that is still well readable on a black and white printer"""
_FAMILY = "sheet"
_POINT = 25.4 / 72


class Sheet(FPDF):
    """A document of one page or more. Text is told by its place in millimetres; `y` moves on as it is written."""

    def __init__(self, title: str, author: str, language: str, at: datetime, pages: str) -> None:
        """`at` is the document's date; `pages` words the number of a page, with "{page}" and "{pages}" in it."""
        super().__init__()
        for style, weight in (("", "Regular"), ("B", "Bold")):
            self.add_font(_FAMILY, style, _font_file(weight))
        self.gaps = False
        """whether something could not be printed"""
        self._foot = self.clean(title), pages
        self.set_title(self._foot[0])
        self.set_author(self.clean(author))
        self.set_creator("thidua")
        self.set_lang(language)
        self.set_creation_date(at)
        self.set_margins(MARGIN, TOP)
        self.set_auto_page_break(False)
        self.c_margin = 0
        self.add_page()

    def done(self) -> bytes:
        """The document; nothing can be written on it any more."""
        pdf = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()
        return pdf

    def footer(self) -> None:
        """On every page: what this is, and which page of how many."""
        name, pages = self._foot
        self._write_in("", 8, GREY)
        self.set_xy(MARGIN, BOTTOM + 5)
        page = pages.replace("{page}", str(self.page_no())).replace("{pages}", "{nb}")
        self.cell(WIDTH, 4, f"{name} · {page}")

    def clean(self, text: str) -> str:
        """One line that can be printed: nothing that turns the direction, nothing the font does not have."""
        font = self.fonts[_FAMILY]
        assert isinstance(font, TTFFont)
        line = drawable(text)
        kept = "".join(c if ord(c) in font.cmap else UNKNOWN for c in line)
        self.gaps = self.gaps or kept != line
        return kept

    def room(self, height: float) -> None:
        """Begin a new page unless this one has so much room left."""
        if self.get_y() + height > BOTTOM:
            self.add_page()

    def text_block(
        self, text: str, size: float, style: Style = "", *, x: float = MARGIN, width: float = WIDTH,
        align: Literal["L", "C"] = "L", grey: int = BLACK, link: str = "",
    ) -> None:  # fmt: skip
        """A paragraph, wrapped; `y` is below it then."""
        height = size * _POINT * 1.4
        for line in self._wrapped(text, size, style, width):
            self.room(height)
            self._write_in(style, size, grey)
            self.set_x(x)
            self.cell(width, height, line, align=align, link=link, new_x="LEFT", new_y="NEXT")

    def row(self, label: str, value: str) -> None:
        """A row of the table: label on the left, value on the right; a long one goes on over the page."""
        height = 10 * _POINT * 1.4
        labels = self._wrapped(label, 9, "", LABEL - 4)
        values = self._wrapped(value, 10, "", WIDTH - LABEL)
        self.room(min(2, max(len(labels), len(values))) * height + 1.8)
        self.set_y(self.get_y() + 0.9)
        for number in range(max(len(labels), len(values))):
            self.room(height)
            y = self.get_y()
            self._cell(MARGIN, y, labels[number : number + 1], 9, GREY, height)
            self._cell(MARGIN + LABEL, y, values[number : number + 1], 10, BLACK, height)
            self.set_y(y + height)
        self.set_y(self.get_y() + 0.9)
        self.rule(0.1)

    def rule(self, width: float) -> None:
        """A line across."""
        self.set_line_width(width)
        self.set_draw_color(BLACK)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())

    def groups(self, parts: Sequence[tuple[str, str]], size: float) -> None:
        """A number in its groups, large and framed, each with its caption below; smaller if it would be too wide."""
        frame, caption, gap = 23.0, 7.5, 9.0
        clean = [(self.clean(text), self.clean(words)) for text, words in parts]
        widths = self._widths(clean, size, caption)
        while sum(widths) + gap * len(widths) > WIDTH and size > caption:
            size -= 1
            widths = self._widths(clean, size, caption)
        total = sum(widths) + gap * (len(widths) - 1)
        top, x = self.get_y(), MARGIN + (WIDTH - total) / 2
        self.set_line_width(0.5)
        self.rect(MARGIN, top, WIDTH, frame)
        for number, ((text, words), width) in enumerate(zip(clean, widths, strict=True)):
            self._cell(x, top + 3, [text], size, BLACK, 10.5, "B", width)
            self._cell(x, top + 14.5, [words], caption, GREY, 5, "", width)
            if number:
                self._cell(x - gap, top + 3, ["–"], size, BLACK, 10.5, "", gap)
            x += width + gap
        self.set_y(top + frame)

    def badge(self, text: str, size: float) -> None:
        """White on black, centred."""
        self._write_in("B", size, WHITE)
        self.set_fill_color(BLACK)
        width = self.get_string_width(text) + 10
        self.set_x(MARGIN + (WIDTH - width) / 2)
        self.cell(width, size * _POINT * 1.8, text, align="C", fill=True, new_y="NEXT")

    def code(self, groups: Sequence[str], columns: int, x: float, width: float) -> None:
        """Groups of signs below each other in columns."""
        self.room(5.2 * -(-len(groups) // columns))
        top = self.get_y()
        for number, group in enumerate(groups):
            down, across = divmod(number, columns)
            self._cell(x + across * width / columns, top + down * 5.2, [group], 10, BLACK, 5.2)
        self.set_y(top + 5.2 * -(-len(groups) // columns))

    def qr(self, address: str, x: float, y: float, side: float) -> None:
        """The address as a QR code of that side, with the quiet margin that readers need."""
        rows = [list(row) for row in segno.make_qr(address, error="m").matrix_iter(border=4)]
        dot = side / len(rows)
        self.set_fill_color(BLACK)
        for down, row in enumerate(rows):
            across = 0
            while across < len(row):
                run = next((n for n in range(across, len(row)) if row[n] != row[across]), len(row)) - across
                if row[across]:
                    # a hair taller than a dot: no white seams where a viewer smooths edges
                    self.rect(x + across * dot, y + down * dot, run * dot, dot * 1.02, style="F")
                across += run

    def attach(self, name: str, content: bytes, words: str, at: datetime) -> None:
        """Put a file into the document, uncompressed, so that it is found without a reader of PDFs."""
        self.embed_file(
            bytes=content,
            basename=name,
            mime_type="application/json",
            desc=words,
            creation_date=at,
            modification_date=at,
        )

    def _wrapped(self, text: str, size: float, style: Style, width: float) -> list[str]:
        self._write_in(style, size, BLACK)
        lines: list[str] = []
        for paragraph in map(self.clean, text.split("\n")):
            split = self.multi_cell(width, 5, paragraph, align="L", dry_run=True, output="LINES") if paragraph else []
            assert isinstance(split, list)
            lines += split
        return lines or ["–"]

    def _widths(self, parts: Sequence[tuple[str, str]], size: float, caption: float) -> list[float]:
        widths = []
        for text, words in parts:
            self._write_in("B", size, BLACK)
            wide = self.get_string_width(text)
            self._write_in("", caption, BLACK)
            widths.append(max(wide, self.get_string_width(words)))
        return widths

    def _cell(
        self, x: float, y: float, text: Sequence[str], size: float, grey: int, height: float,
        style: Style = "", centred: float = 0,
    ) -> None:  # fmt: skip
        """At most one line at that place; centred in a width, if one is given."""
        if not any(text):
            return
        self._write_in(style, size, grey)
        self.set_xy(x, y)
        self.cell(centred or None, height, "".join(text), align="C" if centred else "L")

    def _write_in(self, style: Style, size: float, grey: int) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(grey)


@cache
def _font_file(weight: str) -> str:
    return str(resources.files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf")

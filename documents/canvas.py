"""A picture in the making: shapes are drawn at twice the size and shrunk (smooth edges), letters on top at full size."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FINE = 2
DASH = 12
COLOURS = 96
"""a palette holds every shade of the page, at a third of the bytes"""


class Canvas:
    """A page of `width` by `height` pixels. Coordinates are pixels from the upper left corner."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self._fine = Image.new("RGB", (width * FINE, height * FINE), background)
        self._pen = ImageDraw.Draw(self._fine)
        self._texts: list[tuple[float, float, str, FreeTypeFont, str, str]] = []

    def box(
        self,
        area: tuple[float, float, float, float],
        fill: str | None,
        *,
        line: str | None = None,
        width: int = 0,
        radius: int = 0,
    ) -> None:
        """A rectangle (left, top, right, bottom), filled, outlined, with round corners."""
        left, top, right, bottom = (v * FINE for v in area)
        if right > left and bottom > top:
            self._pen.rounded_rectangle(
                (left, top, right, bottom), radius * FINE, fill=fill, outline=line, width=width * FINE
            )

    def dot(self, x: float, y: float, size: float, fill: str, line: str, *, diamond: bool = False) -> None:
        """A mark around a point: a circle, or a diamond."""
        x, y, r = x * FINE, y * FINE, size * FINE
        if diamond:
            r *= 1.25
            self._pen.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill=fill, outline=line, width=4 * FINE)
        else:
            self._pen.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=line, width=4 * FINE)

    def line(self, points: list[tuple[float, float]], colour: str, width: int) -> None:
        """A line through these points."""
        self._pen.line([(x * FINE, y * FINE) for x, y in points], fill=colour, width=width * FINE, joint="curve")

    def dashes(self, x: float, top: float, bottom: float, colour: str, width: int) -> None:
        """An upright line in dashes."""
        y = top
        while y < bottom:
            self.line([(x, y), (x, min(y + DASH, bottom))], colour, width)
            y += DASH * 1.7

    def text(
        self, x: float, y: float, words: str, font: FreeTypeFont, colour: str, anchor: Literal["ls", "rs", "ms"] = "ls"
    ) -> None:
        """Words from (or, by the anchor, to or around) x on the base line y."""
        self._texts.append((x, y, words, font, colour, anchor))

    def png(self) -> bytes:
        """The finished picture."""
        page = self._fine.reduce(FINE)
        pen = ImageDraw.Draw(page)
        for x, y, words, font, colour, anchor in self._texts:
            pen.text((x, y), words, font=font, fill=colour, anchor=anchor)
        out = BytesIO()
        page.quantize(COLOURS).save(out, "PNG", compress_level=6)
        return out.getvalue()

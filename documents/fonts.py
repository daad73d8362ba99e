"""Letters for pictures: Be Vietnam Pro (SIL Open Font License), which comes with the product and knows every accent.

Nothing of the system is used, so that a picture looks the same on every machine.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Literal

from PIL import ImageFont

Weight = Literal["Regular", "Medium", "SemiBold", "Bold"]
ELLIPSIS = "…"
LEAST_LAST = 0.4
"""the last line is at least this share of the longest, where lines can be made shorter"""


@cache
def face(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """The font in one weight and size (pixels)."""
    file = resources.files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"
    # Basic layout: composed letters need no shaping, and whether a machine has libraqm must not change a picture.
    return ImageFont.truetype(BytesIO(file.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """The text in composed letters, on one line, without characters that have no width or turn the direction."""
    kept = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())


def wrap(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """The text in at most `most` lines of at most `width` pixels; what is left over ends in an ellipsis.

    Lines are about equally long, so that no single word is left alone on the last one.
    """
    words = drawable(text).replace(" – ", "\u00a0– ").split(" ")
    lines, left = _filled(words, font, width, most)
    if left:
        lines[-1] = _fitted(f"{lines[-1]} {left[0]}{ELLIPSIS}", font, width, cut=True)
        return lines
    for share in (1.0, 0.9, 0.8, 0.7, 0.6):
        narrower, left = _filled(words, font, width * share, len(lines))
        widths = [_length(font, one) for one in narrower]
        if left or max(widths) > width * share:
            break
        if widths[-1] >= LEAST_LAST * max(widths):
            return narrower
    return lines


def _filled(words: list[str], font: ImageFont.FreeTypeFont, width: float, most: int) -> tuple[list[str], list[str]]:
    """As many words as fit into `most` lines, and the words left over."""
    lines: list[str] = []
    space = _length(font, " ")
    while words and len(lines) < most:
        taken, used = 1, _length(font, words[0])
        while taken < len(words) and (used := used + space + _length(font, words[taken])) <= width:
            taken += 1
        lines.append(_fitted(" ".join(words[:taken]), font, width))
        words = words[taken:]
    return lines, words


@lru_cache(maxsize=8192)
def _length(font: ImageFont.FreeTypeFont, text: str) -> float:
    return font.getlength(text)


def _fitted(text: str, font: ImageFont.FreeTypeFont, width: float, *, cut: bool = False) -> str:
    """One line cut to `width`; with `cut` it ends in an ellipsis in any case."""
    if _length(font, text) <= width:
        return text
    fits, out = 0, len(text.removesuffix(ELLIPSIS))
    while fits < out:
        middle = (fits + out + 1) // 2
        if font.getlength(text[:middle].rstrip() + ELLIPSIS) <= width:
            fits = middle
        else:
            out = middle - 1
    shorter = text[:fits]
    whole_words = shorter.rsplit(" ", 1)[0] if cut and " " in shorter and text[fits : fits + 1].strip() else shorter
    return whole_words.rstrip(" ,;:–-") + ELLIPSIS

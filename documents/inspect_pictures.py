"""Pictures: whether one can be shown whole. Each is decoded to its end; its claimed size is bounded before that."""

from __future__ import annotations

import re
import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

import pillow_heif
from PIL import Image

from documents.archives import Refusal
from documents.inspect_kind import Kind
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable

MEGAPIXEL = 1_000_000
MOST_MEGAPIXELS = 60
"""phones take pictures of 12 to 50; decoded, each megapixel needs up to 4 MB of memory"""
FAULTS = (
    Image.DecompressionBombError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    SyntaxError,
    EOFError,
    OSError,
    MemoryError,
    struct.error,
)
"""what Pillow and libheif raise on broken pictures; whichever it is, the picture is broken"""
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_EIGHTH = 8


def judge_picture(content: bytes, kind: Kind) -> Refusal | None:
    """Why a picture is not kept; None if it can be decoded to its end."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd notes in them: the bound below decides, and notes are not read.
            warnings.simplefilter("ignore")
            if picture_end(content, kind) is None:
                return Refusal(line("files.picture_broken"))
            return _DECODERS[kind](content)
    except Image.DecompressionBombError:
        return _too_large()
    except FAULTS:
        return Refusal(line("files.picture_broken"))


def picture_end(content: bytes, kind: Kind) -> int | None:
    """Where the picture ends within the file, or None if it is cut short.

    Phones write more behind it (a moving picture, a map of light), which viewers pass over.
    """
    match kind:
        case Kind.JPEG:
            return _jpeg_end(content)
        case Kind.PNG:
            found = content.find(_PNG_END)
            return found + len(_PNG_END) if found > 0 else None
        case _:
            return _heic_end(content)


def _jpeg_end(content: bytes) -> int | None:
    """Segments by their lengths (a preview in one of them has an end of its own), scans by the next marker."""
    place = 2
    while found := _MARKER.search(content, place):
        marker, place = content[found.start() + 1], found.end()
        if marker == _END:
            return place
        if marker == _START:
            return None
        place += int.from_bytes(content[place : place + 2], "big") or 2
    return None


def _heic_end(content: bytes) -> int | None:
    """The boxes one after another; what is no box any more stands behind the picture."""
    place = 0
    while place + 8 <= len(content) and content[place + 4 : place + 8].isalnum():
        size = int.from_bytes(content[place : place + 4], "big")
        if size == 1:
            size = int.from_bytes(content[place + 8 : place + 16], "big")
        place = place + size if size else len(content)
        if place > len(content) or 0 < size < len(b"sizename"):
            return None
    return place


def _decode_jpeg(content: bytes) -> Refusal | None:
    with Image.open(BytesIO(content), formats=("JPEG",)) as picture:
        if _pixels(picture.size) > MOST_MEGAPIXELS * MEGAPIXEL:
            return _too_large()
        # Every byte is read at an eighth of the size too, for a sixty-fourth of the memory.
        picture.draft(None, (picture.width // _EIGHTH, picture.height // _EIGHTH))
        picture.load()
    return None


def _decode_png(content: bytes) -> Refusal | None:
    with Image.open(BytesIO(content), formats=("PNG",)) as picture:
        if _pixels(picture.size) > MOST_MEGAPIXELS * MEGAPIXEL:
            return _too_large()
        picture.verify()
    with Image.open(BytesIO(content), formats=("PNG",)) as picture:
        picture.load()
    return None


def _decode_heic(content: bytes) -> Refusal | None:
    # Opened by itself: Pillow as a whole need not learn the format, and nothing outside changes.
    picture = pillow_heif.open_heif(BytesIO(content), convert_hdr_to_8bit=True)
    if _pixels(picture.size) > MOST_MEGAPIXELS * MEGAPIXEL:
        return _too_large()
    picture[picture.primary_index].load()
    return None


_DECODERS: dict[Kind, Callable[[bytes], Refusal | None]] = {
    Kind.JPEG: _decode_jpeg,
    Kind.PNG: _decode_png,
    Kind.HEIC: _decode_heic,
}


def _pixels(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _too_large() -> Refusal:
    return Refusal(line("files.picture_too_large", megapixels=MOST_MEGAPIXELS))

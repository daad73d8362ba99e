"""Pictures opened: one format each, the way up their camera noted, and without transparency where something needs that."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pillow_heif
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BytesIO
    from pathlib import Path

JPEG, PNG, HEIC = "image/jpeg", "image/png", "image/heic"
_ORIENTATION = 0x0112
"""the tag of the EXIF notes that tells which side is up (CIPA DC-008, 4.6.4)"""
_FORMATS = {JPEG: "JPEG", PNG: "PNG"}
_DEEP = "I;16"
_WITHOUT_COLOUR = {"1", "L", "LA"}


@contextmanager
def opened(source: Path | BytesIO, media_type: str) -> Iterator[Image.Image]:
    """A picture that was found to be whole. KeyError: of no kind that is kept; it may raise what Pillow raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # large pictures, odd notes: bounded and unread, as when they were judged
        if media_type == HEIC:
            found = pillow_heif.open_heif(source, convert_hdr_to_8bit=True)
            yield found[found.primary_index].to_pillow()
        else:
            with Image.open(source, formats=(_FORMATS[media_type],)) as picture:
                yield picture


def orientation(picture: Image.Image) -> int:
    """Which side is up, 1 to 8 as EXIF has it; 1, upright, where nothing sensible is noted.

    A HEIC picture is upright already: libheif turns it by what the container says, and the notes only repeat that.
    """
    try:
        noted = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return 1
    return noted if noted in range(1, 9) else 1


def transparent(picture: Image.Image) -> bool:
    """Whether something may show through it."""
    return picture.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in picture.info


def on_white(picture: Image.Image, *, grey: bool = False) -> Image.Image:
    """The same in plain colour or grey, eight bits a channel, on white where it is transparent: no other change.

    `grey`: in grey in any case.
    """
    if picture.mode.startswith(_DEEP):
        return _eight_bits(picture)
    wanted = "L" if grey or picture.mode in _WITHOUT_COLOUR else "RGB"
    if not transparent(picture):
        return picture if picture.mode == wanted else picture.convert(wanted)
    layered = picture if picture.mode in {"LA", "RGBA"} else picture.convert("RGBA")
    made = Image.new(wanted, picture.size, "white")
    made.paste(layered.convert(wanted), mask=layered.getchannel("A"))
    return made


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of sixteen bits in eight: Pillow's own conversion makes white of whatever is brighter than 255."""
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")

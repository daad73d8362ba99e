"""Photographs of pages, put together in their order as one PDF: each as it was taken, on a page of A4 the way it stands.

JPEG and PNG go in as they are: not one pixel is decoded. What a PDF cannot hold that way (something shows through it,
it loads in passes, its colours are listed and have a profile) is written anew without loss. A HEIC picture is decoded
and becomes a JPEG of quality 95: without loss it would be ten times its size, and the thirty of a report more than any
messenger or mail box takes; at that quality no stroke is lost (50 dB and more), and the original is kept anyway.

One picture is in memory at a time: each becomes a PDF of one page on disk, and these are joined without being read in.
The same pictures make the same bytes, whenever: nothing in them tells the time.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import img2pdf  # type: ignore[import-untyped]
import pikepdf
from PIL import Image

from documents.inspect_kind import Kind
from documents.inspect_pictures import picture_end
from documents.pictures import HEIC, JPEG, on_white, opened, orientation, transparent

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT, LONG = 595.276, 841.89
"""A4 in points"""
QUALITY = 95
_TURNED = range(5, 9)
"""orientations in which width and height change places"""
_JPEG_MODES = {"L", "RGB", "CMYK"}
_PNG_MODES = {"1", "L", "P", "RGB", "I;16"}
_MORE_PICTURES = re.compile(rb"(\xff\xe2..)MPF\0", re.DOTALL)
"""A note in a JPEG that tells where more pictures stand behind it (CIPA DC-007); they are not taken along."""
_SPACES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
"""by the number of channels, what a colour profile calls the space it describes (ICC.1, 7.2.8)"""


def put_together(pictures: Sequence[tuple[str, str]], out: str) -> int:
    """Write a PDF to the path `out` with a page for each picture (path, media type), in that order; how many pages.

    Leaves `out` and, while it runs, files that begin with its name. Raises what Pillow raises for a picture that cannot
    be read, ValueError where there is none, OSError.
    """
    if not pictures:
        raise ValueError("no picture to put together")
    with pikepdf.new() as whole, ExitStack() as parts:
        for number, (path, media_type) in enumerate(pictures):
            part = Path(f"{out}.{number}")
            parts.callback(part.unlink, missing_ok=True)
            upright = _one_page(Path(path), media_type, part)
            source = parts.enter_context(pikepdf.open(part, access_mode=pikepdf.AccessMode.stream))
            whole.pages.append(source.pages[0])
            _lay_out(whole, whole.pages[-1], upright)
        whole.save(
            out, deterministic_id=True, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
        )
        return len(whole.pages)


def _one_page(path: Path, media_type: str, part: Path) -> int:
    """Write a PDF that has the picture on its one page, in any way; which side of it is up (as in EXIF)."""
    with opened(path, media_type) as picture:
        upright = orientation(picture)
        content = _as_it_is(path, media_type) if _holds(picture, media_type) else _anew(picture, media_type)
    with part.open("wb") as out:
        img2pdf.convert(
            content, outputstream=out, engine=img2pdf.Engine.internal, nodate=True, rotation=img2pdf.Rotation.none,
            first_frame_only=True,
        )  # fmt: skip
    return upright


def _holds(picture: Image.Image, media_type: str) -> bool:
    """Whether a PDF can hold the picture as it is packed in its file."""
    if media_type == HEIC or transparent(picture):
        return False
    if media_type == JPEG:
        return picture.mode in _JPEG_MODES
    profiled_list = picture.mode == "P" and "icc_profile" in picture.info
    return picture.mode in _PNG_MODES and not picture.info.get("interlace") and not profiled_list


def _as_it_is(path: Path, media_type: str) -> bytes:
    """The file; of a JPEG without what phones write behind the picture."""
    content = path.read_bytes()
    if media_type != JPEG:
        return content
    return _MORE_PICTURES.sub(rb"\1mpf\0", content[: picture_end(content, Kind.JPEG)], count=1)


def _anew(picture: Image.Image, media_type: str) -> bytes:
    """The picture as JPEG (a HEIC), or as PNG without loss."""
    made, out, profile = on_white(picture), BytesIO(), picture.info.get("icc_profile")
    if media_type == HEIC:
        made.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4", icc_profile=profile)
    else:
        made.save(out, "PNG", icc_profile=profile)
    return out.getvalue()


def _lay_out(whole: pikepdf.Pdf, page: pikepdf.Page, upright: int) -> None:
    """Make it a page of A4, portrait or landscape as the picture is, which fills it as far as it goes."""
    image = page.resources.XObject.Im0
    _without_false_profile(image)
    width, height = int(image.Width), int(image.Height)
    if upright in _TURNED:
        width, height = height, width
    paper = (LONG, SHORT) if width > height else (SHORT, LONG)
    scale = min(paper[0] / width, paper[1] / height)
    w, h = width * scale, height * scale
    numbers = placed(upright, (paper[0] - w) / 2, (paper[1] - h) / 2, w, h)
    page.mediabox = pikepdf.Array([0, 0, *paper])
    page.Contents = whole.make_stream(f"q {' '.join(f'{one:.4f}' for one in numbers)} cm /Im0 Do Q".encode())


def placed(upright: int, x: float, y: float, w: float, h: float) -> tuple[float, ...]:
    """The matrix that puts a picture, noted as lying that way (1 to 8), upright into the box at x, y (its lower left)."""
    right, top = x + w, y + h
    return {
        1: (w, 0, 0, h, x, y), 2: (-w, 0, 0, h, right, y), 3: (-w, 0, 0, -h, right, top), 4: (w, 0, 0, -h, x, top),
        5: (0, -h, -w, 0, right, top), 6: (0, -h, w, 0, x, top), 7: (0, h, w, 0, x, y), 8: (0, h, -w, 0, right, y),
    }[upright]  # fmt: skip


def _without_false_profile(image: pikepdf.Object) -> None:
    """A colour profile that is none, or of another kind of colours, would keep programs from showing the picture."""
    space = image.ColorSpace
    if not isinstance(space, pikepdf.Array) or space[0] != pikepdf.Name.ICCBased:
        return
    profile = space[1].read_raw_bytes()
    if profile[16:20] != _SPACES[int(space[1].N)] or profile[36:40] != b"acsp":
        image.ColorSpace = space[1].Alternate

"""Photographs of pages, put together in their order as one PDF: each as it was taken, on a page of A4 the way it stands.

JPEG and PNG go in as they are packed: not one pixel is decoded. What a PDF cannot hold that way (something shows through
it, it loads in passes, its colours are listed and have a profile) is packed anew without loss. A HEIC picture is decoded
and becomes a JPEG of quality 95: without loss it would be ten times its size, and the thirty of a report more than any
messenger or mail box takes; at that quality no stroke is lost, and the original is kept anyway.

The PDF is written as it goes, one picture in memory at a time (programs that join PDFs hold them all). The same pictures
make the same bytes, whenever: nothing in it tells the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from PIL import Image

from documents.inspect_kind import Kind
from documents.inspect_pictures import picture_end
from documents.pictures import HEIC, JPEG, PNG, on_white, opened, orientation, transparent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORT, LONG = 595.276, 841.89
"""A4 in points"""
QUALITY = 95
_TURNED = range(5, 9)
"""orientations in which width and height change places"""
_MORE_PICTURES = re.compile(rb"(\xff\xe2..)MPF\0", re.DOTALL)
"""A note in a JPEG that tells where more pictures stand behind it (CIPA DC-007); they are not taken along."""
_JPEG_CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1}
"""by the colour type in its header: grey, red-green-blue, listed (PNG, 11.2.1); the others have transparency"""
_LISTED = 3
_SPACES = {1: ("/DeviceGray", b"GRAY"), 3: ("/DeviceRGB", b"RGB "), 4: ("/DeviceCMYK", b"CMYK")}
"""By the number of channels: the space in a PDF, and as a colour profile calls it (ICC.1, 7.2.8)."""


@dataclass(frozen=True, slots=True)
class _Packed:
    """A picture as a PDF holds it (ISO 32000-1, 8.9.5): its size, which side is up, how it is packed, and its bytes."""

    size: tuple[int, int]
    upright: int
    how: str
    space: str
    channels: int
    profile: bytes | None
    content: bytes


def put_together(pictures: Sequence[tuple[str, str]], out: str) -> int:
    """Write a PDF to the path `out` with a page for each picture (path, media type), in that order; how many pages.

    Raises what Pillow raises for a picture that cannot be read, ValueError where one is cut short or there is none, OSError.
    """
    if not pictures:
        raise ValueError("no picture to put together")
    with Path(out).open("wb") as file:
        writing = _Writing(file)
        pages = [_page(writing, _packed(Path(path), media_type)) for path, media_type in pictures]
        writing.end(pages)
    return len(pages)


def placed(upright: int, x: float, y: float, w: float, h: float) -> tuple[float, ...]:
    """The matrix that puts a picture, noted as lying that way (1 to 8), upright into the box at x, y (its lower left)."""
    right, top = x + w, y + h
    return {
        1: (w, 0, 0, h, x, y), 2: (-w, 0, 0, h, right, y), 3: (-w, 0, 0, -h, right, top), 4: (w, 0, 0, -h, x, top),
        5: (0, -h, -w, 0, right, top), 6: (0, -h, w, 0, x, top), 7: (0, h, w, 0, x, y), 8: (0, h, -w, 0, right, y),
    }[upright]  # fmt: skip


class _Writing:
    """A PDF on its way into a file. Object 1 is its root, object 2 the list of its pages; both are written at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._places = file, [0, 0]
        file.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")

    def add(self, entries: str, content: bytes | None = None) -> int:
        """Write an object of these entries, a stream where it has content; its number."""
        self._places.append(0)
        self._put(len(self._places), entries, content)
        return len(self._places)

    def end(self, pages: list[int]) -> None:
        """What holds the pages together, and the table of all objects."""
        self._put(1, "/Type /Catalog /Pages 2 0 R")
        self._put(2, f"/Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{one} 0 R' for one in pages)}]")
        start, many = self._file.tell(), len(self._places) + 1
        table = "".join(f"{place:010} 00000 n \n" for place in self._places)
        tail = f"trailer\n<< /Size {many} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        self._file.write(f"xref\n0 {many}\n0000000000 65535 f \n{table}{tail}".encode())

    def _put(self, number: int, entries: str, content: bytes | None = None) -> None:
        self._places[number - 1] = self._file.tell()
        length = "" if content is None else f" /Length {len(content)}"
        self._file.write(f"{number} 0 obj\n<< {entries}{length} >>\n".encode())
        if content is not None:
            self._file.write(b"stream\n")
            self._file.write(content)
            self._file.write(b"\nendstream\n")
        self._file.write(b"endobj\n")


def _page(writing: _Writing, picture: _Packed) -> int:
    """A page of A4, portrait or landscape as the picture is, which fills it as far as it goes; its number."""
    space = picture.space
    if picture.profile is not None:
        known = f"/N {picture.channels} /Alternate {_SPACES[picture.channels][0]}"
        space = f"[/ICCBased {writing.add(known, picture.profile)} 0 R]"
    width, height = picture.size
    said = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {space} {picture.how}"
    image = writing.add(said, picture.content)
    if picture.upright in _TURNED:
        width, height = height, width
    paper = (LONG, SHORT) if width > height else (SHORT, LONG)
    scale = min(paper[0] / width, paper[1] / height)
    w, h = width * scale, height * scale
    numbers = placed(picture.upright, (paper[0] - w) / 2, (paper[1] - h) / 2, w, h)
    drawing = writing.add("", f"q {' '.join(f'{one:.4f}' for one in numbers)} cm /Page Do Q".encode())
    resources = f"<< /XObject << /Page {image} 0 R >> >>"
    box = f"[0 0 {paper[0]} {paper[1]}]"
    return writing.add(f"/Type /Page /Parent 2 0 R /MediaBox {box} /Resources {resources} /Contents {drawing} 0 R")


def _packed(source: Path | BytesIO, media_type: str) -> _Packed:
    """The picture as it is in its file, without what phones write behind it; or packed anew."""
    with opened(source, media_type) as picture:
        if not _holds(picture, media_type):
            anew = _anew(picture, media_type)
            upright = orientation(picture)
        else:
            content = source.read_bytes() if isinstance(source, Path) else source.getvalue()
            end = picture_end(content, Kind.JPEG if media_type == JPEG else Kind.PNG)
            if end is None:
                raise ValueError("a picture is cut short")
            return (_jpeg if media_type == JPEG else _png)(picture, content[:end])
    made = _packed(anew, JPEG if media_type == HEIC else PNG)
    return _Packed(made.size, upright, made.how, made.space, made.channels, made.profile, made.content)


def _holds(picture: Image.Image, media_type: str) -> bool:
    """Whether a PDF can hold the picture as it is packed in its file."""
    if media_type == HEIC or transparent(picture):
        return False
    if media_type == JPEG:
        return picture.mode in _JPEG_CHANNELS
    return not picture.info.get("interlace") and not (picture.mode == "P" and "icc_profile" in picture.info)


def _anew(picture: Image.Image, media_type: str) -> BytesIO:
    """The picture as JPEG (a HEIC), or as PNG without loss."""
    made, out, profile = on_white(picture), BytesIO(), picture.info.get("icc_profile")
    if media_type == HEIC:
        made.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4", icc_profile=profile)
    else:
        made.save(out, "PNG", icc_profile=profile)
    return out


def _jpeg(picture: Image.Image, content: bytes) -> _Packed:
    """Adobe's programs write CMYK with light for dark, and say so."""
    channels = _JPEG_CHANNELS[picture.mode]
    how = "/Filter /DCTDecode /BitsPerComponent 8"
    if picture.mode == "CMYK" and "adobe" in picture.info:
        how += " /Decode [1 0 1 0 1 0 1 0]"
    whole = _MORE_PICTURES.sub(rb"\1mpf\0", content, count=1)
    space, profile = _SPACES[channels][0], _profile(picture, channels)
    return _Packed(picture.size, orientation(picture), how, space, channels, profile, whole)


def _png(picture: Image.Image, content: bytes) -> _Packed:
    """Its data are packed as a PDF's are, row by row, each with its own filter (ISO 32000-1, 7.4.4.4)."""
    depth, colour = content[24], content[25]
    channels, chunks = _PNG_CHANNELS[colour], list(_chunks(content))
    rows = f"/Predictor 15 /Colors {channels} /BitsPerComponent {depth} /Columns {picture.width}"
    how = f"/Filter /FlateDecode /BitsPerComponent {depth} /DecodeParms << {rows} >>"
    space = _SPACES[channels][0]
    if colour == _LISTED:
        colours = next(data for name, data in chunks if name == b"PLTE")
        space = f"[/Indexed /DeviceRGB {len(colours) // 3 - 1} <{colours.hex()}>]"
    profile = None if colour == _LISTED else _profile(picture, channels)
    # asked for notes, Pillow decodes the whole picture to find them behind it
    upright = orientation(picture) if any(name == b"eXIf" for name, _ in chunks) else 1
    rows_packed = b"".join(data for name, data in chunks if name == b"IDAT")
    return _Packed(picture.size, upright, how, space, channels, profile, rows_packed)


def _chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Name and data of each part of a PNG."""
    place, whole = 8, memoryview(content)
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        yield content[place + 4 : place + 8], whole[place + 8 : place + 8 + size]
        place += 12 + size


def _profile(picture: Image.Image, channels: int) -> bytes | None:
    """Its colour profile; one that is none, or of other colours, would keep programs from showing the picture."""
    found = picture.info.get("icc_profile")
    if not isinstance(found, bytes) or found[16:20] != _SPACES[channels][1] or found[36:40] != b"acsp":
        return None
    return found

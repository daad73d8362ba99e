"""Files joined to another file: refused where a program could find the other one, kept as cameras and scanners write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from documents.inspect import Inspected, Refusal, inspect_file
from tests import files
from tests import hostile as bad

if TYPE_CHECKING:
    from pathlib import Path

KEPT: dict[str, tuple[bad.Maker, str, int | None]] = {
    "a PDF that was added to": (bad.updated, "application/pdf", 2),
    "a PDF with a document attached and blank lines behind": (
        lambda: bad.attached("a.docx", files.docx())() + b"\n" * 20,
        "application/pdf",
        2,
    ),
    "one with a moving picture after words": (
        lambda: bad.picture("JPEG") + bytes(24) + b"MotionPhoto_Data" + bad.MOVIE + bytes(9000) + b"SEFH\x6b\0SEFT",
        "image/jpeg",
        None,
    ),
    "one with parts of a mark and a live note": (
        lambda: bad.picture("JPEG") + b"--PK\x05\x06" + bytes(range(200)) + b"LIVE_123456    ",
        "image/jpeg",
        None,
    ),
    "a screen with the rest of a larger one": (
        lambda: bad.picture("PNG") + bad.picture("PNG")[900:],
        "image/png",
        None,
    ),
}

REFUSED: dict[str, bad.Maker] = {
    "a PDF that is a zip too, closed again": lambda: bad.closed_again(bad.zipped({"a": b"b"})),
    "the same behind a comment": lambda: bad.closed_again(b"%" + bad.zipped({"a": b"b"})),
    "the same, a large one": lambda: bad.closed_again(b"%" + bad.wide(bad.zipped({"a": b"b"}))),
    "a PDF with a rar behind a comment": lambda: bad.closed_again(b"%" + bad.RAR),
    "a PDF with a program before its new end": lambda: bad.closed_again(bad.PROGRAM),
    "a PDF with ends without end": lambda: bad.closed_again(b"%" + b"%%EOF " * 1001),
    "a PDF with too many archives": lambda: bad.closed_again(b"%" + files.docx() * 31),
    "a picture and a zip, with more behind": lambda: bad.picture("PNG") + b"--" + bad.zipped({"a": b"b"}) + b"\n",
    "a picture and a large zip": lambda: bad.picture("JPEG") + b"--" + bad.wide(bad.zipped({"a": b"b"})),
    "a picture and a zip whose directory stands apart": lambda: bad.apart(bad.picture("JPEG")),
    "a picture and a PDF, apart": lambda: bad.picture("JPEG") + b"x" * 2000 + files.pdf(),
    "a picture with a PDF far within": lambda: bad.picture("JPEG", comment=b" " * 2000 + files.pdf()),
    "a picture and a page, apart": lambda: bad.picture("JPEG") + b"-<SCRIPT>x",
    "a picture with a rar within": lambda: bad.picture("JPEG", comment=bad.RAR),
}


def look(place: Path, content: bytes) -> Inspected | Refusal:
    file = place / "file"
    file.write_bytes(content)
    return inspect_file(str(file))


@pytest.mark.parametrize("name", KEPT)
def test_what_honest_programs_append_is_kept(tmp_path: Path, name: str) -> None:
    make, media_type, pages = KEPT[name]
    assert look(tmp_path, make()) == Inspected(media_type, pages)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_another_file_too_is_refused(tmp_path: Path, name: str) -> None:
    found = look(tmp_path, REFUSED[name]())
    assert isinstance(found, Refusal)
    assert found.reason.key == "files.two_in_one"

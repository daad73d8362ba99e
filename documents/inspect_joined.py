"""One file is one thing: whether a program could take the same bytes for a file of another kind.

Programs look for a PDF's header within the first bytes, for a zip's directory from the end backwards, for other
archives anywhere. What phones write behind a picture (a moving picture, a second one, padding, words of their own) is of
no kind that is found in this way, and stays.
"""

from __future__ import annotations

import re
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from documents.archives import Refusal
from documents.inspect_kind import HEAD, Kind, kind_of
from documents.inspect_office import judge_office
from documents.inspect_pictures import picture_end

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER_WITHIN = 1024
"""bytes in which PDF programs look for a header"""
MOST_ENDS = 1000
"""times a PDF may have been added to"""
MOST_ATTACHED = 30
"""archives within one PDF that are looked into"""
_FOREIGN = {Kind.PDF, Kind.ZIP, Kind.PROGRAM, Kind.ARCHIVE, Kind.OLD_OFFICE, Kind.WEB_PAGE}
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
"""they are found wherever they begin"""
_PAGES = (b"<script", b"<!doctype html")
_PDF = re.compile(rb"%PDF-\d\.\d")
_END_OF_PDF = re.compile(rb"%%EOF\s*")
_ZIP_END, _ZIP_ENTRY, _ZIP_LOCATOR = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"
_ZIP_END_SIZE, _ZIP_LOCATOR_SIZE = 22, 20


def two_in_one(content: bytes, kind: Kind) -> bool:
    """Whether something of another kind is joined to a file of this kind, as far as it shows from outside."""
    if kind is not Kind.PDF and b"%PDF-" in content[:HEADER_WITHIN]:
        return True
    if kind is Kind.ZIP:
        return False  # an archive must be without gaps from its first byte to its last; that is judged with its parts
    if kind is Kind.PDF:
        return any(end == len(content) for _, end in _zips(content)) or _after_a_pdf(content)
    tail = content[picture_end(content, kind) or len(content) :]
    return kind_of(tail.lstrip(b"\0\r\n ")) in _FOREIGN or _in_a_picture(content, tail)


def hidden_in_pdf(content: bytes) -> bool:
    """Whether a PDF, sound in itself, hides an archive. Documents attached to it are archives too, and may stay."""
    found = list(islice(_zips(content), MOST_ATTACHED + 1))
    return (
        any(sign in content for sign in _ARCHIVES)
        or len(found) > MOST_ATTACHED
        or any(isinstance(judge_office(BytesIO(content[begin:end])), Refusal) for begin, end in found)
    )


def _after_a_pdf(content: bytes) -> bool:
    """Whether something else begins behind its end, or behind the end it had before it was added to."""
    ends = [found.end() for found in islice(_END_OF_PDF.finditer(content), MOST_ENDS + 1)]
    return len(ends) > MOST_ENDS or any(kind_of(content[end : end + HEAD]) in _FOREIGN for end in ends)


def _in_a_picture(content: bytes, tail: bytes) -> bool:
    return (
        bool(_PDF.search(content))
        or next(_zips(content), None) is not None
        or any(sign in content for sign in _ARCHIVES)
        or any(sign in tail.lower() for sign in _PAGES)
    )


def _zips(content: bytes) -> Iterator[tuple[int, int]]:
    """Where zip archives begin and end: records that end one, and have a directory where they say."""
    place = content.find(_ZIP_END)
    while place >= 0:
        size, offset = (int.from_bytes(content[place + n : place + n + 4], "little") for n in (12, 16))
        directory = place - size
        wide = place >= _ZIP_LOCATOR_SIZE and content.startswith(_ZIP_LOCATOR, place - _ZIP_LOCATOR_SIZE)
        near = directory >= 0 and content.startswith(_ZIP_ENTRY, directory)
        if wide or near or content.startswith(_ZIP_ENTRY, offset):
            comment = int.from_bytes(content[place + 20 : place + _ZIP_END_SIZE], "little")
            yield max(directory - offset, 0) if near else 0, place + _ZIP_END_SIZE + comment
        place = content.find(_ZIP_END, place + 1)

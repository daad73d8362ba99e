"""PDF files: how many pages, and whether they carry anything that acts by itself.

Every object is read, those in packed streams too, and names are compared after their escapes are undone: searching the
bytes alone would miss both. Objects that no table names, or that do not stand where it says, are read as well: this
reader passes them over, but another program may repair the table differently and find them.

A PDF that opens without a password although its maker restricts printing or copying (many scanners do so) is accepted:
everyone can read it, and so can we. Where its cipher (AES) cannot be read here, it is refused with its own reason.
"""

from __future__ import annotations

import re
import struct
import zlib
from io import SEEK_CUR, BytesIO
from typing import TYPE_CHECKING, TypeGuard

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject, read_object

from documents.archives import Refusal
from documents.inspect_kind import Kind, kind_of
from documents.inspect_office import judge_office
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import PdfObject

MOST_PAGES = 2000
MOST_OBJECTS = 50_000
"""a scanned report has about four a page, a tagged one from Word a hundred; reading this many takes some seconds"""
MOST_VALUES = 3_000_000
"""names, numbers and texts in all objects together"""
MOST_DEPTH = 2
"""a PDF attached to a PDF is looked into, one within that one is not"""
TAIL = 2048
"""bytes at the end in which the file must say where its table of objects is"""
SLACK = 16
"""bytes by which writers miss the place of their own table"""
PDF_FAULTS = (
    PyPdfError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    EOFError,
    OSError,
    MemoryError,
    zlib.error,
    struct.error,
)
"""what pypdf raises on broken files; whichever it is, the file is broken"""
_SCRIPTS = {"/JS", "/JavaScript", "/OnInstantiate"}
_LAUNCHES = {"/Launch", "/ImportData"}
_MEDIA = {"/RichMedia", "/RichMediaContent", "/Movie", "/Sound", "/3D"}
_RUNS = re.compile(
    r"\.(exe|dll|scr|com|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|jar|lnk|reg|apk|iso|img|html?|svg)\W*$",
    re.IGNORECASE,
)
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_OBJECT = re.compile(rb"jbo(?<![a-zA-Z]jbo)[\0\s]+\d{1,5}[\0\s]+\d{1,10}(?!\d)")
"""how an object begins, "12 0 obj", read from its end: forward each digit of a scan could be one, twenty times slower"""
_BLANK = b"\0\t\n\f\r "
_TABLE = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")


def judge_pdf(content: bytes, depth: int = MOST_DEPTH) -> int | Refusal:
    """The number of pages of a PDF that is harmless, or why it is not kept. `content` begins with its header."""
    try:
        if not _table_stands(content):
            return Refusal(line("files.pdf_broken"))
        return _judged(PdfReader(BytesIO(content)), content, depth)
    except DependencyError:
        return Refusal(line("files.pdf_locked"))
    except PDF_FAULTS:
        return Refusal(line("files.pdf_broken"))


def _table_stands(content: bytes) -> bool:
    """Whether the end is there and says rightly where the table of objects begins.

    A file cut short or with a hole fails here, before anybody repairs it by guessing.
    """
    ends = list(_END.finditer(content, max(len(content) - TAIL, 0)))
    if not ends:
        return False
    offset = int(ends[-1][1])
    return any(_TABLE.match(content, max(place, 0)) for place in range(offset - SLACK, offset + SLACK))


def _judged(reader: PdfReader, content: bytes, depth: int) -> int | Refusal:
    if reader.is_encrypted and not reader.decrypt(""):
        return Refusal(line("files.pdf_password"))
    values = 0
    for number, one in enumerate(_objects(reader, content)):
        for value in _within(one):
            values += 1
            if number > MOST_OBJECTS or values > MOST_VALUES:
                return Refusal(line("files.pdf_too_large", pages=MOST_PAGES))
            if isinstance(value, DictionaryObject) and (refusal := _refused(value, depth)):
                return refusal
    return _pages(reader)


def _objects(reader: PdfReader, content: bytes) -> Iterator[PdfObject]:
    """Every object of the file, one after another; what was read is let go again."""
    yield reader.trailer
    places = {(n, generation): place for generation, table in reader.xref.items() for n, place in table.items()}
    for number, generation in places:
        found = reader.get_object(IndirectObject(number, generation, reader))
        if found is not None:
            yield found
        if _is_packed(found):
            yield from _packed(found, reader)  # stays in the reader's memory: its objects are asked for one by one
        else:
            reader.resolved_objects.pop((generation, number), None)
    yield from _unlisted(reader, content, frozenset(places.values()))


def _unlisted(reader: PdfReader, content: bytes, listed: frozenset[int]) -> Iterator[PdfObject]:
    """What looks like an object and stands where no table says; what only looks like one is passed over."""
    file, size = BytesIO(content), len(content)
    for backward in _OBJECT.finditer(content[::-1]):
        start, end = size - backward.end(), size - backward.start()
        if start in listed:
            continue
        try:
            found = _read(file, end, reader)
        except PDF_FAULTS:
            continue
        if found is not None:
            yield found
        if _is_packed(found):
            yield from _packed(found, reader)


def _is_packed(found: PdfObject | None) -> TypeGuard[StreamObject]:
    return isinstance(found, StreamObject) and found.get("/Type") == "/ObjStm"


def _packed(stream: StreamObject, reader: PdfReader) -> Iterator[PdfObject]:
    """The objects in a packed stream, whether a table names them or not: pairs of numbers say where each begins."""
    content = stream.get_data()
    first = int(stream["/First"])  # type: ignore[call-overload]
    file = BytesIO(content)
    for place in content[:first].split()[1::2]:
        found = _read(file, first + int(place), reader)
        if found is not None:
            yield found


def _read(file: BytesIO, place: int, reader: PdfReader) -> PdfObject | None:
    file.seek(place)
    while (byte := file.read(1)) and byte in _BLANK:
        pass
    file.seek(-len(byte), SEEK_CUR)
    return read_object(file, reader)


def _within(top: PdfObject) -> Iterator[PdfObject]:
    """An object and everything that stands directly in it."""
    waiting = [top]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, DictionaryObject):
            waiting.extend(value.values())
        elif isinstance(value, ArrayObject):
            waiting.extend(value)


def _refused(found: DictionaryObject, depth: int) -> Refusal | None:
    """Judge one dictionary by its keys and by what it says it is."""
    says = {str(value) for key in ("/S", "/Subtype", "/Type") if key in found and (value := found[key]) is not None}
    if found.keys() & _SCRIPTS or says & (_SCRIPTS | _LAUNCHES):
        return Refusal(line("files.pdf_acts"))
    if says & _MEDIA:
        return Refusal(line("files.pdf_media"))
    if "/XFA" in found and any(b"<script" in part for part in _streams(found["/XFA"])):
        return Refusal(line("files.pdf_acts"))
    if "/EF" in found and _carries_harm(found, depth):
        return Refusal(line("files.pdf_attachment"))
    return None


def _carries_harm(spec: DictionaryObject, depth: int) -> bool:
    """Whether a file attached to the PDF is a program, an archive, or itself not to be kept."""
    names = [str(spec[key]) for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac") if key in spec]
    held = spec["/EF"]
    assert isinstance(held, DictionaryObject)
    return any(map(_RUNS.search, names)) or any(
        _harmful(part, depth - 1) for part in _streams(ArrayObject(held.values()))
    )


def _harmful(content: bytes, depth: int) -> bool:
    match kind_of(content):
        case Kind.ZIP:
            return isinstance(judge_office(BytesIO(content)), Refusal)
        case Kind.PDF:
            return depth == 0 or isinstance(judge_pdf(content, depth), Refusal)
        case kind:
            return kind in {Kind.PROGRAM, Kind.ARCHIVE, Kind.OLD_OFFICE, Kind.WEB_PAGE}


def _streams(value: PdfObject) -> Iterator[bytes]:
    """What the streams of an entry hold, unpacked (pypdf bounds each to 75 MB)."""
    for one in value if isinstance(value, ArrayObject) else [value]:
        found = one.get_object()
        if isinstance(found, StreamObject):
            yield found.get_data()


def _pages(reader: PdfReader) -> int | Refusal:
    """Count the leaves of the tree of pages; a tree that meets itself again is broken."""
    waiting, seen, pages = [reader.root_object.raw_get("/Pages")], set[tuple[int, int]](), 0
    while waiting:
        place = waiting.pop()
        if isinstance(place, IndirectObject):
            if (place.idnum, place.generation) in seen:
                return Refusal(line("files.pdf_broken"))
            seen.add((place.idnum, place.generation))
        node = place.get_object()
        kids = node.get("/Kids", node).get_object() if isinstance(node, DictionaryObject) else None
        if isinstance(kids, ArrayObject):
            waiting.extend(kids)
        elif kids is node and kids is not None:
            pages += 1
        else:
            return Refusal(line("files.pdf_broken"))
        if max(pages, len(waiting)) > MOST_PAGES:
            return Refusal(line("files.pdf_too_large", pages=MOST_PAGES))
    return pages or Refusal(line("files.pdf_no_pages"))

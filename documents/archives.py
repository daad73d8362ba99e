"""Zip archives from strangers (every .docx and .xlsx is one): nothing the archive says of itself is believed.

Its parts must lie side by side from the first byte to the directory at the end, and each is inflated here, by a bound,
before any other program reads it: what unpacks to more, or to something else, than the directory says is broken. So
two readers cannot be made to see two different files.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from texts.message import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

MEGABYTE = 1024 * 1024
MOST_RATIO = 200
"""a sheet of like rows packs to about 1 : 60; beyond this a part of over a megabyte is made to burst"""
CHUNK = 256 * 1024
DESCRIPTOR = 24
"""bytes that may stand between two parts: the longest data descriptor"""
DIRECTORY_ENTRY = 512
"""bytes of one part in the directory, at most, on average: bounds what is read before the parts can be counted"""
_LOCKED = 0x1 | 0x40 | 0x2000
_LATER = 0x8
"""the sizes stand behind the part, not in front"""
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = 20
_LOCAL = struct.Struct("<4s5H3L2H")
_UNSAID = {0xFFFFFFFF}
_XML = (".xml", ".rels", ".vml")
_DOCTYPE = b"<!DOCTYPE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The whole file is refused, with the reason and what to do."""

    reason: Line


class Fault(StrEnum):
    """Why an archive is not to be opened."""

    BROKEN = "broken"
    BURSTS = "bursts"
    LOCKED = "locked"


class UnfitError(Exception):
    """The archive is not to be opened, for its `fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(slots=True)
class Meter:
    """What may still be unpacked, in bytes and in parts: one meter for an archive and all that is packed within it."""

    unpacked: int
    parts: int

    def take(self, size: int) -> None:
        """Count unpacked bytes. Raises UnfitError when it is too much."""
        self.unpacked -= size
        if self.unpacked < 0:
            raise UnfitError(Fault.BURSTS)


def parts_of(file: BinaryIO, meter: Meter) -> list[ZipInfo]:
    """The parts in the order of their places in the file, their names and places sound. Raises UnfitError."""
    size, entries = _directory(file)
    if max(entries, size // DIRECTORY_ENTRY) > meter.parts:
        raise UnfitError(Fault.BURSTS)
    try:
        with ZipFile(file) as archive:
            parts, start = sorted(archive.infolist(), key=lambda p: p.header_offset), archive.start_dir
    except (BadZipFile, ValueError, LookupError, struct.error, OSError, RuntimeError, EOFError):
        raise UnfitError(Fault.BROKEN) from None
    meter.parts -= len(parts)
    if meter.parts < 0:
        raise UnfitError(Fault.BURSTS)
    if any(part.flag_bits & _LOCKED for part in parts):
        raise UnfitError(Fault.LOCKED)
    if not parts or not _sound(parts) or not _side_by_side(file, parts, start):
        raise UnfitError(Fault.BROKEN)
    return parts


def unpack(file: BinaryIO, part: ZipInfo, meter: Meter) -> Iterator[bytes]:
    """A part's content in chunks, each counted. Raises UnfitError where it is not what the directory says."""
    file.seek(_data(file, part))
    left, done, check, tail = part.compress_size, 0, 0, b""
    tool = zlib.decompressobj(-15) if part.compress_type == ZIP_DEFLATED else None
    while left or (tool and tool.unconsumed_tail):
        packed = tool.unconsumed_tail if tool and tool.unconsumed_tail else file.read(min(left, CHUNK))
        if not (tool and tool.unconsumed_tail):
            left -= len(packed)
        chunk = _inflated(tool, packed) if tool else packed
        if not packed or (done := done + len(chunk)) > part.file_size:
            raise UnfitError(Fault.BROKEN)
        meter.take(len(chunk))
        if done > MEGABYTE and done > MOST_RATIO * part.compress_size:
            raise UnfitError(Fault.BURSTS)
        if part.filename.lower().endswith(_XML) and _hides_entities(tail + chunk, first=done == len(chunk)):
            raise UnfitError(Fault.BROKEN)
        check, tail = zlib.crc32(chunk, check), chunk[-len(_DOCTYPE) :]
        yield chunk
        if tool and tool.eof:
            break
    if left or done != part.file_size or check != part.CRC or (tool and (tool.unused_data or not tool.eof)):
        raise UnfitError(Fault.BROKEN)


def _inflated(tool: zlib._Decompress, packed: bytes) -> bytes:
    try:
        return tool.decompress(packed, CHUNK)
    except zlib.error:
        raise UnfitError(Fault.BROKEN) from None


def _hides_entities(content: bytes, *, first: bool) -> bool:
    """No Office part has a document type; one that has wants to blow up the parser (or is in a coding that hides it)."""
    return _DOCTYPE in content or (first and b"\0" in content[:200])


def _directory(file: BinaryIO) -> tuple[int, int]:
    """How many bytes and entries the directory has, from the record that must be the file's last bytes."""
    length = file.seek(0, 2)
    if length < _END.size:
        raise UnfitError(Fault.BROKEN)
    file.seek(-_END.size, 2)
    sign, _, _, _, entries, size, _, comment = _END.unpack(file.read(_END.size))
    if sign != b"PK\x05\x06" or comment:
        raise UnfitError(Fault.BROKEN)
    if length >= _END.size + _LOCATOR + _END_64.size:
        file.seek(-_END.size - _LOCATOR - _END_64.size, 2)
        wide = _END_64.unpack(file.read(_END_64.size))
        if wide[0] == b"PK\x06\x06" and file.read(4) == b"PK\x06\x07":
            return wide[8], wide[7]
    return size, entries


def _sound(parts: list[ZipInfo]) -> bool:
    """Every part has a plain relative name of its own (Windows takes no notice of case) and a way of packing we know."""
    names = [part.orig_filename for part in parts]
    return len({name.lower() for name in names}) == len(names) and all(
        part.compress_type in {ZIP_STORED, ZIP_DEFLATED}
        and not set(part.orig_filename) & set("\\:\0")
        and not {"", ".", ".."} & set(part.orig_filename.removesuffix("/").split("/"))
        for part in parts
    )


def _side_by_side(file: BinaryIO, parts: list[ZipInfo], start: int) -> bool:
    """Nothing before, between, under or behind the parts."""
    ends = [_data(file, part) + part.compress_size for part in parts]
    begins = [*(part.header_offset for part in parts), start]
    return (
        begins[0] == 0
        and all(end <= begin <= end + DESCRIPTOR for end, begin in zip(ends, begins[1:], strict=True))
        and all(a < b for a, b in pairwise(begins))
    )


def _data(file: BinaryIO, part: ZipInfo) -> int:
    """Where a part's packed bytes begin; its own header must agree with the directory."""
    file.seek(part.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        raise UnfitError(Fault.BROKEN)
    sign, _, flags, way, _, _, _, packed, unpacked, name, extra = _LOCAL.unpack(head)
    sizes = {packed} <= {part.compress_size, *_UNSAID} and {unpacked} <= {part.file_size, *_UNSAID}
    same_name = file.read(name) == part.orig_filename.encode("utf-8" if flags & 0x800 else "cp437", "replace")
    if sign != b"PK\x03\x04" or way != part.compress_type or not same_name or not (sizes or flags & _LATER):
        raise UnfitError(Fault.BROKEN)
    return int(part.header_offset + _LOCAL.size + name + extra)

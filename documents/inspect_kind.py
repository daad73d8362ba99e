"""What a file is by its first bytes, whatever its name says: the formats people send, and those they send by mistake."""

from __future__ import annotations

import re
from enum import StrEnum

HEAD = 4096
"""bytes from the beginning that tell the kind"""


class Kind(StrEnum):
    """What a file begins as. Those that are refused outright are named like the reason of the refusal."""

    PDF = "pdf"
    ZIP = "zip"
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    OLD_OFFICE = "old_office"
    PROGRAM = "program"
    ARCHIVE = "archive"
    WEB_PAGE = "web_page"
    RICH_TEXT = "rich_text"
    PLAIN_TEXT = "plain_text"
    MEDIA = "media"
    OTHER_PICTURE = "other_picture"
    UNKNOWN = "unknown"


_STARTS = {
    b"%PDF-": Kind.PDF,
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ARCHIVE,
    b"PK\x07\x08": Kind.ARCHIVE,
    b"\xff\xd8\xff": Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Kind.OLD_OFFICE,
    b"MZ": Kind.PROGRAM,
    b"\x7fELF": Kind.PROGRAM,
    b"\xfe\xed\xfa\xce": Kind.PROGRAM,
    b"\xfe\xed\xfa\xcf": Kind.PROGRAM,
    b"\xce\xfa\xed\xfe": Kind.PROGRAM,
    b"\xcf\xfa\xed\xfe": Kind.PROGRAM,
    b"\xca\xfe\xba\xbe": Kind.PROGRAM,
    b"dex\n": Kind.PROGRAM,
    b"\0asm": Kind.PROGRAM,
    b"L\0\0\0\x01\x14\x02\0": Kind.PROGRAM,  # a Windows shortcut
    b"#!": Kind.PROGRAM,
    b"<?php": Kind.PROGRAM,
    b"Rar!\x1a\x07": Kind.ARCHIVE,
    b"7z\xbc\xaf\x27\x1c": Kind.ARCHIVE,
    b"\x1f\x8b": Kind.ARCHIVE,
    b"BZh": Kind.ARCHIVE,
    b"\xfd7zXZ\0": Kind.ARCHIVE,
    b"\x28\xb5\x2f\xfd": Kind.ARCHIVE,
    b"MSCF": Kind.ARCHIVE,
    b"{\\rtf": Kind.RICH_TEXT,
    b"GIF8": Kind.OTHER_PICTURE,
    b"II*\0": Kind.OTHER_PICTURE,
    b"MM\0*": Kind.OTHER_PICTURE,
    b"8BPS": Kind.OTHER_PICTURE,
    b"ID3": Kind.MEDIA,
    b"OggS": Kind.MEDIA,
    b"fLaC": Kind.MEDIA,
    b"\x1aE\xdf\xa3": Kind.MEDIA,
    b"\0\0\x01\xba": Kind.MEDIA,
    b"\0\0\x01\xb3": Kind.MEDIA,
    b"0&\xb2u\x8ef\xcf\x11": Kind.MEDIA,
    b"FLV\x01": Kind.MEDIA,
    b"#!AMR": Kind.MEDIA,
}
_SCRIPT = re.compile(
    rb"\s*@?echo\s+off\b|\s*(on error resume next|wscript\.|set-executionpolicy|powershell)\b", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_WEB = re.compile(rb"\s*(<\?xml[^>]*>\s*)?<(!doctype|html|head|body|script|svg|iframe|meta)\b", re.IGNORECASE)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_STILL_BRANDS = {b"avif", b"avis", b"mif1", b"msf1"}
_MPEG_AUDIO = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfd][\x10-\xef]")
_NOT_IN_TEXT = re.compile(rb"[\0-\x06\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(head: bytes) -> Kind:
    """The kind of file that begins with these bytes (`HEAD` of them are enough)."""
    head = head[:HEAD]
    for start in sorted(_STARTS, key=len, reverse=True):
        if head.startswith(start):
            return _STARTS[start]
    if head[4:8] == b"ftyp":
        return _of_boxes(head)
    if head[257:262] == b"ustar":
        return Kind.ARCHIVE
    if head.startswith(b"RIFF"):
        return Kind.OTHER_PICTURE if head[8:12] == b"WEBP" else Kind.MEDIA
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return Kind.OTHER_PICTURE
    if _MPEG_AUDIO.match(head):
        return Kind.MEDIA
    return _of_text(head)


def _of_boxes(head: bytes) -> Kind:
    """Pictures of phones and films share one way of packing; the brands in the first box tell them apart."""
    size = int.from_bytes(head[:4], "big")
    major, brands = head[8:12], {head[n : n + 4] for n in range(16, min(size, len(head)), 4)}
    if major in _HEIC_BRANDS or (major in {b"mif1", b"msf1"} and brands & _HEIC_BRANDS):
        return Kind.HEIC
    return Kind.OTHER_PICTURE if major in _STILL_BRANDS else Kind.MEDIA


def _of_text(head: bytes) -> Kind:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if bare.lstrip()[:5] == b"%PDF-" and len(bare) - len(bare.lstrip()) <= len(b"\r\n\r\n"):
        return Kind.PDF
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        bare = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    if _SCRIPT.match(bare):
        return Kind.PROGRAM
    if _WEB.match(_COMMENT.sub(b"", bare)):
        return Kind.WEB_PAGE
    return Kind.PLAIN_TEXT if bare.strip() and not _NOT_IN_TEXT.search(bare) else Kind.UNKNOWN

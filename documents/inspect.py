"""What kind of file is this, and may it be kept? By its content; its name says nothing.

Kept are PDF, Word (.docx), Excel (.xlsx), JPEG, PNG and HEIC, whole and with nothing in them that acts by itself. One
file is one thing: the kind is what stands at its first byte, and where it goes on as a file of another kind, it is
refused. What phones and scanners write behind a picture (a moving picture, padding) is no other kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from documents.archives import MEGABYTE, Refusal
from documents.inspect_joined import hidden_in_pdf, two_in_one
from documents.inspect_kind import Kind, kind_of
from documents.inspect_office import judge_office, judge_old_office
from documents.inspect_pdf import judge_pdf
from documents.inspect_pictures import judge_picture
from texts.message import line

__all__ = ["Inspected", "Refusal", "inspect_file"]
MOST_BYTES = 50 * MEGABYTE
"""the largest file that an upload link takes"""
_PICTURES = {Kind.JPEG: "image/jpeg", Kind.PNG: "image/png", Kind.HEIC: "image/heic"}
_REFUSED = {
    Kind.PROGRAM: "files.program",
    Kind.ARCHIVE: "files.archive",
    Kind.WEB_PAGE: "files.web_page",
    Kind.RICH_TEXT: "files.rich_text",
    Kind.PLAIN_TEXT: "files.plain_text",
    Kind.MEDIA: "files.media",
    Kind.OTHER_PICTURE: "files.other_picture",
    Kind.UNKNOWN: "files.unknown",
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: its media type, and for a PDF how many pages it has."""

    media_type: str
    pages: int | None = None


def inspect_file(path: str) -> Inspected | Refusal:
    """What the file at this path is, or why it is not kept. Any content gives one or the other, never an exception.

    Reads the file and writes nothing. It may need a few seconds and a few times the file's size in memory: run it
    in a child process that is bounded. Raises OSError only where the file cannot be read at all.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if not content:
        return Refusal(line("files.empty"))
    if len(content) > MOST_BYTES:
        return Refusal(line("files.too_big", megabytes=MOST_BYTES // MEGABYTE))
    kind = kind_of(content)
    if reason := _REFUSED.get(kind):
        return Refusal(line(reason))
    if kind is not Kind.OLD_OFFICE and two_in_one(content, kind):
        return Refusal(line("files.two_in_one"))
    return _judged(content, kind)


def _judged(content: bytes, kind: Kind) -> Inspected | Refusal:
    if kind is Kind.OLD_OFFICE:
        return judge_old_office(BytesIO(content))
    if kind is Kind.ZIP:
        media_type = judge_office(BytesIO(content))
        return media_type if isinstance(media_type, Refusal) else Inspected(media_type)
    if kind is Kind.PDF:
        pages = judge_pdf(content)
        if isinstance(pages, Refusal):
            return pages
        return Refusal(line("files.two_in_one")) if hidden_in_pdf(content) else Inspected("application/pdf", pages)
    return judge_picture(content, kind) or Inspected(_PICTURES[kind])

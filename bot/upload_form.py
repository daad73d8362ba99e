"""A form with files as a browser without scripts sends it (RFC 7578), read as it comes: no file is held in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST_PARTS = 100
"""Fields of one form: a link takes far fewer files."""
_HEAD = 8 * 1024
"""Bytes that the head of a part may have."""
_BOUNDARY = re.compile(
    r"""multipart/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))""", re.IGNORECASE
)
_NAMED = re.compile(r'\b(name|filename)="([^"]*)"')


class BrokenFormError(Exception):
    """What came is no form, or has no end."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form. `filename` is None where it is no file; what is not read of `content` is passed over."""

    name: str
    filename: str | None
    content: AsyncIterator[bytes]
    before: int
    """bytes of the form before its content"""


def boundary(content_type: str) -> bytes:
    """What parts the fields. Raises BrokenFormError where it is no such form."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        raise BrokenFormError(content_type[:80])
    return (found[1] or found[2]).encode("latin-1", "replace")


async def parts(chunks: AsyncIterator[bytes], edge: bytes) -> AsyncIterator[Part]:
    """The fields of a form one after the other. Raises BrokenFormError, and whatever `chunks` raises."""
    body, mark = _Body(chunks), b"\r\n--" + edge
    await _passed(body.until(mark))
    many = 0
    while await body.next(2) == b"\r\n":
        many += 1
        if many > MOST_PARTS:
            raise BrokenFormError(f"more than {MOST_PARTS} parts")
        head = bytearray()
        async for piece in body.until(b"\r\n\r\n"):
            head += piece
            if len(head) > _HEAD:
                raise BrokenFormError("a part without an end to its head")
        named = dict(_NAMED.findall(_line(bytes(head))))
        content = body.until(mark)
        filename = named.get("filename")
        # a browser writes a quotation mark in a name so, and nothing else
        filename = filename.replace("%22", '"') if filename is not None else None
        yield Part(named.get("name", ""), filename, content, body.given)
        await _passed(content)


def _line(head: bytes) -> str:
    """The line of a part's head that names it."""
    lines = head.decode("utf-8", "replace").split("\r\n")
    return next((line for line in lines if line.lower().startswith("content-disposition:")), "")


async def _passed(rest: AsyncIterator[bytes]) -> None:
    async for _ in rest:
        pass


class _Body:
    """What comes, and what of it has not been given out."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        # the first part's mark has a line's end before it like all others
        self._chunks, self._held = chunks, bytearray(b"\r\n")
        self.given = -len(self._held)
        """bytes of what has come that were given out or passed over"""

    async def until(self, mark: bytes) -> AsyncIterator[bytes]:
        """Everything before the mark; the mark itself is passed over."""
        while (at := self._held.find(mark)) < 0:
            safe = len(self._held) - len(mark) + 1
            if safe > 0:
                yield self._cut(safe)
            await self._more()
        before = self._cut(at)
        self._cut(len(mark))
        if before:
            yield before

    async def next(self, many: int) -> bytes:
        """The next so many bytes."""
        while len(self._held) < many:
            await self._more()
        return self._cut(many)

    def _cut(self, many: int) -> bytes:
        cut = bytes(self._held[:many])
        del self._held[:many]
        self.given += many
        return cut

    async def _more(self) -> None:
        piece = await anext(self._chunks, None)
        if piece is None:
            raise BrokenFormError("it breaks off")
        self._held += piece

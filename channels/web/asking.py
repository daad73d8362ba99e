"""Requests from anybody: nothing of them is used before it has been bounded and checked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from channels.fitting import file_name
from channels.web.said import BODY_LIMIT, UPLOAD_LIMIT, Announced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from channels.web.browsers import Browsers

ID_DIGITS = 19
"""an id of so many digits or more is none of ours"""
BODY_SECONDS = 30
"""a request that takes longer to arrive is given up; a file, if so long nothing of it comes"""
NAMELESS = "tep"
_M = TypeVar("_M", bound=BaseModel)


async def asked(browsers: Browsers, request: Request, kind: type[_M]) -> tuple[str, _M]:
    """Who asks, and what: JSON with the page's token. HTTPException 403, 408, 413, 415 or 422 says what is wrong."""
    address = browsers.trusted(request)
    if address is None:
        raise HTTPException(403)
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    try:
        return address, kind.model_validate_json(await body(request))
    except ValidationError as error:
        raise HTTPException(422) from error


async def body(request: Request) -> bytes:
    """The whole body, if it is small enough (else HTTPException 413) and comes at all (408)."""
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise HTTPException(413)
    except (TimeoutError, ClientDisconnect) as error:
        raise HTTPException(408) from error
    return bytes(content)


def announced(browsers: Browsers, request: Request) -> tuple[str, Announced]:
    """Who sends a file, and what is said of it: with the page's token, its id and name in the address.

    HTTPException 400, 403, 411, 413, 415 or 422 says what is wrong; nothing of the file has been read then.
    """
    address = browsers.trusted(request)
    if address is None:
        raise HTTPException(403)
    headers = request.headers
    if headers.get("Content-Type", "") != "application/octet-stream" or "Content-Encoding" in headers:
        raise HTTPException(415)
    size = length(request, UPLOAD_LIMIT)
    name = file_name(request.query_params.get("name", ""), NAMELESS)
    try:
        return address, Announced(id=request.query_params.get("id", ""), name=name, size=size)
    except ValidationError as error:
        raise HTTPException(422) from error


def length(request: Request, most: int) -> int:
    """How many bytes are announced, at most so many; else HTTPException 411 or 413.

    400 if they are announced in two ways at once (RFC 9112, 6.3): then nobody knows how many come. Where that is not
    known, no more of it is taken off the line.
    """
    given = number(request.headers.get("Content-Length"))
    if "Transfer-Encoding" in request.headers or given is None:
        raise HTTPException(411 if given is None else 400, headers={"Connection": "close"})
    if given > most:
        raise HTTPException(413)
    return given


async def pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes; HTTPException 408 if it stops coming, 413 as soon as it is more than was announced."""
    coming, left = aiter(request.stream()), most
    try:
        while True:
            async with asyncio.timeout(BODY_SECONDS):
                piece = await anext(coming, None)
            if piece is None:
                return
            left -= len(piece)
            if left < 0:
                raise HTTPException(413)
            yield piece
    except (TimeoutError, ClientDisconnect) as error:
        raise HTTPException(408) from error


def number(text: str | None) -> int | None:
    """An entry's id as a page names it; None if it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < ID_DIGITS else None

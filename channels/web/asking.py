"""Requests from anybody: nothing of them is used before it has been bounded and checked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from channels.web.said import BODY_LIMIT

if TYPE_CHECKING:
    from starlette.requests import Request

    from channels.web.browsers import Browsers

ID_DIGITS = 19
"""an id of so many digits or more is none of ours"""
BODY_SECONDS = 30
"""a request that takes longer to arrive is given up"""
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


def number(text: str | None) -> int | None:
    """An entry's id as a page names it; None if it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < ID_DIGITS else None

"""Gets the files that people send: where one lies is asked first, then it comes in pieces.

The address of a file carries the bot's token: no error that leaves this module holds one.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from telegram.error import BadRequest, Forbidden, TelegramError

from channels.contract import NotFetchedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.telegram.request import AiohttpRequest

FILE_LIMIT = 20 * 1024 * 1024
"""bytes: what the Bot API lets a bot download"""
PIECE = 64 * 1024
_GONE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""with these the file itself is wrong; anything else may be right the next time"""
_PASSING = "temporarily unavailable"


async def fetch(request: AiohttpRequest, ref: str) -> AsyncIterator[bytes]:
    """The bytes of the file with that file_id, at most FILE_LIMIT of them. Raises NotFetchedError."""
    path, size = await _place(request, ref)
    fetched = 0
    try:
        async with request.download(path) as answer:
            _check(answer)
            async for piece in answer.content.iter_chunked(PIECE):
                fetched += len(piece)
                if fetched > FILE_LIMIT:
                    raise _too_large()
                yield piece
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        # only the kind is told: its words may hold the address
        raise NotFetchedError(f"the file did not come from Telegram ({type(error).__name__})", again=True) from None
    if fetched < (size or 0):
        raise NotFetchedError(f"{fetched} bytes of {size} came from Telegram", again=True)


async def _place(request: AiohttpRequest, ref: str) -> tuple[str, int | None]:
    """Where the file lies for the next hour, and how large it is said to be."""
    try:
        found = await request.call("getFile", {"file_id": ref})
    except (BadRequest, Forbidden) as error:
        raise NotFetchedError(str(error), again=_PASSING in str(error).lower()) from None
    except TelegramError as error:
        raise NotFetchedError(str(error), again=True) from None
    match found:
        case {"file_path": str(path), "file_size": int(size)} if path:
            if size > FILE_LIMIT:
                raise _too_large()
            return path, size
        case {"file_path": str(path)} if path:
            return path, None
    raise NotFetchedError("Telegram did not say where the file is", again=True)


def _check(answer: aiohttp.ClientResponse) -> None:
    if answer.status != HTTPStatus.OK:
        raise NotFetchedError(f"Telegram answered {answer.status} for the file", again=answer.status not in _GONE)
    if (answer.content_length or 0) > FILE_LIMIT:
        raise _too_large()


def _too_large() -> NotFetchedError:
    return NotFetchedError(f"the file is larger than {FILE_LIMIT} bytes", again=False)

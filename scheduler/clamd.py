"""A virus scanner: clamd, asked over its socket. The file's bytes are sent to it, so it may run as anybody, anywhere near.

Source: clamd's own protocol (man clamd, INSTREAM): a command ended by NUL, pieces each behind their length in four bytes,
a piece of no length, then one answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WITHIN = 120.0
"""Seconds a scan may take."""
CONNECT_WITHIN = 5.0
_LENGTH = 4
_LONGEST_ANSWER = 4096


class ScannerAwayError(Exception):
    """The scanner cannot be asked, or did not answer; the message is a reason to read."""


class Clamd:
    """clamd at an address: "unix:/run/clamav/clamd.ctl" or "tcp://127.0.0.1:3310"."""

    def __init__(self, address: str) -> None:
        """ValueError: it is no such address."""
        kind, _, where = address.partition(":")
        host, _, port = where.removeprefix("//").rpartition(":")
        if not ((kind == "unix" and where.startswith("/")) or (kind == "tcp" and host and port.isdecimal())):
            raise ValueError(f"{address!r} is neither unix:/path nor tcp://host:port")
        self._path, self._host, self._port = (where, "", 0) if kind == "unix" else ("", host, int(port))

    async def scan(self, content: AsyncIterator[bytes]) -> str | None:
        """The name of what it found; None: nothing. Raises ScannerAwayError, and what `content` raises."""
        async with self._asked() as (reader, writer):
            writer.write(b"zINSTREAM\0")
            with contextlib.suppress(ConnectionError):  # it stops reading at its own bound, and says so
                async for piece in content:
                    writer.write(len(piece).to_bytes(_LENGTH, "big") + piece)
                    await writer.drain()
                writer.write(bytes(_LENGTH))
            answer = await _answer(reader)
        if answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        if answer == "stream: OK":
            return None
        raise ScannerAwayError(f"clamd says {answer!r}")

    async def version(self) -> str:
        """What it calls itself. Raises ScannerAwayError."""
        async with self._asked() as (reader, writer):
            writer.write(b"zVERSION\0")
            return await _answer(reader)

    @contextlib.asynccontextmanager
    async def _asked(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(WITHIN):
                async with asyncio.timeout(CONNECT_WITHIN):
                    reader, writer = await self._connect()
                try:
                    yield reader, writer
                finally:
                    writer.transport.abort()
        except (ConnectionError, FileNotFoundError, PermissionError, asyncio.IncompleteReadError) as error:
            raise ScannerAwayError(f"{type(error).__name__}: {error}") from error
        except TimeoutError as error:
            raise ScannerAwayError("it did not answer in time") from error

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path, limit=_LONGEST_ANSWER)
        return await asyncio.open_connection(self._host, self._port, limit=_LONGEST_ANSWER)


async def _answer(reader: asyncio.StreamReader) -> str:
    try:
        raw = await reader.readuntil(b"\0")
    except asyncio.LimitOverrunError as error:
        raise ScannerAwayError("its answer has no end") from error
    return raw.rstrip(b"\0\n").decode(errors="replace")

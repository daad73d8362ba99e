"""A clamd on a Unix socket: finds what stands in `finds`, or behaves as `acts` says."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""what every scanner finds, and no machine runs"""


class FakeClamd:
    """`acts`: "scan", "silent" (takes all, says nothing), "cut" (hangs up), "limit" (too large for it)."""

    def __init__(self, path: Path) -> None:
        self.path, self.acts = path, "scan"
        self.scanned: list[bytes] = []
        self._over, self._serving = asyncio.Event(), set[asyncio.Task[None] | None]()

    @property
    def address(self) -> str:
        return f"unix:{self.path}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[FakeClamd]:
        server = await asyncio.start_unix_server(self._serve, str(self.path))
        try:
            yield self
        finally:
            server.close()
            self._over.set()
            await asyncio.gather(*filter(None, self._serving), return_exceptions=True)
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            command = await reader.readuntil(b"\0")
            writer.write(await self._answer(command, reader))
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, command: bytes, reader: asyncio.StreamReader) -> bytes:
        if command == b"zVERSION\0":
            return b"ClamAV 1.4.2/27000\0"
        if self.acts == "cut":
            return b""
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if self.acts == "limit":
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.scanned.append(content)
        if self.acts == "silent":
            await self._over.wait()
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"

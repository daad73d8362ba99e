"""The outside of the web chat in memory: a transcript that pages can wait on, one-time codes, files."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from channels.web.ports import Entry, Stored, TooManyError, VisitorError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence


class MemoryTranscript:
    """A second, complete implementation of `channels.web.ports.Transcript`. `clock` gives microseconds since 1970."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.entries: dict[str, list[Entry]] = {}
        self.seen_upto: dict[str, int] = {}
        self.broken = False
        """while True, nothing can be read or written"""
        self._clock = clock
        self._last = 0
        self._news = asyncio.Condition()

    async def append(self, address: str, key: str, body: Mapping[str, Any], edits: int | None) -> int:
        self._check()
        entries = self.entries.setdefault(address, [])
        for entry in entries:
            if entry.key == key:
                return entry.id
        self._last += 1
        entries.append(Entry(self._last, key, self._clock(), body, edits))
        async with self._news:
            self._news.notify_all()
        return self._last

    async def after(self, address: str, last_id: int, limit: int) -> Sequence[Entry]:
        self._check()
        return [e for e in self.entries.get(address, []) if e.id > last_id][:limit]

    async def latest(self, address: str, limit: int) -> Sequence[Entry]:
        self._check()
        return self.entries.get(address, [])[-limit:]

    async def older(self, address: str, before_id: int, limit: int) -> Sequence[Entry]:
        self._check()
        return [e for e in self.entries.get(address, []) if e.id < before_id][-limit:]

    async def seen(self, address: str, upto_id: int) -> None:
        self._check()
        self.seen_upto[address] = max(self.seen_upto.get(address, 0), upto_id)

    async def wait(self, address: str, last_id: int, timeout_seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds), self._news:
                await self._news.wait_for(lambda: any(e.id > last_id for e in self.entries.get(address, [])))

    def _check(self) -> None:
        if self.broken:
            raise ConnectionError("the database is gone")


class MemorySignIn:
    """One-time codes: code → person; `owners` says whose an address is."""

    def __init__(self, **codes: str) -> None:
        self.codes = codes
        self.owners: dict[str, str] = {}

    async def open(self, code: str, address: str) -> bool:
        person = self.codes.pop(code, None)
        if person is not None:
            self.owners[address] = person
        return person is not None


class MemoryUploads:
    """Files by their refs; what came half is not kept. `clock` gives microseconds since 1970."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self.kept: dict[str, bytes] = {}
        self.full = False
        """while True, the disk refuses"""
        self.broken = False
        """while True, nothing can be read"""
        self.many = False
        """while True, everybody has sent too much"""
        self.visitor = False
        """while True, nobody belongs to a unit"""
        self.given_back: list[str] = []
        """refs of files that do not count as sent"""
        self.largest = 0
        """bytes of the largest piece that came"""
        self.begun = asyncio.Event()

    async def keep(self, address: str, size: int, chunks: AsyncIterator[bytes]) -> Stored:
        began_at = self._clock()
        if self.visitor:
            raise VisitorError
        if self.many:
            raise TooManyError
        content = bytearray()
        async for chunk in chunks:
            self.begun.set()
            if self.full:
                raise OSError(28, "No space left on device")
            self.largest = max(self.largest, len(chunk))
            content += chunk
        ref = f"upload-{len(self.kept)}"
        self.kept[ref] = bytes(content)

        async def give_back() -> None:
            self.given_back.append(ref)

        return Stored(ref, began_at, give_back)

    async def open(self, ref: str) -> AsyncIterator[bytes]:
        if self.broken:
            raise OSError(5, "Input/output error")
        if ref not in self.kept:
            raise FileNotFoundError(ref)
        for start in range(0, len(self.kept[ref]), 64 * 1024):
            yield self.kept[ref][start : start + 64 * 1024]

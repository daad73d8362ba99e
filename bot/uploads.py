"""Room for the files that people send in the web chat: the file store, and how much of it one person may fill."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from channels.web.channel import WebChannel
from channels.web.ports import Stored, TooManyError, VisitorError
from storage import uploads
from storage.files import ArrivalLostError, TooLargeError
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scheduler.outcomes import Clocks
    from storage.files import FileStore, Kept
    from storage.units import Database


class Uploads:
    """Implements channels.web.ports.Uploads. A file's ref is its SHA-256; `most` is bytes a file may have.

    `channel`: where the addresses are at home that send.
    """

    def __init__(
        self, database: Database, store: FileStore, clocks: Clocks, most: int, channel: str = WebChannel.name
    ) -> None:
        self._database, self._store, self._clocks, self._most = database, store, clocks, most
        self._channel = channel

    async def keep(self, address: str, size: int, chunks: AsyncIterator[bytes]) -> Stored:
        """Store the bytes durably, at most `size`, and count those that came.

        Raises VisitorError, TooManyError, OSError, StorageUnavailableError, and what `chunks` raises.
        """
        began_at = self._clocks.business()  # first of all: this is when it counts as sent
        most = min(size, self._most)
        begun = await self._database.run(uploads.begin, self._channel, address, most, self._clocks.machine())
        if not isinstance(begun, uploads.Begun):
            raise VisitorError if begun is uploads.Denied.VISITOR else TooManyError
        try:
            kept = await self._take(chunks, most)
        except BaseException:
            await self._give_back(begun)
            raise
        with contextlib.suppress(StorageUnavailableError):
            await self._database.run(uploads.came, begun, kept.size)
        return Stored(kept.sha256, began_at, partial(self._give_back, replace(begun, size=kept.size)))

    def open(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes again. Raises FileNotFoundError, OSError."""
        return self._store.open(ref)

    async def _give_back(self, begun: uploads.Begun) -> None:
        with contextlib.suppress(StorageUnavailableError):  # it stays counted for the rest of the hour
            await self._database.run(uploads.give_back, begun)

    async def _take(self, chunks: AsyncIterator[bytes], most: int) -> Kept:
        try:
            return await self._store.keep(chunks, most)
        except TooLargeError as error:
            raise OSError(errno.EFBIG, str(error)) from error
        except ArrivalLostError as error:
            raise OSError(errno.ESTALE, str(error)) from error

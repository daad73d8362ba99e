"""Room for the files that people send in the web chat: the file store, and how much of it one person may fill."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from channels.web.channel import WebChannel
from channels.web.ports import Stored, TooManyError
from storage import uploads
from storage.files import ArrivalLostError, TooLargeError
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scheduler.outcomes import Clocks
    from storage.files import FileStore
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
        """Store the bytes durably. Raises TooManyError, OSError, StorageUnavailableError, and what `chunks` raises."""
        began_at = self._clocks.business()  # first of all: this is when it counts as sent
        begun = await self._database.run(uploads.begin, self._channel, address, size, began_at, self._clocks.machine())
        if begun is None:
            raise TooManyError
        try:
            return Stored(await self._take(chunks), began_at)
        except BaseException:
            with contextlib.suppress(StorageUnavailableError):  # it stays counted for the rest of the hour
                await self._database.run(uploads.give_back, begun)
            raise

    def open(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes again. Raises FileNotFoundError, OSError."""
        return self._store.open(ref)

    async def _take(self, chunks: AsyncIterator[bytes]) -> str:
        try:
            return (await self._store.keep(chunks, self._most)).sha256
        except TooLargeError as error:
            raise OSError(errno.EFBIG, str(error)) from error
        except ArrivalLostError as error:
            raise OSError(errno.ESTALE, str(error)) from error

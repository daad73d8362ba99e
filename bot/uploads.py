"""Room for the files that people send in the web chat: the file store."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from storage.files import ArrivalLostError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.files import FileStore


class Uploads:
    """Implements channels.web.ports.Uploads. A file's ref is its SHA-256; `most` is bytes a file may have."""

    def __init__(self, store: FileStore, most: int) -> None:
        self._store, self._most = store, most

    async def keep(self, chunks: AsyncIterator[bytes]) -> str:
        """Store the bytes durably; a ref for `open`. Raises OSError, and whatever `chunks` raises."""
        try:
            return (await self._store.keep(chunks, self._most)).sha256
        except TooLargeError as error:
            raise OSError(errno.EFBIG, str(error)) from error
        except ArrivalLostError as error:
            raise OSError(errno.ESTALE, str(error)) from error

    def open(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes again. Raises FileNotFoundError, OSError."""
        return self._store.open(ref)

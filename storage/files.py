"""The file store: content named by its SHA-256, in a folder `<aa>/<sha256>`; what a file was called stands in rows alone.

On its way in: (1) a row in `arriving` commits; (2) the bytes go into `arriving/<token>` and are synced; (3) the row
names the content, committed; (4) a rename gives the content its place, the folder is synced; (5) in one transaction the
row in `files` appears and the one in `arriving` goes. Whoever sees the row can read the file.

Killed anywhere, it leaves an old row in `arriving`, perhaps a temporary file, perhaps content that nothing names: the
clean-up takes these away after a day. How its races are closed:

- The same content twice at once: each renames the same bytes to the same name, one row remains. Nobody waits.
- Clean-up against arrival: step 3 and `remove_unknown` take one lock for that content. Either the arrival is named
  first, then the clean-up sees it and lets the content be; or the content goes first, and the rename of step 4 brings
  it again. From step 3 on there is at every instant a row, in `arriving` or then in `files`, and the clean-up looks for
  both in one statement.
- An arrival that stood still for more than a day finds its row gone at step 3 or 5, and fails without a trace.
- A temporary file has one owner, by its token: nobody else's clean-up can meet it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from storage import disk
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from storage.units import Database, Tx

ARRIVING = "arriving"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TooLargeError(Exception):
    """A file has more bytes than it may."""


class NotWrittenError(OSError):
    """The store could not write: the disk is full, the folder read-only or gone."""


class NoSuchFileError(FileNotFoundError):
    """There is no file of that name in the store."""


class ArrivalLostError(Exception):
    """A file took more than a day to arrive, and its place was cleaned up: it must be sent again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store; `size` in bytes."""

    sha256: str
    size: int


class FileStore:
    """The stored files of an installation. `machine()` is machine time in microseconds."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        machine: Callable[[], int],
        troubled: Callable[[OSError], None] | None = None,
    ) -> None:
        """`troubled` hears that something could not be written (a full disk, a folder that is read-only)."""
        self._database, self._folder, self._machine, self._troubled = database, folder, machine, troubled

    async def keep(self, chunks: AsyncIterator[bytes], most: int) -> Kept:
        """Store what comes in, at most so many bytes; however that fails, nothing half is left behind.

        Raises TooLargeError, ArrivalLostError, NotWrittenError, StorageUnavailableError, and whatever `chunks` raises.
        """
        token = secrets.token_hex(16)
        await self._database.run(_begin, token, self._machine())
        try:
            kept = await self._take(token, chunks, most)
            await self._database.run(_name, token, kept.sha256)
            await self._written(self._place, token, kept.sha256)
            await self._database.run(_arrive, token, kept, self._machine())
        except BaseException:
            await self._forget(token)
            raise
        return kept

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        """The bytes of a stored file, in pieces. Raises NoSuchFileError, OSError."""
        path = self.path(sha256)
        if await self._database.read(get, sha256) is None:
            raise NoSuchFileError(sha256)
        offset = 0
        # opened anew for each block: nothing to be closed if the reader goes away, and content never changes
        while block := await asyncio.to_thread(disk.read, path, offset):
            yield block
            offset += len(block)

    def path(self, sha256: str) -> Path:
        """Where content has its place. Raises NoSuchFileError for what is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise NoSuchFileError(sha256)
        return self._folder / sha256[:2] / sha256

    def temporary(self, token: str) -> Path:
        """Where bytes lie while they arrive."""
        return self._folder / ARRIVING / token

    async def remove_unknown(self, sha256: str) -> bool:
        """Remove content unless a row knows it, or an arrival has named it; whether it was removed."""
        aside = self.temporary(f"{sha256}.{secrets.token_hex(8)}")
        gone = await self._database.run(_set_aside, sha256, self.path(sha256), aside)
        if gone:
            await asyncio.to_thread(aside.unlink, missing_ok=True)
        return gone

    def listed(self) -> tuple[list[Path], list[Path]]:
        """What lies in the folder: temporary files, and content. Blocks: call it in a thread."""
        temporary = [path for path in self._folder.glob(f"{ARRIVING}/*") if path.is_file()]
        content = [path for path in self._folder.glob("??/*") if _SHA256.fullmatch(path.name)]
        return temporary, content

    async def _take(self, token: str, chunks: AsyncIterator[bytes], most: int) -> Kept:
        """Write the bytes down, a block at a time, and sync them."""
        path, digest, size, block = self.temporary(token), hashlib.sha256(), 0, bytearray()
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLargeError(f"more than {most} bytes")
            block += chunk
            if len(block) >= disk.BLOCK:
                await self._written(disk.append, path, digest, bytes(block))
                block.clear()
        await self._written(partial(disk.append, synced=True), path, digest, bytes(block))
        return Kept(digest.hexdigest(), size)

    async def _written(self, write: Callable[..., None], *args: Any) -> None:
        try:
            await asyncio.to_thread(write, *args)
        except OSError as error:
            if self._troubled:
                self._troubled(error)
            raise NotWrittenError(error.errno, error.strerror) from error

    def _place(self, token: str, sha256: str) -> None:
        target = self.path(sha256)
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            disk.sync(self._folder)
        try:
            self.temporary(token).replace(target)
        except FileNotFoundError as error:
            raise ArrivalLostError(f"{token} was cleaned up") from error
        disk.sync(target.parent)

    async def _forget(self, token: str) -> None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self.temporary(token).unlink, missing_ok=True)
        with contextlib.suppress(StorageUnavailableError):  # the clean-up finds it
            await self._database.run(drop_arriving, [token])


async def _begin(tx: Tx, token: str, now: int) -> None:
    await tx.run("files.begin", token=token, now=now)


async def _name(tx: Tx, token: str, sha256: str) -> None:
    await tx.one("files.lock", sha=sha256)
    if not await tx.run("files.named", token=token, sha=sha256):
        raise ArrivalLostError(f"{token} was cleaned up")


async def _arrive(tx: Tx, token: str, kept: Kept, now: int) -> None:
    if not await tx.run("files.arrived", token=token):
        raise ArrivalLostError(f"{token} was cleaned up")
    await tx.run("files.put", sha=kept.sha256, size=kept.size, now=now)


async def _set_aside(tx: Tx, sha256: str, path: Path, aside: Path) -> bool:
    """Under the content's lock: it is renamed here, at once, and deleted outside, where that may take its time."""
    await tx.one("files.lock", sha=sha256)
    if (await tx.one("files.known", sha=sha256))["known"]:
        return False
    return disk.moved(path, aside)


async def drop_arriving(tx: Tx, tokens: list[str]) -> None:
    """These arrivals are over."""
    await tx.many("files.arrived", [{"token": token} for token in tokens])


async def stale(tx: Tx, before: int) -> list[str]:
    """The tokens of arrivals that began before an instant of machine time."""
    return [row["token"] for row in await tx.all("files.stale", before=before)]


async def tokens(tx: Tx) -> set[str]:
    """The tokens of all arrivals under way."""
    return {row["token"] for row in await tx.all("files.tokens")}


async def page(tx: Tx, after: str, most: int) -> list[Kept]:
    """Stored files by name, those after `after`."""
    return [Kept(row["sha256"], row["size"]) for row in await tx.all("files.page", after=after, most=most)]


async def get(tx: Tx, sha256: str) -> Kept | None:
    """A stored file by name."""
    row = await tx.one("files.get", sha=sha256)
    return Kept(row["sha256"], row["size"]) if row else None


async def typed(tx: Tx, sha256: str, media_type: str) -> None:
    """Somebody has looked inside: what kind of file it is."""
    await tx.run("files.typed", sha=sha256, media_type=media_type)


async def scanned(tx: Tx, sha256: str, scan: str) -> None:
    """What a virus scanner has said of it: clean, infected, or unscanned because there was none to ask."""
    await tx.run("files.scanned", sha=sha256, scan=scan)


async def use(tx: Tx, sha256: str, holder: str) -> None:
    """`holder` refers to this file, such as "dossier:<number>:<version>". Said twice, it is there once."""
    await tx.run("files.use", sha=sha256, holder=holder)


async def uses(tx: Tx, sha256: str) -> list[str]:
    """Who refers to a file."""
    return [row["holder"] for row in await tx.all("files.uses", sha=sha256)]

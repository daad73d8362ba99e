"""The photographs of a report become one PDF, as slow work once it is handed in; it goes beside them, never in their place."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import structlog

from domain.registration import files_of, registration_of
from scheduler.bounded import ChildFailedError, TookTooLongError, TookTooMuchError, bounded
from scheduler.photo_pages_child import photo_pages
from storage import dossier_lists, dossier_pages
from storage.files import TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from scheduler.slow_work import Reporter
    from storage.dossier_pages import Together
    from storage.files import FileStore
    from storage.units import Database
    from storage.work import Work

KIND = "photo_pages"
SECONDS, MEGABYTES = 300, 1024
"""What the child may take: thirty HEIC of 12 megapixels are a minute; a picture of 60 with transparency is 700 MB."""
MOST = 1024 * 1024 * 1024
_BLOCK = 512 * 1024
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PhotoPages:
    """Does work of the kind "photo_pages"; done twice, it comes to the same file.

    Params: `number`, `version`. The result is the PDF's `sha256`, `size` (bytes) and `pages`, or `failed`.
    """

    database: Database
    store: FileStore

    async def __call__(self, work: Work, report: Reporter) -> dict[str, Any]:
        """Put the version's photographs together. OSError, StorageUnavailableError: they could not be stored."""
        number, version = work.params["number"], work.params["version"]
        there = await self.database.read(dossier_pages.get, number, version)
        if there:
            return asdict(there)
        pictures = await self._pictures(number, version)
        if len(pictures) < 2:  # noqa: PLR2004 - one page needs nothing to be put together with
            return {"failed": "there are no photographs to put together"}
        return await self._made(number, version, pictures)

    async def _pictures(self, number: str, version: int) -> list[tuple[str, str]]:
        """Path and media type of the version's photographs, in their order."""
        found = await self.database.read(dossier_lists.version, number, version)
        files = files_of(registration_of(found.content["registration"])) if found else ()
        return [(str(self.store.path(f.sha256)), f.media_type) for f in files if f.media_type.startswith("image/")]

    async def _made(self, number: str, version: int, pictures: list[tuple[str, str]]) -> dict[str, Any]:
        out = self.store.temporary(f"pages.{secrets.token_hex(16)}")
        try:
            await asyncio.to_thread(out.parent.mkdir, parents=True, exist_ok=True)
            pages = await bounded(photo_pages, pictures, str(out), seconds=SECONDS, megabytes=MEGABYTES)
            return asdict(await self._kept(number, version, out, pages))
        except (TookTooLongError, TookTooMuchError, ChildFailedError, TooLargeError) as error:
            log.warning("photographs were not put together", number=number, version=version, reason=repr(error))
            return {"failed": f"photographs were not put together: {error!r}"}
        finally:
            await asyncio.to_thread(_remove, out)

    async def _kept(self, number: str, version: int, out: Path, pages: int) -> Together:
        kept = await self.store.keep(_blocks(out), MOST)
        return await self.database.run(dossier_pages.put, number, version, kept, pages)


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block


def _remove(out: Path) -> None:
    """The PDF as it was written, and what a child that was ended left of it."""
    for path in out.parent.glob(f"{out.name}*"):
        path.unlink(missing_ok=True)

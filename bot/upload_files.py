"""Files that come by an upload link: onto the disk as they come, then asked to be looked into, once each."""

from __future__ import annotations

import errno
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog

from bot.uploads import Uploads
from channels.web.ports import TooManyError, VisitorError
from scheduler.fetch_file import KIND, MOST_UPLOADED, UPLOADED
from storage import upload_links
from storage.units import StorageUnavailableError
from storage.upload_links import Taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.web.ports import Stored
    from scheduler.outcomes import Clocks
    from storage.files import FileStore
    from storage.units import Database

LOG = structlog.get_logger()


class Status(IntEnum):
    """How it went with a file, as it is answered over HTTP; the name, in small letters, is that of the words for it."""

    KEPT = 200
    """stored, or stored before under the same id"""
    NO_ROOM = 409
    """the link has taken as many files as it may"""
    DEAD = 410
    """used, over, or not a link of ours"""
    TOO_LARGE = 413
    MANY = 429
    """its person has sent as much as one may within the hour"""
    AWAY = 503
    """the database is away: not now, the link stays good"""
    FULL = 507
    """the disk takes nothing: not now, the link stays good"""


_TAKEN = {Taken.YES: Status.KEPT, Taken.AGAIN: Status.KEPT, Taken.FULL: Status.NO_ROOM, Taken.DEAD: Status.DEAD}


class Offered(NamedTuple):
    """A file as its sender tells of it: an id that stays the same when it is sent again, a name, bytes at most."""

    id: str
    name: str
    most: int


class UploadFiles:
    """Takes them."""

    def __init__(self, database: Database, store: FileStore, clocks: Clocks) -> None:
        self._database, self._store, self._clocks = database, store, clocks

    async def take(self, token: str, offered: Offered, content: AsyncIterator[bytes]) -> Status:
        """Store one; how it went. Raises what `content` raises: then nothing of it is left.

        It counts as sent when it began to come. Of what is not taken, some is not read.
        """
        try:
            return await self._take(token, offered, content, self._clocks.business())
        except TooManyError:
            return Status.MANY
        except VisitorError:  # since the link was made
            return Status.DEAD
        except StorageUnavailableError:
            return Status.AWAY
        except OSError as error:
            if error.errno == errno.EFBIG:
                return Status.TOO_LARGE
            LOG.exception("a file from an upload page could not be stored")
            return Status.FULL

    async def _take(self, token: str, offered: Offered, content: AsyncIterator[bytes], began_at: int) -> Status:
        link = await self._database.read(upload_links.find, token)
        if link is None or not link.good(began_at):
            return Status.DEAD
        key = f"upload:{link.id}:{offered.id}"
        if await self._database.read(upload_links.came, key):
            return Status.KEPT
        if link.files >= link.most:
            return Status.NO_ROOM
        room = Uploads(self._database, self._store, self._clocks, MOST_UPLOADED, link.channel)
        kept = await room.keep(link.address, offered.most, content)
        params = {
            "channel": UPLOADED, "ref": kept.ref, "id": key, "name": offered.name, "size": None, "squeezed": False,
            "wanted": True, "uploaded": True, "sent_at": began_at,
        }  # fmt: skip
        return _TAKEN[await self._handed_on(token, kept, key, params)]

    async def _handed_on(self, token: str, kept: Stored, key: str, params: dict[str, Any]) -> Taken:
        """Have it looked into. What is not, for now, or was before, does not count as sent."""
        now = self._clocks.business()
        try:
            taken = await self._database.run(upload_links.take, token, key, KIND, params, params["sent_at"], now)
        except StorageUnavailableError:
            await kept.give_back()
            raise
        if taken is Taken.AGAIN:
            await kept.give_back()
        return taken

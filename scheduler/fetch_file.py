"""A file somebody sent is fetched from its messenger, stored, and looked into by a child process with bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from channels.contract import NotFetchedError
from scheduler.bounded import ChildFailedError, TookTooLongError, TookTooMuchError, bounded
from scheduler.look_inside import look_inside
from scheduler.slow_work import AgainError
from storage import files
from texts.message import Line, line, say, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.contract import Channel
    from scheduler.scan import Scan
    from scheduler.slow_work import Reporter
    from storage.files import FileStore
    from storage.units import Database
    from storage.work import Work

KIND = "fetch_file"
MEGABYTE = 1024 * 1024
MOST = 20 * MEGABYTE
"""Bytes that a file may have where its channel sets no bound of its own."""
UPLOADED = "upload"
"""The channel of a file that came by a link to upload it: it is in the store already, its `ref` is its SHA-256."""
MOST_UPLOADED = 50 * MEGABYTE
"""Bytes that such a file may have."""
FIRST_WAIT, GROWS = 5, 3
"""Seconds before a messenger is asked again, and by what factor that grows: ten minutes in all."""
log = structlog.get_logger()


class FetchFile:
    """Does work of the kind "fetch_file". Fetched twice, the same content is stored once.

    Params: `channel`, `ref`, `name`, `size`, `squeezed`, as the channel told them. The result has one of
    - `file`: its `sha256`, `name`, `size` (bytes), `media_type` and `pages` (None where it has none);
    - `refused`: a message as `texts.message.to_json` packs it, which says why and what to do;
    - `failed`: a reason for the log.
    """

    def __init__(self, database: Database, channels: Mapping[str, Channel], store: FileStore, scan: Scan) -> None:
        self._database, self._channels, self._store, self._scan = database, channels, store, scan

    async def __call__(self, work: Work, report: Reporter) -> dict[str, Any]:
        """Fetch it. AgainError: the messenger cannot give it just now."""
        if work.params["channel"] == UPLOADED:
            return await self._uploaded(work, report)
        channel = self._channels.get(work.params["channel"])
        if channel is None:
            return {"failed": f"no channel {work.params['channel']} here"}
        most = channel.abilities.files_in or MOST
        try:
            kept = await self._store.keep(channel.fetch(work.params["ref"]), most)
        except files.TooLargeError:
            return _refused(line("files.too_big", megabytes=most // MEGABYTE))
        except NotFetchedError as error:
            if error.again:
                raise AgainError(str(error), FIRST_WAIT * GROWS ** (work.attempts - 1)) from error
            return {"failed": str(error)}
        except files.NotWrittenError as error:
            if work.attempts == 1:
                await report(say(line("files.no_room", name=work.params["name"])))
            raise AgainError(str(error), FIRST_WAIT * GROWS ** (work.attempts - 1)) from error
        return await self._looked_into(work, kept, report)

    async def _uploaded(self, work: Work, report: Reporter) -> dict[str, Any]:
        """It was bounded as it came, and again here: no row says how it came."""
        ref = work.params["ref"]
        kept = await self._database.read(files.get, ref)
        if kept is None:
            return {"failed": f"no file {ref} in the store"}
        if kept.size > MOST_UPLOADED:
            return _refused(line("files.too_big", megabytes=MOST_UPLOADED // MEGABYTE))
        return await self._looked_into(work, kept, report)

    async def _looked_into(self, work: Work, kept: files.Kept, report: Reporter) -> dict[str, Any]:
        try:
            found = await bounded(look_inside, str(self._store.path(kept.sha256)))
        except (TookTooLongError, TookTooMuchError, ChildFailedError) as error:
            log.warning("a file could not be looked into", sha256=kept.sha256, reason=repr(error))
            return _refused(line("work.file.not_opened"))
        if "refused" in found:
            return dict(found)
        if infected := await self._scan(kept.sha256, work, report):
            return _refused(infected)
        await self._database.run(files.typed, kept.sha256, found["media_type"])
        return {"file": {"sha256": kept.sha256, "name": work.params["name"], "size": kept.size, **found}}


def _refused(reason: Line) -> dict[str, Any]:
    return {"refused": to_json(say(reason))}

"""The page behind an upload link: files go from a phone's browser into the conversation that asks for them.

Whoever has the link may use it: its token is all there is, so nothing on the page names a person. Looking at the page
uses nothing up: messengers look at links by themselves. What a file came to is told in the conversation, which goes on
by itself.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.pages import Assets, language_of, page
from bot.upload_files import Offered, Status, UploadFiles
from bot.upload_form import BrokenFormError, boundary, parts
from channels.fitting import file_name
from channels.web.asking import NAMELESS, length, pieces
from channels.web.pages import HEADERS
from handlers.here import local
from handlers.uploading import MEGABYTES, PATH
from scheduler.fetch_file import MOST_UPLOADED
from storage import upload_links
from storage.units import StorageUnavailableError
from storage.uploads import MOST_BYTES
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from scheduler.outcomes import Clocks
    from storage.files import FileStore
    from storage.units import Database
    from storage.upload_links import Link

UPLOAD_SECONDS = 1800
"""what takes longer to come is given up: 50 MB over a poor line need less"""
_ID_BYTES = 64
_ID = re.compile(r"[0-9a-f]{16,64}")
_ASSETS = Assets("check.css", "upload.css", "upload.js")
_ACCEPT = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png,.heic,application/pdf,image/jpeg,image/png,image/heic"
"""what a browser offers to choose; what a file really is, is seen once it is here"""
_OF_SCRIPT = ("failed", "waiting", "going", "retry", "over", "left", "empty")


def upload_routes(database: Database, store: FileStore, clocks: Clocks) -> list[Route]:
    """The page's routes."""
    uploading = UploadPage(database, UploadFiles(database, store, clocks), clocks)
    return [
        Route(f"{PATH}/_/{{version}}/{{name}}", _ASSETS.serve),
        Route(f"{PATH}/{{token}}", uploading.show),
        Route(f"{PATH}/{{token}}", uploading.form, methods=["POST"]),
        Route(f"{PATH}/{{token}}/file", uploading.file, methods=["POST"]),
        Route(f"{PATH}/{{token}}/xong", uploading.done, methods=["POST"]),
    ]


class UploadPage:
    """The page, and what it sends."""

    def __init__(self, database: Database, files: UploadFiles, clocks: Clocks) -> None:
        self._database, self._files, self._clocks = database, files, clocks

    async def show(self, request: Request) -> Response:
        """GET /tai-len/{token}: what is asked for and how to send it; or why the link is dead, and what to do."""
        return await self._page(request)

    async def file(self, request: Request) -> Response:
        """POST …/file?id=ID&name=NAME, the file as its body: how it went, as `Status` has it.

        400, 403, 411, 413 or 422 where nothing of it was read, 408 where it stopped coming.
        """
        offered = _offered(request)
        content = pieces(request, offered.most)
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                status = await self._files.take(request.path_params["token"], offered, content)
                await _passed(content)  # whoever is still sending hears nothing
        except TimeoutError as error:
            raise HTTPException(408) from error
        return JSONResponse({"id": offered.id}, status, headers={**HEADERS, "Cache-Control": "no-store"})

    async def form(self, request: Request) -> Response:
        """POST /tai-len/{token}: the files of a browser without scripts; the page again, with what became of each."""
        _from_our_page(request)
        size = length(request, MOST_BYTES)
        link = await self._link(request)
        if isinstance(link, Response):
            return link  # nothing of the form was read
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                told = await self._all(request, size)
        except TimeoutError as error:
            raise HTTPException(408) from error
        except BrokenFormError as error:
            raise HTTPException(400) from error
        return await self._page(request, told)

    async def done(self, request: Request) -> Response:
        """POST …/xong: everything is handed in; the link is dead from now on."""
        _from_our_page(request)
        try:
            now = self._clocks.business()
            link = await self._database.run(upload_links.end, request.path_params["token"], now)
        except StorageUnavailableError:
            return _shown(request, "away", 503)
        if link is None or (link.done_at is None and not link.good(now)):
            return _dead(request, link)
        return _shown(request, "done", files=link.files)

    async def _all(self, request: Request, size: int) -> list[tuple[str, Status]]:
        """Name and status of each file of a form, up to the first that comes too late or for which there is no room."""
        told: list[tuple[str, Status]] = []
        token, batch = request.path_params["token"], secrets.token_hex(16)
        async for part in parts(pieces(request, size), boundary(request.headers.get("Content-Type", ""))):
            if part.name == "batch":
                batch = await _id_in(part.content) or batch
            elif part.filename:
                name = file_name(part.filename, NAMELESS)
                offered = Offered(f"{batch}:{len(told)}", name, size - part.before)
                told.append((name, await self._files.take(token, offered, part.content)))
                if told[-1][1] in {Status.DEAD, Status.NO_ROOM}:
                    break
        return told

    async def _page(self, request: Request, told: list[tuple[str, Status]] | None = None) -> Response:
        link = await self._link(request)
        return link if isinstance(link, Response) else _open(request, link, self._clocks.business(), told or [])

    async def _link(self, request: Request) -> Link | Response:
        """The link while it is good; else what is shown instead."""
        try:
            link = await self._database.read(upload_links.find, request.path_params["token"])
        except StorageUnavailableError:
            return _shown(request, "away", 503)
        return link if link and link.good(self._clocks.business()) else _dead(request, link)


def _dead(request: Request, link: Link | None) -> Response:
    """Why a link is no longer good, and what to do."""
    if link is None:
        return _shown(request, "unknown", 404)
    return _shown(request, "over" if link.done_at is None else "done", 410, files=link.files)


def _open(request: Request, link: Link, now: int, told: list[tuple[str, Status]]) -> Response:
    language, figures = language_of(request), {"megabytes": MEGABYTES, "percent": "{percent}", "minutes": "{minutes}"}
    names = (*_OF_SCRIPT, *map(_word, Status))
    words = {name: plain(line(f"uploading.file.{name}", **figures), language) for name in names}
    return _shown(
        request, "open", files=link.files, flow=link.flow, most=link.most, room=link.most - link.files,
        most_bytes=MOST_UPLOADED, left=(link.expires_at - now) // 1_000_000, until=f"{local(link.expires_at):%H:%M}",
        told=[(name, _word(status)) for name, status in told], batch=secrets.token_hex(16),
        words=json.dumps(words, ensure_ascii=False), statuses=json.dumps({int(one): _word(one) for one in Status}),
    )  # fmt: skip


def _shown(request: Request, state: str, status: int = 200, **values: Any) -> Response:
    path, static = f"{PATH}/{request.path_params['token']}", f"{PATH}/_/{_ASSETS.version}"
    keys = {"title": f"uploading.{state}.title", "text": f"uploading.{state}.text"}
    told = {"megabytes": MEGABYTES, "accept": _ACCEPT, "files": 0, **keys, **values}
    return page(request, "upload.html", status, state=state, path=path, static=static, **told)


def _word(status: Status) -> str:
    return status.name.lower()


def _offered(request: Request) -> Offered:
    """What the page says of a file. HTTPException 400, 403, 411, 413 or 422 says what is wrong."""
    _from_our_page(request)
    size, sent = length(request, MOST_UPLOADED), request.query_params
    if size == 0 or not _ID.fullmatch(sent.get("id", "")):
        raise HTTPException(422)
    return Offered(sent["id"], file_name(sent.get("name", ""), NAMELESS), size)


def _from_our_page(request: Request) -> None:
    """The token is what lets one in; but nobody else's page shall make a browser send anything, as far as it tells."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403)


async def _id_in(content: AsyncIterator[bytes]) -> str | None:
    """The id that a field of a form holds."""
    held = bytearray()
    async for piece in content:
        held += piece[:_ID_BYTES]
    found = held.decode("ascii", "replace")
    return found if _ID.fullmatch(found) else None


async def _passed(content: AsyncIterator[bytes]) -> None:
    """Read what is still coming."""
    async for _ in content:
        pass

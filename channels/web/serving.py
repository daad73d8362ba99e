"""What the chat page talks to. The status of an answer to a POST says whether it was kept; nothing else counts."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from channels.contract import Envelope
from channels.web import bodies, pages
from channels.web.asking import announced, asked, number, pieces
from channels.web.ports import TooManyError, VisitorError
from channels.web.said import TEXT_LIMIT, UPLOAD_LIMIT, Kept, Said, Seen, Uploaded
from channels.web.stream import PAGE, events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from channels.contract import Intake
    from channels.web.browsers import Browsers
    from channels.web.ports import Stored, Transcript, Uploads

UPLOAD_SECONDS = 900
"""a file that takes longer is given up: 20 MB over a poor line need less"""
LOG = logging.getLogger(__name__)
_FRESH = {**pages.HEADERS, "Cache-Control": "no-store"}
_AWAY = 503


class Chat:
    """The page and what it asks for."""

    def __init__(
        self,
        browsers: Browsers,
        transcript: Transcript,
        uploads: Uploads,
        intake: Intake,
        stopping: asyncio.Event,
        heartbeat: float,
        *,
        demo: bool,
    ) -> None:
        self._browsers = browsers
        self._transcript = transcript
        self._uploads = uploads
        self._intake = intake
        self._stopping = stopping
        self._heartbeat = heartbeat
        self._demo = demo

    async def page(self, request: Request) -> Response:
        """GET /: the chat. A browser without a good cookie gets an address."""
        address = self._browsers.address(request) or self._browsers.new()
        token, tag = self._browsers.token(address), self._browsers.tag(address)
        limits = {"text": TEXT_LIMIT, "file": UPLOAD_LIMIT, "page": PAGE}
        response = pages.page("chat.html", token=token, tag=tag, demo=self._demo, limits=limits)
        self._browsers.remember(response, address)
        return response

    async def stream(self, request: Request) -> Response:
        """GET /chat/stream: server-sent events, after `Last-Event-ID` or `?after=`, else from the latest entries."""
        last = request.headers.get("Last-Event-ID") or request.query_params.get("after")
        sent = self._events(self._known(request), number(last))
        return StreamingResponse(sent, media_type="text/event-stream", headers={**_FRESH, "X-Accel-Buffering": "no"})

    async def older(self, request: Request) -> Response:
        """GET /chat/older?before=ID: the entries before that one, oldest first; none when there are no more."""
        address, before = self._known(request), number(request.query_params.get("before"))
        if before is None:
            raise HTTPException(422)
        entries = await self._transcript.older(address, before, PAGE)
        return JSONResponse({"entries": [bodies.view(entry) for entry in entries]}, headers=_FRESH)

    async def file(self, request: Request) -> Response:
        """GET /chat/file/ID: the file of that message. Only a PNG is shown in place, everything else is saved."""
        address, wanted = self._known(request), number(request.path_params["id"])
        found = await self._transcript.after(address, wanted - 1, 1) if wanted else ()
        if not found or found[0].id != wanted or "content" not in found[0].body.get("file", ()):
            raise HTTPException(404)
        name, media_type, content = bodies.file_of(found[0].body)
        how = "inline" if media_type == bodies.PNG else "attachment"
        headers = {
            **_FRESH,
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(content, headers=headers, media_type=media_type)

    async def send(self, request: Request) -> Response:
        """POST /chat/send: 202 once it is stored (or was before), 503 if it could not be: the page tries again."""
        address, said = await asked(self._browsers, request, Said)
        return await self._take(address, said)

    async def upload(self, request: Request) -> Response:
        """POST /chat/upload?id=ID&name=NAME, the file as its body: 202 and 503 as above, 507 if the disk refuses it.

        409 if its sender belongs to no unit, 429 if they have sent too much for now. The id makes it one message however often it is sent; the bytes are
        stored anew each time. It counts as sent when this request began, however slow the line.
        """
        address, told = announced(self._browsers, request)
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                kept = await self._kept(address, told.size, request)
        except TimeoutError as error:
            raise HTTPException(408) from error
        except OSError:
            LOG.exception("a file from a page could not be stored")
            return _not_kept(told.id, 507)
        except VisitorError:
            return _not_kept(told.id, 409)
        if kept is None:
            return _not_kept(told.id, 429)
        file = Kept(ref=kept.ref, name=told.name, size=told.size)
        answer = await self._take(address, Uploaded(id=told.id, file=file), kept.began_at)
        if answer.status_code == _AWAY:
            await kept.give_back()
        return answer

    async def seen(self, request: Request) -> Response:
        """POST /chat/seen: the page has shown everything up to an entry."""
        address, seen = await asked(self._browsers, request, Seen)
        await self._transcript.seen(address, seen.upto)
        return Response(status_code=204, headers=_FRESH)

    async def _kept(self, address: str, size: int, request: Request) -> Stored | None:
        """Where the file is now; None: its person has sent too much, and it was read past, or nobody hears why."""
        try:
            return await self._uploads.keep(address, size, pieces(request, size))
        except TooManyError:
            async for _ in pieces(request, size):
                pass
            return None

    async def _take(self, address: str, said: Said | Uploaded, began_at: int | None = None) -> Response:
        echo, has_file = json.dumps(said.echo(), ensure_ascii=False), isinstance(said, Uploaded)
        try:
            await self._intake(Envelope("web", f"{address}:{said.id}", address, began_at, said.raw(), has_file, echo))
        except Exception:  # whatever the storage raises: the page keeps the message, and must hear that it has to
            LOG.exception("a message from a page could not be stored")
            return _not_kept(said.id, _AWAY)
        return JSONResponse({"id": said.id}, 202, headers=_FRESH)

    def _known(self, request: Request) -> str:
        address = self._browsers.address(request)
        if address is None:
            raise HTTPException(401)
        return address

    async def _events(self, address: str, last: int | None) -> AsyncIterator[str]:
        try:
            async for event in events(
                self._transcript, address, last, pages.version(), self._stopping, self._heartbeat
            ):
                yield event
        except Exception:  # the status has long been sent: end the stream, the page comes back and resumes
            LOG.exception("a stream broke off")


def _not_kept(said: str, status: int) -> Response:
    return JSONResponse({"id": said}, status, headers=_FRESH)

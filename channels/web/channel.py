"""The web chat as a messenger: its history is ours, so "sent" means stored in the transcript of the browser."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import ValidationError
from starlette.routing import Route

from channels.contract import (
    Abilities,
    Arrived,
    Incoming,
    Kind,
    NotFetchedError,
    NotSent,
    Refused,
    Sent,
    UnreadableError,
)
from channels.web import bodies, pages
from channels.web.browsers import Browsers
from channels.web.door import Door
from channels.web.said import ANY, UPLOAD_LIMIT, Uploaded
from channels.web.serving import Chat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.routing import BaseRoute

    from channels.contract import Delivery, Intake, Outcome
    from channels.web.ports import SignIn, Transcript, Uploads

HEARTBEAT = 15.0
"""seconds without a message after which a page is told that the line is alive"""
LOG = logging.getLogger(__name__)


class WebChannel:
    """The chat page and its server side. `public_url` is where people find it, `secure` whether that is https.

    `new_id` makes addresses: at least 128 random bits. With `demo` the page shows the panel of the demo beside the
    chat, which talks to GET /demo/state and POST /demo/act; whoever serves these asks `browsers` who is there.
    """

    name = "web"
    abilities = Abilities(
        buttons=True, edits=True, files_out=True, text_limit=None, link_payload=True, files_in=UPLOAD_LIMIT,
        largest_out=bodies.FILE_LIMIT, keeps_files=True,
    )  # fmt: skip
    rate: float | None = None

    def __init__(
        self,
        *,
        secret_key: str,
        public_url: str,
        transcript: Transcript,
        sign_in: SignIn,
        uploads: Uploads,
        new_id: Callable[[], str],
        demo: bool,
        secure: bool,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self.browsers = Browsers(secret_key, new_id, secure=secure)
        self._public_url = public_url.rstrip("/")
        self._transcript = transcript
        self._sign_in = sign_in
        self._uploads = uploads
        self._demo = demo
        self._heartbeat = heartbeat
        self._stopping = asyncio.Event()

    async def start(self, intake: Intake) -> None:
        """Pages come to us; their streams may open."""
        self._stopping.clear()

    async def stop(self) -> None:
        """End every open stream at once; the pages come back and resume where they are."""
        self._stopping.set()

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """The page, its files, its stream, what it sends, and the door for one-time codes."""
        transcript, uploads, stopping = self._transcript, self._uploads, self._stopping
        chat = Chat(self.browsers, transcript, uploads, intake, stopping, self._heartbeat, demo=self._demo)
        door = Door(self.browsers, self._sign_in)
        return (
            Route("/", chat.page),
            Route("/static/{version}/{name}", pages.static),
            Route("/chat/stream", chat.stream),
            Route("/chat/older", chat.older),
            Route("/chat/file/{id}", chat.file),
            Route("/chat/send", chat.send, methods=["POST"]),
            Route("/chat/upload", chat.upload, methods=["POST"]),
            Route("/chat/seen", chat.seen, methods=["POST"]),
            Route("/vao/{code}", door.show),
            Route("/vao/{code}", door.enter, methods=["POST"]),
        )

    def link(self, code: str) -> str | None:
        """A link to the page, which then says "/start CODE" by itself."""
        return f"{self._public_url}/?start={quote(code, safe='')}"

    def sign_in_link(self, code: str) -> str:
        """A link to the door, where one tap redeems a one-time sign-in code."""
        return f"{self._public_url}/vao/{quote(code, safe='')}"

    def read(self, raw: str) -> Arrived:
        """Understand what a page has sent. Raises UnreadableError."""
        try:
            said = ANY.validate_json(raw)
        except ValidationError as error:
            raise UnreadableError(f"{error.error_count()} fields are not as a page sends them") from error
        if isinstance(said, Uploaded):
            return Arrived(Kind.FILE, file=Incoming(said.file.ref, said.file.name, said.file.size))
        if said.text is not None:
            return Arrived(Kind.TEXT, text=said.text)
        return Arrived(Kind.TAP, action=said.action or "", tapped=None if said.on is None else str(said.on))

    async def send(self, delivery: Delivery) -> Outcome:
        """Store the message in the transcript; its `ref` stays the one of the message whose place it takes."""
        if delivery.file and len(delivery.file.content) > bodies.FILE_LIMIT:
            return Refused(f"the file is larger than {bodies.FILE_LIMIT} bytes, the most a chat message holds")
        place = int(delivery.edits) if delivery.edits and delivery.edits.isdecimal() else None
        try:
            number = await self._transcript.append(delivery.address, delivery.key, bodies.body(delivery), place)
        except Exception as error:  # whatever the storage raises, nothing was stored or the key finds it again
            LOG.exception("a message could not be stored in the transcript")
            return NotSent(f"the transcript could not be written: {type(error).__name__}")
        return Sent(ref=str(number if place is None else place))

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent, in pieces. Raises NotFetchedError."""
        try:
            async for piece in self._uploads.open(ref):
                yield piece
        except FileNotFoundError:
            raise NotFetchedError("the file is not kept any more", again=False) from None
        except OSError as error:
            raise NotFetchedError(f"the file could not be read ({type(error).__name__})", again=True) from error

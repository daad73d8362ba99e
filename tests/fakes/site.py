"""The web chat on a real server on loopback, with an inbox and a transcript in memory, and faults to switch on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from channels.contract import Delivery, Envelope, File, Picture
from channels.web.channel import WebChannel
from tests.fakes.web import MemorySignIn, MemoryTranscript, MemoryUploads
from texts.compose import Language, Span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.routing import BaseRoute

SECRET = "a secret of the tests"
START = datetime(2023, 4, 24, 1, 0, tzinfo=UTC)


class Site:
    """A running web chat. `answer(site, envelope)` plays the bot: it is called for every new message."""

    def __init__(
        self, *, demo: bool = False, secure: bool = False, heartbeat: float = 15.0, more: Sequence[BaseRoute] = ()
    ) -> None:
        self.now = int(START.timestamp() * 1_000_000)
        self.transcript = MemoryTranscript(lambda: self.now)
        self.sign_in = MemorySignIn(**{"good-code": "chị Lan"})
        self.uploads = MemoryUploads(lambda: self.now)
        self.inbox: list[Envelope] = []
        self.refusing = False
        """while True, nothing can be stored"""
        self.tries = 0
        """messages that arrived, stored or not"""
        self.answer: Callable[[Site, Envelope], object] = lambda _site, _envelope: None
        self._demo, self._secure, self._heartbeat, self._more = demo, secure, heartbeat, more
        self._sent = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def intake(self, envelope: Envelope) -> bool:
        """Store it once; the person's own words stand in their transcript with it."""
        self.tries += 1
        if self.refusing:
            raise ConnectionError("the database is gone")
        if any(known.update_id == envelope.update_id for known in self.inbox):
            return False
        self.inbox.append(envelope)
        if envelope.address and envelope.echo:
            await self.transcript.append(envelope.address, envelope.update_id, json.loads(envelope.echo), None)
        said = self.answer(self, envelope)
        if asyncio.iscoroutine(said):
            await said
        return True

    async def up(self) -> None:
        """Begin to serve, again on the same port."""
        if self._socket.fileno() == -1:
            self._socket = socket.create_server(("127.0.0.1", self.port))
        self.channel = WebChannel(
            secret_key=SECRET,
            public_url=self.url,
            transcript=self.transcript,
            sign_in=self.sign_in,
            uploads=self.uploads,
            new_id=lambda: secrets.token_urlsafe(16),
            demo=self._demo,
            secure=self._secure,
            heartbeat=self._heartbeat,
        )
        app = Starlette(routes=[*self.channel.routes(self.intake), *self._more])
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
        self._serving = asyncio.create_task(self._server.serve([self._socket]))

    async def down(self) -> None:
        """Stop as the process does: the streams first, then the server."""
        await self.channel.stop()
        self._server.should_exit = True
        await self._serving
        self._socket.close()

    async def say(
        self,
        address: str,
        *words: str | tuple[str, str],
        buttons: Sequence[tuple[str, str]] = (),
        edits: str | None = None,
        file: File | None = None,
        language: Language = "vi",
        key: str | None = None,
        picture: Picture | None = None,
    ) -> object:
        """The bot says something; a tuple is words in a style."""
        self._sent += 1
        spans = tuple(Span(one) if isinstance(one, str) else Span(*one) for one in words)
        key = key or f"reply:{self._sent}"
        said = Delivery(key, address, spans, language, tuple(buttons), edits, file, picture=picture)
        return await self.channel.send(said)

    def said(self) -> list[dict[str, object]]:
        """What people sent, without the ids their pages made."""
        return [{k: v for k, v in json.loads(e.raw).items() if k != "id"} for e in self.inbox]


@contextlib.asynccontextmanager
async def site(**settings: object) -> AsyncIterator[Site]:
    """A site that runs for a while."""
    running = Site(**settings)  # type: ignore[arg-type]
    await running.up()
    try:
        yield running
    finally:
        await running.down()

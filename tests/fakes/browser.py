"""A browser without a screen: it keeps its cookie, knows its token, and reads the stream of its page."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes.site import Site


class Browser:
    """A browser that has opened the page: its cookie, its token."""

    def __init__(self, site: Site, http: aiohttp.ClientSession) -> None:
        self.site, self.http = site, http
        self.address = self.token = self.html = ""

    async def open(self) -> Browser:
        async with self.http.get(f"{self.site.url}/") as answer:
            assert answer.status == 200
            self.html = await answer.text()
        self.token = re.search(r'name="csrf" content="(\w+)"', self.html)[1]  # type: ignore[index]
        self.address = self.cookie().partition(".")[0]
        return self

    def cookie(self) -> str:
        return next(one.value for one in self.http.cookie_jar)

    async def post(self, path: str, data: Any, **headers: str) -> aiohttp.ClientResponse:
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent = {"X-CSRF-Token": self.token, "Content-Type": "application/json"} | headers
        async with self.http.post(f"{self.site.url}{path}", data=content, headers=sent) as answer:
            await answer.read()
            return answer

    async def say(self, text: str, client_id: str | None = None) -> int:
        return (await self.post("/chat/send", {"id": client_id or str(uuid.uuid4()), "text": text})).status

    @asynccontextmanager
    async def stream(self, query: str = "", **headers: str) -> AsyncIterator[Stream]:
        async with self.http.get(f"{self.site.url}/chat/stream{query}", headers=headers) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            yield Stream(answer)


class Stream:
    """The events of an open stream, one after another."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> dict[str, str] | None:
        """The next event with its fields; None at the end of the stream."""
        event: dict[str, str] = {}
        async for line in self.answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if not line.strip():
                return event
            event[name] = value
        return None

    async def entry(self) -> Any:
        while (event := await self.next()) is not None:
            if "event" not in event:
                return json.loads(event["data"])
        return None

    async def until_ready(self) -> list[int]:
        found = []
        while (event := await self.next()) and event.get("event") != "ready":
            found.append(int(event["id"]))
        return found


@asynccontextmanager
async def browser(site: Site, **cookies: str) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies(cookies, URL(site.url))
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Browser(site, http)

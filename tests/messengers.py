"""People at three messengers: each speaks and reads as its users do, over the real road in and out.

Telegram is the fake Bot API over HTTP, the web chat a browser (page, cookie, token, POST, event stream), the terminal
lines in and text out. What the bot shows is read into one form, `Shown`, so that one transcript holds for all.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import uuid
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from channels.contract import NotFetchedError
from channels.terminal.channel import TerminalChannel
from tests import files
from tests.shown import Shown, on_a_terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.contract import Arrived, Delivery, Intake, Outcome
    from tests.app import Running
    from tests.fakes.telegram import FakeTelegram

ODD: dict[str, dict[str, Any]] = {"nhãn dán": {"sticker": {}}, "ghi âm": {"voice": {}}, "vị trí": {"location": {}}}


class Messenger(Protocol):
    """One messenger with its people; a seat is a person at one phone, browser or terminal."""

    name: str

    async def open(self, running: Running) -> None:
        """The app runs (again)."""

    async def close(self, *, for_good: bool) -> None:
        """The app is about to stop."""

    async def address(self, seat: str) -> str:
        """The address of that seat."""

    async def say(self, seat: str, text: str) -> None:
        """Write, until the app has taken it in."""

    async def tap(self, seat: str, shown: Shown, action: str) -> None:
        """Pick a choice of that message, until the app has taken it in."""

    async def heard(self) -> list[Shown]:
        """What has been shown since last asked, in order; called when the app is quiet."""


class OnTelegram:
    """The fake Bot API; each seat is a chat."""

    name = "telegram"

    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        self._chats: dict[str, int] = {}
        self._read = 0

    async def open(self, running: Running) -> None:
        """Polling begins by itself."""

    async def close(self, *, for_good: bool) -> None:
        """What is written meanwhile waits at Telegram."""

    def chat(self, seat: str) -> int:
        return self._chats.setdefault(seat, 42 + len(self._chats))

    async def address(self, seat: str) -> str:
        return str(self.chat(seat))

    async def say(self, seat: str, text: str) -> None:
        self._fake.say(self.chat(seat), text)
        await self._taken()

    async def tap(self, seat: str, shown: Shown, action: str) -> None:
        self._fake.tap_raw(self.chat(seat), int(shown.ref), action)
        await self._taken()

    async def send(self, seat: str, what: str) -> None:
        """Something that is no text: "nhãn dán", "ghi âm", "vị trí", the name of a file, "ảnh <name>" for a photo."""
        chat = self.chat(seat)
        if what in ODD:
            self._fake.raw({"message": self._message(chat) | ODD[what]})
        elif (said := files.sent(what)).photo:
            self._fake.photo(chat, files.named(said.name), said.caption)
        else:
            self._fake.document(chat, said.name, files.named(said.name), said.caption)
        await self._taken()

    async def edit(self, seat: str, text: str) -> None:
        self._fake.raw({"edited_message": self._message(self.chat(seat)) | {"text": text, "edit_date": 1_700_000_060}})
        await self._taken()

    async def in_group(self, seat: str, text: str) -> None:
        group: dict[str, Any] = {"id": -self.chat(f"nhóm của {seat}"), "type": "supergroup", "title": "Nhóm"}
        self._chats[f"{seat} (nhóm)"] = group["id"]
        self._fake.raw({"message": self._message(self.chat(seat)) | {"chat": group, "text": text}})
        await self._taken()

    async def membership(self, seat: str, status: str) -> None:
        self._fake.membership(self.chat(seat), status)
        await self._taken()

    async def heard(self) -> list[Shown]:
        seats = {chat: seat for seat, chat in self._chats.items()}
        news, self._read = self._fake.sent[self._read :], len(self._fake.sent)
        return [
            Shown(
                seats[one.chat],
                one.text,
                tuple(button for row in one.buttons for button in row),
                one.file.name if one.file else None,
                str(one.message_id),
            )
            for one in news
        ]

    def _message(self, chat: int) -> dict[str, Any]:
        who = {"id": chat, "is_bot": False, "first_name": "Người", "last_name": str(chat)}
        return {"message_id": 900_000, "from": who, "chat": {"id": chat, "type": "private"}, "date": self._fake.date}

    async def _taken(self) -> None:
        await self._fake.until(lambda: not self._fake.waiting)


class Browser:
    """One browser with the page open: its cookie, its token, its stream."""

    def __init__(self) -> None:
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._url = self._token = self.address = ""
        self._listening: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._last = 0
        self.entries: list[dict[str, Any]] = []

    async def open(self, url: str) -> None:
        """Load the page, and listen from the last message on."""
        self._url = url
        async with self._http.get(f"{url}/") as answer:
            html = await answer.text()
        found = re.search(r'name="csrf" content="(\w+)"', html)
        assert found
        self._token = found[1]
        self.address = next(one.value for one in self._http.cookie_jar).partition(".")[0]
        self._listening = asyncio.create_task(self._listen())

    async def post(self, said: dict[str, Any]) -> None:
        """Send, as something new."""
        status = await self.offer({"id": str(uuid.uuid4()), **said})
        assert status == 202, f"{status} for {said}"

    async def offer(self, said: dict[str, Any]) -> int:
        """Send under the id the page has made up for it; whether it was kept, as an HTTP status."""
        headers = {"X-CSRF-Token": self._token}
        async with self._http.post(f"{self._url}/chat/send", json=said, headers=headers) as answer:
            return answer.status

    async def upload(self, name: str, content: bytes) -> None:
        """Send a file, as something new."""
        headers = {"X-CSRF-Token": self._token, "Content-Type": "application/octet-stream"}
        params = {"id": str(uuid.uuid4()), "name": name}
        url = f"{self._url}/chat/upload"
        async with self._http.post(url, params=params, data=content, headers=headers) as answer:
            assert answer.status == 202, f"{answer.status} for {name}"

    async def until(self, entry: int) -> None:
        """Until the stream has brought that entry."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self._last >= entry)

    async def until_there_are(self, number: int) -> None:
        """Until the stream has brought so many messages of the bot."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.entries) >= number)

    async def close(self, *, for_good: bool) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if for_good:
            await self._http.close()

    async def _listen(self) -> None:
        headers = {"Last-Event-ID": str(self._last)}
        async with self._http.get(f"{self._url}/chat/stream", headers=headers) as answer:
            event: dict[str, str] = {}
            async for part in answer.content:
                name, _, value = part.decode().rstrip("\n").partition(": ")
                if part.strip():
                    event[name] = value
                    continue
                if "event" not in event:
                    await self._take(json.loads(event["data"]))
                event = {}

    async def _take(self, entry: dict[str, Any]) -> None:
        async with self._news:
            self._last = entry["id"]
            if not entry["body"].get("own"):
                self.entries.append(entry)
            self._news.notify_all()


class OnTheWeb:
    """Browsers; each seat is one with a cookie of its own."""

    name = "web"

    def __init__(self) -> None:
        self._browsers: dict[str, Browser] = {}
        self._running: Running | None = None

    async def open(self, running: Running) -> None:
        self._running = running
        for browser in self._browsers.values():
            await browser.open(running.address)

    async def close(self, *, for_good: bool) -> None:
        for browser in self._browsers.values():
            await browser.close(for_good=for_good)

    async def _at(self, seat: str) -> Browser:
        if seat not in self._browsers:
            assert self._running
            self._browsers[seat] = Browser()
            await self._browsers[seat].open(self._running.address)
        return self._browsers[seat]

    async def address(self, seat: str) -> str:
        return (await self._at(seat)).address

    async def say(self, seat: str, text: str) -> None:
        await (await self._at(seat)).post({"text": text})

    async def tap(self, seat: str, shown: Shown, action: str) -> None:
        await (await self._at(seat)).post({"action": action, "on": int(shown.ref)})

    async def send(self, seat: str, what: str) -> None:
        """The name of a file; a page knows no photos, and nothing is written beside a file there."""
        name = files.sent(what).name
        await (await self._at(seat)).upload(name, files.named(name))

    async def heard(self) -> list[Shown]:
        assert self._running
        rows = await self._running.rows("SELECT address, MAX(id) AS id FROM transcript GROUP BY address")
        last = {row["address"]: row["id"] for row in rows}
        news = []
        for seat, browser in self._browsers.items():
            await browser.until(last.get(browser.address, 0))
            news += [(entry["id"], on_the_web(seat, entry)) for entry in browser.entries]
            browser.entries.clear()
        return [shown for _, shown in sorted(news, key=lambda one: one[0])]


def on_the_web(seat: str, entry: dict[str, Any]) -> Shown:
    body = entry["body"]
    text = "".join(words for words, _ in body["spans"]).strip()
    choices = tuple((label, action) for label, action in body["buttons"])
    return Shown(seat, text, choices, body.get("file", {}).get("name"), str(entry["edits"] or entry["id"]))


class Screen(io.StringIO):
    """What a terminal shows, a message a write."""

    def __init__(self, show: Any) -> None:
        super().__init__()
        self._show = show

    def write(self, text: str) -> int:
        self._show(text)
        return len(text)


class OnTerminals:
    """A channel over a room of terminals, each with one person as the channel of the product has it."""

    name = "terminal"
    abilities = TerminalChannel.abilities
    rate: float | None = None

    def __init__(self) -> None:
        self._seats: dict[str, tuple[TerminalChannel, Any, Any]] = {}
        self._news: list[Shown] = []
        self._typed = self._stored = 0
        self._intake: Intake | None = None
        self._running: Running | None = None

    # as a channel

    async def start(self, intake: Intake) -> None:
        self._intake = intake

    async def stop(self) -> None:
        for terminal, typing, source in self._seats.values():
            typing.close()
            await terminal.ended.wait()
            await terminal.stop()
            source.close()
        self._seats.clear()

    def routes(self, intake: Intake) -> tuple[()]:
        return ()

    def link(self, code: str) -> str | None:
        return None

    def read(self, raw: str) -> Arrived:
        return next(iter(self._seats.values()))[0].read(raw)

    async def send(self, delivery: Delivery) -> Outcome:
        seat = delivery.address.removeprefix("local:")
        return await (await self._at(seat)).send(delivery)

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        raise NotFetchedError("a terminal takes no files", again=False)
        yield b""

    # as people

    async def open(self, running: Running) -> None:
        self._running = running

    async def close(self, *, for_good: bool) -> None:
        """The channel's own stop closes the terminals."""

    async def address(self, seat: str) -> str:
        return (await self._at(seat)).address

    async def say(self, seat: str, text: str) -> None:
        await self._at(seat)
        typing = self._seats[seat][1]
        typing.write(f"{text}\n")
        typing.flush()
        self._typed += 1
        assert self._running
        await self._running.until(lambda: self._stored == self._typed)

    async def tap(self, seat: str, shown: Shown, action: str) -> None:
        await self.say(seat, action)

    async def heard(self) -> list[Shown]:
        news, self._news = self._news, []
        return news

    async def _at(self, seat: str) -> TerminalChannel:
        if seat not in self._seats:
            reading, writing = os.pipe()
            source, typing = os.fdopen(reading, encoding="utf-8"), os.fdopen(writing, "w", encoding="utf-8")
            screen = Screen(lambda text: self._news.append(on_a_terminal(seat, text)))
            terminal = TerminalChannel(user=seat, source=source, sink=screen, new_id=lambda: uuid.uuid4().hex)
            await terminal.start(self._take)
            self._seats[seat] = (terminal, typing, source)
        return self._seats[seat][0]

    async def _take(self, envelope: Any) -> bool:
        assert self._intake
        stored = await self._intake(envelope)
        self._stored += 1
        return stored

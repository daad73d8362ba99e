"""A channel by itself with a person at its other end and an inbox in memory: what the contract test holds all to."""

from __future__ import annotations

import asyncio
import os
import uuid
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from channels.telegram.channel import TelegramChannel
from channels.terminal.channel import TerminalChannel
from tests.fakes.site import Site
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.messengers import Browser, Screen, Shown, on_a_terminal, on_the_web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.contract import Arrived, Channel, Envelope

SEAT = "người thử"


class Inbox:
    """Keeps every update once; refuses while told to."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.refusing = False
        self.refused = 0
        self._changed = asyncio.Condition()

    async def __call__(self, envelope: Envelope) -> bool:
        async with self._changed:
            self._changed.notify_all()
            if self.refusing:
                self.refused += 1
                raise ConnectionError("the database is gone")
            if any(known.update_id == envelope.update_id for known in self.kept):
                return False
            self.kept.append(envelope)
            return True

    async def until(self, number: int, *, refused: bool = False) -> None:
        """Until so many were kept (`refused`: refused)."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: (self.refused if refused else len(self.kept)) >= number)


class Desk(ABC):
    """A person at a messenger."""

    channel: Channel

    def __init__(self) -> None:
        self.inbox = Inbox()

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the person is reached."""

    async def say(self, text: str) -> Arrived:
        """Write; what the channel reads from what it stored."""
        number = len(self.inbox.kept)
        await self.hand_in(text)
        await self.inbox.until(number + 1)
        return self.channel.read(self.inbox.kept[-1].raw)

    @abstractmethod
    async def hand_in(self, text: str) -> None:
        """Write, and let the messenger bring it."""

    @abstractmethod
    async def tap(self, shown: Shown, action: str) -> Arrived:
        """Pick a choice; what the channel reads from what it stored."""

    async def send(self, name: str, content: bytes) -> Arrived:
        """Send a file; what the channel reads from what it stored."""
        number = len(self.inbox.kept)
        await self.hand_in_file(name, content)
        await self.inbox.until(number + 1)
        return self.channel.read(self.inbox.kept[-1].raw)

    async def hand_in_file(self, name: str, content: bytes) -> None:
        """Send a file, and let the messenger bring it; only where files come in."""
        raise AssertionError("no file can be sent here")

    @abstractmethod
    async def seen(self, number: int) -> list[Shown]:
        """Everything shown, once there are so many messages."""

    async def come_again(self) -> None:
        """What the messenger does of itself after it was told that nothing was stored; nothing if it keeps trying."""
        await asyncio.sleep(0)


class TelegramDesk(Desk):
    def __init__(self, fake: FakeTelegram) -> None:
        super().__init__()
        self._fake = fake
        self.channel = TelegramChannel(TOKEN, api_url=fake.url, rate=1000.0)

    @property
    def address(self) -> str:
        return "42"

    async def hand_in(self, text: str) -> None:
        self._fake.say(42, text)

    async def hand_in_file(self, name: str, content: bytes) -> None:
        self._fake.document(42, name, content)

    async def tap(self, shown: Shown, action: str) -> Arrived:
        number = len(self.inbox.kept)
        self._fake.tap_raw(42, int(shown.ref), action)
        await self.inbox.until(number + 1)
        return self.channel.read(self.inbox.kept[-1].raw)

    async def seen(self, number: int) -> list[Shown]:
        return [
            Shown(
                SEAT,
                one.text,
                tuple(button for row in one.buttons for button in row),
                one.file.name if one.file else None,
                str(one.message_id),
            )
            for one in self._fake.sent
            if one.chat == 42
        ]


class _Site(Site):
    """The web chat on a server, taking in into the inbox of a desk."""

    def __init__(self) -> None:
        super().__init__()
        self.into = Inbox()

    async def intake(self, envelope: Envelope) -> bool:
        return await self.into(envelope)


class WebDesk(Desk):
    def __init__(self, there: _Site, browser: Browser) -> None:
        super().__init__()
        self._there, self._browser = there, browser
        self._unkept: dict[str, Any] = {}
        self.channel = there.channel
        self.inbox = there.into

    @property
    def address(self) -> str:
        return self._browser.address

    async def hand_in(self, text: str) -> None:
        self._unkept = {"id": str(uuid.uuid4()), "text": text}
        status = await self._browser.offer(self._unkept)
        assert status == (503 if self.inbox.refusing else 202)

    async def hand_in_file(self, name: str, content: bytes) -> None:
        await self._browser.upload(name, content)

    async def come_again(self) -> None:
        assert await self._browser.offer(self._unkept) == 202

    async def tap(self, shown: Shown, action: str) -> Arrived:
        await self._browser.post({"action": action, "on": int(shown.ref)})
        return self.channel.read(self.inbox.kept[-1].raw)

    async def seen(self, number: int) -> list[Shown]:
        await self._browser.until_there_are(number)
        return [on_the_web(SEAT, entry) for entry in self._browser.entries]


class TerminalDesk(Desk):
    def __init__(self) -> None:
        super().__init__()
        reading, writing = os.pipe()
        self._source = os.fdopen(reading, encoding="utf-8")
        self._typing = os.fdopen(writing, "w", encoding="utf-8")
        self._shown: list[Shown] = []
        screen = Screen(lambda text: self._shown.append(on_a_terminal(SEAT, text)))
        self.channel: TerminalChannel = TerminalChannel(
            user="lan", source=self._source, sink=screen, new_id=lambda: uuid.uuid4().hex, again=0.01
        )

    @property
    def address(self) -> str:
        return self.channel.address

    async def hand_in(self, text: str) -> None:
        self._typing.write(f"{text}\n")
        self._typing.flush()

    async def tap(self, shown: Shown, action: str) -> Arrived:
        return await self.say(action)

    async def seen(self, number: int) -> list[Shown]:
        return self._shown

    async def leave(self) -> None:
        self._typing.close()
        await self.channel.ended.wait()
        self._source.close()


@asynccontextmanager
async def _telegram() -> AsyncIterator[Desk]:
    async with FakeTelegram() as fake:
        desk = TelegramDesk(fake)
        await desk.channel.start(desk.inbox)
        await fake.until(lambda: any(method == "getUpdates" for method, _ in fake.calls))
        yield desk
        await desk.channel.stop()


@asynccontextmanager
async def _web() -> AsyncIterator[Desk]:
    there, browser = _Site(), Browser()
    await there.up()
    await browser.open(there.url)
    yield WebDesk(there, browser)
    await browser.close(for_good=True)
    await there.down()


@asynccontextmanager
async def _terminal() -> AsyncIterator[Desk]:
    desk = TerminalDesk()
    await desk.channel.start(desk.inbox)
    yield desk
    await desk.leave()
    await desk.channel.stop()


DESKS = {"telegram": _telegram, "web": _web, "terminal": _terminal}

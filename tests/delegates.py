"""Delegates on a fake Telegram who hand reports in step by step, each when the one before was answered."""

from __future__ import annotations

import asyncio
import hashlib
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from channels.fitting import file_name
from tests import hostile
from tests.registering import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.telegram import FakeTelegram
    from tests.fakes.telegram_updates import Shown

DUTIES, SAME_AGAIN = 3, 3
"""reports that are due; hand-ins in a row for one of them"""
SIZE = 100_000
"""bytes of a report"""
SILENCE, ASKS = 30.0, 20
"""Seconds of silence after which somebody asks what is the matter; so many times, then something is lost."""
CONFIRM = "Nộp báo cáo"
RECEIVED = ("report.done", "report.changed", "register.same")


def version_of(number: int) -> int:
    """Which of somebody's reports their hand-in of that number hands in: the second of three is the first once more."""
    return number - 1 if number % SAME_AGAIN == 1 else number


def duty_of(number: int) -> int:
    """For which duty it is, from 1."""
    return 1 + number // SAME_AGAIN % DUTIES


def report(chat: int, version: int) -> bytes:
    """A PDF of some 100 kB, unlike every other."""
    noise = random.Random(f"{chat}:{version}").randbytes(SIZE // 2).hex().encode()
    drawn = b"<</Length %d>>\nstream\n%s\nendstream" % (len(noise), noise)
    return hostile.raw_pdf(hostile.ROOT, hostile.TREE, hostile.PAGE, drawn)


class Delegate:
    """Hands in one report after the other, each step when the one before was answered."""

    def __init__(self, telegram: FakeTelegram, chat: int) -> None:
        self._telegram, self.chat = telegram, chat
        self.confirmed: list[tuple[int, str]] = []
        """duty and SHA-256 of what was confirmed, in order"""
        self.asked = 0
        """how often no answer came"""

    async def work(self, over: asyncio.Event) -> None:
        """Until it is over, and what was begun by then is done. TimeoutError: something was never answered."""
        while not over.is_set():
            await self._hand_in(len(self.confirmed))

    async def _hand_in(self, number: int) -> None:
        version = version_of(number)
        made, name = report(self.chat, version), f"bao cao {version}.pdf"
        await self.begin(duty_of(number))
        while words("attaching.failed", name=name) in (await self.send(made, name, f"1. {name}")).text:
            pass  # fetching it has crashed three times: it asks for it again
        await self.to_review(name)
        self.confirmed.append((duty_of(number), hashlib.sha256(made).hexdigest()))
        await self.confirm(duty_of(number))

    async def begin(self, duty: int) -> None:
        """To the question for the files of that report, from 1."""
        wanted = f"Giai đoạn {duty}"
        self._telegram.say(self.chat, "/baocao")
        listed = await self._until(lambda one: _label(one, wanted), ask="/baocao")
        self._telegram.tap(self.chat, _label(listed, wanted))
        await self._until(lambda one: _says(one, "report.files.ask"))

    async def send(self, made: bytes, name: str, listed: str) -> Shown:
        """Send a file; the message that lists it so, or says that it was refused or could not be fetched."""
        self._telegram.document(self.chat, name, made)
        ends = (listed, *(words(f"attaching.{how}", name=file_name(name, "")) for how in ("failed", "refused")))
        return await self._until(lambda one: any(end in one.text for end in ends))

    async def to_review(self, name: str) -> Shown:
        """There are no more files, and no summary; what is read back, with a file of that name in it."""
        self._telegram.say(self.chat, "xong")
        await self._until(lambda one: _says(one, "report.summary.ask"))
        self._telegram.say(self.chat, "bỏ qua")
        return await self._until(lambda one: _label(one, CONFIRM) and name in one.text)

    async def confirm(self, duty: int) -> Shown:
        """Hand it in; the receipt, or, where that never came, the list of what is due and handed in."""
        self._telegram.tap(self.chat, CONFIRM)
        ends = (*(words(key).splitlines()[0] for key in RECEIVED), words("reports.head").replace("**", ""))
        return await self._until(lambda one: any(end in one.text for end in ends), ask="/baocao")

    async def _until(self, what: Callable[[Shown], Any], ask: str = "/trogiup") -> Shown:
        """The first message from now on that is this; where nothing comes, it is asked, and the question comes again.

        That an answer is not repeated for ever is the product's choice: one that was in flight at two kills is given
        up, and named.
        """
        seen = len(self._telegram.sent)

        def found() -> Shown | None:
            return next((one for one in self._telegram.sent[seen:] if one.chat == self.chat and what(one)), None)

        for _ in range(ASKS):
            with suppress(TimeoutError):
                await self._telegram.until(found, SILENCE)
            if shown := found():
                return shown
            self.asked += 1
            self._telegram.say(self.chat, ask)
        last = next((one.text for one in reversed(self._telegram.sent) if one.chat == self.chat), "nothing")
        raise TimeoutError(f"chat {self.chat}, hand-in {len(self.confirmed)}: the last it saw: {last}")


def _label(shown: Shown, part: str) -> str:
    """The first button that has these words in it; "" where none has."""
    return next((label for row in shown.buttons for label, _ in row if part in label), "")


def _says(shown: Shown, key: str) -> bool:
    return words(key).splitlines()[0] in shown.text

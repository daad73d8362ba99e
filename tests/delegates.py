"""Delegates on a fake Telegram who hand reports in step by step, each when the one before was answered."""

from __future__ import annotations

import asyncio
import hashlib
import random
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from channels.fitting import file_name
from tests import hostile
from tests.registering import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.telegram import FakeTelegram
    from tests.fakes.telegram_updates import Shown

    Seen = Callable[[Shown], Any]

DUTIES, SAME_AGAIN = 3, 3
"""reports that are due; hand-ins in a row for one of them"""
SIZE = 100_000
"""bytes of a report"""
SILENCE, ASKS = 15.0, 100
"""Seconds of silence after which somebody asks what is the matter; so many times, then something is lost."""
CONFIRM, WAY_BACK = "Nộp báo cáo", "▶ Làm tiếp"
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
        await self.confirm()

    async def begin(self, duty: int) -> None:
        """To the question for the files of that report, from 1."""
        wanted, files = f"Giai đoạn {duty}", partial(_says, key="report.files.ask")
        listed = await self._step(lambda: self._say("/baocao"), lambda one: _label(one, wanted), ask="/baocao")
        await self._step(lambda: self._telegram.tap(self.chat, _label(listed, wanted)), files)

    async def send(self, made: bytes, name: str, listed: str) -> Shown:
        """Send a file; the message that lists it so, or says that it was refused or could not be fetched."""
        shown = file_name(name, "")
        ends = (listed, *(words(f"attaching.{how}", name=shown) for how in ("failed", "refused")))
        return await self._step(
            lambda: self._telegram.document(self.chat, name, made), lambda one: any(end in one.text for end in ends),
            again=lambda one: _asks_for_files(one) and shown not in one.text,
        )  # fmt: skip

    async def to_review(self, name: str) -> Shown:
        """There are no more files, and no summary; what is read back, with a file of that name in it.

        Said once more, because its answer was in flight at two kills, "xong" has passed the summary over.
        """
        summary = partial(_says, key="report.summary.ask")
        seen = await self._step(
            lambda: self._say("xong"), lambda one: summary(one) or _reads_back(one, name), again=_asks_for_files
        )
        if _reads_back(seen, name):
            return seen
        return await self._step(lambda: self._say("bỏ qua"), lambda one: _reads_back(one, name), again=summary)

    async def confirm(self) -> Shown:
        """Hand it in; the receipt, or, where that never came, the list of what is due and handed in.

        While the review is still open, the list has a way back to it.
        """
        ends, listed = tuple(words(key).splitlines()[0] for key in RECEIVED), words("reports.head").replace("**", "")
        return await self._step(
            lambda: self._telegram.tap(self.chat, CONFIRM),
            lambda one: any(end in one.text for end in ends)
            or (listed in one.text and one.buttons and not _label(one, WAY_BACK)),
            ask="/baocao", again=lambda one: _label(one, CONFIRM),
        )  # fmt: skip

    def _say(self, text: str) -> None:
        self._telegram.say(self.chat, text)

    async def _step(
        self, act: Callable[[], Any], what: Seen, ask: str = "/trogiup", again: Seen = lambda _one: False
    ) -> Shown:
        """Do it; the first message from now on that is what was to come.

        Where nothing comes, something is asked, and by the way back in its answer the open question; where that comes
        `again`, it is done once more. That an answer
        is not repeated for ever is the product's choice: one in flight at two kills is given up, and named.
        """
        began = asked = len(self._telegram.sent)
        act()

        def heard() -> Shown | None:
            return self._first(began, what) or (self._first(asked, back) if asked > began else None)

        def back(one: Shown) -> Any:
            return again(one) or _label(one, WAY_BACK)

        for _ in range(ASKS):
            with suppress(TimeoutError):
                await self._telegram.until(heard, SILENCE)
            if shown := self._first(began, what):
                return shown
            found = self._first(asked, back) if asked > began else None
            asked = len(self._telegram.sent)
            self.asked += 1
            if found is None:
                self._say(ask)
            elif again(found):
                act()
            else:
                self._telegram.tap(self.chat, _label(found, WAY_BACK))
        last = next((one.text for one in reversed(self._telegram.sent) if one.chat == self.chat), "nothing")
        raise TimeoutError(f"chat {self.chat}, hand-in {len(self.confirmed)}: the last it saw: {last}")

    def _first(self, since: int, what: Seen) -> Shown | None:
        return next((one for one in self._telegram.sent[since:] if one.chat == self.chat and what(one)), None)


def _label(shown: Shown, part: str) -> str:
    """The first button that has these words in it; "" where none has."""
    return next((label for row in shown.buttons for label, _ in row if part in label), "")


def _reads_back(shown: Shown, name: str) -> bool:
    return bool(_label(shown, CONFIRM)) and name in shown.text


def _asks_for_files(shown: Shown) -> bool:
    return _says(shown, "report.files.ask") or _says(shown, "report.files.more")


def _says(shown: Shown, key: str) -> bool:
    return words(key).splitlines()[0] in shown.text

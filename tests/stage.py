"""The app with all three messengers and everybody's seat at one of them: where a transcript is played."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.build import build
from bot.lifecycle import _ticks
from bot.seed import seed
from handlers.uploading import PATH
from scheduler import fetch_file
from scheduler.deliver import Deliver
from storage import content, notices, people
from storage.units import Query, Want
from tests import files
from tests.app import Running, _watch, process_of, settings_for
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.launching import gone
from tests.messengers import OnTelegram, OnTerminals, OnTheWeb, Shown
from tests.uploading import post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from domain.people import Role
    from scheduler.slow_work import Doer, Reporter
    from storage.work import Work

MESSENGERS = ("telegram", "web", "terminal")
PUBLIC_URL = "http://thidua.example"
_OTHER = " (máy khác)"
_RATE = 1000.0
"""messages a second on Telegram; the pace itself is tested elsewhere"""


class Stage:
    """The app with all three messengers, and everybody's seat at one of them."""

    def __init__(self, url: str, main: str, start: datetime, telegram: FakeTelegram, approve_above: int) -> None:
        self._url, self._start, self._telegram, self._approve_above = url, start, telegram, approve_above
        self.terminals = OnTerminals()
        self.all: dict[str, Any] = {"telegram": OnTelegram(telegram), "web": OnTheWeb(), "terminal": self.terminals}
        self.main: Any = self.all[main]
        self.other: Any = self.all[MESSENGERS[(MESSENGERS.index(main) + 1) % len(MESSENGERS)]]
        self.running: Running
        self._all_sent = asyncio.Event()
        self._all_sent.set()

    def at(self, seat: str) -> Any:
        """The messenger somebody speaks on: a second device is on the next messenger."""
        return self.other if seat.endswith(_OTHER) else self.main

    def takes_files(self, seat: str) -> bool:
        return bool(self.at(seat) is not self.terminals)

    async def start(self) -> None:
        settings = settings_for(
            self._url, self._start, public_url=PUBLIC_URL, telegram_token=TOKEN, telegram_api_url=self._telegram.url,
            telegram_rate=_RATE, approve_above=self._approve_above,
        )  # fmt: skip
        app = await build(settings)
        if not await app.database.read(people.units):
            await seed(app.database, app.clock.business(), confirmed=True)
        app.channels["terminal"] = self.terminals
        app.senders["terminal"] = Deliver(app.database, self.terminals, app.files, app.clock, app.worker, app.judge)
        fetching = app.slow._doers[fetch_file.KIND]
        app.slow._doers = {**app.slow._doers, fetch_file.KIND: partial(self._fetched_together, fetching)}
        self.running = Running(app, process_of(app))
        _watch(app, self.running.committed)
        introduced = len([method for method, _ in self._telegram.calls if method == "getUpdates"])
        await self.running.process.start()
        await self._telegram.until(
            lambda: len([method for method, _ in self._telegram.calls if method == "getUpdates"]) > introduced
        )
        for messenger in self.all.values():
            await messenger.open(self.running)

    @contextlib.asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """What is sent within is taken in whole before the first file of it is fetched: else chance has a say."""
        self._all_sent.clear()
        yield
        await self.running.until(self._nothing_waits)
        self._all_sent.set()

    async def _fetched_together(self, fetch: Doer, work: Work, report: Reporter) -> dict[str, Any]:
        await self._all_sent.wait()
        return await fetch(work, report)

    async def _nothing_waits(self) -> bool:
        return not await self.running.rows("SELECT 1 FROM inbox WHERE state = 'waiting'")

    async def upload(self, token: str, name: str) -> None:
        """Send a file over that link."""
        status = await post(f"{self.running.address}{PATH}/{token}", files.named(name), name)
        assert status == HTTPStatus.OK, f"{status} for {name}"

    async def stop(self, *, for_good: bool) -> None:
        for messenger in self.all.values():
            await messenger.close(for_good=for_good)
        await self.running.process.stop()

    async def heard(self) -> list[Shown]:
        """What everybody has been shown since last asked, once the app is quiet."""
        await gone(self.running)
        return [shown for messenger in self.all.values() for shown in await messenger.heard()]

    async def move_to(self, to: datetime) -> None:
        """Turn the clock on and let every job run; what was to be planned before has been planned before."""
        await self._tick("plan_notices")
        await self.running.move_to(to)
        await self._tick()

    async def _tick(self, only: str = "") -> None:
        for tick in _ticks(self.running.app):
            if only in {"", tick.name}:
                await tick.do()

    async def unconfirm(self) -> None:
        """The dates of all plans as they come in production: no officer has confirmed any."""
        await self.running.app.database.run(_unconfirmed, self.running.app.clock.business())

    async def seat_member(self, seat: str, name: str, role: Role, unit: str) -> None:
        """Somebody who has joined already."""
        messenger, now = self.at(seat), self.running.app.clock.business()
        await self.running.app.database.run(
            _seat, messenger.name, await messenger.address(seat), name, role.value, unit, now
        )


async def _unconfirmed(tx: Any, now: int) -> None:
    for table in ("duties", "phases"):
        await Query(f"UPDATE {table} SET confirmed_at = NULL", {}, Want.COUNT)
    await content.changed(tx)


async def _seat(tx: Any, channel: str, address: str, name: str, role: str, unit: str, now: int) -> None:
    member = await people.at_address(tx, channel, address, now)
    await tx.run("members.name", id=member, name=name)
    await tx.run("memberships.add", member=member, unit=unit, role=role, position=None, since=now)
    await tx.run("consents.add", member=member, version="test", given=1, at=now, channel=channel)
    await notices.replan(tx, "somebody has joined", unit=unit)


@contextlib.asynccontextmanager
async def stage(url: str, main: str, start: datetime, approve_above: int = 200) -> AsyncIterator[Stage]:
    async with FakeTelegram() as telegram:
        made = Stage(url, main, start, telegram, approve_above)
        await made.start()
        try:
            yield made
        finally:
            await made.stop(for_good=True)

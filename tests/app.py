"""The whole app in a test: built and run as in production, with channels and a clock of the test's own.

    async with running_app(url, [Phone()]) as running:
        told = await running.say("u1", "/start")

Nothing is waited for by the clock: `settled` looks again after each commit until nothing waits and nothing is under way.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.build import App, build
from bot.lifecycle import DUE_BY_TIME, Process, _ticks
from bot.seed import seed
from bot.settings import Settings
from channels.contract import (
    Abilities,
    Arrived,
    Delivery,
    Envelope,
    Incoming,
    Kind,
    NotFetchedError,
    Outcome,
    Sent,
    UnreadableError,
)
from channels.fitting import plain
from handlers.here import ZONE
from scheduler.timetable import Timetable
from storage import invites, people
from tests.databases import with_tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.routing import BaseRoute

    from channels.contract import Channel, Intake

# structlog's own way for a terminal shows every variable of every frame, which takes seconds
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
)

START = datetime(2023, 4, 24, 8, tzinfo=ZONE)
"""a Monday on which the plan of Hải Phòng is live"""
PATIENCE = 60.0
"""Seconds after which a test gives up on what it waits for; no test is decided by it."""


class Phone:
    """A messenger in memory. What people say to it is JSON of `Arrived`'s fields; `fail` decides how sends end."""

    def __init__(self, name: str = "phone", *, buttons: bool = True, rate: float | None = None) -> None:
        self.name, self.rate = name, rate
        self.abilities = Abilities(
            buttons=buttons,
            edits=buttons,
            files_out=True,
            text_limit=None,
            link_payload=True,
            files_in=20 * 1024 * 1024,
        )
        self.files: dict[str, bytes] = {}
        """what can be fetched, by its ref"""
        self.sent: list[Delivery] = []
        """everything whose sending ended `Sent`, in order"""
        self.tried: list[Delivery] = []
        self.fail: Callable[[Delivery], Outcome | None] = lambda _delivery: None
        self.intake: Intake | None = None
        self._number = 0

    def read(self, raw: str) -> Arrived:
        said = json.loads(raw)
        if "unreadable" in said:
            raise UnreadableError(said["unreadable"])
        file = Incoming(**said["file"]) if said.get("file") else None
        return Arrived(**{**said, "kind": Kind(said["kind"]), "file": file})

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        if ref not in self.files:
            raise NotFetchedError(f"no file {ref}", again=False)
        yield self.files[ref]

    async def send(self, delivery: Delivery) -> Outcome:
        self.tried.append(delivery)
        if outcome := self.fail(delivery):
            return outcome
        self.sent.append(delivery)
        return Sent(str(len(self.sent)))

    async def start(self, intake: Intake) -> None:
        self.intake = intake

    async def stop(self) -> None:
        self.intake = None

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        return ()

    def link(self, code: str) -> str | None:
        return f"{self.name}:{code}"

    async def hand_in(self, who: str, text: str = "", update_id: str | None = None, **more: Any) -> bool:
        """Hand one message in; `more` are fields of `Arrived`. True: it was new."""
        self._number += 1
        said = {"kind": "text", "text": text, **more}
        assert self.intake
        name = update_id or f"{self.name}{self._number}"
        return await self.intake(
            Envelope(self.name, name, who, None, json.dumps(said, ensure_ascii=False), said["kind"] == "file")
        )

    def texts(self, who: str) -> list[str]:
        """What was sent to that address, in words."""
        return [plain(one.text) for one in self.sent if one.address == who]

    def buttons(self, who: str) -> list[tuple[str, str]]:
        """The buttons of the last message to that address that had any: label and action."""
        return next((list(one.buttons) for one in reversed(self.sent) if one.address == who and one.buttons), [])


class Running:
    """A running app, and the hands a test reaches it with."""

    def __init__(self, app: App, process: Process) -> None:
        self.app, self.process = app, process
        self.committed = asyncio.Event()

    @property
    def phone(self) -> Phone:
        return next(one for one in self.app.channels.values() if isinstance(one, Phone))

    @property
    def address(self) -> str:
        """Where it serves HTTP."""
        return f"http://127.0.0.1:{self.process.port}"

    async def say(self, who: str, text: str = "", **more: Any) -> list[str]:
        """Say something on the phone; what was sent to that address until all was quiet again."""
        before = len(self.phone.texts(who))
        await self.phone.hand_in(who, text, **more)
        await self.settled()
        return self.phone.texts(who)[before:]

    async def tap(self, who: str, label_or_action: str) -> list[str]:
        """Tap a button of the last message with buttons, or send an action that no button has."""
        actions = dict(self.phone.buttons(who))
        return await self.say(who, kind="tap", action=actions.get(label_or_action, label_or_action))

    async def until(self, what: Callable[[], Any]) -> Any:
        """Wait until `what()` (or what it awaits) is true, looking again after each commit of this process."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.committed.clear()
                found = what()
                found = await found if asyncio.iscoroutine(found) else found
                if found:
                    return found
                await self.committed.wait()

    async def settled(self) -> None:
        """Until no update waits and no message is ready or being sent, but what is held: paused, or not at this hour."""

        async def quiet() -> bool:
            now = self.app.clock.business()
            hours = self.app.judge.hours(now)
            goes = "b.state = 'running'" if hours else "b.state = 'running' AND b.at_once = 1"
            return not await self.rows(
                "SELECT 1 FROM inbox WHERE state = 'waiting' UNION ALL "
                f"SELECT 1 FROM outbox o WHERE state = 'sending' OR (state = 'ready' AND not_before <= {now} AND (broadcast IS NULL OR "
                f"EXISTS (SELECT 1 FROM broadcasts b WHERE b.id = o.broadcast AND {goes}))) UNION ALL "
                "SELECT 1 FROM work WHERE state IN ('ready', 'running')"
            )

        await self.until(quiet)

    async def rows(self, sql: str) -> list[Any]:
        """Whatever stands in the database."""
        return await rows(self.app.database, sql)

    async def move_to(self, to: datetime) -> None:
        """Set the clock on."""
        await self.app.clock.move_to(self.app.database, to)

    async def invite(self, unit: str = "kkt-hai-phong-dn-1", role: str = "delegate", name: str | None = None) -> str:
        """A fresh invite code."""
        new = invites.NewCode(invites.INVITE, unit, role, name)
        secret, now = self.app.settings.secret, self.app.clock.business()
        return await self.app.database.run(invites.issue, new, invites.new_serial(), secret, now, None)


async def rows(database: Any, sql: str) -> list[Any]:
    """Whatever a statement of the test's own reads."""
    from storage.units import Query, Want

    async def unit(_tx: Any) -> list[Any]:
        return [dict(row) for row in await Query(sql, [] if "Postgres" in type(database).__name__ else {}, Want.ALL)]

    return await database.read(unit)


def settings_for(url: str, start: datetime | None = START, **more: Any) -> Settings:
    """Settings of a test: any free port, nothing from the environment."""
    mine = {"http_port": 0, "files_dir": files_dir_for(url), **more}
    return Settings(env="test", database_url=url, clock_start=start, _env_file=None, **mine)


def files_dir_for(url: str) -> Path:
    """Where a test's files lie: beside its SQLite file; for a database elsewhere, in a folder gone with it."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///")).parent / "files"
    return Path(tempfile.gettempdir(), f"thidua-files-{hashlib.sha256(url.encode()).hexdigest()[:16]}")


@asynccontextmanager
async def running_app(
    url: str,
    channels: Sequence[Channel] | None = None,
    *,
    start: datetime | None = START,
    seeded: bool = True,
    **more: Any,
) -> AsyncIterator[Running]:
    """The app on that database, seeded and confirmed unless told otherwise, running until the block ends.

    `more` are settings.

    Entering it again with the same address is a restart on the same database.
    """
    app = await build(settings_for(await with_tables(url), start, **more), [Phone()] if channels is None else channels)
    if seeded and not await app.database.read(people.units):
        await seed(app.database, app.clock.business(), confirmed=True)
    running = Running(app, process_of(app))
    _watch(app, running.committed)
    await running.process.start()
    try:
        yield running
    finally:
        await running.process.stop()


def process_of(app: App) -> Process:
    """The app's process; people are told of what is due only when a test says so, not by the wall clock."""
    process = Process(app)
    process._timetable = Timetable(tuple(tick for tick in _ticks(app) if tick.name not in DUE_BY_TIME[:3]))
    return process


def _watch(app: App, committed: asyncio.Event) -> None:
    """Every unit that ends rings the event: whoever waits for something to stand in the database looks again."""
    run = app.database.run

    async def watched(unit: Any, *args: Any) -> Any:
        try:
            return await run(unit, *args)
        finally:
            committed.set()

    app.database.run = watched  # type: ignore[method-assign]

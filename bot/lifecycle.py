"""Start, run, stop: a process that is told to end finishes what it has in hand within ten seconds and loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING

import structlog
import uvicorn

from bot.control import Control
from bot.http import http_app
from bot.messengers import Messengers
from bot.metrics import counts, refresh
from scheduler.ask_agreement import AskAgreement
from scheduler.ask_dates import AskDates
from scheduler.bundle import Bundle
from scheduler.check_files import check_files
from scheduler.fan_out import FanOut
from scheduler.forget_files import forget_files
from scheduler.jobs import recorded
from scheduler.outcomes import recover
from scheduler.plan_notices import PlanNotices
from scheduler.purge_visitors import purge_visitors
from scheduler.tell_authors import TellAuthors
from scheduler.timetable import Tick, Timetable
from scheduler.unseen import Unseen
from scheduler.watch_broadcasts import WatchBroadcasts
from storage import going_out, upload_links
from storage.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.routing import BaseRoute

    from bot.build import App
    from storage.units import Tx

WITHIN = 10.0
"""Seconds in which a process that was told to end does so."""
DUE_BY_TIME = ("plan_notices", "bundle", "ask_dates", "fan_out")
log = structlog.get_logger()


class Process:
    """A running app: its workers, its ticks, its channels, its HTTP server."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.started, self.ended = asyncio.Event(), asyncio.Event()
        self.port = app.settings.http_port
        self._more: list[BaseRoute] = []
        self._timetable = Timetable(_ticks(app))
        self._control = Control(app)
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[object] | None = None

    def serve_also(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these routes too (the demo's panel); before `start`."""
        self._more += routes

    async def start(self) -> None:
        """Take up what a crash left, then take in what comes. OSError: the address is in use."""
        app, alone = self.app, isinstance(self.app.database, SqliteDatabase)
        listening = _listen(app.settings.http_host, app.settings.http_port)
        self.port = listening.getsockname()[1]
        now, machine = app.clock.business(), app.clock.machine()
        await app.database.run(recover, machine, now, app.worker if alone else "")
        await self._control.start()
        await app.files.world()
        app.database.listen(self._content_changed)
        await app.slow.start(alone=alone)
        await app.turns.start()
        await app.turns.sweep()
        for sender in app.senders.values():
            await sender.start()
        self._timetable.start()
        self._serve(listening)
        for channel in app.channels.values():
            await channel.start(app.take_in)
        self.started.set()
        log.info(
            "running",
            database=app.settings.database_url.split(":", 1)[0],
            channels=sorted(app.channels),
            port=self.port,
        )

    def _content_changed(self, what: str, _which: str) -> None:
        """Read changed content at once, so that no turn has to."""
        if what == "content" and not self.ended.is_set():
            self._reading = asyncio.create_task(self.app.files.world())

    async def idle(self) -> None:
        """Until everything that came in is answered and everything due is sent."""
        while await self.app.database.read(_under_way, self.app.clock.business()):  # noqa: ASYNC110 - it is rows that say so, not an event
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Stop taking in, finish the turns in hand, let what is in flight land, let go of the database."""
        self.ended.set()
        if self._reading:
            await asyncio.gather(self._reading, return_exceptions=True)
        first = (self._timetable, self.app.turns, self.app.slow)
        await asyncio.gather(*(one.stop(WITHIN / 4) for one in first), return_exceptions=True)
        await asyncio.gather(*(sender.stop(WITHIN / 8) for sender in self.app.senders.values()), return_exceptions=True)
        # channels last: what is sent goes out over their connections; what they still take in is stored and waits
        stops = (self._control.stop, *(channel.stop for channel in self.app.channels.values()))
        stopping = (asyncio.wait_for(stop(), WITHIN / 8) for stop in stops)
        await asyncio.gather(*stopping, return_exceptions=True)
        if self._server and self._serving:
            self._server.should_exit = True
            await asyncio.wait([self._serving], timeout=WITHIN / 4)
        await self.app.database.close()
        log.info("stopped")

    async def run(self) -> None:
        """Until SIGINT or SIGTERM."""
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, self.ended.set)
        try:
            await self.start()
            await self.ended.wait()
        finally:
            await self.stop()

    def _serve(self, listening: socket.socket) -> None:
        config = uvicorn.Config(
            http_app(self.app, self._more), log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=2, server_header=False, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        # uvicorn would raise SIGTERM again before we have stopped, and updates in hand would be lost.
        self._server.capture_signals = _no_signals  # type: ignore[method-assign]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))


@contextlib.contextmanager
def _no_signals() -> Iterator[None]:
    yield


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    return listening


def _ticks(app: App) -> tuple[Tick, ...]:
    database, clock = app.database, app.clock

    async def leases() -> dict[str, int]:
        for sender in app.senders.values():
            await sender.renew()
        held = [row for sender in app.senders.values() for row in sender.held]
        return await database.run(recover, clock.machine(), clock.business(), "", app.worker, held)

    async def swept() -> dict[str, int]:
        await clock.refresh(database)
        return {"woken": await app.turns.sweep()}

    async def counted() -> dict[str, int]:
        await refresh(database, clock.business(), app.judge.hours(clock.business()), clock.turned)
        await app.files.world()
        return {}

    now = clock.business
    return (
        Tick("sweep", 1, recorded("sweep", swept, database, now, quiet=True)),
        Tick("leases", 5, recorded("leases", leases, database, now, quiet=True)),
        Tick("slow_work", 5, recorded("slow_work", app.slow.recover, database, now, quiet=True)),
        *_of_notices(app),
        *_of_broadcasts(app),
        Tick("count", 15, recorded("count", counted, database, now, quiet=True)),
        *_of_the_house(app),
    )


async def turned(app: App) -> None:
    """Business time has been turned: what is due by it is done now, not at the next tick."""
    for tick in _ticks(app):
        if tick.name in DUE_BY_TIME:
            await tick.do()


def _of_the_house(app: App) -> tuple[Tick, ...]:
    """What is tidied up hourly."""
    database, clock, now = app.database, app.clock, app.clock.business

    async def purge() -> dict[str, int]:
        links = await database.run(upload_links.purge, clock.business())
        return {**await database.run(purge_visitors, clock.business()), "upload_links": links}

    async def checked() -> dict[str, int]:
        return await check_files(database, app.store, clock.machine())

    async def aged() -> dict[str, int]:
        return await forget_files(database, app.store, app.settings.keep_years, clock.business(), clock.machine())

    return (
        Tick("check_files", 3600, recorded("check_files", checked, database, now)),
        Tick("forget_files", 3600, recorded("forget_files", aged, database, now)),
        Tick("purge_visitors", 3600, recorded("purge_visitors", purge, database, now)),
    )


def _of_notices(app: App) -> tuple[Tick, ...]:
    """What people are told without having asked, planned before it is put together."""
    database, now = app.database, app.clock.business
    plan, bundle = PlanNotices(database, app.files.world, now), Bundle(database, app.files.world, now)
    ask = AskDates(database, app.files.world, now)
    return (
        Tick("plan_notices", 5, recorded("plan_notices", plan, database, now, quiet=True)),
        Tick("bundle", 10, recorded("bundle", bundle, database, now, quiet=True)),
        Tick("ask_dates", 60, recorded("ask_dates", ask, database, now, quiet=True)),
    )


def _of_broadcasts(app: App) -> tuple[Tick, ...]:
    """What happens while something goes out to many."""
    database, now = app.database, app.clock.business
    fan_out = FanOut(database, app.files.world, app.senders, now, app.settings.approve_above)
    watch = WatchBroadcasts(database, now, app.judge.hours, lambda: app.clock.turned)
    agreement = AskAgreement(database, app.files.world, now)
    unseen = Unseen(database, app.judge.calendar, now)
    tell = TellAuthors(database, app.files.world, Messengers(app.channels), now)
    return (
        Tick("fan_out", 1, recorded("fan_out", fan_out, database, now, quiet=True)),
        Tick("watch_broadcasts", 2, recorded("watch_broadcasts", watch, database, now, quiet=True)),
        Tick("ask_agreement", 60, recorded("ask_agreement", agreement, database, now, quiet=True)),
        Tick("unseen", 60, recorded("unseen", unseen, database, now, quiet=True)),
        Tick("tell_authors", 4, recorded("tell_authors", tell, database, now, quiet=True)),
    )


async def _under_way(tx: Tx, now: int) -> bool:
    incoming, _, work = await counts(tx)
    waits = sum(n for state, n in work.items() if state in {"ready", "running"})
    return bool(incoming.get("waiting") or waits or await going_out.busy(tx, now))

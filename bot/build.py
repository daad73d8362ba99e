"""The one place where objects are made and joined; tests make theirs here too, with channels and clocks of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.makers import Files
from bot.messengers import Messengers
from bot.sample_phones import SamplePhones
from bot.transcripts import SignIns, Transcripts
from bot.uploads import Uploads
from bot.wording import Reminders
from channels.contract import Channel, Envelope, UnreadableError
from channels.telegram.channel import TelegramChannel
from channels.web.channel import WebChannel
from handlers.here import SentFile, Site
from handlers.turn import Heard, Turns, UnreadableRowError
from handlers.world import Worlds
from scheduler import coverage, fetch_file, photo_pages, workbooks
from scheduler.alarms import Alarms
from scheduler.clamd import Clamd
from scheduler.deliver import Deliver
from scheduler.judge import Judge
from scheduler.scan import Scan
from scheduler.slow_work import Doer, SlowWork
from scheduler.take_turns import TakeTurns
from scheduler.workbooks import Workbooks
from storage import inbox
from storage.files import FileStore
from storage.invites import SIGN_IN
from storage.migrate import open_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings
    from storage.units import Database


@dataclass
class App:
    """One process's objects."""

    settings: Settings
    database: Database
    clock: Clock
    channels: dict[str, Channel]
    files: Files
    turns: TakeTurns
    senders: dict[str, Deliver]
    transcripts: Transcripts
    store: FileStore
    slow: SlowWork
    worker: str
    judge: Judge

    async def take_in(self, envelope: Envelope) -> bool:
        """The intake: one committed row, then whoever sent it is looked after. False: it was there already."""
        arrival = inbox.Arrival(
            envelope.channel, envelope.update_id, envelope.address, envelope.raw, envelope.stamped_at,
            self.clock.business(), envelope.has_file, envelope.echo,
        )  # fmt: skip
        return await self.database.run(inbox.receive, arrival) is not None


async def build(settings: Settings, channels: Sequence[Channel] | None = None, clock: Clock | None = None) -> App:
    """Everything joined, nothing started. Raises StorageUnavailableError if the database does not answer."""
    database = await open_database(settings.database_url)
    clock = clock or Clock(movable=settings.env != "production")
    await clock.begin(database, settings.clock_start)
    worlds, worker = Worlds(), secrets.token_hex(6)
    transcripts = Transcripts(database, clock.business)
    store = FileStore(database, settings.files_dir, clock.machine, Alarms(database, clock.business).files_not_written)
    files = Files(database, worlds, store, settings.base_url)
    web = _Web(transcripts, SignIns(database, clock.business), Uploads(database, store, clock, fetch_file.MOST))
    made = channels if channels is not None else _channels(settings, web)
    by_name = {channel.name: channel for channel in made}
    site = Site(
        settings.secret, Links(by_name), settings.base_url, settings.env == "production", _Sends(by_name),
        Messengers(by_name), settings.approve_above,
    )  # fmt: skip
    turns = Turns(_Reader(by_name), site, worlds, clock.business)
    doers = _doers(settings, database, store, files, by_name, clock)
    judge = Judge(Reminders(worlds), lambda: worlds.now.calendar)
    senders = {name: Deliver(database, channel, files, clock, worker, judge) for name, channel in by_name.items()}
    app = App(
        settings, database, clock, by_name, files, TakeTurns(database, turns, clock.business), senders, transcripts, store,
        SlowWork(database, doers, clock, worker), worker, judge,
    )  # fmt: skip
    database.listen(_Bell(app).ring)
    return app


def _doers(
    settings: Settings, database: Database, store: FileStore, files: Files, channels: dict[str, Channel], clock: Clock
) -> dict[str, Doer]:
    """Who does each kind of slow work."""
    books = Workbooks(database, store, clock)
    covered = coverage.CoverageBooks(database, store, files.world, clock)
    scan = Scan(database, store, Clamd(settings.clamd) if settings.clamd else None, settings.clamd_away)
    return {
        fetch_file.KIND: fetch_file.FetchFile(database, channels, store, scan),
        workbooks.MAKE: books.make, workbooks.CHECK: books.check, workbooks.REGISTER: books.register,
        coverage.COVERAGE: covered.of_broadcast, coverage.UNREACHABLE: covered.unreachable,
        photo_pages.KIND: photo_pages.PhotoPages(database, store),
    }  # fmt: skip


class _Bell:
    """Wakes whoever has work after a commit."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ring(self, what: str, which: str) -> None:
        if what in {"inbox", "inbox_file"}:
            self._app.turns.wake(int(which), with_file=what == "inbox_file")
        elif what == "outbox":
            for name, sender in self._app.senders.items():
                if which in {"", name}:
                    sender.wake()
        elif what == "work":
            self._app.slow.wake()
        elif what == "transcript":
            self._app.transcripts.ring(which)


@dataclass(frozen=True, slots=True)
class _Web:
    """What the web chat needs of the outside."""

    transcript: Transcripts
    sign_in: SignIns
    uploads: Uploads


def _channels(settings: Settings, web: _Web) -> list[Channel]:
    made: list[Channel] = [
        WebChannel(
            secret_key=settings.secret,
            public_url=settings.base_url,
            transcript=web.transcript,
            sign_in=web.sign_in,
            uploads=web.uploads,
            new_id=secrets.token_hex,
            demo=settings.env == "demo",
            secure=settings.base_url.startswith("https://"),
        )
    ]
    if settings.telegram_token.get_secret_value():
        made.append(_telegram(settings))
    elif settings.env == "demo":
        made.append(SamplePhones(settings.telegram_rate))
    return made


def _telegram(settings: Settings) -> Channel:
    return TelegramChannel(
        token=settings.telegram_token.get_secret_value(), api_url=settings.telegram_api_url, mode=settings.telegram_mode,
        webhook_secret=settings.telegram_webhook_secret.get_secret_value(), public_url=settings.base_url,
        proxy=settings.telegram_proxy, rate=settings.telegram_rate,
    )  # fmt: skip


class _Reader:
    """Lets handlers understand a stored row without knowing a messenger."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels

    def __call__(self, channel: str, raw: str) -> Heard:
        if channel not in self._channels:
            raise UnreadableRowError(f"no channel {channel} here")
        try:
            arrived = self._channels[channel].read(raw)
        except UnreadableError as error:
            raise UnreadableRowError(str(error)) from error
        file = arrived.file
        sent = SentFile(file.ref, file.name, file.size, file.squeezed) if file else None
        return Heard(
            arrived.kind.value, arrived.text, arrived.action, arrived.tapped, arrived.name, arrived.language, sent
        )


class _Sends:
    """Knows what size of file goes with a message on each messenger."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels

    def __call__(self, channel: str, size: int) -> bool:
        found = self._channels.get(channel)
        most = found.abilities.largest_out if found else None
        return found is not None and found.abilities.files_out and (most is None or size <= most)


class Links:
    """Links that carry a code into each messenger that can take one."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels

    def __call__(self, kind: str, code: str) -> tuple[tuple[str, str], ...]:
        """Messenger and link for each; a sign-in code opens the web chat's door, which asks before it is used up."""
        made = []
        for name, channel in self._channels.items():
            url = (
                channel.sign_in_link(code)
                if isinstance(channel, WebChannel) and kind == SIGN_IN
                else channel.link(code)
            )
            if url:
                made.append((name.capitalize(), url))
        return tuple(made)

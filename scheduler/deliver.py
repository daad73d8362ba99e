"""The outbox drains: claimed rows are sent in their slots, and how each sending ended is recorded."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol

import structlog

from channels.contract import Delivery, File, NotSent, Picture, SlowDown, Unknown
from handlers.shared_links import PICTURES, SHARED
from scheduler.departures import Departures
from scheduler.outcomes import Clocks, after
from storage import claims, outbox
from storage.claims import Claim, Parcel
from storage.units import StorageUnavailableError
from texts.compose import compose, language_of, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.contract import Channel, Outcome
    from scheduler.judge import Judge
    from storage.units import Database
    from texts.compose import Language
    from texts.message import Attachment, Line

IN_FLIGHT = 128
"""Sendings of one channel under way at once."""
IDLE = 1.0
"""Seconds after which the table is looked at without being woken."""
MARGIN = 2_000_000
"""Microseconds before the end of its lease from which on a message is not sent any more: a call takes its time to leave."""
log = structlog.get_logger()


class Maker(Protocol):
    """Makes the file that goes with a message when it is sent, or the same as text."""

    async def file(self, attachment: Attachment, language: Language) -> File | None:
        """The file; None if it cannot be made."""

    async def lines(self, attachment: Attachment, language: Language) -> Sequence[Line]:
        """The same as text, for messengers that take no files; empty if it has no text form."""


class Deliver:
    """The sender of one channel in one process."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        maker: Maker,
        clocks: Clocks,
        worker: str,
        judge: Judge | None = None,
    ) -> None:
        self._database, self._channel, self._maker, self._clocks = database, channel, maker, clocks
        self._worker, self._judge = worker, judge
        self._awake, self._stopping = asyncio.Event(), asyncio.Event()
        self._departures = Departures(channel.rate, clocks.machine) if channel.rate else None
        self._silent_from, self._silent_until = 0, 0
        self.held: dict[int, int] = {}
        """rows claimed by this sender whose end is not yet recorded, and until when they are its own (machine time)"""
        self._flying: set[asyncio.Task[None]] = set()
        self._landed: list[tuple[Parcel, Outcome]] = []
        self._landing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; rows that a crash left ready go out at once."""
        self._tasks = [asyncio.create_task(self._claim_for_ever()), asyncio.create_task(self._record_for_ever())]

    def wake(self) -> None:
        """There is something to send."""
        self._awake.set()

    async def renew(self) -> None:
        """What is in hand stays in hand, unless another process has taken it over meanwhile."""
        held = await self._database.run(outbox.renew, self._worker, list(self.held), self._clocks.machine())
        self.held.update((row, until) for row, until in held.items() if row in self.held)

    async def stop(self, within: float) -> None:
        """Claim no more, let what is in flight land and be recorded."""
        self._stopping.set()
        self._awake.set()
        if self._tasks:
            # a claim under way is not cancelled: it may be committed, and its rows would be in doubt for nothing
            await asyncio.wait(self._tasks[:1], timeout=within)
        if self._flying:
            await asyncio.wait(self._flying, timeout=within)
        for task in (*self._flying, *self._tasks):
            task.cancel()
        if self._departures:
            await self._departures.close()
        await asyncio.gather(*self._flying, *self._tasks, return_exceptions=True)
        await self._record()

    async def _claim_for_ever(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            wait, unless = IDLE, self._awake
            try:
                wait, unless = await self._claim()
            except StorageUnavailableError as error:
                log.warning("database away", channel=self._channel.name, reason=str(error))
            except Exception:
                log.exception("claiming failed", channel=self._channel.name)
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await unless.wait()

    async def _claim(self) -> tuple[float, asyncio.Event]:
        """Claim as many as there are free slots; how many seconds to wait before the next look, unless an event comes."""
        free = IN_FLIGHT - len(self._flying)
        if free <= 0:
            return IDLE, self._awake
        machine, now = self._clocks.machine(), self._clocks.business()
        hours = self._judge is None or self._judge.hours(now)
        want = Claim(self._channel.name, self._worker, free, self._channel.rate, now, machine, hours)
        parcels, look_again = await self._database.run(claims.claim, want, self._judge)
        for parcel in parcels:
            self.held[parcel.id] = parcel.lease_until
            flight = asyncio.create_task(self._fly(parcel))
            self._flying.add(flight)
            flight.add_done_callback(self._flying.discard)
        if look_again is not None:
            # something new may be a reply, and for these there are slots
            return max(0.001, (look_again - machine) / 1e6), self._awake
        more = bool(parcels) and self._channel.rate is None and len(parcels) == free
        return 0.0 if more else self._next_look(parcels), self._awake

    def _next_look(self, parcels: list[Parcel]) -> float:
        """With a pace there may be more than the slots just given out; without one we are woken."""
        if parcels and self._channel.rate is not None:
            return max(0.001, (parcels[-1].at - self._clocks.machine()) / 1e6)
        return IDLE

    async def _fly(self, parcel: Parcel) -> None:
        if self._departures:
            await self._departures.wait(parcel.at, parcel.lane)
        outcome = await self._sent(parcel)
        # only now is it looked up: while this was under way, what had landed may have been taken away to be recorded
        self._landed.append((parcel, outcome))
        self._landing.set()

    async def _sent(self, parcel: Parcel) -> Outcome:
        machine = self._clocks.machine()
        if self._silent_from <= machine < self._silent_until:
            return SlowDown((self._silent_until - machine) / 1e6, "the messenger has asked for a pause")
        try:
            delivery = await self._delivery(parcel)
        except Exception as error:
            log.exception("a message could not be made", channel=self._channel.name, key=parcel.key)
            return NotSent(f"{type(error).__name__} while it was made")
        if self._clocks.machine() > self.held.get(parcel.id, 0) - MARGIN:
            # this process stood still: the row may be another's by now, and then it is that one's to send
            return NotSent("its lease was over before it could go")
        try:
            outcome = await self._channel.send(delivery)
        except Exception as error:
            log.exception("sending failed", channel=self._channel.name, key=parcel.key)
            return Unknown(f"{type(error).__name__} while sending")
        if isinstance(outcome, SlowDown):
            self._silent_from = self._clocks.machine()
            self._silent_until = max(self._silent_until, self._silent_from + int(outcome.seconds * 1e6))
        return outcome

    async def _delivery(self, parcel: Parcel) -> Delivery:
        message = parcel.message
        language = language_of(parcel.language)
        lines, file, picture = list(message.lines), None, None
        if message.attach:
            if self._carries(message.attach):
                file = await self._maker.file(message.attach, language)
            else:
                lines += await self._maker.lines(message.attach, language)
                picture = _picture(message.attach)
        buttons = tuple((plain(choice.label, language), choice.action) for choice in message.choices)
        edits = parcel.edits if self._channel.abilities.edits else None
        text, unasked = compose(lines, language), parcel.lane != outbox.REPLY
        return Delivery(parcel.key, parcel.address, text, language, buttons, edits, file, unasked, picture)

    def _carries(self, attachment: Attachment) -> bool:
        """Whether the messenger is given the file itself; one that keeps it in each message is given many a link."""
        can = self._channel.abilities
        return can.files_out and not (can.keeps_files and attachment.kind == SHARED)

    async def _record_for_ever(self) -> None:
        while True:
            await self._landing.wait()
            self._landing.clear()
            while self._landed:
                try:
                    await self._record()
                except StorageUnavailableError:
                    await asyncio.sleep(IDLE)

    async def _record(self) -> None:
        """Write down how these sendings ended, in one transaction; if that fails they are kept and written later."""
        landed, self._landed = self._landed, []
        if not landed:
            return
        try:
            await self._write_down(landed)
        except BaseException:
            self._landed = landed + self._landed
            raise
        self._awake.set()

    async def _write_down(self, landed: list[tuple[Parcel, Outcome]]) -> None:
        """One that cannot be recorded keeps no other from it: its lease runs out, and it is in doubt."""
        try:
            await self._database.run(after, self._worker, self._channel.name, landed, self._clocks)
        except StorageUnavailableError:
            raise
        except Exception:
            log.exception("recording failed", channel=self._channel.name, rows=[parcel.id for parcel, _ in landed])
            for one in landed if len(landed) > 1 else ():
                await self._write_down([one])
        for parcel, _ in landed:
            self.held.pop(parcel.id, None)


def _picture(attachment: Attachment) -> Picture | None:
    """What a page can show of a file that goes as a link."""
    params = attachment.params
    is_one = attachment.kind == SHARED and params["media_type"] in PICTURES
    return Picture(params["name"], params["url"]) if is_one else None

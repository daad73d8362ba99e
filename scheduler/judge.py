"""Claimed messages are judged by what is true at that moment: which go, in which words, which later, which never.

A whole batch is judged in the transaction that claimed it. Judging removes and never adds; why is kept on the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from domain.audience import Addressee, Recipients, roles_of
from domain.broadcast import BroadcastState
from domain.reminders import EVENING, MORNING, may_go_out, next_hours
from handlers import addressing
from handlers.here import ZONE
from handlers.noticed import of_broadcast
from storage import broadcasts, outbox, reach
from storage.claims import Drop, Hold
from texts.compose import language_of
from texts.message import Message, from_json, lasting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.calendar import Calendar
    from storage.claims import Parcel, Verdict
    from storage.units import Tx

AGAIN = 600 * 1_000_000
"""Business time before what could not be judged is looked at again."""
GIVE_UP_AFTER = 12
log = structlog.get_logger()


class Wording(Protocol):
    """Puts a person's notices into the words of one message, from what is true now."""

    async def __call__(self, tx: Tx, parcel: Parcel, now: datetime) -> Message | Drop:
        """The message of this row; what does not hold any more is written down. Drop: nothing of it holds."""


@dataclass(frozen=True, slots=True)
class Judge:
    """`wording` speaks for notices, `calendar` gives the working days there are now."""

    wording: Wording
    calendar: Callable[[], Calendar]

    def hours(self, now: int) -> bool:
        """Whether broadcasts go out at that moment (business time in microseconds) that are not to go at once."""
        return may_go_out(_local(now).replace(tzinfo=None), self.calendar())

    async def __call__(self, tx: Tx, parcels: Sequence[Parcel], now: int) -> Mapping[int, Verdict]:
        """A verdict for each but replies, which go as they are."""
        sent = _Broadcasts(tx)
        verdicts: dict[int, Verdict] = {}
        for one in parcels:
            verdict = await self._of(tx, one, now, sent)
            if verdict is not None:
                verdicts[one.id] = verdict
        return verdicts

    async def _of(self, tx: Tx, one: Parcel, now: int, sent: _Broadcasts) -> Verdict | None:
        if one.lane == outbox.REPLY:
            return None
        if one.broadcast is not None:
            return await sent.verdict(one, one.broadcast, now)
        if not one.key.startswith(outbox.NOTICES):
            return _by_day(now)
        return await self._notices(tx, one, now)

    async def _notices(self, tx: Tx, one: Parcel, now: int) -> Verdict:
        local = _local(now)
        opens = next_hours(local.replace(tzinfo=None), self.calendar())
        if opens > local.replace(tzinfo=None):
            return Hold(_instant(opens), "outside working hours")
        try:
            return await self.wording(tx, one, local)
        except (ArithmeticError, LookupError, TypeError, ValueError, AssertionError):
            # what cannot be put into words keeps nobody else's message back
            log.exception("notices could not be worded", key=one.key)
        if one.attempts > GIVE_UP_AFTER:
            return Drop("failed", "it could not be put into words")
        return Hold(now + AGAIN, "it could not be put into words")


def _by_day(now: int) -> Hold | None:
    """What concerns one person alone reaches them on any day, but not at night."""
    local = _local(now)
    if MORNING <= local.time() < EVENING:
        return None
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return Hold(_instant(datetime.combine(day, MORNING)), "not at night")


@dataclass(frozen=True, slots=True)
class _Known:
    """A broadcast's message (None: it does not run) and, if it names whom it goes to, how each of the batch is named."""

    message: Message | None
    people: Mapping[int, Addressee] | None = None


class _Broadcasts:
    """The broadcasts that a batch is of, each read once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[int, _Known] = {}

    async def verdict(self, one: Parcel, number: int, now: int) -> Verdict:
        if number not in self._known:
            self._known[number] = await self._read(number)
        known = self._known[number]
        if known.message is None:
            return Hold(now, "the broadcast does not run")
        if not one.meant:
            return Drop("cancelled", broadcasts.LEFT)
        if known.people is None:
            return known.message
        to = known.people.get(one.member, addressing.UNNAMED)
        return addressing.for_one(known.message, to, language_of(one.language))

    async def _read(self, number: int) -> _Known:
        found = await broadcasts.get(self._tx, number)
        if found is None or found.state is not BroadcastState.RUNNING:
            return _Known(None)
        message = lasting(of_broadcast(from_json(json.loads(found.body)), number))
        if not addressing.names_somebody(message):
            return _Known(message)
        roles = roles_of(Recipients.model_validate_json(found.audience))
        return _Known(message, await reach.addressees(self._tx, number, roles))


def _local(now: int) -> datetime:
    return datetime.fromtimestamp(now / 1e6, ZONE)


def _instant(local: datetime) -> int:
    return int(local.replace(tzinfo=ZONE).timestamp() * 1_000_000)

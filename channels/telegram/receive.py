"""Takes updates in, by polling or by webhook: each is stored before Telegram is told that it has arrived."""

from __future__ import annotations

import asyncio
import hmac
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from telegram.error import InvalidToken, TelegramError

from channels.telegram.read import ALLOWED_UPDATES, outside, parse, tap_id
from channels.telegram.request import SlowDownError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from channels.contract import Envelope, Intake
    from channels.telegram.request import AiohttpRequest

POLL_SECONDS = 25
ANSWER_SECONDS = 10.0
"""how much longer than the poll its answer may take"""
BATCH = 100
BODY_LIMIT = 1024 * 1024
PROOF_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TAPS = 64
"""answers to taps under way at once; further taps go unanswered, which costs their sender a moment of a spinner"""

log = structlog.get_logger(__name__)


def pauses(first: float = 0.5, most: float = 30.0) -> Iterator[float]:
    """Seconds to wait after each failure in a row: doubling."""
    while True:
        yield first
        first = min(2 * first, most)


class Taps:
    """Tells Telegram that a tap has arrived, so that the button stops spinning. Nothing waits for it."""

    def __init__(self, request: AiohttpRequest) -> None:
        self._request = request
        self._under_way: set[asyncio.Task[None]] = set()

    def answer(self, update: Any) -> None:
        """Begin to answer, if the update is a tap."""
        name = tap_id(update)
        if name and len(self._under_way) < TAPS:
            task = asyncio.create_task(self._answer(name))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Drop what is still under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _answer(self, name: str) -> None:
        try:
            await self._request.call("answerCallbackQuery", {"callback_query_id": name})
        except TelegramError as error:
            # too old, or no line: the tap itself is stored, and the reply says the rest
            log.debug("telegram_tap_unanswered", reason=str(error))


class Poller:
    """The long-poll loop. Its offset, which confirms updates to Telegram, moves only past what is stored."""

    def __init__(self, request: AiohttpRequest, taps: Taps) -> None:
        self._request = request
        self._taps = taps
        self._offset: int | None = None

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled, one poll at a time; after a failure wait, longer each time in a row."""
        waiting = pauses()
        while True:
            pause = next(waiting)
            try:
                fine = await self._store(await self._poll(), intake)
            except SlowDownError as error:
                fine, pause = False, error.seconds
            except TelegramError as error:
                fine = False
                alarm = log.error if isinstance(error, InvalidToken) else log.warning
                alarm("telegram_poll_failed", reason=str(error), again_in=pause)
            except Exception:
                # whatever it is, a bot that no longer listens is worse than one that tries again
                fine = False
                log.exception("telegram_poll_broke", again_in=pause)
            if fine:
                waiting = pauses()
            else:
                await asyncio.sleep(pause)

    async def _poll(self) -> list[Any]:
        values: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            values["offset"] = self._offset
        updates = await self._request.call("getUpdates", values, read_timeout=POLL_SECONDS + ANSWER_SECONDS)
        return updates if isinstance(updates, list) else []

    async def _store(self, updates: list[Any], intake: Intake) -> bool:
        """Store a batch: one chat's updates one after another, chats side by side (they share a commit then).

        The offset moves up to the first that could not be stored; what was stored behind it comes again, and is known.
        """
        envelopes = [outside(update, json.dumps(update)) for update in updates]
        chats: dict[str | None, list[int]] = {}
        for place, envelope in enumerate(envelopes):
            chats.setdefault(envelope.address, []).append(place)
        stored: set[int] = set()

        async def store(places: list[int]) -> None:
            for place in places:
                if not await _taken(intake, envelopes[place], updates[place], self._taps):
                    return
                stored.add(place)

        await asyncio.gather(*(store(places) for places in chats.values()))
        first_missing = next((n for n in range(len(updates)) if n not in stored), len(updates))
        numbers = [int(e.update_id) for e in envelopes[:first_missing] if e.update_id.isdecimal()]
        if numbers:
            self._offset = max(numbers) + 1
        # a batch that cannot be confirmed would come again at once, for ever
        return first_missing == len(updates) and bool(numbers or not updates)


class Webhook:
    """The route that Telegram posts updates to."""

    def __init__(self, secret: str, taps: Taps) -> None:
        self._secret = secret.encode()
        self._taps = taps

    async def receive(self, request: Request, intake: Intake) -> Response:
        """200 once the update is stored, 503 where it could not be: Telegram then sends it again.

        403 without the right secret, checked before anything is read; 413 for more than 1 MB.
        """
        given = request.headers.get(PROOF_HEADER, "").encode("latin-1")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        try:
            body = await _bounded(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        # no text of a database can hold NUL, and no JSON does
        raw = body.decode(errors="replace").replace("\x00", "\ufffd")
        update = parse(raw)
        fine = await _taken(intake, outside(update, raw), update, self._taps)
        return Response(status_code=HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE)


async def _taken(intake: Intake, envelope: Envelope, update: Any, taps: Taps) -> bool:
    """Hand one update in; False where it could not be stored. A tap is answered at once, but never a second time."""
    try:
        new = await intake(envelope)
    except Exception:
        # whatever it was: the update is not stored, so it is not acknowledged
        log.exception("telegram_update_not_stored", update_id=envelope.update_id)
        return False
    if new:
        taps.answer(update)
    return True


async def _bounded(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)

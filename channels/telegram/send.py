"""Sends one delivery to Telegram and says how it ended; every ending is an outcome (`_outcome` is the table of errors)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from channels.contract import Moved, NotSent, Refused, Sent, SlowDown, Unknown, Unreachable
from channels.telegram.render import Call, UnfitError, calls
from channels.telegram.request import NotSentError, SlowDownError

if TYPE_CHECKING:
    from channels.contract import Delivery, Outcome
    from channels.telegram.request import AiohttpRequest

_REASON_LENGTH = 300
_BEGUN = 1000
"""half-sent deliveries remembered at most"""
_UNCHANGED = "message is not modified"
_ENTITIES = "can't parse entities"
_EDIT_IS_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_PICTURE = ("photo_invalid_dimensions", "image_process_failed", "photo_save_file_invalid")


class Sender:
    """Sends deliveries over one bot's connections."""

    def __init__(self, request: AiohttpRequest) -> None:
        self._request = request
        self._begun: dict[str, list[Call]] = {}

    async def send(self, delivery: Delivery) -> Outcome:
        """Send it, in up to three messages where the text is long; `Sent.ref` names the last, which has the buttons.

        If Telegram stops us between two messages, the next attempt goes on after the last that was sent. That is
        remembered in memory only: a crash in between repeats the first ones.
        """
        try:
            plan = calls(delivery)
            outcome = await self._edit(delivery, plan) or await self._send_all(delivery, plan)
        except UnfitError as error:
            return Refused(str(error))
        except TelegramError as error:
            outcome = _outcome(error)
        if not isinstance(outcome, NotSent | SlowDown):
            self._begun.pop(delivery.key, None)
        return outcome

    async def _edit(self, delivery: Delivery, plan: list[Call]) -> Outcome | None:
        """Replace the message that `delivery` names; None where it cannot be replaced and is to be sent anew."""
        if not delivery.edits or not delivery.edits.isdecimal() or len(plan) > 1 or plan[0].file:
            return None
        where = {"chat_id": delivery.address, "message_id": int(delivery.edits)}
        try:
            await self._call("editMessageText", where, plan[0])
        except BadRequest as error:
            if _says(error, _UNCHANGED):
                return Sent(delivery.edits)
            if _says(error, *_EDIT_IS_GONE):
                return None
            raise
        return Sent(delivery.edits)

    async def _send_all(self, delivery: Delivery, plan: list[Call]) -> Outcome:
        begun = self._begun.get(delivery.key, [])
        done = len(begun) if plan[: len(begun)] == begun else 0
        result: Any = {}
        for number, call in enumerate(plan[done:], done + 1):
            result = await self._message(delivery.address, call)
            if number < len(plan):
                self._remember(delivery.key, plan[:number])
        return Sent(_ref(result))

    def _remember(self, key: str, sent: list[Call]) -> None:
        self._begun[key] = sent
        if len(self._begun) > _BEGUN:
            del self._begun[next(iter(self._begun))]

    async def _message(self, chat: str, call: Call) -> Any:
        try:
            return await self._call(call.method, {"chat_id": chat}, call)
        except BadRequest as error:
            if call.method == "sendPhoto" and _says(error, *_NO_PICTURE):
                return await self._call("sendDocument", {"chat_id": chat}, call)
            raise

    async def _call(self, method: str, where: dict[str, Any], call: Call) -> Any:
        """One call; where Telegram cannot read our markup, once more without it."""
        files = {}
        if call.file:
            part = "photo" if method == "sendPhoto" else "document"
            files[part] = (call.file.name, call.file.content, call.file.media_type)
        try:
            return await self._request.call(method, where | call.parameters(styled=True), files)
        except BadRequest as error:
            if not _says(error, _ENTITIES):
                raise
        return await self._request.call(method, where | call.parameters(styled=False), files)


def _outcome(error: TelegramError) -> Outcome:
    reason = str(error)[:_REASON_LENGTH]
    match error:
        case SlowDownError():
            return SlowDown(error.seconds, reason)
        case Forbidden():
            return Unreachable(reason)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case BadRequest():
            return Refused(reason)
        case NotSentError():
            return NotSent(reason)
        case InvalidToken():
            # a wrong token, or an API address without this method: nothing that is wrong with the message
            return NotSent(reason)
        case _:
            return Unknown(reason)


def _says(error: BadRequest, *words: str) -> bool:
    said = str(error).lower()
    return any(one in said for one in words)


def _ref(result: Any) -> str | None:
    name = result.get("message_id") if isinstance(result, dict) else None
    return str(name) if name is not None else None

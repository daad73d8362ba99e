"""What people do to the bot, and how the Bot API hands it over: by poll with an offset, or by webhook with retries."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.fakes.telegram_rules import FAULTS, RefusalError, Upload

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Shown:
    """A message as the person sees it; an edit stands in `sent` as one more."""

    method: str
    chat: int
    message_id: int
    text: str
    buttons: list[list[tuple[str, str]]]
    at: float
    """when, in seconds of the event loop's clock"""
    file: Upload | None = None
    marked_up: str = ""
    """the text as it was sent"""


@dataclass(slots=True)
class _Pending:
    number: int
    queue: tuple[str, int]
    update: Any


class Updates:
    """The queue of updates, and everybody who writes into it."""

    def __init__(self) -> None:
        self.messages: dict[tuple[int, int], Shown] = {}
        self.webhook: dict[str, Any] = {}
        self.webhook_answers: list[int] = []
        self.retry_seconds = 0.05
        self.date = 1_700_000_000
        """the stamp of what people do, in seconds since 1970"""
        self.files: dict[str, bytes] = {}
        self._pending: list[_Pending] = []
        self._numbers = itertools.count(1000)
        self._message_ids = itertools.count(1)
        self._polls = 0
        self._changed = asyncio.Event()
        self._delivering: dict[tuple[str, int], asyncio.Task[None]] = {}

    def say(self, chat: int, text: str, **more: Any) -> int:
        """Somebody writes to the bot; `more` are further fields of the message. Gives the update's number."""
        return self.raw({"message": self._message(chat, text=text, **more)})

    def document(self, chat: int, name: str, content: bytes, caption: str = "") -> int:
        """Somebody sends a file."""
        what = {**self._kept(content), "file_name": name}
        return self.raw({"message": self._message(chat, document=what, **_captioned(caption))})

    def photo(self, chat: int, content: bytes, caption: str = "") -> int:
        """Somebody sends a picture as a photo: Telegram hands it on in sizes, the last the largest."""
        small = {**self._kept(b"a thumbnail"), "width": 90, "height": 60}
        large = {**self._kept(content), "width": 1280, "height": 853}
        return self.raw({"message": self._message(chat, photo=[small, large], **_captioned(caption))})

    def _kept(self, content: bytes) -> dict[str, Any]:
        file_id = f"file{len(self.files)}"
        self.files[file_id] = content
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}

    def tap(self, chat: int, label_or_data: str) -> int:
        """Somebody taps the newest button of that label or data."""
        for (where, number), shown in sorted(self.messages.items(), key=lambda item: -item[0][1]):
            for label, data in [one for row in shown.buttons for one in row]:
                if where == chat and label_or_data in {label, data}:
                    return self.tap_raw(chat, number, data)
        raise LookupError(f"no button {label_or_data!r} in chat {chat}")

    def tap_raw(self, chat: int, message_id: int, data: str) -> int:
        message = {"message_id": message_id, "chat": {"id": chat, "type": "private"}, "date": self.date}
        tap = {"from": person(chat), "message": message, "chat_instance": "1", "data": data}
        number = next(self._numbers)
        return self.raw({"update_id": number, "callback_query": {"id": f"tap{number}", **tap}})

    def membership(self, chat: int, status: str, kind: str = "private", was: str = "member") -> int:
        """The bot is blocked (`kicked`), unblocked (`member`), put into a group."""
        old, new = ({"user": person(0), "status": one} for one in (was, status))
        where = {"chat": {"id": chat, "type": kind}, "from": person(chat), "date": self.date}
        return self.raw({"my_chat_member": {**where, "old_chat_member": old, "new_chat_member": new}})

    def raw(self, update: Any, *, as_is: bool = False) -> int:
        """Any update; one without `update_id` is given the next, unless it shall go out `as_is`."""
        if isinstance(update, dict) and not as_is:
            update = {"update_id": next(self._numbers), **update}
        number = update.get("update_id") if isinstance(update, dict) else None
        number = number if isinstance(number, int) else next(self._numbers)
        self._pending.append(_Pending(number, _queue(update), update))
        self._pending.sort(key=lambda one: one.number)
        self._notify()
        return number

    async def until(self, what: Callable[[], Any], seconds: float = 10.0) -> None:
        """Wait until `what()` is true of what was seen here."""
        async with asyncio.timeout(seconds):
            while not what():
                await self._changed.wait()

    @property
    def waiting(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self._pending)

    def _message(self, chat: int, **content: Any) -> dict[str, Any]:
        base = {"message_id": next(self._message_ids), "from": person(chat), "date": self.date}
        return {**base, "chat": {"id": chat, "type": "private", "first_name": f"Người {chat}"}, **content}

    # how it is handed over

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        if self.webhook.get("url"):
            self._deliver()

    async def get_updates(self, values: dict[str, Any]) -> list[Any]:
        if self.webhook.get("url"):
            raise RefusalError(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine, offset = self._polls, int(values.get("offset", 0))
        self._pending = [one for one in self._pending if one.number >= offset]
        self._notify()
        try:
            await self.until(lambda: self._pending or self._polls != mine, float(values.get("timeout", 0)))
        except TimeoutError:
            return []
        if self._polls != mine:
            raise RefusalError(*FAULTS["409"])
        return [one.update for one in self._pending[: int(values.get("limit", 100))]]

    def drop_updates(self) -> None:
        self._pending.clear()

    async def close_updates(self) -> None:
        self._polls += 1
        self.webhook = {}
        self._notify()
        tasks = list(self._delivering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _deliver(self) -> None:
        """One update of a queue at a time; messages of a chat are one queue, taps another, as at Telegram."""
        for one in self._pending:
            if one.queue not in self._delivering:
                self._delivering[one.queue] = asyncio.create_task(self._post(one))

    async def _post(self, one: _Pending) -> None:
        body = one.update if isinstance(one.update, str) else json.dumps(one.update)
        headers = {"Content-Type": "application/json"}
        if "secret_token" in self.webhook:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook["secret_token"]
        while self.webhook.get("url"):
            try:
                async with (
                    aiohttp.ClientSession() as client,
                    client.post(self.webhook["url"], data=body.encode(), headers=headers) as answer,
                ):
                    status = answer.status
            except (aiohttp.ClientError, TimeoutError):
                status = 0
            self.webhook_answers.append(status)
            if status == HTTPStatus.OK:
                self._pending.remove(one)
                break
            await asyncio.sleep(self.retry_seconds)
        del self._delivering[one.queue]
        self._notify()


def person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Người", "last_name": str(chat), "language_code": "vi"}


def _captioned(caption: str) -> dict[str, str]:
    return {"caption": caption} if caption else {}


def _queue(update: Any) -> tuple[str, int]:
    kind = next((one for one in update if one != "update_id"), "") if isinstance(update, dict) else ""
    inner = update[kind] if kind else {}
    who = inner.get("chat" if kind != "callback_query" else "from") if isinstance(inner, dict) else None
    return kind, who.get("id", 0) if isinstance(who, dict) else 0

"""Who is measured: an app with the five plans on a database of its own, and people who write to it over Telegram."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import structlog

from bot.build import App, build
from bot.seed import seed
from bot.settings import Settings
from channels.telegram.channel import TelegramChannel
from channels.telegram.read import outside

TOKEN = "123456:for-measurements-only"
DAY = datetime.fromisoformat("2023-04-24T08:00:00+07:00")
"""a day on which two of the plans run"""
UNLIMITED = 1_000_000.0
_numbers = itertools.count(1)
# what goes wrong is to be seen, what goes well would stand between the figures
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@asynccontextmanager
async def running(
    database_url: str, api_url: str = "http://127.0.0.1:9", rate: float = UNLIMITED
) -> AsyncIterator[App]:
    """An app with Telegram alone, its workers not started: what drains is started by whoever measures it."""
    settings = Settings(_env_file=None, env="test", database_url=database_url, http_port=0, clock_start=DAY)
    app = await build(settings, [TelegramChannel(TOKEN, api_url=api_url, rate=rate)])
    try:
        await seed(app.database, app.clock.business(), confirmed=True)
        yield app
    finally:
        await app.channels["telegram"].stop()
        await app.database.close()


def command(chat: int, text: str, number: int | None = None) -> dict[str, Any]:
    """A person writes, as the Bot API tells it."""
    length = len(text.split(maxsplit=1)[0]) if text.startswith("/") else 0
    entities = {"entities": [{"type": "bot_command", "offset": 0, "length": length}]} if length else {}
    return {"update_id": number or next(_numbers), "message": {**_message(chat), "text": text, **entities}}


def tap(chat: int, action: str) -> dict[str, Any]:
    """A person taps a button."""
    number = next(_numbers)
    pressed = {
        "id": str(number),
        "from": _person(chat),
        "message": _message(chat),
        "chat_instance": "1",
        "data": action,
    }
    return {"update_id": number, "callback_query": pressed}


async def take_in(app: App, update: dict[str, Any]) -> None:
    """Hand an update to the intake, as the poll and the webhook do."""
    await app.take_in(outside(update, json.dumps(update)))


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Nguyễn", "last_name": f"Văn {chat}", "language_code": "vi"}


def _message(chat: int) -> dict[str, Any]:
    where = {"id": chat, "type": "private", "first_name": "Nguyễn", "last_name": f"Văn {chat}"}
    return {"message_id": next(_numbers), "from": _person(chat), "chat": where, "date": 1_682_298_000}

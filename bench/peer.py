"""The reference: python-telegram-bot as its own documentation sets it up, with the network stubbed."""

from __future__ import annotations

import json
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes, ExtBot
from telegram.request import BaseRequest, RequestData

from bench.people import TOKEN, command

_CHAT = {"id": 42, "type": "private", "first_name": "Người"}
_ME = {"id": 123456, "is_bot": True, "first_name": "Bot", "username": "bench_bot"}
ANSWER = json.dumps(
    {"ok": True, "result": {"message_id": 7, "date": 1_700_000_000, "chat": _CHAT, "text": "…"}}
).encode()
"""what the Bot API answers to a sent message"""
_GET_ME = json.dumps({"ok": True, "result": _ME}).encode()


class Stub(BaseRequest):
    """Serialises what would be sent and answers at once."""

    read_timeout = 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **_: Any
    ) -> tuple[int, bytes]:
        if request_data is not None:
            assert request_data.json_payload
        return 200, _GET_ME if url.endswith("/getMe") else ANSWER


async def application(text: str, labels: list[str]) -> Application[Any, Any, Any, Any, Any, Any]:
    """A bot with two commands: /menu answers with one line, /buttons with the same and one button a row."""
    rows = [[(label, f"screen/{number}")] for number, label in enumerate(labels)]

    async def menu(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text(text)

    async def buttons(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        keyboard = [[InlineKeyboardButton(label, callback_data=action) for label, action in row] for row in rows]
        await update.message.reply_text(text, parse_mode="HTML", reply_markup=InlineKeyboardMarkup(keyboard))

    bot = ExtBot(TOKEN, request=Stub(), get_updates_request=Stub())
    made = ApplicationBuilder().bot(bot).updater(None).build()
    made.add_handler(CommandHandler("menu", menu))
    made.add_handler(CommandHandler("buttons", buttons))
    await made.initialize()
    return made


def updates(name: str, number: int) -> list[str]:
    """As many raw updates of that command."""
    return [json.dumps(command(42, f"/{name}", n)) for n in range(number)]

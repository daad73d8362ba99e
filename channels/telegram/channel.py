"""Telegram as a channel: says who the bot is, sets its command menu, takes updates in, sends, fetches files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

import structlog
from starlette.routing import Route
from telegram.error import InvalidToken, TelegramError

from channels.contract import Abilities
from channels.telegram.fetch import FILE_LIMIT, fetch
from channels.telegram.read import ALLOWED_UPDATES, NAME, Me, read
from channels.telegram.receive import Poller, Taps, Webhook, pauses
from channels.telegram.render import FILE_LIMIT as MOST_SENT
from channels.telegram.render import TEXT_LIMIT
from channels.telegram.request import AiohttpRequest, SlowDownError, UnknownOutcomeError
from channels.telegram.send import Sender
from texts.compose import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from channels.contract import Arrived, Delivery, Intake, Outcome

API_URL = "https://api.telegram.org"
WEBHOOK_PATH = "/telegram/webhook"
RATE = 29.0
"""messages a second: at Telegram's own 30, a jitter of 3 ms already draws refusals"""
COMMANDS = "telegram.command."

log = structlog.get_logger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know this bot token: it is wrong or was revoked; a new one comes from @BotFather."""


class TelegramChannel:
    """The bot on Telegram.

    Args:
        token: the bot's token.
        api_url: where `/bot<token>/…` hangs.
        mode: how updates come in.
        webhook_secret: what Telegram proves itself with; needed in webhook mode.
        public_url: where Telegram reaches us; needed in webhook mode.
        proxy: address of an HTTP proxy to reach Telegram through.
        rate: messages a second, evenly spaced.

    """

    name = NAME
    abilities = Abilities(
        buttons=True, edits=True, files_out=True, text_limit=TEXT_LIMIT, link_payload=True, files_in=FILE_LIMIT,
        largest_out=MOST_SENT,
    )  # fmt: skip

    def __init__(
        self,
        token: str,
        *,
        api_url: str = API_URL,
        mode: Literal["polling", "webhook"] = "polling",
        webhook_secret: str = "",
        public_url: str = "",
        proxy: str | None = None,
        rate: float = RATE,
    ) -> None:
        if mode == "webhook" and not (webhook_secret and public_url):
            raise ValueError("a Telegram webhook needs a secret and a public address")
        self.rate: float | None = rate
        self._mode = mode
        self._secret = webhook_secret
        self._public_url = public_url.rstrip("/")
        number = token.partition(":")[0]
        self._me = Me(int(number) if number.isdecimal() else None)
        self._request = AiohttpRequest(f"{api_url.rstrip('/')}/bot{token}", proxy)
        self._sender = Sender(self._request)
        self._taps = Taps(self._request)
        self._running: asyncio.Task[None] | None = None

    def read(self, raw: str) -> Arrived:
        """Understand a stored raw update. Raises UnreadableError."""
        return read(raw, self._me)

    async def send(self, delivery: Delivery) -> Outcome:
        """Send one message; every way it can end is an outcome, not an exception."""
        return await self._sender.send(delivery)

    def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent, in pieces. Raises NotFetchedError."""
        return fetch(self._request, ref)

    async def start(self, intake: Intake) -> None:
        """Begin to take updates in; returns at once, and what fails is tried again in the background.

        A refused token is logged as an alarm, and the channel stays off.
        """
        self._running = asyncio.create_task(self._run(intake))
        self._running.add_done_callback(_ended)

    async def stop(self) -> None:
        """Stop taking updates in and let go of connections."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._taps.stop()
        await self._request.shutdown()

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """The webhook; nothing where the bot polls."""
        if self._mode == "polling":
            return ()
        webhook = Webhook(self._secret, self._taps)

        async def receive(request: Request) -> Response:
            return await webhook.receive(request, intake)

        return (Route(WEBHOOK_PATH, receive, methods=["POST"]),)

    def link(self, code: str) -> str | None:
        """A link that opens a chat with the bot and hands it `code`; None until `introduce` has learned its name."""
        return f"https://t.me/{self._me.username}?start={code}" if self._me.username else None

    async def introduce(self) -> None:
        """Learn from Telegram who the bot is. Raises TokenRefusedError, and TelegramError for what may pass."""
        try:
            me = await self._request.call("getMe", {})
        except InvalidToken:
            raise TokenRefusedError("Telegram refused the bot token (THIDUA_TELEGRAM_TOKEN)") from None
        match me:
            case {"id": int(number), "username": str(username)}:
                self._me.id, self._me.username = number, username
            case _:
                raise UnknownOutcomeError("getMe did not say who the bot is")

    async def _run(self, intake: Intake) -> None:
        try:
            await self._set_up()
        except TokenRefusedError as error:
            log.critical("telegram_token_refused", reason=str(error))
            return
        log.info("telegram_started", username=self._me.username, mode=self._mode)
        if self._mode == "polling":
            await Poller(self._request, self._taps).run(intake)

    async def _set_up(self) -> None:
        """Everything that must be said to Telegram before updates come; again until it went through."""
        for pause in pauses():
            try:
                await self.introduce()
                await self._set_commands()
                await self._set_mode()
            except SlowDownError as error:
                await asyncio.sleep(error.seconds)
            except TelegramError as error:
                log.warning("telegram_start_failed", reason=str(error), again_in=pause)
                await asyncio.sleep(pause)
            else:
                return

    async def _set_commands(self) -> None:
        """The command menu; Vietnamese for whoever has no menu in their own language."""
        for language in LANGUAGES:
            menu = [
                {"command": key.removeprefix(COMMANDS), "description": words[language]}
                for key, words in catalogue().items()
                if key.startswith(COMMANDS)
            ]
            values: dict[str, Any] = {"commands": menu}
            if language != LANGUAGES[0]:
                values["language_code"] = language
            await self._request.call("setMyCommands", values)

    async def _set_mode(self) -> None:
        if self._mode == "polling":
            await self._request.call("deleteWebhook", {"drop_pending_updates": False})
            return
        await self._request.call(
            "setWebhook",
            {
                "url": self._public_url + WEBHOOK_PATH,
                "secret_token": self._secret,
                "allowed_updates": ALLOWED_UPDATES,
                "drop_pending_updates": False,
            },
        )


def _ended(task: asyncio.Task[None]) -> None:
    """A defect of ours must not end the polling in silence."""
    if not task.cancelled() and (error := task.exception()):
        log.critical("telegram_stopped", error=type(error).__name__)

"""Phones of made-up people, so that in the demo one can watch what goes out to hundreds: nothing leaves this machine.

They take messages at the pace Telegram allows. Some have blocked the bot; some confirm what asks to be confirmed.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

from channels.contract import Arrived, Envelope, Kind, NotFetchedError, Sent, Unreachable
from channels.telegram.channel import TelegramChannel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.routing import BaseRoute

    from channels.contract import Delivery, Intake, Outcome

ADDRESS = "mau-{number}"
BLOCKED, CONFIRMS = 37, 3
"""one in so many has blocked the bot, and one in so many confirms"""
_RECEIVED = "received/"


class SamplePhones:
    """Stands in for Telegram in a demo that has no token. `rate`: messages a second."""

    name = TelegramChannel.name
    abilities = TelegramChannel.abilities

    def __init__(self, rate: float) -> None:
        self.rate: float | None = rate
        self._intake: Intake | None = None
        self._sent = count(1)

    def read(self, raw: str) -> Arrived:
        """A tap, which is all that these people do."""
        return Arrived(Kind.TAP, **json.loads(raw))

    async def send(self, delivery: Delivery) -> Outcome:
        """It is there, unless this one has blocked the bot."""
        number, sent = int(delivery.address.rpartition("-")[2]), str(next(self._sent))
        if number % BLOCKED == 0:
            return Unreachable("Forbidden: bot was blocked by the user")
        asks = next((action for _, action in delivery.buttons if _RECEIVED in action), None)
        if asks and self._intake and number % CONFIRMS == 0:
            tap = json.dumps({"action": asks, "tapped": sent})
            await self._intake(Envelope(self.name, f"mau:{delivery.key}", delivery.address, None, tap))
        return Sent(sent)

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """They send no files."""
        raise NotFetchedError(f"no file {ref}", again=False)
        yield b""

    async def start(self, intake: Intake) -> None:
        """From now on they confirm."""
        self._intake = intake

    async def stop(self) -> None:
        """They do nothing more."""
        self._intake = None

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """None."""
        return ()

    def link(self, code: str) -> str | None:
        """None: nobody can go there."""
        return None

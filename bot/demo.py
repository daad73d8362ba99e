"""The demo: a page with the chat and, beside it, whom to be and what time it is. Starting over really starts over."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import BackwardsError
from bot.personas import ROLES, persona_address, seed_personas
from bot.seed import seed
from channels.web.channel import WebChannel
from domain.people import UnitKind
from domain.standing import next_moment
from handlers.here import ZONE
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from bot.build import App

START = datetime(2023, 4, 24, 8, 0, tzinfo=ZONE)
PRESETS = {
    "haiphong-2023": START,
    "gialai-2023": datetime(2023, 4, 20, 8, 0, tzinfo=ZONE),
    "bacgiang-2020": datetime(2020, 4, 7, 8, 0, tzinfo=ZONE),
    "tpbacninh-2022": datetime(2022, 7, 18, 8, 0, tzinfo=ZONE),
    "bacninh-2024": datetime(2024, 7, 15, 8, 0, tzinfo=ZONE),
}
"""A morning on which each plan is live."""


@dataclass
class Restart:
    """Set when somebody wants to start over: the business time to begin at."""

    at: datetime | None = None


async def prepare(app: App) -> None:
    """The five plans with confirmed dates, and the people one can be."""
    await seed(app.database, app.clock.business(), confirmed=True)
    await app.database.run(seed_personas, app.clock.business())


class Demo:
    """The demo's own routes."""

    def __init__(self, app: App, restart: Restart, end: Callable[[], None]) -> None:
        web = app.channels["web"]
        assert isinstance(web, WebChannel)
        self._app, self._browsers, self._restart, self._end = app, web.browsers, restart, end

    def routes(self) -> list[Route]:
        """What the panel asks for and does."""
        return [Route("/demo/state", self.state), Route("/demo/act", self.act, methods=["POST"])]

    async def state(self, request: Request) -> Response:
        """What time it is, who one is, whom one can be."""
        return JSONResponse(await self._state(self._persona(request)))

    async def act(self, request: Request) -> Response:
        """Turn the clock or become somebody else. 409: that would mean going back."""
        if self._browsers.trusted(request) is None:
            return JSONResponse({}, status_code=403)
        asked: dict[str, Any] = await request.json()
        if asked.get("do") in {"persona", "preset"}:
            return await self._become(asked) if asked["do"] == "persona" else self._start_over(PRESETS[asked["preset"]])
        to = await self._target(asked)
        if to is None:
            return JSONResponse({"message": plain(line("demo.no_next"), "vi")}, status_code=409)
        if to < self._app.clock.local() and asked.get("over"):
            return self._start_over(to)
        try:
            await self._app.clock.move_to(self._app.database, to)
        except BackwardsError:
            return JSONResponse({"message": plain(line("demo.earlier"), "vi")}, status_code=409)
        for sender in self._app.senders.values():
            sender.wake()
        return await self.state(request)

    async def _target(self, asked: dict[str, Any]) -> datetime | None:
        now = self._app.clock.local()
        match asked:
            case {"do": "hour"}:
                return now + timedelta(hours=1)
            case {"do": "day"}:
                return now + timedelta(days=1)
            case {"do": "next"}:
                return await self._next(now)
            case {"do": "to", "to": str(to)}:
                wanted = datetime.fromisoformat(to)
                return wanted if wanted.tzinfo else wanted.replace(tzinfo=ZONE)
        return None

    async def _next(self, now: datetime) -> datetime | None:
        content = await self._app.files.world()
        items = list(content.duties_on(now.date()))
        moment = next_moment(items, content.calendar, now.replace(tzinfo=None))
        return moment.replace(tzinfo=ZONE) if moment else None

    async def _become(self, asked: dict[str, Any]) -> Response:
        board, _, role = str(asked.get("persona", "")).partition("/")
        content = await self._app.files.world()
        if board not in content.units or role not in ROLES:
            return JSONResponse({}, status_code=404)
        response = JSONResponse(await self._state(f"{board}/{role}"))
        fresh = f"_{secrets.token_hex(8)}" if role == "visitor" else ""
        self._browsers.remember(response, persona_address(board, role) + fresh)
        return response

    def _start_over(self, at: datetime) -> Response:
        self._restart.at = at
        asyncio.get_running_loop().call_later(0.2, self._end)
        return JSONResponse({"now": at.isoformat(), "restarting": True})

    def _persona(self, request: Request) -> str | None:
        address = self._browsers.address(request) or ""
        if not address.startswith("demo_"):
            return None
        _, board, role, *_ = address.split("_")
        return f"{board}/{role}"

    async def _state(self, persona: str | None) -> dict[str, Any]:
        content, now = await self._app.files.world(), self._app.clock.local()
        boards = [u for u in content.units.values() if u.kind is UnitKind.BOARD]
        coming = await self._next(now)
        return {
            "now": now.isoformat(timespec="seconds"),
            "now_text": plain(now.replace(tzinfo=None), "vi"),
            "persona": persona,
            "boards": [{"slug": b.slug, "name": b.short_name or b.name} for b in boards],
            "personas": [
                {"id": f"{b.slug}/{r}", "board": b.slug, "role": r, "label": plain(line(f"demo.role.{r}"), "vi")}
                for b in boards for r in ROLES
            ],
            "presets": [
                {"id": c.slug, "label": c.short_name, "now": PRESETS[c.slug].isoformat()}
                for c in content.campaigns if c.slug in PRESETS
            ],
            "next": coming.isoformat() if coming else None,
        }  # fmt: skip

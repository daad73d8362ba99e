"""The demo: a page with the chat and, beside it, whom to be and what time it is. Starting over really starts over."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, field_validator
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import FIRST_YEAR, LAST_YEAR, BackwardsError, OutOfRangeError
from bot.lifecycle import turned
from bot.personas import ROLES, persona_address, place, seed_crowd, seed_personas
from bot.sample_phones import SamplePhones
from bot.seed import board_of, seed
from channels.web.asking import asked
from channels.web.channel import WebChannel
from domain.people import UnitKind
from handlers.here import ZONE
from storage import going_out, notice_bundle
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from bot.build import App
    from domain.calendar import Calendar
    from domain.people import Unit
    from handlers.world import World
    from storage.units import Tx

START = datetime(2023, 4, 24, 8, 0, tzinfo=ZONE)
PRESETS = {
    "haiphong-2023": START,
    "gialai-2023": datetime(2023, 4, 20, 8, 0, tzinfo=ZONE),
    "bacgiang-2020": datetime(2020, 4, 7, 8, 0, tzinfo=ZONE),
    "tpbacninh-2022": datetime(2022, 7, 18, 8, 0, tzinfo=ZONE),
    "bacninh-2024": datetime(2024, 7, 15, 8, 0, tzinfo=ZONE),
}
"""A morning on which each plan is live."""
PATIENCE, LOOKS = 5.0, 100
"""Seconds that an answer waits for what is due to be sent, and how often it looks meanwhile."""


class Asked(BaseModel):
    """What the panel asks for."""

    do: Literal["hour", "day", "next", "to", "persona", "preset"]
    to: datetime | None = None
    persona: str | None = None
    preset: str | None = None
    over: bool = False

    @field_validator("to")
    @classmethod
    def _a_day_of_ours(cls, to: datetime | None) -> datetime | None:
        if to is None:
            return None
        if not FIRST_YEAR <= to.year <= LAST_YEAR:
            raise ValueError("not a year of ours")
        return to if to.tzinfo else to.replace(tzinfo=ZONE)


@dataclass
class Restart:
    """Set when somebody wants to start over: the business time to begin at."""

    at: datetime | None = None


async def prepare(app: App) -> None:
    """The five plans with confirmed dates, the people one can be, and a crowd where there are phones for it."""
    await seed(app.database, app.clock.business(), confirmed=True)
    await app.database.run(seed_personas, app.clock.business())
    if any(isinstance(channel, SamplePhones) for channel in app.channels.values()):
        await app.database.run(seed_crowd, app.clock.business())


class Demo:
    """The demo's own routes."""

    def __init__(self, app: App, restart: Restart, end: Callable[[], None]) -> None:
        web = app.channels["web"]
        assert isinstance(web, WebChannel)
        self._app, self._browsers, self._restart, self._end = app, web.browsers, restart, end
        self._turning = asyncio.Lock()

    def routes(self) -> list[Route]:
        """What the panel asks for and does."""
        return [Route("/demo/state", self.state), Route("/demo/act", self.act, methods=["POST"])]

    async def state(self, request: Request) -> Response:
        """What time it is, who one is, whom one can be."""
        return JSONResponse(await self._state(self._browsers.address(request) or ""))

    async def act(self, request: Request) -> Response:
        """Turn the clock or become somebody else. 409: that would mean starting over; 422: no such thing or day."""
        _, wanted = await asked(self._browsers, request, Asked)
        if wanted.do == "persona":
            return await self._become(wanted.persona or "")
        if wanted.do == "preset":
            return await self._preset(wanted.preset or "", over=wanted.over)
        async with self._turning:
            return await self._turn(wanted, request)

    async def _turn(self, wanted: Asked, request: Request) -> Response:
        to = await self._target(wanted, request)
        if to is None:
            return _no("demo.no_next")
        if wanted.over and to < self._app.clock.local():
            return self._start_over(to)
        try:
            await self._app.clock.move_to(self._app.database, to)
        except BackwardsError:
            return _no("demo.earlier")
        except OutOfRangeError:
            return JSONResponse({}, status_code=422)
        await self._app.database.run(_not_an_outage, (await self._app.files.world()).calendar, to.date())
        await turned(self._app)
        for sender in self._app.senders.values():
            sender.wake()
        await self._sent()
        return await self.state(request)

    async def _sent(self) -> None:
        """Until what is due in the web chat is there: turned on before that, the clock would leave it behind, unsent."""
        for _ in range(LOOKS):
            now = self._app.clock.business()
            if not await self._app.database.read(going_out.waits, WebChannel.name, now, self._app.judge.hours(now)):
                return
            await asyncio.sleep(PATIENCE / LOOKS)

    async def _target(self, wanted: Asked, request: Request) -> datetime | None:
        now = self._app.clock.local()
        match wanted.do:
            case "hour" | "day":
                return now + timedelta(**{f"{wanted.do}s": 1})
            case "to":
                return wanted.to
        return await self._app.database.read(_next, now, self._browsers.address(request) or "")

    async def _become(self, persona: str) -> Response:
        board, _, role = persona.partition("/")
        content = await self._app.files.world()
        if board not in content.units or role not in ROLES:
            return JSONResponse({}, status_code=404)
        address = _fresh(board, role)
        response = JSONResponse(await self._state(address))
        self._browsers.remember(response, address)
        return response

    async def _preset(self, slug: str, *, over: bool) -> Response:
        """Start over where a plan is live, as a visitor of its board; not before that was said to be meant."""
        content = await self._app.files.world()
        found = content.campaign(slug)
        if found is None or found.slug not in PRESETS:
            return JSONResponse({}, status_code=404)
        if not over:
            return _no("demo.anew", plan=found.short_name)
        response = self._start_over(PRESETS[found.slug])
        self._browsers.remember(response, _fresh(found.board, "visitor"))
        return response

    def _start_over(self, at: datetime) -> Response:
        self._restart.at = at
        asyncio.get_running_loop().call_later(0.2, self._end)
        return JSONResponse({"restarting": True, "run": self._app.worker})

    async def _state(self, address: str) -> dict[str, Any]:
        content, now = await self._app.files.world(), self._app.clock.local()
        boards = _boards(content, now)
        coming = await self._app.database.read(_next, now, address)
        return {
            "run": self._app.worker,
            "now": now.isoformat(timespec="seconds"),
            "now_text": plain(now.replace(tzinfo=None), "vi"),
            "persona": _persona(address),
            "boards": [{"slug": b.slug, "name": b.short_name or b.name} for b in boards],
            "personas": [one for board in boards for one in _personas(content, board.slug)],
            "presets": [{"id": c.slug, "label": c.short_name} for c in content.campaigns if c.slug in PRESETS],
            "next": coming.isoformat() if coming else None,
        }


def _no(key: str, **params: str) -> Response:
    return JSONResponse({"message": plain(line(key, **params), "vi")}, status_code=409)


async def _next(tx: Tx, now: datetime, address: str) -> datetime | None:
    """When whoever is there is told something next; where nothing is planned for them, when anybody is."""
    mine, local = await tx.one("addresses.find", channel=WebChannel.name, address=address), now.replace(tzinfo=None)
    moment = await notice_bundle.next_due(tx, local, mine["member"]) if mine else None
    moment = moment or await notice_bundle.next_due(tx, local)
    return moment.replace(tzinfo=ZONE) if moment else None


async def _not_an_outage(tx: Tx, calendar: Calendar, today: date) -> None:
    """That the clock was turned over days on which nothing was put together is nothing to tell officers."""
    await notice_bundle.set_told_on(tx, notice_bundle.BUNDLED_ON, calendar.last_working_day(today - timedelta(days=1)))


def _persona(address: str) -> str | None:
    """Who of the panel has that address."""
    if not address.startswith("demo_"):
        return None
    _, board, role, *_ = address.split("_")
    return f"{board}/{role}"


def _boards(content: World, now: datetime) -> list[Unit]:
    """The boards, first the one whose plan is live nearest to now."""
    away = {plan.board: abs(PRESETS[plan.slug] - now) for plan in content.campaigns if plan.slug in PRESETS}
    boards = [unit for unit in content.units.values() if unit.kind is UnitKind.BOARD]
    return sorted(boards, key=lambda board: away.get(board.slug, timedelta.max))


def _personas(content: World, board: str) -> list[dict[str, str]]:
    units = [unit for unit in content.units.values() if board_of(unit, content.units) == board]
    found = []
    for role in ROLES:
        where = place(units, role)
        label = line(f"demo.role.{role}")
        if where is not None:
            label = line("demo.persona", name=line(f"demo.name.{role}"), unit=where[0].name)
        if where is not None or role == "visitor":
            found.append({"id": f"{board}/{role}", "board": board, "role": role, "label": plain(label, "vi")})
    return found


def _fresh(board: str, role: str) -> str:
    """The address of a persona; a visitor's is a new one each time."""
    return persona_address(board, role) + (f"_{secrets.token_hex(8)}" if role == "visitor" else "")

"""What one process serves over HTTP: its channels, calendars, pages that check and upload, files, health, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.check_page import check_routes
from bot.downloads import download_routes
from bot.shared_files import shared_routes
from bot.upload_page import upload_routes
from storage.dossier_lists import proof
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from bot.build import App
    from storage.dossier_lists import Proof

NOSNIFF = {"X-Content-Type-Options": "nosniff"}


def http_app(app: App, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The Starlette application of this process; `more` are the demo's own routes."""
    pages = Pages(app)

    async def proof_of(number: str) -> Proof | None:
        return await app.database.read(proof, number)

    routes: list[BaseRoute] = [
        Route("/healthz", pages.alive),
        Route("/readyz", pages.ready),
        Route("/metrics", pages.metrics),
        Route("/lich/{board}/{audience}.ics", pages.board_calendar),
        Route("/lich/{slug}.ics", pages.campaign_calendar),
        *check_routes(proof_of, app.clock.local),
        *upload_routes(app.database, app.store, app.clock),
        *download_routes(app.database, app.store, app.clock.business, app.settings.secret),
        *shared_routes(app.store, app.settings.secret),
        *more,
    ]
    for channel in app.channels.values():
        routes += channel.routes(app.take_in)
    return Starlette(routes=routes, exception_handlers={StorageUnavailableError: _away})


async def _away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("", status_code=503)


class Pages:
    """The pages of the process itself."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def alive(self, _request: Request) -> Response:
        """The process runs."""
        return PlainTextResponse("ok")

    async def ready(self, _request: Request) -> Response:
        """The database answers; 503 while it does not."""
        try:
            await self._app.files.world()
        except StorageUnavailableError:
            return JSONResponse({"database": "away"}, status_code=503)
        return JSONResponse({"database": "ok", "channels": sorted(self._app.channels)})

    async def metrics(self, _request: Request) -> Response:
        """Prometheus figures, as last counted by the timetable."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def board_calendar(self, request: Request) -> Response:
        """Due dates of a board ("all": every board) for an audience; plans are public, so is this."""
        board, audience = request.path_params["board"], request.path_params["audience"]
        content = await self._app.files.world()
        known = {c.board for c in content.campaigns} | {"all"}
        if board not in known or audience not in {"staff", "enterprise"}:
            return PlainTextResponse("", status_code=404)
        return await self._calendar(f"{board}/{audience}")

    async def campaign_calendar(self, request: Request) -> Response:
        """Due dates of one campaign."""
        slug = request.path_params["slug"]
        content = await self._app.files.world()
        return await self._calendar(slug) if content.campaign(slug) else PlainTextResponse("", status_code=404)

    async def _calendar(self, whose: str) -> Response:
        body = await self._app.files.calendar(whose, self._app.clock.local(), "vi")
        return Response(body, media_type="text/calendar; charset=utf-8", headers=NOSNIFF)

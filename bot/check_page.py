"""The public page that checks a receipt: number, when handed in, state now, SHA-256, also of files; nothing personal.

Whoever has a number may look: nothing here names a person, a unit or a title, and a hash cannot be guessed from a
content, which holds a random part. A file's hash tells only those who have that very file. So numbers are not kept from being tried one after the other; who counts them
learns how many dossiers there are, which boards publish themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.pages import Assets, language_of, page
from channels.web.pages import HEADERS
from documents.receipt import PARTS, sha_groups
from domain.campaign import Asks
from domain.dossier import number_of, tidy_number
from handlers.here import ZONE
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from storage.dossier_lists import Proof

    Lookup = Callable[[str], Awaitable[Proof | None]]

PATH = "/kiem-tra"
EXAMPLE = number_of("KKTHP", 2023, Asks.TITLE, 42)
"""how a number looks"""
LONGEST = 60
"""characters of what was typed that are shown again"""
_ASSETS = Assets("check.css", "check.js")
_FOUND, _MISTYPED, _UNKNOWN, _AWAY = 200, 400, 404, 503
_WRONG = {
    _MISTYPED: ("receipt.check.mistyped_title", "receipt.check.mistyped"),
    _UNKNOWN: ("receipt.check.unknown_title", "receipt.check.unknown"),
    _AWAY: ("receipt.check.away_title", "receipt.check.away"),
}
"""what is said in place of a proof, title first"""


def check_url(base_url: str, number: str) -> str:
    """Where a receipt's QR code leads."""
    return f"{base_url}{PATH}/{number}"


def check_routes(proof: Lookup, now: Callable[[], datetime]) -> list[Route]:
    """The page's routes. `proof` finds by number (StorageUnavailableError: not now); `now` is local business time."""
    checks = CheckPage(proof, now)
    return [
        Route(PATH, checks.ask),
        Route(f"{PATH}/{{number}}", checks.show),
        Route(f"{PATH}/{{version}}/{{name}}", _ASSETS.serve),
    ]


class CheckPage:
    """The page."""

    def __init__(self, proof: Lookup, now: Callable[[], datetime]) -> None:
        self._proof, self._now = proof, now

    async def ask(self, request: Request) -> Response:
        """GET /kiem-tra: a field for a number; GET /kiem-tra?number=: on to that number's own address."""
        typed = request.query_params.get("number", "").strip()
        if not typed:
            return _page(request, _FOUND)
        number = tidy_number(typed)
        if number is None:
            return _page(request, _MISTYPED, typed=typed)
        to = f"{PATH}/{number}?lang={language_of(request)}"
        return RedirectResponse(to, 303, {**HEADERS, "Cache-Control": "no-store"})

    async def show(self, request: Request) -> Response:
        """GET /kiem-tra/{number}: what stands under it."""
        typed = request.path_params["number"]
        number = tidy_number(typed)
        if number is None:
            return _page(request, _MISTYPED, typed=typed)
        try:
            proof = await self._proof(number)
        except StorageUnavailableError:
            return _page(request, _AWAY, typed=number)
        if proof is None:
            return _page(request, _UNKNOWN, typed=number)
        return _page(
            request, _FOUND, typed=number, proof=proof, now=self._now(), kind=f"receipt.check.kind.{proof.kind.value}"
        )


def _page(request: Request, status: int, typed: str = "", proof: Proof | None = None, **more: Any) -> Response:
    shown = page(
        request, "check.html", status, path=request.url.path, form=PATH, static=f"{PATH}/{_ASSETS.version}",
        typed=typed[:LONGEST], wrong=_WRONG.get(status), proof=proof, example=EXAMPLE, parts=PARTS, groups=sha_groups,
        at=_at, bytes=_grouped, **more,
    )  # fmt: skip
    if status == _AWAY:
        shown.headers["Retry-After"] = "60"
    return shown


def _at(instant: int) -> datetime:
    """Microseconds since 1970 as local time, cut to the second: never later than it was."""
    return datetime.fromtimestamp(instant // 1_000_000, ZONE)


def _grouped(size: int) -> str:
    """A number of bytes that can be read: a narrow space between thousands."""
    return f"{size:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")

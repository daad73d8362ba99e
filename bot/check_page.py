"""The public page that checks a receipt: number, when handed in, state now, SHA-256; nothing personal.

Whoever has a number may look: nothing here names a person, a unit or a title, and a hash cannot be guessed from a
content, which holds a random part. So numbers are not kept from being tried one after the other; who counts them
learns how many dossiers there are, which boards publish themselves.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.web.pages import HEADERS, PAGE_HEADERS
from documents.receipt import PARTS, sha_groups
from domain.campaign import Asks
from domain.dossier import number_of, tidy_number
from handlers.here import ZONE
from storage.units import StorageUnavailableError
from texts.compose import LANGUAGES, plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from storage.dossier_lists import Proof
    from texts.compose import Language

    Lookup = Callable[[str], Awaitable[Proof | None]]

PATH = "/kiem-tra"
EXAMPLE = number_of("KKTHP", 2023, Asks.TITLE, 42)
"""how a number looks"""
LONGEST = 60
"""characters of what was typed that are shown again"""
_TYPES = {"check.css": "text/css", "check.js": "text/javascript"}
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
    page = CheckPage(proof, now)
    return [
        Route(PATH, page.ask),
        Route(f"{PATH}/{{number}}", page.show),
        Route(f"{PATH}/{{version}}/{{name}}", page.asset),
    ]


class CheckPage:
    """The page and its two files."""

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
        to = f"{PATH}/{number}?lang={_language(request)}"
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

    async def asset(self, request: Request) -> Response:
        """GET /kiem-tra/{version}/{name}: style and script, kept for good under the version of their content."""
        name, version = request.path_params["name"], request.path_params["version"]
        if name not in _TYPES:
            return Response(status_code=404, headers=HEADERS)
        kept = "public, max-age=31536000, immutable" if version == _version() else "no-store"
        return Response(_files()[name], media_type=_TYPES[name], headers={**HEADERS, "Cache-Control": kept})


def _page(request: Request, status: int, typed: str = "", proof: Proof | None = None, **more: Any) -> HTMLResponse:
    language = _language(request)

    def say(key: str, **params: Any) -> str:
        return plain(line(key, **params), language)

    html = _template().render(
        say=say, language=language, other=next(one for one in LANGUAGES if one != language), path=request.url.path,
        form=PATH, static=f"{PATH}/{_version()}", typed=typed[:LONGEST], wrong=_WRONG.get(status), proof=proof,
        example=EXAMPLE, parts=PARTS, groups=sha_groups, at=_at, **more,
    )  # fmt: skip
    headers = {**PAGE_HEADERS, "X-Robots-Tag": "noindex, nofollow", "Content-Language": language}
    return HTMLResponse(html, status, headers | ({"Retry-After": "60"} if status == _AWAY else {}))


def _language(request: Request) -> Language:
    """What was asked for by ?lang=, else the browser's first language that we speak, else Vietnamese."""
    accepted = request.headers.get("Accept-Language", "").split(",")
    wanted = [request.query_params.get("lang", ""), *(one.split(";")[0].strip()[:2].lower() for one in accepted)]
    return next((language for one in wanted for language in LANGUAGES if one == language), "vi")


def _at(instant: int) -> datetime:
    """Microseconds since 1970 as local time, cut to the second: never later than it was."""
    return datetime.fromtimestamp(instant // 1_000_000, ZONE)


@cache
def _files() -> dict[str, bytes]:
    return {name: (resources.files("bot") / "page" / name).read_bytes() for name in _TYPES}


@cache
def _version() -> str:
    return hashlib.sha256(b"\0".join(_files().values())).hexdigest()[:16]


@cache
def _template() -> jinja2.Template:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bot", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("check.html")

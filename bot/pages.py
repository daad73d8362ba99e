"""What the public pages share: the reader's language, a page with its headers, styles and scripts kept for good."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.responses import HTMLResponse, Response

from channels.web.pages import HEADERS, PAGE_HEADERS
from texts.compose import LANGUAGES, plain
from texts.message import line

if TYPE_CHECKING:
    from starlette.requests import Request

    from texts.compose import Language

_TYPES = {"css": "text/css", "js": "text/javascript"}


class Assets:
    """Some files of `bot/page`, under an address that changes with their content."""

    def __init__(self, *names: str) -> None:
        self._files = {name: (resources.files("bot") / "page" / name).read_bytes() for name in names}
        self.version = hashlib.sha256(b"\0".join(self._files.values())).hexdigest()[:16]

    async def serve(self, request: Request) -> Response:
        """GET …/{version}/{name}: kept for good under the version of their content."""
        name, version = request.path_params["name"], request.path_params["version"]
        if name not in self._files:
            return Response(status_code=404, headers=HEADERS)
        kept = "public, max-age=31536000, immutable" if version == self.version else "no-store"
        kind = _TYPES[name.rpartition(".")[2]]
        return Response(self._files[name], media_type=kind, headers={**HEADERS, "Cache-Control": kept})


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page that nobody keeps or lists. In the template `say(key, …)` gives the words in the reader's language."""
    language = language_of(request)

    def say(key: str, **params: Any) -> str:
        return plain(line(key, **params), language)

    other = next(one for one in LANGUAGES if one != language)
    html = _templates().get_template(template).render(say=say, language=language, other=other, **values)
    headers = {**PAGE_HEADERS, "X-Robots-Tag": "noindex, nofollow", "Content-Language": language}
    return HTMLResponse(html, status, headers)


def language_of(request: Request) -> Language:
    """What was asked for by ?lang=, else the browser's first language that we speak, else Vietnamese."""
    accepted = request.headers.get("Accept-Language", "").split(",")
    wanted = [request.query_params.get("lang", ""), *(one.split(";")[0].strip()[:2].lower() for one in accepted)]
    return next((language for one in wanted for language in LANGUAGES if one == language), "vi")


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bot", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

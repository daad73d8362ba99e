"""The pages and their files: HTML by jinja2, styles and scripts under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.responses import HTMLResponse, Response

from texts.compose import catalogue

if TYPE_CHECKING:
    from starlette.requests import Request

    from texts.compose import Language

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""on everything we serve"""
PAGE_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_LONG = "public, max-age=31536000, immutable"


@cache
def assets() -> dict[str, bytes]:
    """Every style, script and picture of the page by its name."""
    folder = resources.files("channels.web") / "page"
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.rpartition(".")[2] in _TYPES}


@cache
def version() -> str:
    """A name for this content of the page: another one as soon as a byte of it or of its words differs."""
    digest = hashlib.sha256()
    for name, content in sorted(assets().items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    digest.update(words().encode())
    return digest.hexdigest()[:16]


@cache
def words() -> str:
    """All words of the page, in every language, as JSON."""
    return json.dumps({k: v for k, v in catalogue().items() if k.startswith("web.")}, ensure_ascii=False)


def page(template: str, *, language: Language = "vi", status: int = 200, **values: Any) -> HTMLResponse:
    """A page, with the headers every page has. In the template `say(key)` gives the words."""

    def say(key: str) -> str:
        return catalogue()[f"web.{key}"][language]

    html = (
        _templates()
        .get_template(template)
        .render(say=say, language=language, static=f"/static/{version()}", version=version(), words=words(), **values)
    )
    return HTMLResponse(html, status, dict(PAGE_HEADERS))


async def static(request: Request) -> Response:
    """GET /static/{version}/{name}: kept for a year under its own version.

    Under another one it is served, but not kept: during an update two versions of us stand side by side.
    """
    name = request.path_params["name"]
    if name not in assets():
        return Response(status_code=404, headers=HEADERS)
    kept = _LONG if request.path_params["version"] == version() else "no-store"
    headers = {**HEADERS, "Cache-Control": kept, "Vary": "Accept-Encoding"}
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    if small:
        headers["Content-Encoding"] = "gzip"
    content = _small(name) if small else assets()[name]
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


@cache
def _small(name: str) -> bytes:
    return gzip.compress(assets()[name], mtime=0)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("channels.web", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

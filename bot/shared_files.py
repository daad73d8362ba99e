"""Where links to files that went out to many lead: the file itself, saved and never shown, or a page that says there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.downloads import SAVED, whole
from bot.pages import Assets, page
from handlers.files_of import KINDS
from handlers.shared_links import PATH, SharedFile, file_in
from storage.files import NoSuchFileError

if TYPE_CHECKING:
    from starlette.requests import Request

    from storage.files import FileStore

_ASSETS = Assets("check.css")


def shared_routes(store: FileStore, secret: str) -> list[Route]:
    """The routes; `secret` signs the links."""
    shared = SharedFiles(store, secret)
    return [Route(f"{PATH}/_/{{version}}/{{name}}", _ASSETS.serve), Route(f"{PATH}/{{token}}", shared.get)]


class SharedFiles:
    """Hands them out to whoever has the link."""

    def __init__(self, store: FileStore, secret: str) -> None:
        self._store, self._secret = store, secret

    async def get(self, request: Request) -> Response:
        """GET, HEAD /tep-thong-bao/{token}."""
        file = file_in(request.path_params["token"], self._secret)
        if file is None:
            return _none(request)
        content = self._store.open(file.sha256)
        try:
            first = await anext(content, b"")
        except (NoSuchFileError, OSError):
            return _none(request)
        if request.method == "HEAD":
            return Response(headers=_headers(file))
        return StreamingResponse(whole(first, content), headers=_headers(file))


def _headers(file: SharedFile) -> dict[str, str]:
    known = file.media_type if file.media_type in KINDS else "application/octet-stream"
    named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return {**SAVED, "Content-Type": known, "Content-Disposition": named}


def _none(request: Request) -> Response:
    title, words, static = "broadcast.no_file_title", "broadcast.no_file", f"{PATH}/_/{_ASSETS.version}"
    return page(request, "no-file.html", 404, title=title, words=words, path=request.url.path, static=static)

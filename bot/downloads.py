"""Where links to files of dossiers lead: the file itself, saved and never shown, or a page that says why there is none.

The signature says whom a link is for and which file; whether that person may still see it is judged at each click, by
the rule of the chat. Looking whether there is a file (HEAD) hands nothing out, so it is not written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.pages import Assets, page
from channels.web.pages import HEADERS
from handlers.file_links import PATH, FileLink, link_in
from handlers.files_of import KINDS, name_of
from handlers.seeing import may_see
from storage import dossier_files, dossiers, people
from storage.files import NoSuchFileError
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from storage.dossier_files import HandedFile
    from storage.files import FileStore
    from storage.units import Database, Tx

_ASSETS = Assets("check.css")
_NONE = {
    "over": (410, "files_of.page.over_title", "files_of.page.over"),
    "unknown": (404, "files_of.page.unknown_title", "files_of.page.unknown"),
    "gone": (410, "files_of.page.gone_title", "files_of.page.gone"),
    "away": (503, "files_of.page.away_title", "files_of.page.away"),
}
"""why there is no file: status and words, title first"""
SAVED = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


def download_routes(database: Database, store: FileStore, business: Callable[[], int], secret: str) -> list[Route]:
    """The routes. `business()` is business time in microseconds; `secret` signs the links."""
    downloads = Downloads(database, store, business, secret)
    return [
        Route(f"{PATH}/_/{{version}}/{{name}}", _ASSETS.serve),
        Route(f"{PATH}/{{token}}", downloads.get),
    ]


class Downloads:
    """Hands files out."""

    def __init__(self, database: Database, store: FileStore, business: Callable[[], int], secret: str) -> None:
        self._database, self._store, self._business, self._secret = database, store, business, secret

    async def get(self, request: Request) -> Response:
        """GET, HEAD /tep/{token}."""
        link, now = link_in(request.path_params["token"], self._secret), self._business()
        if link is None or now >= link.ends_at:
            return _none(request, "over" if link else "unknown")
        try:
            return await self._handed_out(request, link, now)
        except StorageUnavailableError:
            return _none(request, "away")

    async def _handed_out(self, request: Request, link: FileLink, now: int) -> Response:
        file = await self._database.read(_named, link)
        if file is None or not file.kept:
            return _none(request, "gone" if file else "unknown")
        content = self._store.open(file.sha256)
        try:
            first = await anext(content, b"")
        except NoSuchFileError:
            return _none(request, "gone")
        except OSError:
            return _none(request, "away")
        headers = _headers(file, link)
        if request.method == "HEAD":
            return Response(headers=headers)
        await self._database.run(dossier_files.seen, link.number, file, link.member, "link", now)
        return StreamingResponse(whole(first, content), headers=headers)


async def _named(tx: Tx, link: FileLink) -> HandedFile | None:
    """The file a link names, if its person may see the dossier now; its content may be gone."""
    found = await dossiers.get(tx, link.number)
    if found is None or not may_see(link.member, await people.memberships(tx, link.member), found):
        return None
    handed = await dossier_files.of_version(tx, link.number, link.version)
    return handed.at(link.place) if handed else None


def _headers(file: HandedFile, link: FileLink) -> dict[str, str]:
    name = quote(name_of(file, link.number, link.version), safe="")
    return {
        **SAVED,
        "Content-Type": file.media_type if file.media_type in KINDS else "application/octet-stream",
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    }


async def whole(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A file's content, whose first block has been read to see whether it is there."""
    yield first
    async for block in rest:
        yield block


def _none(request: Request, why: str) -> Response:
    (status, title, words), static = _NONE[why], f"{PATH}/_/{_ASSETS.version}"
    shown = page(request, "no-file.html", status, title=title, words=words, path=request.url.path, static=static)
    if why == "away":
        shown.headers["Retry-After"] = "60"
    return shown

"""The page that checks a receipt in a test: served over proofs in memory, and used in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import html
import socket
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
import uvicorn
from playwright.async_api import expect
from starlette.applications import Starlette

from bot.check_page import EXAMPLE, check_routes
from documents.receipt import Receipt
from domain.campaign import Asks
from domain.dossier import State
from domain.registration import canonical, digest
from handlers.here import ZONE
from storage.dossier_lists import Proof, ProofVersion
from storage.units import StorageUnavailableError
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

NOW = datetime(2023, 5, 2, 9, 30, 1, tzinfo=ZONE)
NUMBER = EXAMPLE
CONTENT = {"nonce": "ab" * 16, "registration": {"kind": "title", "name": "Nguyễn Thị Phượng <b>x</b>"}}
FIRST, SECOND = "0f" * 32, digest(CONTENT)


def instant(day: int, hour: int, micro: int = 0) -> int:
    return int(datetime(2023, 4, day, hour, 1, 7, tzinfo=ZONE).timestamp()) * 1_000_000 + micro


PROOF = Proof(
    NUMBER,
    Asks.TITLE,
    State.RETURNED,
    (
        ProofVersion(1, instant(24, 8, 999_999), late=False, sha256=FIRST),
        ProofVersion(2, instant(29, 23), late=True, sha256=SECOND),
    ),
)


class Checks:
    """A running check page over proofs in memory; `asked` is what it looked for."""

    def __init__(self) -> None:
        self.proofs = {NUMBER: PROOF}
        self.away = False
        self.asked: list[str] = []
        self.url = ""

    async def proof(self, number: str) -> Proof | None:
        self.asked.append(number)
        if self.away:
            raise StorageUnavailableError("gone")
        return self.proofs.get(number)

    async def get(self, path: str, language: str = "vi", *, follow: bool = True) -> tuple[aiohttp.ClientResponse, str]:
        """The answer, and its page as text."""
        headers = {"Accept-Language": language}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.get(self.url + path, allow_redirects=follow) as answer,
        ):
            return answer, html.unescape(await answer.text())


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[Checks]:
    """The page, running."""
    checks = Checks()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        checks.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = Starlette(routes=check_routes(checks.proof, lambda: NOW))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
        serving = asyncio.create_task(server.serve([listening]))
        yield checks
        server.should_exit = True
        await serving


def words(key: str, language: str = "vi", **params: object) -> str:
    return plain(line(f"receipt.{key}", **params), language)


@contextlib.asynccontextmanager
async def opened(chrome: Browser, url: str, **more: object) -> AsyncIterator[Page]:
    """The page; whatever goes wrong in it, a breach of its policy too, fails the test."""
    context = await chrome.new_context(locale="vi-VN", **more)  # type: ignore[arg-type]
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(url)
    yield page
    await context.close()
    assert wrong == []


def receipt() -> Receipt:
    return Receipt(
        NUMBER, line("receipt.check.kind.title"), "Ban", "Phong trào", None, "Công ty", "Trần Văn Đức", NOW, False,
        State.SUBMITTED, 2, SECOND, ((line("receipt.label.filer"), "Nguyễn Thị Phượng"),), "https://x.test/",
        canonical(CONTENT),
    )  # fmt: skip


async def choose(page: Page, content: bytes, ends: str, key: str, **params: object) -> None:
    await page.set_input_files("#file", files=[{"name": "a", "mimeType": "x/y", "buffer": content}])
    result = page.locator(f'#result[data-ends="{ends}"]')
    await expect(result).to_contain_text(words(f"file.{key}", **params))


MATCH = {"version": 2, "time": "23:01:07", "day": "29/04/2023"}

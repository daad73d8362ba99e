"""Somebody with the chat page open in a real browser."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from tests.chromium import PHONE
from texts.compose import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page

    from tests.fakes.site import Site


class Visitor:
    """Somebody with the page open, and what went wrong on it."""

    def __init__(self, site: Site, context: BrowserContext, page: Page) -> None:
        self.site, self.context, self.page = site, context, page
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: "Security Policy" in said.text and self.errors.append(said.text))
        page.on("request", lambda asked: asked.url.startswith(site.url) or self.foreign.append(asked.url))

    async def open(self, path: str = "/") -> Visitor:
        await self.page.goto(self.site.url + path)
        await self.ready()
        return self

    async def ready(self) -> None:
        await expect(self.page.locator("#state")).to_have_class(re.compile(r"\bup\b"))
        await expect(self.page.locator("#log")).to_have_attribute("aria-busy", "false")

    async def reload(self) -> None:
        await self.page.reload()
        await self.ready()

    async def address(self) -> str:
        cookies = await self.context.cookies()
        return str(cookies[0]["value"]).partition(".")[0]

    async def type(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    async def hears(self, *words: Any, **more: Any) -> Any:
        return await self.site.say(await self.address(), *words, **more)

    async def texts(self) -> list[str]:
        return await self.page.locator(".row .text").all_inner_texts()

    def row(self, text: str) -> Any:
        return self.page.locator(".row", has=self.page.locator(".text", has_text=text))


@asynccontextmanager
async def visit(
    chrome: Browser, site: Site, path: str = "/", size: tuple[int, int] = PHONE, **settings: Any
) -> AsyncIterator[Visitor]:
    viewport = {"width": size[0], "height": size[1]}
    context = await chrome.new_context(viewport=viewport, locale="vi-VN", **settings)
    try:
        visitor = Visitor(site, context, await context.new_page())
        yield await visitor.open(path)
        assert visitor.errors == []
        assert visitor.foreign == []
    finally:
        await context.close()


def words(key: str, language: str = "vi") -> str:
    return catalogue()[f"web.{key}"][language]

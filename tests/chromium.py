"""The system's Chromium, driven by playwright: for what only a real browser can prove. Mark such tests `chromium`."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from tests.machine import missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = (390, 844)
DESK = (1280, 800)


def executable() -> str | None:
    """Where Chromium is on this machine; None if nowhere."""
    usual = ("/usr/bin/chromium", shutil.which("chromium"), shutil.which("chromium-browser"))
    return next((path for path in usual if path and Path(path).exists()), None)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running Chromium; the test is skipped, loudly, where there is none."""
    path = executable()
    if path is None:
        missing("the chat page (no Chromium: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()

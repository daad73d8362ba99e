"""Upload links in a test: asked for in a conversation, used over HTTP as the page uses them."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp

from tests.registering import all_said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

MEGABYTE = 1024 * 1024


def public(told: list[str]) -> str:
    """The path of the link in what was said, with its language."""
    found = [one for text in told for one in re.findall(r"(/tai-len/[\w-]+\?lang=\w\w)", text)]
    assert len(found) == 1, told
    return str(found[0])


async def link(running: Running, who: str = "an") -> str:
    """Where that person's new link leads: they are asked for the files of a report."""
    await all_said(running, who, "/baocao", "1")
    return running.address + public(await running.say(who, "/tailen")).partition("?")[0]


async def post(
    url: str, content: bytes | AsyncIterator[bytes] = b"", name: str = "bao cao.pdf", file_id: str = "", **headers: str
) -> int:
    """Send a file as the page does; the status of the answer."""
    file_id = file_id or secrets.token_hex(16)
    async with aiohttp.ClientSession() as http:
        at = f"{url}/file?id={file_id}&name={quote(name)}"
        async with http.post(at, data=content, headers=headers) as answer:
            return answer.status


async def get(url: str, language: str = "vi") -> tuple[int, str]:
    """Status and text of the page."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}?lang={language}") as answer:
        return answer.status, await answer.text()


async def done(url: str) -> tuple[int, str]:
    """Press "Xong"; status and text of what is shown then."""
    async with aiohttp.ClientSession() as http, http.post(f"{url}/xong") as answer:
        return answer.status, await answer.text()

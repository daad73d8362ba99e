"""The web chat over real HTTP: files of messages, the door for one-time codes, the page and its own files."""

from __future__ import annotations

import gzip
import re
import struct
from typing import TYPE_CHECKING

import aiohttp
import pytest

from channels.contract import File, Refused, Sent
from channels.web import pages
from tests.fakes.browser import Browser, browser
from tests.fakes.site import Site, site
from texts.compose import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 320) + b"\x08\x02\0\0\0rest"


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


@pytest.fixture
async def lan(there: Site) -> AsyncIterator[Browser]:
    async with browser(there) as one:
        yield await one.open()


# --- files ---------------------------------------------------------------------------------------------------------


async def test_a_picture_is_shown_in_place_and_anything_else_saved(there: Site, lan: Browser) -> None:
    await there.say(lan.address, "", file=File("Dòng thời gian.png", "image/png", PNG))
    await there.say(lan.address, "Lịch", file=File('lịch "1".ics', "text/calendar", b"BEGIN:VCALENDAR"))
    await there.say(lan.address, "", file=File("x.html", "image/png", b"<script>alert(1)</script>"))
    await there.say(lan.address, "", file=File("x", "text/html; charset=x\r\nX: y", b"<b>"))
    async with lan.stream() as stream:
        shown = [(await stream.entry())["body"]["file"] for _ in range(4)]
    assert shown[0] == {
        "name": "Dòng thời gian.png",
        "type": "image/png",
        "size": len(PNG),
        "width": 640,
        "height": 320,
    }
    got = []
    for number in (1, 2, 3, 4):
        async with lan.http.get(f"{there.url}/chat/file/{number}") as answer:
            got.append((answer.content_type, answer.headers["Content-Disposition"].partition(";")[0]))
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["Cache-Control"] == "no-store"
            assert (await answer.read()).startswith((b"\x89PNG", b"BEGIN", b"<"))
    assert got == [
        ("image/png", "inline"),
        ("text/calendar", "attachment"),
        ("application/octet-stream", "attachment"),
        ("application/octet-stream", "attachment"),
    ]


async def test_where_there_is_no_file_there_is_none(there: Site, lan: Browser) -> None:
    await there.say(lan.address, "chỉ có lời")
    for number in ("0", "1", "2", "99", "-1", "x", "9" * 40):
        async with lan.http.get(f"{there.url}/chat/file/{number}") as answer:
            assert answer.status == 404


async def test_a_file_too_large_is_refused_with_a_reason(there: Site, lan: Browser) -> None:
    fits = File("bang.xlsx", "application/octet-stream", bytes(5 * 1024 * 1024))
    assert isinstance(await there.say(lan.address, "", file=fits), Sent)
    async with lan.http.get(f"{there.url}/chat/file/1") as answer:
        assert await answer.read() == fits.content
    async with lan.http.get(f"{there.url}/chat/older?before=9") as answer:
        assert len(await answer.read()) < 1000, "no page of the transcript carries the bytes"
    file = File("to.pdf", "application/pdf", bytes(5 * 1024 * 1024 + 1))
    assert isinstance(await there.say(lan.address, "", file=file), Refused)


# --- signing in ----------------------------------------------------------------------------------------------------


async def test_opening_a_sign_in_link_does_not_burn_it(there: Site, lan: Browser) -> None:
    link = there.channel.sign_in_link("good-code")
    for _ in range(3):
        async with lan.http.get(link) as answer:
            html = await answer.text()
            assert answer.headers["Content-Security-Policy"] == pages.POLICY
    assert "good-code" in there.sign_in.codes
    token = re.search(r'name="token" value="(\w+)"', html)[1]  # type: ignore[index]
    async with lan.http.post(link, data={"token": "0" * 64}) as answer:
        assert answer.status == 403
    async with lan.http.post(link, data={"token": token}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
    before = lan.address
    await lan.open()
    assert lan.address != before
    assert there.sign_in.owners == {lan.address: "chị Lan"}


async def test_a_used_link_says_so_and_changes_nobody(there: Site, lan: Browser) -> None:
    there.sign_in.codes.clear()
    async with lan.http.get(f"{there.url}/vao/good-code") as answer:
        token = re.search(r'name="token" value="(\w+)"', await answer.text())[1]  # type: ignore[index]
    async with lan.http.post(f"{there.url}/vao/good-code", data={"token": token}) as answer:
        assert answer.status == 410
        assert catalogue()["web.door.failed"]["vi"] in await answer.text()
    before = lan.address
    await lan.open()
    assert lan.address == before


async def test_links_carry_codes(there: Site) -> None:
    assert there.channel.link("a&b/") == f"{there.url}/?start=a%26b%2F"
    assert there.channel.sign_in_link("a b") == f"{there.url}/vao/a%20b"


# --- the page and its files ----------------------------------------------------------------------------------------


async def test_the_page_lets_nothing_foreign_in(there: Site, lan: Browser) -> None:
    async with lan.http.get(there.url) as answer:
        assert answer.headers["Content-Security-Policy"] == pages.POLICY
        assert "unsafe" not in pages.POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", lan.html)


async def test_static_files_are_kept_under_a_name_that_changes_with_them(there: Site, lan: Browser) -> None:
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', lan.html))
    assert f"/static/{pages.version()}/chat.js" in files
    for path in files:
        async with lan.http.get(there.url + path) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with lan.http.get(f"{there.url}/static/older/chat.js", headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert await answer.read() == pages.assets()["chat.js"]
    for name in ("chat.html", "..%2fchannel.py", "nothing.js"):
        async with lan.http.get(f"{there.url}/static/{pages.version()}/{name}") as answer:
            assert answer.status == 404


async def test_the_scripts_are_small(there: Site, lan: Browser) -> None:
    scripts = [name for name in pages.assets() if name.endswith(".js")]
    total = 0
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        for name in scripts:
            async with http.get(f"{there.url}/static/{pages.version()}/{name}") as answer:
                content = await answer.read()
                assert gzip.decompress(content) == pages.assets()[name]
                total += len(content)
    assert len(scripts) > 5
    assert total < 20_000


def test_every_word_the_page_asks_for_is_there_and_none_besides() -> None:
    folder = pages.assets() | {
        name: pages._templates().loader.get_source(pages._templates(), name)[0].encode()  # type: ignore[union-attr]
        for name in ("chat.html", "door.html", "demo.html")
    }
    source = b"\n".join(folder.values()).decode()
    asked = set(re.findall(r'"((?:page|composer|quick|bubble|file|scroll|day|door|demo)\.\w+)"', source))
    made = {f"quick.{n}" for n in ("menu", "campaigns", "duties", "calendar", "help")}
    made |= {f"bubble.{n}" for n in ("sending", "again", "refused", "sent")}
    made |= {f"file.{n}" for n in ("failed", "full", "many", "refused", "lost", "visitor")}
    made |= {f"demo.{n}" for n in ("visitor", "staff", "enterprise", "officer", "head")}
    assert (asked | made) - {"demo.html"} == {key.removeprefix("web.") for key in catalogue() if key.startswith("web.")}

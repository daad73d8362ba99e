"""The web chat over real HTTP: what is kept, what is refused, what comes through the stream and in which order."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import struct
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from yarl import URL

from channels.contract import Arrived, File, Kind, NotSent, Refused, Sent, UnreadableError
from channels.web import pages
from channels.web.said import BODY_LIMIT, TEXT_LIMIT
from tests.fakes.site import Site, site
from texts.compose import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 320) + b"\x08\x02\0\0\0rest"


class Browser:
    """A browser that has opened the page: its cookie, its token."""

    def __init__(self, site: Site, http: aiohttp.ClientSession) -> None:
        self.site, self.http = site, http
        self.address = self.token = self.html = ""

    async def open(self) -> Browser:
        async with self.http.get(f"{self.site.url}/") as answer:
            assert answer.status == 200
            self.html = await answer.text()
        self.token = re.search(r'name="csrf" content="(\w+)"', self.html)[1]  # type: ignore[index]
        self.address = self.cookie().partition(".")[0]
        return self

    def cookie(self) -> str:
        return next(one.value for one in self.http.cookie_jar)

    async def post(self, path: str, data: Any, **headers: str) -> aiohttp.ClientResponse:
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent = {"X-CSRF-Token": self.token, "Content-Type": "application/json"} | headers
        async with self.http.post(f"{self.site.url}{path}", data=content, headers=sent) as answer:
            await answer.read()
            return answer

    async def say(self, text: str, client_id: str | None = None) -> int:
        return (await self.post("/chat/send", {"id": client_id or str(uuid.uuid4()), "text": text})).status

    @asynccontextmanager
    async def stream(self, query: str = "", **headers: str) -> AsyncIterator[Stream]:
        async with self.http.get(f"{self.site.url}/chat/stream{query}", headers=headers) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            yield Stream(answer)


class Stream:
    """The events of an open stream, one after another."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> dict[str, str] | None:
        """The next event with its fields; None at the end of the stream."""
        event: dict[str, str] = {}
        async for line in self.answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if not line.strip():
                return event
            event[name] = value
        return None

    async def entry(self) -> Any:
        while (event := await self.next()) is not None:
            if "event" not in event:
                return json.loads(event["data"])
        return None

    async def until_ready(self) -> list[int]:
        found = []
        while (event := await self.next()) and event.get("event") != "ready":
            found.append(int(event["id"]))
        return found


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


@asynccontextmanager
async def browser(site: Site, **cookies: str) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies(cookies, URL(site.url))
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Browser(site, http)


@pytest.fixture
async def lan(there: Site) -> AsyncIterator[Browser]:
    async with browser(there) as one:
        yield await one.open()


# --- what is sent --------------------------------------------------------------------------------------------------


async def test_a_message_is_stored_before_it_is_acknowledged(there: Site, lan: Browser) -> None:
    client_id = str(uuid.uuid4())
    assert await lan.say("  hạn nộp báo cáo?\r\nđợt 2 ", client_id) == 202
    (envelope,) = there.inbox
    assert (envelope.channel, envelope.address) == ("web", lan.address)
    assert envelope.update_id == f"{lan.address}:{client_id}"
    assert envelope.stamped_at is None
    assert there.channel.read(envelope.raw) == Arrived(Kind.TEXT, text="hạn nộp báo cáo?\nđợt 2")
    assert json.loads(envelope.echo or "") == {"own": True, "id": client_id, "text": "hạn nộp báo cáo?\nđợt 2"}


async def test_a_tap_names_its_action_and_the_message_it_stood_on(there: Site, lan: Browser) -> None:
    tap = {"id": str(uuid.uuid4()), "action": "c:001:aims", "on": 7}
    assert (await lan.post("/chat/send", tap)).status == 202
    assert there.channel.read(there.inbox[0].raw) == Arrived(Kind.TAP, action="c:001:aims", tapped="7")


async def test_fifty_times_the_same_message_is_one(there: Site, lan: Browser) -> None:
    client_id = str(uuid.uuid4())
    assert await asyncio.gather(*(lan.say("một", client_id) for _ in range(50))) == [202] * 50
    assert there.tries == 50
    assert len(there.inbox) == 1


async def test_what_cannot_be_stored_is_not_acknowledged_and_goes_in_later(there: Site, lan: Browser) -> None:
    client_id = str(uuid.uuid4())
    there.refusing = True
    assert await lan.say("giữ giúp", client_id) == 503
    assert there.inbox == []
    there.refusing = False
    assert await lan.say("giữ giúp", client_id) == 202
    assert there.said() == [{"text": "giữ giúp"}]


GOOD_ID = "0b7e7f6c-6a52-4b3e-9d5c-0f2f6f3f7a11"
HOSTILE: list[tuple[Any, int]] = [
    (b"", 422),
    (b"{", 422),
    (b"\xff\xfe", 422),
    (b"[" * 100_000, 422),
    (b"null", 422),
    ([], 422),
    ({"text": "x"}, 422),
    ({"id": GOOD_ID}, 422),
    ({"id": "1", "text": "x"}, 422),
    ({"id": GOOD_ID + "\n", "text": "x"}, 422),
    ({"id": GOOD_ID.upper(), "text": "x"}, 422),
    ({"id": GOOD_ID, "text": ""}, 422),
    ({"id": GOOD_ID, "text": " \x00\x07\u202e "}, 422),
    ({"id": GOOD_ID, "text": 5}, 422),
    ({"id": GOOD_ID, "text": ["x"]}, 422),
    ({"id": GOOD_ID, "text": "x", "action": "y"}, 422),
    ({"id": GOOD_ID, "text": "x", "own": False}, 422),
    ({"id": GOOD_ID, "action": "đ" * 33, "on": 1}, 422),
    ({"id": GOOD_ID, "action": "a", "on": -1}, 422),
    ({"id": GOOD_ID, "action": "a", "on": 2**63}, 422),
    ({"id": GOOD_ID, "action": "a", "on": 1.5}, 422),
    ({"id": GOOD_ID, "action": "a", "on": True}, 422),
    (b'{"id":"%s","text":"\\ud800"}' % GOOD_ID.encode(), 422),
    (b'{"id":"%s","text":"x","on":%s}' % (GOOD_ID.encode(), b"9" * 5000), 422),
    ({"id": GOOD_ID, "text": "x" * (TEXT_LIMIT + 1)}, 422),
    ({"id": GOOD_ID, "text": "x" * BODY_LIMIT}, 413),
]


async def test_hostile_bodies_are_refused_and_store_nothing(there: Site, lan: Browser) -> None:
    for data, status in HOSTILE:
        assert (await lan.post("/chat/send", data)).status == status, data
    assert there.tries == 0
    assert await lan.say("vẫn nhận") == 202


async def test_the_longest_text_fits_however_it_is_escaped(there: Site, lan: Browser) -> None:
    assert await lan.say("🙂" * TEXT_LIMIT) == 202
    assert len(there.channel.read(there.inbox[0].raw).text) == TEXT_LIMIT


async def test_text_is_composed_and_without_what_nobody_sees(there: Site, lan: Browser) -> None:
    assert await lan.say("Nguye\u0302\u0303n \x00\x1b[1m\u202eA\tB\nC") == 202
    assert there.said() == [{"text": "Nguyễn [1mA\tB\nC"}]


async def test_a_body_that_never_ends_is_cut_off(there: Site, lan: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 4096

    with pytest.raises((aiohttp.ClientError, AssertionError)):  # the line is closed while we still write
        async with lan.http.post(
            f"{there.url}/chat/send",
            data=endless(),
            headers={"X-CSRF-Token": lan.token, "Content-Type": "application/json"},
        ) as answer:
            assert answer.status != 413
    assert there.tries == 0
    assert await lan.say("vẫn nhận") == 202


# --- who is there --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/chat/send", "/chat/seen"])
async def test_a_post_needs_the_token_of_its_own_page(there: Site, lan: Browser, path: str) -> None:
    data = {"id": GOOD_ID, "text": "x"} if path == "/chat/send" else {"upto": 1}
    async with browser(there) as other:
        await other.open()
        assert (await lan.post(path, data, **{"X-CSRF-Token": other.token})).status == 403
    assert (await lan.post(path, data, **{"X-CSRF-Token": ""})).status == 403
    assert (await lan.post(path, data, **{"X-CSRF-Token": "ế"})).status == 403
    assert (await lan.post(path, data, **{"Content-Type": "text/plain"})).status == 415
    assert (there.tries, there.transcript.seen_upto) == (0, {})
    assert (await lan.post(path, data)).status in {202, 204}


async def test_a_cookie_we_did_not_sign_is_replaced_and_opens_nothing(there: Site, lan: Browser) -> None:
    mac = lan.cookie().partition(".")[2]
    flipped = mac[:-1] + ("0" if mac[-1] != "0" else "1")
    await there.say(lan.address, "riêng")
    for bad in (f"{lan.address}.{flipped}", f"{lan.address}x.{mac}", f"{lan.address}.", lan.address, ".", "x", "é.é"):
        async with browser(there, thidua=bad) as thief:
            for path in ("/chat/stream", "/chat/older?before=9", "/chat/file/1"):
                async with thief.http.get(there.url + path) as answer:
                    assert answer.status == 401
            thief.token = lan.token
            assert await thief.say("x") == 403
            await thief.open()
            assert thief.address != lan.address
            assert len(thief.address) >= 22
            assert await thief.say("tôi mới") == 202


async def test_a_good_cookie_stays_the_same_person(lan: Browser) -> None:
    address, token = lan.address, lan.token
    await lan.open()
    assert (lan.address, lan.token) == (address, token)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(there: Site) -> None:
    async with aiohttp.ClientSession() as http, http.get(there.url) as answer:
        said = answer.headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "Secure" not in said
    assert "Path=/;" in said
    there.channel.browsers._secure, there.channel.browsers.cookie = True, "__Host-thidua"
    async with aiohttp.ClientSession() as http, http.get(there.url) as answer:
        assert "Secure" in answer.headers["Set-Cookie"]


async def test_nobody_reads_the_messages_of_another(there: Site, lan: Browser) -> None:
    await there.say(lan.address, "của Lan", file=File("a.txt", "text/plain", b"of Lan"))
    async with browser(there) as other:
        await other.open()
        await there.say(other.address, "của người khác")
        async with other.stream("?after=0") as stream:
            assert (await stream.entry())["body"]["spans"] == [["của người khác", ""]]
        async with other.http.get(f"{there.url}/chat/file/1") as answer:
            assert answer.status == 404


# --- what comes ----------------------------------------------------------------------------------------------------


async def test_the_stream_begins_with_the_latest_and_older_ones_are_asked_for(there: Site, lan: Browser) -> None:
    for n in range(120):
        await there.say(lan.address, f"tin {n}")
    async with lan.stream() as stream:
        assert await stream.until_ready() == list(range(71, 121))
    for before, expected in ((71, range(21, 71)), (21, range(1, 21)), (1, range(0))):
        async with lan.http.get(f"{there.url}/chat/older?before={before}") as answer:
            assert [entry["id"] for entry in (await answer.json())["entries"]] == list(expected)
    for bad in ("", "?before=", "?before=x", "?before=-1", "?before=" + "9" * 30, "?before=١"):
        async with lan.http.get(f"{there.url}/chat/older{bad}") as answer:
            assert answer.status == 422


async def test_after_a_lost_line_exactly_the_missing_ones_come(there: Site, lan: Browser) -> None:
    async with lan.stream() as stream:
        assert await stream.until_ready() == []
        await there.say(lan.address, "một")
        assert (await stream.entry())["id"] == 1
    for n in range(450):
        await there.say(lan.address, f"lúc vắng {n}")
    async with lan.stream(**{"Last-Event-ID": "1"}) as stream:
        assert await stream.until_ready() == list(range(2, 452))
        await there.say(lan.address, "lại có")
        assert (await stream.entry())["id"] == 452
    async with lan.stream("?after=451") as stream:
        assert await stream.until_ready() == [452]


async def test_a_quiet_line_is_kept_alive_by_a_comment() -> None:
    async with site(heartbeat=0.01) as there, browser(there) as lan:
        await lan.open()
        async with lan.stream() as stream:
            await stream.until_ready()
            for _ in range(3):
                assert await stream.next() == {"": "still here", "event": "beat", "data": "1"}


async def test_streams_end_at_once_when_the_process_stops(there: Site, lan: Browser) -> None:
    async with lan.stream() as one, lan.stream() as two:
        await one.until_ready()
        await two.until_ready()
        await there.channel.stop()
        assert await one.next() is None
        assert await two.next() is None


async def test_a_stream_that_cannot_read_ends_and_another_resumes(
    there: Site, lan: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    async with lan.stream() as stream:
        await stream.until_ready()
        there.transcript.broken = True
        async with there.transcript._news:
            there.transcript.entries[lan.address] = [_entry(5)]
            there.transcript._news.notify_all()
        assert await stream.next() is None
    assert "a stream broke off" in caplog.text
    there.transcript.broken = False
    async with lan.stream("?after=0") as stream:
        assert await stream.until_ready() == [5]


async def test_seen_is_told_to_the_transcript(there: Site, lan: Browser) -> None:
    assert (await lan.post("/chat/seen", {"upto": 3})).status == 204
    assert (await lan.post("/chat/seen", {"upto": -1})).status == 422
    assert there.transcript.seen_upto == {lan.address: 3}


async def test_a_message_carries_its_styles_buttons_language_and_edit(there: Site, lan: Browser) -> None:
    assert await there.say(lan.address, "Chọn: ", ("đậm", "bold"), buttons=[("A", "a:1")]) == Sent("1")
    assert await there.say(lan.address, "Đã chọn", edits="1", language="en") == Sent("1")
    assert await there.say(lan.address, "Không sửa gì", edits="tele:9") == Sent("3")
    async with lan.stream() as stream:
        first, second, third = [await stream.entry() for _ in range(3)]
    assert first["body"] == {
        "spans": [["Chọn: ", ""], ["đậm", "bold"]],
        "buttons": [["A", "a:1"]],
        "language": "vi",
    }
    assert (first["at"], first["edits"]) == (1682298000000, None)
    assert (second["id"], second["edits"], second["body"]["language"]) == (2, 1, "en")
    assert third["edits"] is None


async def test_a_delivery_tried_twice_is_there_once(there: Site, lan: Browser) -> None:
    assert await there.say(lan.address, "một", key="reply:9:0") == Sent("1")
    assert await there.say(lan.address, "một", key="reply:9:0") == Sent("1")
    assert len(there.transcript.entries[lan.address]) == 1
    there.transcript.broken = True
    assert isinstance(await there.say(lan.address, "hai"), NotSent)


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
    file = File("to.pdf", "application/pdf", bytes(1024 * 1024 + 1))
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
    asked = set(re.findall(r'"((?:page|composer|quick|bubble|scroll|day|door|demo)\.\w+)"', source))
    made = {f"quick.{n}" for n in ("menu", "campaigns", "duties", "calendar", "help")}
    made |= {f"bubble.{n}" for n in ("sending", "again", "refused", "sent")}
    made |= {f"demo.{n}" for n in ("visitor", "staff", "enterprise", "officer")}
    assert (asked | made) - {"demo.html"} == {key.removeprefix("web.") for key in catalogue() if key.startswith("web.")}


async def test_what_no_page_sends_is_unreadable(there: Site) -> None:
    for raw in ("", "{}", "[]", '{"id":"x","text":"y"}', '{"text":"\\ud800"}', "\x00"):
        with pytest.raises(UnreadableError):
            there.channel.read(raw)


def _entry(number: int) -> Any:
    from channels.web.ports import Entry

    return Entry(number, f"k{number}", 0, {"spans": [], "buttons": [], "language": "vi"})

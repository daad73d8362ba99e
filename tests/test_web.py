"""The web chat over real HTTP: what is kept, what is refused, and who is there."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from channels.contract import Arrived, File, Kind, UnreadableError
from channels.web.said import BODY_LIMIT, TEXT_LIMIT
from tests.fakes.browser import Browser, browser
from tests.fakes.site import Site, site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


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


@pytest.mark.parametrize("secure", [False, True])
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(secure: bool) -> None:
    async with site(secure=secure) as there, aiohttp.ClientSession() as http, http.get(there.url) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is secure
    assert cookie.startswith("__Host-thidua=" if secure else "thidua=")
    assert "Domain" not in cookie


async def test_nobody_reads_the_messages_of_another(there: Site, lan: Browser) -> None:
    await there.say(lan.address, "của Lan", file=File("a.txt", "text/plain", b"of Lan"))
    async with browser(there) as other:
        await other.open()
        await there.say(other.address, "của người khác")
        async with other.stream("?after=0") as stream:
            assert (await stream.entry())["body"]["spans"] == [["của người khác", ""]]
        async with other.http.get(f"{there.url}/chat/file/1") as answer:
            assert answer.status == 404


async def test_what_no_page_sends_is_unreadable(there: Site) -> None:
    for raw in ("", "{}", "[]", '{"id":"x","text":"y"}', '{"text":"\\ud800"}', "\x00"):
        with pytest.raises(UnreadableError):
            there.channel.read(raw)

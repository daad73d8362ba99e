"""Files that people send on the web chat, over real HTTP: what is kept, what is refused, and that it is one message."""

from __future__ import annotations

import asyncio
import json
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from channels.contract import Arrived, Incoming, Kind, NotFetchedError
from channels.fitting import NAME_LIMIT
from channels.web import asking, serving
from channels.web.said import UPLOAD_LIMIT
from tests import files
from tests.app import PATIENCE
from tests.fakes.browser import Browser, browser
from tests.fakes.site import Site, site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GOOD_ID = "0b7e7f6c-6a52-4b3e-9d5c-0f2f6f3f7a11"


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


@pytest.fixture
async def lan(there: Site) -> AsyncIterator[Browser]:
    async with browser(there) as one:
        yield await one.open()


async def send(
    lan: Browser, content: bytes, name: str = "Báo cáo.pdf", client_id: str = GOOD_ID, **headers: str
) -> int:
    """Send a file as the page does; the status it was answered with."""
    sent = {"X-CSRF-Token": lan.token, "Content-Type": "application/octet-stream", **headers}
    params = {"id": client_id, "name": name}
    async with lan.http.post(
        f"{lan.site.url}/chat/upload", params=params, data=BytesIO(content), headers=sent
    ) as answer:
        assert answer.headers.get("Cache-Control", "no-store") == "no-store"
        return answer.status


async def raw(
    lan: Browser, head: dict[str, str], body: bytes = b"", *, leave: bool = False, closed: bool = False
) -> int:
    """What no browser would send; the status, 0 if we leave before there is one. `closed`: until the other end closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", lan.site.port)
    cookie = f"thidua={lan.cookie()}"
    lines = {
        "Host": "x",
        "Cookie": cookie,
        "X-CSRF-Token": lan.token,
        "Content-Type": "application/octet-stream",
        **head,
    }
    start = f"POST /chat/upload?id={GOOD_ID}&name=a.pdf HTTP/1.1\r\n"
    writer.write((start + "".join(f"{n}: {v}\r\n" for n, v in lines.items()) + "\r\n").encode() + body)
    await writer.drain()
    if leave:
        await lan.site.uploads.begun.wait()
    status = 0 if leave else int((await reader.readline()).split()[1])
    if closed:
        async with asyncio.timeout(PATIENCE):
            await reader.read()
    writer.close()
    return status


async def test_a_file_is_stored_before_it_is_acknowledged(there: Site, lan: Browser) -> None:
    content = files.pdf(3)
    assert await send(lan, content) == 202
    (envelope,) = there.inbox
    assert (envelope.channel, envelope.address) == ("web", lan.address)
    assert (envelope.update_id, envelope.stamped_at) == (f"{lan.address}:{GOOD_ID}", there.now)
    file = Incoming("upload-0", "Báo cáo.pdf", len(content))
    assert there.channel.read(envelope.raw) == Arrived(Kind.FILE, file=file)
    shown = {"own": True, "id": GOOD_ID, "file": {"name": "Báo cáo.pdf", "size": len(content)}}
    assert json.loads(envelope.echo or "") == shown
    assert b"".join([piece async for piece in there.channel.fetch("upload-0")]) == content


async def test_twenty_megabytes_come_in_pieces_and_one_byte_more_does_not(there: Site, lan: Browser) -> None:
    assert await send(lan, bytes(UPLOAD_LIMIT)) == 202
    assert len(there.uploads.kept["upload-0"]) == UPLOAD_LIMIT
    assert there.uploads.largest <= 1024 * 1024
    assert await raw(lan, {"Content-Length": str(UPLOAD_LIMIT + 1)}) == 413
    assert len(there.inbox) == 1


async def test_a_file_counts_as_sent_when_it_began_to_come(there: Site, lan: Browser) -> None:
    began, piece = there.now, b"x" * 500
    reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
    head = f"POST /chat/upload?id={GOOD_ID}&name=a.pdf HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    head += (
        f"Cookie: thidua={lan.cookie()}\r\nX-CSRF-Token: {lan.token}\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    writer.write(head.encode() + piece)
    await there.uploads.begun.wait()
    there.now += 600_000_000
    writer.write(piece)
    assert int((await reader.readline()).split()[1]) == 202
    writer.close()
    assert [one.stamped_at for one in there.inbox] == [began]
    assert (await lan.post("/chat/send", {"id": str(uuid.uuid4()), "text": "xong"})).status == 202
    assert there.inbox[-1].stamped_at is None


async def test_whoever_has_sent_too_much_is_told_so_once_the_file_was_read_past(there: Site, lan: Browser) -> None:
    there.uploads.many = True
    assert await send(lan, bytes(UPLOAD_LIMIT)) == 429
    assert (there.uploads.kept, there.tries) == ({}, 0)
    there.uploads.many = False
    assert await send(lan, b"x") == 202


async def test_whoever_belongs_to_no_unit_is_refused_before_a_byte_is_read(there: Site, lan: Browser) -> None:
    there.uploads.visitor = True
    assert await raw(lan, {"Content-Length": str(UPLOAD_LIMIT)}) == 409
    assert await send(lan, bytes(UPLOAD_LIMIT)) == 409
    assert not there.uploads.begun.is_set()
    assert there.tries == 0
    there.uploads.visitor = False
    assert await send(lan, b"x") == 202


async def test_a_length_said_in_two_ways_is_refused_and_the_line_ends(there: Site, lan: Browser) -> None:
    head = {"Content-Length": "5", "Transfer-Encoding": "chunked"}
    assert await raw(lan, head, b"6\r\nabcdef\r\n", closed=True) == 400
    assert await raw(lan, {"Transfer-Encoding": "chunked"}, b"1\r\nx\r\n", closed=True) == 411
    assert not there.uploads.begun.is_set()


async def test_nothing_is_read_beyond_what_was_announced() -> None:
    came = iter([b"ab", b"cd", b"ef"])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(came), "more_body": True}

    request = Request({"type": "http", "headers": []}, receive)
    coming = asking.pieces(request, 3)
    assert await anext(coming) == b"ab"
    with pytest.raises(HTTPException) as refused:
        await anext(coming)
    assert (refused.value.status_code, list(came)) == (413, [b"ef"])


async def test_the_same_file_again_is_one_message(there: Site, lan: Browser) -> None:
    content = files.png()
    assert await asyncio.gather(*(send(lan, content) for _ in range(5))) == [202] * 5
    assert there.tries == 5
    assert len(there.inbox) == 1
    assert await send(lan, content, client_id=str(uuid.uuid4())) == 202
    assert len(there.inbox) == 2


NAMES = [
    ("../../Danh sách\u202e \x00fdp.xlsx", "Danh sách fdp.xlsx"),
    ("", "tep"),
    ("\u2066 .", "tep"),
    ("😀 & <b>.pdf", "😀 & <b>.pdf"),
    ("a" * 3000 + ".pdf", "…".join(("a" * (NAME_LIMIT - 17), "a" * 12 + ".pdf"))),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
async def test_no_file_is_refused_for_its_name(there: Site, lan: Browser, given: str, kept: str) -> None:
    assert await send(lan, b"x", given) == 202
    file = there.channel.read(there.inbox[0].raw).file
    assert file
    assert file.name == kept


async def test_what_is_no_upload_of_our_page_is_refused_unread(there: Site, lan: Browser) -> None:
    async with browser(there) as other:
        await other.open()
        assert await send(lan, b"x", **{"X-CSRF-Token": other.token}) == 403
    assert await send(lan, b"x", **{"X-CSRF-Token": ""}) == 403
    for kind in ("application/pdf", "text/plain", "multipart/form-data; boundary=x", ""):
        assert await send(lan, b"x", **{"Content-Type": kind}) == 415
    assert await raw(lan, {"Content-Length": "3", "Content-Encoding": "gzip"}, b"abc") == 415
    assert await raw(lan, {"Transfer-Encoding": "chunked"}, b"1\r\nx\r\n0\r\n\r\n") == 411
    assert await raw(lan, {"Content-Length": "0"}) == 422
    for bad in ("", "1", GOOD_ID.upper(), f"{GOOD_ID}\n", "../x"):
        assert await send(lan, b"x", client_id=bad) == 422
    async with lan.http.get(f"{there.url}/chat/upload") as answer:
        assert answer.status == 405
    assert (there.tries, there.uploads.kept) == (0, {})
    assert not there.uploads.begun.is_set()
    assert await send(lan, b"x") == 202


async def test_no_page_can_name_a_file_we_keep(there: Site, lan: Browser) -> None:
    forged = {"id": GOOD_ID, "file": {"ref": "upload-0", "name": "a.pdf", "size": 1}}
    assert (await lan.post("/chat/send", forged)).status == 422
    assert there.inbox == []


async def test_whoever_leaves_half_way_has_sent_nothing_and_can_send_again(there: Site, lan: Browser) -> None:
    assert await raw(lan, {"Content-Length": "1000"}, b"x" * 500, leave=True) == 0
    assert await send(lan, b"whole") == 202
    assert list(there.uploads.kept.values()) == [b"whole"]
    assert len(there.inbox) == 1


async def test_a_file_that_stops_coming_is_given_up(there: Site, lan: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((asking, "BODY_SECONDS"), (serving, "UPLOAD_SECONDS")):
        with monkeypatch.context() as patience:
            patience.setattr(module, name, 0.05)
            assert await raw(lan, {"Content-Length": "1000"}, b"x" * 500) == 408
    assert (there.uploads.kept, there.inbox) == ({}, [])
    assert await send(lan, b"x") == 202


async def test_what_cannot_be_stored_is_not_acknowledged_and_goes_in_later(there: Site, lan: Browser) -> None:
    there.uploads.full = True
    assert await send(lan, b"x") == 507
    assert there.tries == 0
    there.uploads.full, there.refusing = False, True
    assert await send(lan, b"x") == 503
    assert there.uploads.given_back == ["upload-0"], "it does not count: the page sends it again"
    there.refusing = False
    assert await send(lan, b"x") == 202
    assert len(there.inbox) == 1
    assert there.uploads.given_back == ["upload-0"]


async def test_a_file_that_cannot_be_read_now_is_worth_another_try(there: Site, lan: Browser) -> None:
    assert await send(lan, b"x") == 202
    there.uploads.broken = True
    with pytest.raises(NotFetchedError) as caught:
        await anext(aiter(there.channel.fetch("upload-0")))
    assert caught.value.again
    there.uploads.broken = False
    assert await anext(aiter(there.channel.fetch("upload-0"))) == b"x"


async def test_the_transcript_knows_the_file_but_hands_nothing_out(there: Site, lan: Browser) -> None:
    assert await send(lan, b"x") == 202
    async with lan.stream() as stream:
        entry = await stream.entry()
    assert entry["body"] == {"own": True, "id": GOOD_ID, "file": {"name": "Báo cáo.pdf", "size": 1}}
    async with lan.http.get(f"{there.url}/chat/file/{entry['id']}") as answer:
        assert answer.status == 404

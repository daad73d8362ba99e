"""The web chat over real HTTP: what comes through the stream, in which order, and from where it resumes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from channels.contract import NotSent, Sent
from channels.web.ports import Entry
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


async def test_streams_end_at_once_when_the_process_stops() -> None:
    async with site(heartbeat=3600) as there, browser(there) as lan:
        await lan.open()
        async with lan.stream() as one, lan.stream() as two, asyncio.timeout(20):  # a stream that stays would hang
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


def _entry(number: int) -> Any:
    return Entry(number, f"k{number}", 0, {"spans": [], "buttons": [], "language": "vi"})

"""Files that people send on Telegram: what is read of them, and how their bytes come, over real HTTP."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.contract import Arrived, Incoming, Kind, NotFetchedError, UnreadableError
from channels.fitting import NAME_LIMIT, file_name
from channels.telegram.channel import TelegramChannel
from channels.telegram.fetch import FILE_LIMIT, fetch
from channels.telegram.read import Me, read
from channels.telegram.request import AiohttpRequest
from tests import files
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.test_telegram_read import message, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ME = Me(123456, "thidua_test_bot")


class Saying(AiohttpRequest):
    """Makes no call, but says always the same; files are really fetched."""

    def __init__(self, telegram: FakeTelegram, said: Any) -> None:
        super().__init__(f"{telegram.url}/bot{TOKEN}")
        self.said = said

    async def call(self, *_: Any, **__: Any) -> Any:
        return self.said


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def request_(telegram: FakeTelegram) -> AsyncIterator[AiohttpRequest]:
    request = AiohttpRequest(f"{telegram.url}/bot{TOKEN}", read_seconds=0.3)
    yield request
    await request.shutdown()


def sent(telegram: FakeTelegram) -> Incoming:
    """What the channel reads of the last update at Telegram."""
    file = read(json.dumps(telegram._pending[-1].update), ME).file
    assert file
    return file


async def fetched(request: AiohttpRequest, ref: str, into: list[bytes] | None = None) -> bytes:
    pieces = [] if into is None else into
    async for piece in fetch(request, ref):
        pieces.append(piece)
    return b"".join(pieces)


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_document_is_told_with_its_caption() -> None:
    document = {"file_id": "BQAC", "file_unique_id": "u", "file_name": "Minh chứng.pdf", "file_size": 5000}
    assert reading(message(document=document, caption="đây ạ")) == Arrived(
        Kind.FILE, "đây ạ", name="Người 42", language="vi", file=Incoming("BQAC", "Minh chứng.pdf", 5000)
    )


def test_of_a_photo_the_largest_size_is_taken_and_it_is_called_squeezed() -> None:
    sizes = [
        {"file_id": "s", "width": 90, "height": 60, "file_size": 9},
        {"file_id": "l", "width": 1280, "height": 853, "file_size": 99},
        {"file_id": "m", "width": 320, "height": 213},
    ]
    file = reading(message(photo=sizes)).file
    assert file == Incoming("l", "anh-5.jpg", 99, squeezed=True)


@pytest.mark.parametrize(
    ("document", "file"),
    [
        ({"file_id": "x"}, Incoming("x", "tep-5", None)),
        ({"file_id": "x", "file_name": 5, "file_size": "9"}, Incoming("x", "tep-5", None)),
        ({"file_id": "x", "file_name": "\u202e\x00 ", "file_size": -1}, Incoming("x", "tep-5", None)),
        ({"file_id": "x", "file_name": "../../etc/passwd", "file_size": True}, Incoming("x", "passwd", None)),
        ({"file_id": "x", "file_size": 10**12}, Incoming("x", "tep-5", 10**12)),
        ({"file_id": ""}, None),
        ({"file_id": 5}, None),
        ({"file_id": "x" * 5000}, None),
        ([], None),
        (None, None),
    ],
)
def test_nothing_of_it_is_trusted(document: Any, file: Incoming | None) -> None:
    arrived = reading(message(document=document))
    assert arrived.file == file
    assert arrived.kind is (Kind.FILE if file else Kind.UNSUPPORTED)


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
SIZES = st.dictionaries(st.sampled_from(["file_id", "file_name", "file_size", "width", "height"]), ODD)


@given(ODD | SIZES | st.lists(SIZES | ODD), st.sampled_from(["photo", "document"]))
def test_whatever_stands_for_a_file_is_read_without_harm(what: Any, where: str) -> None:
    with contextlib.suppress(UnreadableError):
        arrived = reading(message(**{where: what}))
        assert (arrived.kind is Kind.FILE) is (arrived.file is not None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Báo cáo 6 tháng.docx", "Báo cáo 6 tháng.docx"),
        ("Ba\u0301o ca\u0301o.pdf", "Báo cáo.pdf"),
        ("C:\\Users\\lan\\ảnh.png", "ảnh.png"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\u200b\r\n\x1b[1m b.pdf", "a[1m b.pdf"),
        ("\u2066\u2069\x00/", "tệp"),
        (" .. ", "tệp"),
        ("😀.png", "😀.png"),
    ],
)
def test_a_name_is_what_people_can_see_of_it(given: str, kept: str) -> None:
    assert file_name(given, "tệp") == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = file_name("Danh sách " * 500 + "đề nghị.xlsx", "tệp")
    assert len(name) == NAME_LIMIT
    assert name.startswith("Danh sách Danh")
    assert name.endswith("đề nghị.xlsx")


# --- fetching ------------------------------------------------------------------------------------------------------


async def test_a_document_and_a_photo_come_byte_for_byte(telegram: FakeTelegram) -> None:
    channel = TelegramChannel(TOKEN, api_url=telegram.url)
    assert channel.abilities.files_in == FILE_LIMIT
    report, picture = files.pdf(3), files.jpeg((2000, 1500))
    for content, send in ((report, telegram.document), (picture, telegram.photo)):
        send(*((42, "báo cáo.pdf", content) if send == telegram.document else (42, content)))
        file = sent(telegram)
        assert file.size == len(content)
        assert b"".join([piece async for piece in channel.fetch(file.ref)]) == content
    await channel.stop()


async def test_a_large_file_comes_in_pieces(telegram: FakeTelegram, request_: AiohttpRequest) -> None:
    telegram.document(42, "to.pdf", bytes(FILE_LIMIT))
    sizes = [len(piece) async for piece in fetch(request_, sent(telegram).ref)]
    assert sum(sizes) == FILE_LIMIT
    assert max(sizes) <= 64 * 1024


PASSING = [("getFile", kind) for kind in ("500", "502", "429", "hang", "cut", "garbage", "404", "400_passing")]
PASSING += [("file", kind) for kind in ("500", "502", "429", "hang", "half", "redirect", "401")]


@pytest.mark.parametrize(("where", "kind"), PASSING)
async def test_what_may_pass_is_worth_another_try(
    telegram: FakeTelegram, request_: AiohttpRequest, where: str, kind: str
) -> None:
    telegram.document(42, "báo cáo.pdf", files.pdf())
    telegram.fault(kind, where)
    ref = sent(telegram).ref
    with pytest.raises(NotFetchedError) as caught:
        await fetched(request_, ref)
    assert caught.value.again
    assert await fetched(request_, ref) == telegram.files[ref]


@pytest.mark.parametrize(("where", "kind"), [("getFile", "400_large"), ("getFile", "403"), ("file", "404")])
async def test_what_will_never_come_is_not_asked_for_again(
    telegram: FakeTelegram, request_: AiohttpRequest, where: str, kind: str
) -> None:
    telegram.document(42, "báo cáo.pdf", files.pdf())
    telegram.fault(kind, where)
    with pytest.raises(NotFetchedError) as caught:
        await fetched(request_, sent(telegram).ref)
    assert not caught.value.again
    assert str(caught.value)


async def test_a_file_nobody_sent_is_not_there(request_: AiohttpRequest) -> None:
    for ref in ("x", "../../bot1:a/getMe", "é %2e%2e"):
        with pytest.raises(NotFetchedError) as caught:
            await fetched(request_, ref)
        assert not caught.value.again


@pytest.mark.parametrize("lengths", [True, False])
async def test_no_lie_about_the_size_makes_it_larger(
    telegram: FakeTelegram, request_: AiohttpRequest, lengths: bool
) -> None:
    telegram.document(42, "to.pdf", b"tin")
    ref = sent(telegram).ref
    telegram.files[ref] = bytes(FILE_LIMIT + 1)
    telegram.lengths = lengths
    with pytest.raises(NotFetchedError) as caught:
        await fetched(request_, ref)
    assert not caught.value.again, "Telegram itself refuses"
    taken: list[bytes] = []
    lying = Saying(telegram, {"file_path": f"documents/{ref} (1).pdf", "file_size": 3})
    with pytest.raises(NotFetchedError, match="larger") as caught:
        await fetched(lying, ref, taken)
    assert not caught.value.again
    assert sum(map(len, taken)) <= FILE_LIMIT
    await lying.shutdown()


async def test_less_than_was_said_is_not_the_file(telegram: FakeTelegram, request_: AiohttpRequest) -> None:
    telegram.document(42, "a.pdf", files.pdf())
    telegram.place_says = {"file_size": 10_000_000}
    with pytest.raises(NotFetchedError, match="of 10000000") as caught:
        await fetched(request_, sent(telegram).ref)
    assert caught.value.again


@pytest.mark.parametrize("said", [None, [], "x", {}, {"file_path": 5}, {"file_path": ""}, {"file_size": 5}])
async def test_where_it_lies_must_be_said(telegram: FakeTelegram, said: Any) -> None:
    with pytest.raises(NotFetchedError) as caught:
        await fetched(Saying(telegram, said), "x")
    assert caught.value.again


async def test_no_path_leads_out_of_the_files_of_the_bot(telegram: FakeTelegram) -> None:
    for path in (f"../../bot{TOKEN}/getMe", "http://127.0.0.1:9/x", "?x=1", "#x"):
        request = Saying(telegram, {"file_path": path})
        with pytest.raises(NotFetchedError, match="404"):
            await fetched(request, "x")
        await request.shutdown()
    assert telegram.calls == []


async def test_the_token_is_told_nobody(
    telegram: FakeTelegram, request_: AiohttpRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        for where, kind in PASSING:
            telegram.document(42, "báo cáo.pdf", files.pdf())
            telegram.fault(kind, where)
            with pytest.raises(NotFetchedError) as caught:
                await fetched(request_, sent(telegram).ref)
            error: BaseException | None = caught.value
            while error:
                assert TOKEN not in repr(error)
                assert error.__suppress_context__ or not error.__context__
                error = error.__cause__
    mine = [one for one in caplog.records if not one.name.startswith("aiohttp.access")]
    assert TOKEN not in repr([one.getMessage() for one in mine]) + repr(lines)

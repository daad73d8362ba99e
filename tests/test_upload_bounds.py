"""What comes by upload links beyond what is honest: what counts, what is refused unread, where reading stops."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.upload_form import MOST_PARTS
from storage import upload_links, uploads
from storage.units import StorageUnavailableError
from tests import files
from tests.app import PATIENCE, running_app
from tests.registering import WORKS, seat, words
from tests.uploading import done, link, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "an", name="Trần Văn An")
        yield running


async def counted(app: Running) -> list[tuple[int, int]]:
    """Files and bytes of the hour, one line a person."""
    return [(row["files"], row["bytes"]) for row in await app.rows("SELECT files, bytes FROM uploads")]


async def test_what_the_database_could_not_take_counts_once_it_has(
    app: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await link(app)

    async def away(*_: Any) -> Any:
        raise StorageUnavailableError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(upload_links, "take", away)
        assert await post(url, files.pdf(), file_id="ab" * 16) == 503
    assert await counted(app) == [(0, 0)]
    assert await post(url, files.pdf(), file_id="ab" * 16) == 200
    assert await counted(app) == [(1, len(files.pdf()))]


async def test_the_same_file_many_times_at_once_counts_once_and_others_under_its_id_each(app: Running) -> None:
    url, content = await link(app), files.pdf(2)
    assert await asyncio.gather(*(post(url, content, file_id="ab" * 16) for _ in range(9))) == [200] * 9
    assert await counted(app) == [(1, len(content))]
    others = [files.pdf(n) for n in range(3, 9)]
    await asyncio.gather(*(post(url, one, file_id="cd" * 16) for one in others))
    stored = await app.rows("SELECT size FROM files")
    assert await counted(app) == [(len(stored), sum(row["size"] for row in stored))]


async def test_a_file_that_is_refused_gives_its_place_back(app: Running) -> None:
    url = await link(app)
    assert [await post(url, files.text(), "ghi chú.txt"), await post(url, files.pdf())] == [200, 200]
    await app.settled()
    assert [row["files"] for row in await app.rows("SELECT files FROM upload_links")] == [1]


async def answered(app: Running, path: str, head: str, body: bytes = b"", *, closed: bool = False) -> int:
    """Send such a request by hand; the status of the answer. `closed`: until the other end closes."""
    host, port = app.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
    async with asyncio.timeout(PATIENCE):
        status = int((await reader.readline()).split()[1])
        if closed:
            await reader.read()
    writer.close()
    return status


async def test_a_length_said_in_two_ways_is_refused_everywhere(app: Running) -> None:
    path = (await link(app)).removeprefix(app.address)
    chunk = b"8\r\n%PDF-1.4\r\n"
    for at in (f"{path}/file?id={'ab' * 16}&name=a.pdf", path):
        head = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"
        assert await answered(app, at, head, chunk, closed=True) == 400
    assert await counted(app) == []
    assert not [names for _, _, names in os.walk(app.app.settings.files_dir) if names]


async def test_the_form_of_a_dead_link_is_answered_before_any_of_it_comes(app: Running) -> None:
    path = (await link(app)).removeprefix(app.address)
    head = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000"
    assert await answered(app, "/tai-len/" + "x" * 43, head) == 404
    await done(app.address + path)
    assert await answered(app, path, head) == 410


async def submit(url: str, *sent: tuple[str, bytes], batch: str = "cd" * 16) -> tuple[int, str]:
    """Send files by the form."""
    made = aiohttp.FormData(quote_fields=False)
    made.add_field("batch", batch)
    for name, content in sent:
        made.add_field("file", content, filename=name, content_type="application/pdf")
    async with aiohttp.ClientSession() as http, http.post(url, data=made) as answer:
        return answer.status, await answer.text()


async def test_each_file_of_a_form_counts_with_its_own_bytes(app: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await link(app)
    one, two, three = (f"{n}.pdf".encode() * 9000 for n in (1, 2, 3))
    await submit(url, ("1.pdf", one))
    assert await counted(app) == [(1, len(one))]
    await submit(url, ("1.pdf", one), ("2.pdf", two))
    assert await counted(app) == [(2, len(one) + len(two))], "the first was known, the second counts"
    monkeypatch.setattr(uploads, "MOST_BYTES", 4 * len(three))
    status, page = await submit(url, ("3.pdf", three), ("4.pdf", one + b"x"), ("5.pdf", two + b"x"), batch="ef" * 16)
    assert (status, page.count(words("uploading.file.kept") + "</p>")) == (200, 1), (
        "what the whole rest may come to has to fit"
    )
    assert await counted(app) == [(3, len(one) + len(two) + len(two) + 1)]


async def filled_up(tx: Any, files_came: int) -> None:
    """So many files have come by the one link there is."""
    for _ in range(files_came):
        await tx.run("upload_links.count", id=1)


async def test_a_form_is_read_up_to_the_first_file_that_has_no_room_and_never_for_ever(app: Running) -> None:
    url = await link(app)
    await app.app.database.run(filled_up, 29)
    status, page = await submit(url, *((f"{n}.pdf", files.pdf(n)) for n in (1, 2, 3)))
    told = [page.count(words(f"uploading.file.{word}") + "</p>") for word in ("kept", "no_room")]
    assert (status, told) == (200, [1, 1])
    status, _ = await submit(url, *[("", b"")] * MOST_PARTS)
    assert status == 400

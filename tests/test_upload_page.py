"""Upload links through the whole app, over HTTP: what a file comes to in the conversation, and when a link is dead."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from handlers.here import ZONE
from storage import uploads
from storage.units import StorageUnavailableError
from tests import files
from tests.app import running_app
from tests.registering import OTHER, WORKS, all_said, dossiers, seat, words
from tests.uploading import MEGABYTE, done, get, link, post, public

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

HAND_IN = "Nộp báo cáo"
LAST = datetime(2023, 4, 30, 23, 59, 50, tzinfo=ZONE)
"""ten seconds before the report on phase 1 is late"""


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "an", name="Trần Văn An")
        yield running


async def told(app: Running, who: str = "an") -> str:
    """What stood in the last message, once all is quiet."""
    await app.settled()
    return app.phone.texts(who)[-1]


def on_disk(app: Running) -> list[str]:
    return [name for _, _, names in os.walk(app.app.settings.files_dir) for name in names]


async def test_a_file_resumes_the_conversation_by_itself_and_the_report_counts_from_when_it_began(app: Running) -> None:
    await app.move_to(LAST)
    url = await link(app)

    async def slowly() -> AsyncIterator[bytes]:
        content = files.pdf(3)
        yield content[:100]
        await app.until(lambda: app.rows("SELECT 1 FROM arriving"))
        await app.move_to(LAST + timedelta(minutes=5))
        yield content[100:]

    assert await post(url, slowly(), **{"Content-Length": str(len(files.pdf(3)))}) == 200
    assert "bao cao.pdf (2 KB, 3 trang)" in await told(app)
    await app.move_to(LAST + timedelta(minutes=20))
    await all_said(app, "an", "xong", "bỏ qua")
    await app.tap("an", HAND_IN)
    [filed] = await dossiers(app)
    assert filed["late"] == 0
    assert filed["filed_at"] < int((LAST + timedelta(seconds=10)).timestamp()) * 1_000_000


async def test_the_link_says_its_limits_and_the_question_stands(app: Running) -> None:
    await all_said(app, "an", "/baocao", "1")
    (sent,) = await app.say("an", "/tailen")
    assert words("uploading.link", megabytes=50, most=30, until=WORKS.replace(hour=8, minute=30, tzinfo=None)) in sent
    assert words("report.files.ask") in (await app.tap("an", "resume:report"))[0]
    token = public([sent]).partition("?")[0].rpartition("/")[2]
    assert len(token) >= 43, "at least 256 bits"
    [row] = await app.rows("SELECT * FROM upload_links")
    assert token not in str(row)


async def test_where_nothing_waits_it_says_what_to_do_first(app: Running) -> None:
    assert await app.say("an", "/upload") == [words("uploading.nothing_waits")]
    assert await app.say("visitor", "/tailen") == [words("register.not_a_member")]
    await all_said(app, "an", "/dangky", "1")
    assert words("uploading.nothing_waits") in (await app.say("an", "/tailen"))[0]
    assert await app.rows("SELECT * FROM upload_links") == []


async def test_looking_at_it_uses_nothing_up_and_it_names_nobody(app: Running) -> None:
    url = await link(app)
    for language, title in (("vi", "Gửi tệp cho: Nộp báo cáo"), ("en", "Files for: Handing in a report")):
        status, page = await get(url, language)
        assert (status, title in page, "50 MB" in page, "08:30" in page) == (200, True, True, True)
        assert "Trần Văn An" not in page
    assert await post(url, files.pdf()) == 200


async def test_nothing_of_the_page_is_kept_found_framed_or_run_from_elsewhere(app: Running) -> None:
    url = await link(app)
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert await post(url, files.pdf(), **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert await post(url, files.pdf(), **{"Sec-Fetch-Site": "same-origin"}) == 200


async def test_sent_twice_under_one_id_it_is_there_once_and_two_tabs_make_two(app: Running) -> None:
    url = await link(app)
    same = ["ab" * 16] * 5
    ended = await asyncio.gather(
        *(post(url, files.pdf(2), "một.pdf", one) for one in same), post(url, files.pdf(3), "hai.pdf")
    )
    assert ended == [200] * 6
    shown = await told(app)
    assert [name in shown for name in ("1. ", "2. ", "3. ", "một.pdf", "hai.pdf")] == [True, True, False, True, True]
    assert await post(url, files.pdf(2), "một.pdf", same[0]) == 200, "and again, after all is over"
    await app.settled()
    [row] = await app.rows("SELECT files FROM upload_links")
    assert row["files"] == 2


async def test_what_is_no_such_file_is_refused_in_the_conversation(app: Running) -> None:
    url = await link(app)
    assert await post(url, files.text(), "ghi chú.txt") == 200
    shown = await told(app)
    assert words("report.files.ask") in shown
    assert any(words("files.plain_text") in text for text in app.phone.texts("an"))
    assert await post(url, files.jpeg((2000, 2600)), "trang 1.jpg") == 200
    assert "1. trang 1.jpg" in await told(app)


async def test_ended_it_is_dead_and_says_what_to_do(app: Running) -> None:
    url = await link(app)
    assert await post(url, files.pdf()) == 200
    for status, page in (await done(url), await done(url), await get(url)):
        assert status in {200, 410}
        assert words("uploading.done.text") in page
        assert "/tailen" in page
    assert await post(url, files.pdf(4)) == 410
    assert "4 trang" not in await told(app)


async def test_a_newer_link_takes_the_place_of_the_older_ones(app: Running) -> None:
    old = await link(app)
    new = app.address + public(await app.say("an", "/tailen")).partition("?")[0]
    assert (await get(old))[0] == 410
    assert await post(old, files.pdf()) == 410
    assert await post(new, files.pdf()) == 200


async def test_after_half_an_hour_it_is_over_but_what_had_begun_is_taken(app: Running) -> None:
    url = await link(app)

    async def slowly() -> AsyncIterator[bytes]:
        yield files.pdf(5)[:50]
        await app.until(lambda: app.rows("SELECT 1 FROM arriving"))
        await app.move_to(WORKS + timedelta(minutes=31))
        yield files.pdf(5)[50:]

    assert await post(url, slowly(), **{"Content-Length": str(len(files.pdf(5)))}) == 200
    assert "5 trang" in await told(app)
    assert await post(url, files.pdf()) == 410
    for status, page in (await get(url), await done(url), await get(url)):
        assert (status, words("uploading.over.text") in page, "/tailen" in page) == (410, True, True)


async def test_a_foreign_token_opens_nothing(app: Running) -> None:
    await link(app)
    for token in ("x", "A" * 43, "%00", "<b>", "A" * 4000):
        url = f"{app.address}/tai-len/{token}"
        status, page = await get(url)
        assert (status, words("uploading.unknown.text") in page, "<b>" not in page.split("<main>")[0]) == (
            404,
            True,
            True,
        )
        assert await post(url, files.pdf()) == 410
        assert (await done(url))[0] == 404
    assert on_disk(app) == []


async def test_too_much_is_refused_before_it_comes_and_the_largest_is_taken(app: Running) -> None:
    url = await link(app)

    async def zeros(many: int) -> AsyncIterator[bytes]:
        for _ in range(many):
            yield bytes(MEGABYTE)

    # the answer comes before the body is read: whether it is heard is up to the line
    with suppress(aiohttp.ClientError):
        assert await post(url, zeros(51), **{"Content-Length": str(51 * MEGABYTE)}) == 413
    assert await post(url, zeros(1)) == 411
    assert on_disk(app) == []
    assert await post(url, zeros(50), **{"Content-Length": str(50 * MEGABYTE)}) == 200
    await app.settled()
    assert any("bao cao.pdf" in text for text in app.phone.texts("an")), "looked into, and refused there"


async def test_cut_in_the_middle_it_leaves_nothing_and_uses_nothing_up(app: Running) -> None:
    url = await link(app)
    host, port = app.address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {url.removeprefix(app.address)}/file?id={'ab' * 16}&name=a.pdf HTTP/1.1\r\nHost: x\r\n"
    writer.write(f"{head}Content-Length: 100000\r\n\r\n".encode() + bytes(50_000))
    await writer.drain()
    await app.until(lambda: app.rows("SELECT 1 FROM arriving"))
    writer.close()

    async def gone() -> bool:
        counted = await app.rows("SELECT files FROM uploads")
        return not await app.rows("SELECT 1 FROM arriving") and counted[0]["files"] == 0

    await app.until(gone)
    assert on_disk(app) == []
    assert await post(url, files.pdf(), file_id="ab" * 16) == 200
    assert "bao cao.pdf" in await told(app)


async def test_a_full_disk_is_said_and_the_link_stays_good(app: Running) -> None:
    url = await link(app)
    folder = app.app.settings.files_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "arriving").write_text("in the way")
    assert await post(url, files.pdf(), file_id="ab" * 16) == 507
    (folder / "arriving").unlink()
    assert await post(url, files.pdf(), file_id="ab" * 16) == 200
    assert "bao cao.pdf" in await told(app)


async def test_a_database_that_is_away_is_said_and_the_link_stays_good(
    app: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await link(app)

    async def away(*_: Any) -> Any:
        raise StorageUnavailableError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(app.app.database, "run", away)
        patched.setattr(app.app.database, "read", away)
        assert await post(url, files.pdf()) == 503
        for status, page in (await get(url), await done(url)):
            assert (status, words("uploading.away.text") in page) == (503, True)
    assert await post(url, files.pdf()) == 200


async def test_who_has_sent_too_much_within_the_hour_has_to_wait(app: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    url = await link(app)
    assert [await post(url, files.pdf()), await post(url, files.pdf(2))] == [200, 429]


async def test_it_is_for_the_question_it_was_asked_at_and_no_other(app: Running) -> None:
    url = await link(app)
    await all_said(app, "an", "huỷ", "/baocao", "2")
    assert await post(url, files.pdf(7), "giai đoạn 1.pdf") == 200
    shown = await told(app)
    assert "1. giai đoạn 1.pdf" not in shown, "the other report does not take it by itself"
    assert words("report.waits", name="giai đoạn 1.pdf", n=1) == shown, "but it is not lost"


async def test_who_has_gone_on_meanwhile_has_it_in_the_same_report(app: Running) -> None:
    url = await link(app)
    assert await post(url, files.pdf(2), "một.pdf") == 200
    await app.settled()
    await app.say("an", "xong")
    assert await post(url, files.pdf(3), "hai.pdf") == 200
    await app.settled()
    await app.say("an", "bỏ qua")
    shown = await told(app)
    assert [name in shown for name in ("1. một.pdf", "2. hai.pdf")] == [True, True]


async def test_who_goes_back_and_forth_is_still_asked_the_same(app: Running) -> None:
    url = await link(app)
    await all_said(app, "an", "lưu", "/menu")
    await app.tap("an", next(action for label, action in app.phone.buttons("an") if action.startswith("resume:")))
    assert await post(url, files.pdf()) == 200
    assert "1. bao cao.pdf" in await told(app)


async def test_erased_or_blocked_it_is_dead(app: Running) -> None:
    await seat(app, "binh", OTHER)
    mine, theirs = await link(app), await link(app, "binh")
    await app.say("an", "/xoadulieu")
    await app.tap("an", app.phone.buttons("an")[0][1])
    await app.say("binh", kind="left")
    for url in (mine, theirs):
        assert (await get(url))[0] == 404
        assert await post(url, files.pdf()) == 410
    assert len(await app.rows("SELECT * FROM upload_links")) == 1, "a person's links go with what else is erased"
    await app.say("binh", "/menu")
    assert await post(theirs, files.pdf()) == 200, "who comes back may go on"


async def test_without_scripts_a_form_sends_several_at_once(app: Running) -> None:
    url = await link(app)

    def form() -> aiohttp.FormData:
        made = aiohttp.FormData(quote_fields=False)
        made.add_field("batch", "cd" * 16)
        made.add_field("file", files.pdf(2), filename="Báo cáo số 1.pdf", content_type="application/pdf")
        made.add_field("file", b"", filename="", content_type="application/octet-stream")
        made.add_field("file", files.pdf(3), filename="../../x\u202efdp.pdf", content_type="application/pdf")
        return made

    async with aiohttp.ClientSession() as http:
        for _ in range(2):  # loaded again, a browser sends it again
            async with http.post(url, data=form()) as answer:
                page = await answer.text()
                assert answer.status == 200
            assert page.count(words("uploading.file.kept") + "</p>") == 2
            assert "Báo cáo số 1.pdf" in page
    shown = await told(app)
    assert [one in shown for one in ("1. Báo cáo số 1.pdf", "2. xfdp.pdf", "3. ")] == [True, True, False]
    async with aiohttp.ClientSession() as http:
        for broken, kind in ((b"--x\r\n", "multipart/form-data; boundary=x"), (b"x", "text/plain")):
            async with http.post(url, data=broken, headers={"Content-Type": kind}) as answer:
                assert answer.status == 400

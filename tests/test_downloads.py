"""Files of dossiers come to whoever may see them and nobody else: in the chat, by signed links, each time written down."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp
import pytest
from pypdf import PdfReader

from documents.receipt import sha_groups
from handlers.file_links import LASTS, PATH, FileLink, link_in, token_of
from storage import dossier_files, privacy
from storage import files as stored
from tests import files
from tests.app import running_app
from tests.registering import FAR_OFFICE, OFFICE, OTHER, WORKS, all_said, files_for, seat, send_file, words
from tests.storing import chunks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

NAME = "Báo cáo “quý I”.pdf"
CONTENT = files.pdf(3)
LINK = FileLink(7, "KKTHP-2023-BC-00001-X", 2, 1, 1_700_000_000_000_000)


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "an", name="Trần Văn An")
        yield running


async def handed_in(app: Running, who: str = "an", content: bytes = CONTENT, name: str = NAME) -> str:
    """The report on phase 1, or what takes its place; its number."""
    await app.say(who, "/baocao")
    again = "Nộp bản thay thế: Báo cáo kết quả Giai đoạn 1"
    await (app.tap(who, again) if again in dict(app.phone.buttons(who)) else app.say(who, "1"))
    await send_file(app, who, content, name)
    await all_said(app, who, "xong", "bỏ qua")
    await app.tap(who, words("report.review.confirm"))
    return str((await app.rows("SELECT number FROM dossiers"))[0]["number"])


async def link(app: Running, who: str, number: str, version: int = 1, place: int = 1) -> str:
    """The link to that file which that person is given."""
    told = "\n".join(await app.tap(who, f"file/{number}/{version}/{place}"))
    return re.findall(rf"\S+{PATH}/\S+", told)[0].replace(app.app.settings.base_url, app.address)


async def fetched(url: str, method: str = "GET") -> tuple[aiohttp.ClientResponse, bytes]:
    async with aiohttp.ClientSession() as http, http.request(method, url) as answer:
        return answer, await answer.read()


async def seen(app: Running) -> list[tuple[int, str, str]]:
    """Who was handed which file of which dossier, and how."""
    found = await app.rows("SELECT member, about, detail FROM audit WHERE act = 'file.seen' ORDER BY id")
    return [(row["member"], row["about"], json.loads(row["detail"])["way"]) for row in found]


async def test_a_file_comes_whole_as_something_to_save_and_is_written_down(app: Running) -> None:
    number = await handed_in(app)
    [listed] = await app.tap("an", f"files/{number}")
    assert f"Tệp 1: {NAME} (" in listed
    assert "3 trang" in listed
    answer, body = await fetched(await link(app, "an", number))
    assert (answer.status, body) == (200, CONTENT)
    headers = answer.headers
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Length"] == str(len(CONTENT))
    assert [one[1:] for one in await seen(app)] == [(number, "link")]


async def test_looking_whether_it_is_there_hands_nothing_out(app: Running) -> None:
    url = await link(app, "an", await handed_in(app))
    answer, body = await fetched(url, "HEAD")
    assert (answer.status, body, answer.headers["Content-Length"]) == (200, b"", str(len(CONTENT)))
    assert (await fetched(url, "POST"))[0].status == 405
    assert await seen(app) == []


async def test_it_comes_in_the_chat_where_it_fits(app: Running) -> None:
    number = await handed_in(app)
    await app.tap("an", f"file/{number}/1/1")
    await app.tap("an", words("files_of.send"))
    file = files_for(app, "an")[-1]
    assert (file.name, file.content) == (NAME, CONTENT)
    assert [one[1:] for one in await seen(app)] == [(number, "chat")]
    app.phone.abilities = type(app.phone.abilities)(True, True, True, None, True, largest_out=len(CONTENT) - 1)
    told = await app.tap("an", f"file/{number}/1/1")
    assert words("files_of.not_here") in told[0]
    assert words("files_of.send") not in dict(app.phone.buttons("an"))
    await app.tap("an", f"send_file/{number}/1/1")
    assert len(await seen(app)) == 1


async def test_a_picture_comes_as_it_is_and_every_version_has_its_own_files(app: Running) -> None:
    first, second = files.jpeg(), files.pdf(2)
    number = await handed_in(app, content=first, name="trang 1")
    await handed_in(app, content=second)
    assert [one["version"] for one in await app.rows("SELECT version FROM dossiers")] == [2]
    await app.tap("an", f"files/{number}")
    await app.tap("an", words("files_of.earlier", version=1))
    answer, body = await fetched(await link(app, "an", number, 1))
    assert (body, answer.headers["Content-Type"]) == (first, "image/jpeg")
    assert answer.headers["Content-Disposition"].endswith("''trang%201.jpg")
    await app.tap("an", f"send_file/{number}/1/1")
    assert (files_for(app, "an")[-1].content, files_for(app, "an")[-1].media_type) == (
        first,
        "application/octet-stream",
    )
    assert (await fetched(await link(app, "an", number, 2)))[1] == second


async def test_only_the_unit_its_filer_and_the_office_of_its_board(app: Running) -> None:
    number = await handed_in(app)
    for who, unit, role in (("ban", OFFICE, "officer"), ("binh", "kkt-hai-phong-dn-1", "delegate")):
        member = await seat(app, who, unit, role)
        assert (await fetched(await link(app, who, number)))[1] == CONTENT
        assert (await seen(app))[-1][0] == member
    none = words("dossier.not_yours")
    for who, unit, role in (
        ("la", OTHER, "delegate"), ("xa", FAR_OFFICE, "officer"), ("lan", "kkt-hai-phong-dn-1", "member"),
    ):  # fmt: skip
        member = await seat(app, who, unit, role)
        for action in (f"files/{number}", f"file/{number}/1/1", f"send_file/{number}/1/1", f"dossier/{number}"):
            assert await app.tap(who, action) == [none]
        assert (await fetched(signed(app, member, number)))[0].status == 404
    assert len(await seen(app)) == 2


def signed(app: Running, member: int, number: str, version: int = 1, place: int = 1, secret: str = "") -> str:
    """A link nobody was given."""
    ends_at = app.app.clock.business() + LASTS
    token = token_of(FileLink(member, number, version, place, ends_at), secret or app.app.settings.secret)
    return f"{app.address}{PATH}/{token}"


async def test_who_has_left_is_shown_nothing_by_a_link_that_still_holds(app: Running) -> None:
    member = await seat(app, "binh")
    url = await link(app, "binh", await handed_in(app))
    assert (await fetched(url))[0].status == 200
    await app.app.database.run(privacy.forget, member, 0)
    assert (await fetched(url))[0].status == 404


async def test_a_link_ends_after_ten_minutes_and_says_how_to_get_another(app: Running) -> None:
    number = await handed_in(app)
    url = await link(app, "an", number)
    now = app.app.clock.local()
    await app.move_to(now + timedelta(minutes=9))
    assert (await fetched(url))[0].status == 200
    await app.move_to(now + timedelta(minutes=10, seconds=1))
    answer, page = await fetched(url)
    assert (answer.status, answer.headers["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert words("files_of.page.over_title") in page.decode()
    assert (await fetched(await link(app, "an", number)))[0].status == 200


async def test_nothing_but_what_was_signed_opens(app: Running) -> None:
    number = await handed_in(app)
    member = (await app.rows("SELECT filer FROM dossiers"))[0]["filer"]
    good = signed(app, member, number)
    packed, mac = good.rsplit("/", 1)[1].split(".")
    bad = [
        signed(app, member, number, secret="another-secret-key"), signed(app, member, number, version=2),
        signed(app, member, number, place=2), signed(app, member, number, place=0), signed(app, 0, number),
        signed(app, member, "KKTHP-2023-BC-99999-X"), f"{app.address}{PATH}/{packed}", f"{app.address}{PATH}/{packed}.{mac[:-1]}",
        f"{app.address}{PATH}/{packed[:-1]}.{mac}", f"{app.address}{PATH}/{packed}.{mac.upper()}", f"{app.address}{PATH}/%00.{mac}",
    ]  # fmt: skip
    for url in bad:
        assert (await fetched(url))[0].status == 404, url
    assert await seen(app) == []
    assert (await fetched(good))[1] == CONTENT


async def test_what_is_not_scanned_and_what_was_put_together_says_so(app: Running) -> None:
    number = await handed_in(app)
    whole = await app.app.store.keep(chunks(CONTENT[:50]), 1000)
    sha = (await app.rows("SELECT sha256 FROM file_uses"))[0]["sha256"]

    async def set_up(tx: object) -> None:
        await stored.scanned(tx, sha, "unscanned")  # type: ignore[arg-type]

    await app.app.database.run(set_up)
    await put_pages(app, number, whole.sha256, whole.size)
    [listed] = await app.tap("an", f"files/{number}")
    assert words("files_of.unscanned") in listed
    assert listed.index(words("files_of.together")) < listed.index("Tệp 1")
    answer, body = await fetched(await link(app, "an", number, place=0))
    assert (body, answer.headers["Content-Disposition"]) == (
        CONTENT[:50],
        f"attachment; filename*=UTF-8''{number}-1.pdf",
    )


async def put_pages(app: Running, number: str, sha256: str, size: int) -> None:
    """The PDF made of a version's photographs, as if it had been made."""
    from storage.units import Query, Want

    async def unit(_tx: object) -> None:
        text = f"INSERT INTO dossier_pages(number, version, sha256, size, pages) VALUES ('{number}', 1, '{sha256}', {size}, 2)"
        await Query(text, [] if "Postgres" in type(app.app.database).__name__ else {}, Want.COUNT)

    await app.app.database.run(unit)


async def test_content_that_is_gone_is_said_to_be_gone(app: Running) -> None:
    number = await handed_in(app)
    url = await link(app, "an", number)
    (now,) = {row["changed_at"] for row in await app.rows("SELECT changed_at FROM dossiers")}
    assert not await app.app.database.run(dossier_files.forget, number, now, now), "not before its time"
    assert await app.app.database.run(dossier_files.forget, number, now + 1, now)
    assert (await fetched(url))[0].status == 410
    assert words("files_of.gone") in (await app.tap("an", f"files/{number}"))[0]
    told = (await app.tap("an", f"dossier/{number}"))[0]
    assert words("files_of.forgotten", day=WORKS.date()) in told
    assert await app.tap("an", f"file/{number}/1/1") == [words("dossier.not_yours")]
    assert await seen(app) == []


def test_a_link_comes_back_as_it_was_signed_and_for_one_purpose() -> None:
    assert link_in(token_of(LINK, "secret"), "secret") == LINK
    assert link_in(token_of(LINK, "secret"), "other") is None
    assert len(token_of(LINK, "secret")) < 150


async def test_a_receipt_names_each_file_with_its_hash(app: Running) -> None:
    number = await handed_in(app)
    await app.tap("an", f"receipt/{number}")
    receipt = files_for(app, "an")[-1]
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(receipt.content)).pages).split())
    assert f"Tệp 1 {NAME} (" in text
    assert "3 trang" in text
    assert " ".join(sha_groups(hashlib.sha256(CONTENT).hexdigest())) in text
    assert text.count(NAME) == 1

"""Upload links as rows: alive or dead, how many files, whose they are; and forms of files, read as they come."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.upload_form import MOST_PARTS, BrokenFormError, boundary, parts
from scheduler.fetch_file import KIND, MOST_UPLOADED, FetchFile
from storage import people, privacy, upload_links
from storage.files import FileStore, Kept
from storage.upload_links import KEPT, LASTS, Question, Taken
from storage.work import Work
from tests.app import rows
from tests.databases import NOW, opened
from texts.message import from_json, line

TOKEN, OTHER = "a" * 43, "b" * 43


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as database:
        yield database


async def issued(database, address="u1", token=TOKEN, most=2, now=NOW):
    async def unit(tx):
        member = await people.at_address(tx, "phone", address, NOW)
        await upload_links.issue(tx, token, member, "phone", address, Question("report", "which", most), now)
        return member

    return await database.run(unit)


async def take(database, key="k1", began=NOW, token=TOKEN, now=NOW, ref="one"):
    params = {"name": "a.pdf", "ref": ref}
    return await database.run(upload_links.take, token, key, KIND, params, began, now)


async def asked(database):
    return [(row["key"], row["member"]) for row in await rows(database, "SELECT key, member FROM work ORDER BY id")]


async def test_a_file_is_asked_for_once_and_as_many_as_there_is_room_for(database):
    me = await issued(database)
    assert [await take(database, key) for key in ("k1", "k1", "k2", "k3", "k2")] == [
        Taken.YES, Taken.AGAIN, Taken.YES, Taken.FULL, Taken.AGAIN,
    ]  # fmt: skip
    assert await asked(database) == [("k1", me), ("k2", me)]
    assert '"question":"which"' in (await rows(database, "SELECT params FROM work"))[0]["params"]


async def test_other_content_under_the_same_key_is_no_repeat(database):
    await issued(database)
    assert [await take(database, ref=ref) for ref in ("one", "two", "one")] == [Taken.YES, Taken.YES, Taken.AGAIN]
    assert len(await asked(database)) == 1


async def test_a_place_given_back_is_another_files_and_never_more(database):
    await issued(database, most=1)
    assert await take(database) == Taken.YES
    params = json.loads((await rows(database, "SELECT params FROM work"))[0]["params"])
    for _ in range(2):
        await database.run(upload_links.place_back, params["link"])
    assert [await take(database, key) for key in ("k2", "k3")] == [Taken.YES, Taken.FULL]


async def test_one_that_has_run_out_is_not_ended(database):
    await issued(database)
    await database.run(upload_links.end, TOKEN, NOW + LASTS)
    assert (await database.read(upload_links.find, TOKEN)).done_at is None


async def test_it_counts_when_a_file_began(database):
    await issued(database, most=9)
    assert await take(database, "k1", began=NOW + LASTS - 1, now=NOW + 2 * LASTS) == Taken.YES
    assert await take(database, "k2", began=NOW + LASTS) == Taken.DEAD
    ended = await database.run(upload_links.end, TOKEN, NOW + 5)
    assert ended.files == 1
    assert await take(database, "k3", began=NOW + 4) == Taken.YES
    assert await take(database, "k4", began=NOW + 5) == Taken.DEAD
    await database.run(upload_links.end, TOKEN, NOW + 900)
    assert await take(database, "k5", began=NOW + 6) == Taken.DEAD, "ended again, it is not alive in between"


async def test_a_newer_one_ends_mine_and_nobody_elses(database):
    await issued(database)
    await issued(database, "u2", OTHER)
    await issued(database, token="c" * 43, now=NOW + 1)
    assert [await take(database, one, NOW + 2, one) for one in (TOKEN, OTHER, "c" * 43, "d" * 43)] == [
        Taken.DEAD, Taken.YES, Taken.YES, Taken.DEAD,
    ]  # fmt: skip


async def test_it_goes_with_the_address_that_becomes_somebodys(database):
    visitor = await issued(database)

    async def linked(tx):
        into = await people.at_address(tx, "web", "w1", NOW)
        await people.link(tx, visitor, into)
        return into

    into = await database.run(linked)
    assert await take(database) == Taken.YES
    assert await asked(database) == [("k1", into)]


async def test_erased_it_is_gone_and_over_it_is_forgotten_after_a_day(database):
    me = await issued(database)
    await issued(database, "u2", OTHER)
    await database.run(privacy.forget, me, 0)
    assert await take(database) == Taken.DEAD
    assert await database.run(upload_links.purge, NOW + LASTS + KEPT) == 0
    assert await database.run(upload_links.purge, NOW + LASTS + KEPT + 1) == 1
    assert await rows(database, "SELECT * FROM upload_links") == []


async def test_what_was_uploaded_is_taken_from_the_store_and_bounded_again(database, tmp_path):
    async def no_scan(*_):
        raise AssertionError("neither comes so far")

    fetch = FetchFile(database, {}, FileStore(database, tmp_path, lambda: NOW), no_scan)

    async def fetched(ref):
        params = {"channel": "upload", "ref": ref, "name": "a.pdf"}
        return await fetch(Work(1, "k", KIND, 1, "phone", "u1", params, 1, "one"), None)

    async def known(tx):
        await tx.run("files.put", sha="f" * 64, size=MOST_UPLOADED + 1, now=NOW)

    assert "failed" in await fetched("0" * 64)
    await database.run(known)
    found = await fetched("f" * 64)
    assert from_json(found["refused"]).lines == (line("files.too_big", megabytes=50),)
    assert Kept("f" * 64, MOST_UPLOADED + 1) == await database.read(_file, "f" * 64)


async def _file(tx, sha256):
    row = await tx.one("files.get", sha=sha256)
    return Kept(row["sha256"], row["size"])


# --- forms ---------------------------------------------------------------------------------------------------------

EDGE = b"----edge7"


def form(fields):
    written = b"".join(
        b"--" + EDGE + b'\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode()
        + b'"\r\nContent-Type: x/y\r\n\r\n' + content + b"\r\n"
        for name, content in fields
    )  # fmt: skip
    return written + b"--" + EDGE + b"--\r\n"


async def pieces(body, cuts):
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        yield body[start:end]


CONTENT = st.lists(st.sampled_from([b"\r", b"\n", b"-", b"\r\n--", EDGE[:-1], b"x"]), max_size=8).map(b"".join)


@given(st.data())
async def test_however_a_form_comes_its_files_are_whole(data):
    names = st.text(st.characters(exclude_characters='"\r\n', exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9)
    fields = data.draw(st.lists(st.tuples(names, CONTENT), max_size=4))
    body = form(fields)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=9)))
    skipped = data.draw(st.booleans())
    found = []
    async for part in parts(pieces(body, cuts), EDGE):
        content = b"" if skipped else b"".join([one async for one in part.content])
        found.append((part.filename, content))
    assert found == [(name.replace("%22", '"'), b"" if skipped else content) for name, content in fields]


@given(st.data())
async def test_a_form_that_breaks_off_is_an_error(data):
    body = form([("a.pdf", b"abc"), ("b.pdf", b"\r\n--def")])
    whole = len(body) - 4
    cut = body[: data.draw(st.integers(0, whole))]
    with pytest.raises(BrokenFormError):
        [one async for part in parts(pieces(cut, []), EDGE) async for one in part.content]


async def test_a_form_says_how_much_of_it_came_before_each_file():
    fields = [("a.pdf", b"abc"), ("b.pdf", b"\r\n--def"), ("c.pdf", b"")]
    body = form(fields)
    found = [part.before async for part in parts(pieces(body, [7, 90]), EDGE)]
    heads = [body.index(b"\r\n\r\n", body.index(name.encode())) + 4 for name, _ in fields]
    assert found == heads


async def test_a_form_of_endless_parts_is_none():
    endless = parts(pieces(form([("a", b"")] * (MOST_PARTS + 1)), []), EDGE)
    for _ in range(MOST_PARTS):
        await anext(endless)
    with pytest.raises(BrokenFormError, match="parts"):
        await anext(endless)


async def test_a_head_without_an_end_is_not_collected():
    async def for_ever():
        yield b"--" + EDGE + b"\r\n"
        while True:
            yield b"x" * 1000

    with pytest.raises(BrokenFormError, match="head"):
        async for _ in parts(for_ever(), EDGE):
            pass


def test_what_is_no_form_is_told():
    assert boundary('multipart/form-data; boundary="a b"') == b"a b"
    assert boundary("multipart/form-data; charset=x; boundary=ab") == b"ab"
    for other in ("", "text/plain", "multipart/form-data", f"multipart/form-data; boundary={'x' * 71}"):
        with pytest.raises(BrokenFormError):
            boundary(other)

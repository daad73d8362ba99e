"""A file somebody sent is fetched, stored and looked into; every way it can fail is told apart."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from PIL import Image

from bot.doctor import _room
from channels.contract import NotFetchedError
from handlers import results
from handlers.here import Reply
from scheduler import fetch_file
from scheduler.bounded import TookTooLongError
from scheduler.fetch_file import KIND, FetchFile
from scheduler.scan import Scan
from scheduler.slow_work import AgainError
from storage import people, work
from storage.files import FileStore
from storage.work import Work
from tests.app import Phone, rows, running_app
from tests.databases import NOW, opened
from texts.message import from_json, line, say

MEGABYTE = 1024 * 1024


def picture(size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


class Sending(Phone):
    """A phone whose files can be fetched; an exception in a file's place is raised."""

    def __init__(self, **held):
        super().__init__()
        self.held = held
        self.abilities = replace(self.abilities, files_in=3 * MEGABYTE)

    async def fetch(self, ref):
        content = self.held[ref]
        if isinstance(content, Exception):
            yield b"some of it"
            raise content
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]


def asked(ref, attempts=1, channel="phone"):
    params = {"channel": channel, "ref": ref, "name": "Ảnh của tôi.png", "size": None, "squeezed": False}
    return Work(1, "k", KIND, 1, channel, "a", params, attempts, "one")


@pytest.fixture
async def fetching(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/t.db") as database:
        store = FileStore(database, tmp_path / "files", lambda: NOW)

        async def fetch(content, **more):
            phone = Sending(x=content)
            scan = Scan(database, store, None, "hold")
            return await FetchFile(database, {"phone": phone}, store, scan)(asked("x", **more), _no_report)

        fetch.database, fetch.store = database, store
        yield fetch


async def _no_report(message):
    raise AssertionError("nothing to tell meanwhile")


async def test_a_picture_is_stored_and_known(fetching):
    found = await fetching(picture())
    kept = found["file"]
    assert {k: v for k, v in kept.items() if k != "sha256"} == {
        "name": "Ảnh của tôi.png", "size": len(picture()), "media_type": "image/png", "pages": 1, "flaw": "small",
    }  # fmt: skip
    assert fetching.store.path(kept["sha256"]).read_bytes() == picture()
    assert json.loads(json.dumps(found)) == found
    assert await rows(fetching.database, "SELECT sha256, media_type FROM files") == [
        {"sha256": kept["sha256"], "media_type": "image/png"}
    ]
    assert await fetching(picture(), attempts=2) == found, "done twice it comes to the same"


async def test_what_is_no_such_file_is_refused_with_its_reason(fetching):
    found = await fetching(b"MZ" + b"\0" * 2000)
    assert from_json(found["refused"]).lines[0].key.startswith("files.")
    assert await rows(fetching.database, "SELECT media_type FROM files") == [{"media_type": None}]


async def test_one_too_large_is_refused(fetching):
    found = await fetching(b"x" * (3 * MEGABYTE + 1))
    assert from_json(found["refused"]).lines == (line("files.too_big", megabytes=3),)
    assert await rows(fetching.database, "SELECT * FROM files") == []


async def test_a_messenger_that_cannot_just_now_is_asked_again(fetching):
    waits = []
    for attempt in (1, 2, 3):
        with pytest.raises(AgainError, match="busy") as caught:
            await fetching(NotFetchedError("busy", again=True), attempts=attempt)
        waits.append(caught.value.after_seconds)
    assert waits == sorted(set(waits))
    assert await rows(fetching.database, "SELECT sha256 FROM files UNION ALL SELECT token FROM arriving") == []


async def test_one_that_is_gone_has_failed(fetching):
    assert await fetching(NotFetchedError("it is gone", again=False)) == {"failed": "it is gone"}
    assert "telex" in (await fetching(b"x", channel="telex"))["failed"]


async def test_one_that_nobody_can_look_into_is_refused(fetching, monkeypatch):
    async def bounded(*_):
        raise TookTooLongError("on purpose")

    monkeypatch.setattr(fetch_file, "bounded", bounded)
    found = await fetching(picture())
    assert from_json(found["refused"]).lines == (line("work.file.not_opened"),)


async def test_through_the_whole_app(database_url, monkeypatch):
    async def told(here, params, result):
        return Reply(
            (say(line("either", vi=f"{result['file']['name']}, {result['file']['size']} byte", en="")),), here.session
        )

    monkeypatch.setitem(results.RESULTS, KIND, told)
    phone = Sending(x=picture())
    async with running_app(database_url, [phone], start=None, seeded=False) as running:
        params = asked("x").params

        async def ask(tx):
            member = await people.at_address(tx, "phone", "u1", NOW)
            await work.ask(tx, key="k", kind=KIND, member=member, channel="phone", address="u1", params=params, now=NOW)

        await running.app.database.run(ask)
        await running.settled()
        assert phone.texts("u1")[-1] == f"Ảnh của tôi.png, {len(picture())} byte"


def test_the_doctor_looks_at_the_folder(tmp_path):
    found = _room("files", tmp_path / "not" / "yet")
    assert (found.what, found.grade == "wrong") == ("files", False)
    assert "GB free" in found.says
    (tmp_path / "file").write_text("")
    assert _room("files", tmp_path / "file").grade == "wrong"

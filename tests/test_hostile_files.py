"""Files that nobody should keep, and odd names, sent as reports through the whole app over Telegram's road.

What each kind is refused for is `tests/test_inspect.py`'s; here it is told in the conversation, which goes on, in a child
that stays well within its bounds, and no name that came from outside ever stands on the disk.
"""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from channels.fitting import NAME_LIMIT
from channels.telegram.channel import TelegramChannel
from scheduler.bounded import bounded
from scheduler.look_inside import look_inside
from tests import files, hostile
from tests.app import running_app
from tests.delegates import Delegate
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.machine import full_size
from tests.registering import ENTERPRISE, WORKS, seated, words
from tests.test_inspect import REFUSED
from texts.compose import catalogue
from texts.message import from_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.app import Running

ONE_OF_EACH = (
    "nothing", "a program named .pdf", "a script", "docm renamed", "a macro within", "a template from the net",
    "a program within", "a bomb by its ratio", "a bomb by its number", "a bomb by depth", "a bomb of bombs",
    "a forged size", "a forged size and sum", "a locked zip", "a way out", "Word with a password", "half a document",
    "a PDF with a password", "a PDF enciphered otherwise", "a script on opening", "a launch on opening",
    "a launch in packed objects", "a program attached", "pages without end", "half a PDF", "a PDF that is a zip too",
    "a picture that is a PDF too", "a document that is a PDF too", "half a photograph", "64 megapixels in a few bytes",
)  # fmt: skip
"""kinds of `test_inspect.REFUSED` that go through the whole app in every run"""
NAMES = (
    "../../../../etc/cron.d/bao-cao.pdf", "..\\..\\autoexec.pdf", "/etc/passwd", "C:\\Windows\\bc.pdf", "..", ".htaccess",
    "b" * 300 + ".pdf", "báo cáo " * 60 + ".docx", "thanh\u202efdp.exe", "\u2066an\u2069\u200b ẩn.pdf", "bc.pdf\0.exe",
    "\ud800.pdf", "dòng\nmới\r\n.pdf", "<b>đậm</b> & {name} **x**.pdf", "$(reboot);`id`.pdf", "%2e%2e%2f%00.pdf", "CON.pdf", "", "  . ",
)  # fmt: skip
SHA256 = re.compile(r"[0-9a-f]{64}")
HALF = 256
"""megabytes: half of what a child may take"""


class Stage:
    """The app at a fake Telegram, and where its database and files lie."""

    def __init__(self, running: Running, telegram: FakeTelegram, folder: Path) -> None:
        self.running, self.telegram, self.folder = running, telegram, folder
        self._chats = 0

    async def delegate(self) -> Delegate:
        """Somebody new, at the question for the files of a report."""
        self._chats += 1
        app, chat = self.running.app, self._chats
        await app.database.run(seated, "telegram", str(chat), "", "delegate", ENTERPRISE, app.clock.business())
        one = Delegate(self.telegram, chat)
        await one.begin(1)
        return one

    def lying(self) -> set[str]:
        """What every file and folder below the test's folder is called."""
        return {path.name for path in self.folder.rglob("*")}


@asynccontextmanager
async def staged(url: str, folder: Path) -> AsyncIterator[Stage]:
    async with FakeTelegram() as telegram:
        channel = TelegramChannel(TOKEN, api_url=telegram.url, rate=1000)
        async with running_app(url, [channel], start=WORKS, files_dir=folder / "files") as running:
            yield Stage(running, telegram, folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("hostile")
    async with staged(f"sqlite:///{folder}/t.db", folder) as one:
        yield one


@pytest.mark.prove
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("kind", full_size(ONE_OF_EACH, tuple(REFUSED)))
async def test_each_is_refused_for_its_reason_and_the_conversation_goes_on(stage: Stage, kind: str) -> None:
    make, reason = REFUSED[kind]
    content, delegate = make(), await stage.delegate()
    name = f"../{kind}.pdf"
    told = (await delegate.send(content, name, "never listed")).text
    assert words("attaching.refused", name=f"{kind}.pdf") in told
    assert catalogue()[f"files.{reason}"]["vi"].split("{")[0].replace("**", "") in told
    assert "1. tốt.pdf" in (await delegate.send(files.pdf(), "tốt.pdf", "1. tốt.pdf")).text
    review = await delegate.to_review("tốt.pdf")
    assert kind not in review.text
    assert not any(kind in one for one in stage.lying())


@pytest.mark.asyncio(loop_scope="module")
async def test_one_that_only_opens_at_a_page_is_fine(stage: Stage) -> None:
    delegate = await stage.delegate()
    assert "1. trang 2.pdf" in (await delegate.send(hostile.opens_at_a_page(), "trang 2.pdf", "1. trang 2.pdf")).text


@pytest.mark.prove
@pytest.mark.parametrize("kind", full_size(ONE_OF_EACH, tuple(REFUSED)))
async def test_each_is_judged_with_half_of_the_memory_that_there_is(tmp_path: Path, kind: str) -> None:
    make, reason = REFUSED[kind]
    path = tmp_path / "file"
    path.write_bytes(make())
    found = await bounded(look_inside, str(path), megabytes=HALF)
    assert [one.key for one in from_json(found["refused"]).lines] == [f"files.{reason}"]


async def test_whatever_a_file_is_called_it_is_stored_by_its_content_and_shown_harmlessly(
    database_url: str, tmp_path: Path
) -> None:
    async with staged(database_url, tmp_path) as stage:
        delegate = await stage.delegate()
        for number, name in enumerate(NAMES, start=1):
            told = (await delegate.send(files.pdf(number), name, f"{number}. ")).text
            assert not {"\u202e", "\u2066", "\u200b", "\0", "\r"} & set(told), name
        await delegate.to_review(f"{len(NAMES)}. ")
        await delegate.confirm()
        [row] = await stage.running.rows("SELECT content FROM dossier_versions")
        kept = [one["name"] for one in json.loads(row["content"])["registration"]["files"]]
        assert all(
            0 < len(name) <= NAME_LIMIT and not re.search(r"[/\\\x00-\x1f\u202e\u2066\ud800]", name) for name in kept
        )
        assert len(kept) == len(NAMES)
        stored = {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}
        assert len(stored) == len(NAMES)
        assert all(SHA256.fullmatch(name) for name in stored)

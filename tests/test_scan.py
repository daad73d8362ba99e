"""A virus scanner is asked about every file; while it is away files are held or marked; a full disk is told once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.settings import Settings
from scheduler import clamd
from scheduler.clamd import Clamd, ScannerAwayError
from tests import files
from tests.app import running_app
from tests.fakes.clamd import EICAR, FakeClamd
from tests.registering import OFFICE, WORKS, all_said, offered, seat, send_file, told, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running


@pytest.fixture
async def scanner(tmp_path: Path) -> AsyncIterator[FakeClamd]:
    async with FakeClamd(tmp_path / "clamd.ctl").running() as fake:
        yield fake


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def test_what_it_finds_has_a_name_and_what_is_clean_has_none(scanner: FakeClamd) -> None:
    asked = Clamd(scanner.address)
    assert await asked.scan(pieces(b"x" * 100_000, EICAR)) == "Eicar-Test-Signature"
    assert await asked.scan(pieces(b"harmless", b"")) is None, "a piece of no length would end the file"
    assert scanner.scanned[-1] == b"harmless"
    assert (await asked.version()).startswith("ClamAV")


@pytest.mark.parametrize("acts", ["cut", "silent", "limit"])
async def test_whatever_it_does_instead_of_an_answer_is_told_apart_from_one(
    scanner: FakeClamd, acts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamd, "WITHIN", 0.3)
    scanner.acts = acts
    with pytest.raises(ScannerAwayError):
        await Clamd(scanner.address).scan(pieces(b"x" * 1_000_000))


@pytest.mark.parametrize(
    "address", ["/run/clamd", "unix:clamd", "tcp://here", "http://here:3310", "tcp://:3310", "unix:"]
)
def test_an_address_that_is_none_is_no_setting(address: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Settings(env="test", clamd=address)


async def scanning(url: str, scanner: FakeClamd, tmp_path: Path, away: str) -> AsyncIterator[Running]:
    more: dict[str, Any] = {"clamd": scanner.address, "clamd_away": away, "files_dir": tmp_path / "files"}
    async with running_app(url, start=WORKS, **more) as running:
        await seat(running, "an")
        await all_said(running, "an", "/baocao", "1")
        yield running


@pytest.fixture(params=["hold", "accept"])
async def app(request: pytest.FixtureRequest, tmp_path: Path, scanner: FakeClamd) -> AsyncIterator[Running]:
    async for running in scanning(f"sqlite:///{tmp_path}/t.db", scanner, tmp_path, request.param):
        yield running


async def test_an_infected_file_is_refused_by_name_and_the_conversation_goes_on(app: Running) -> None:
    told_back = await send_file(app, "an", files.pdf() + EICAR, "bc.pdf")
    assert any(words("files.infected", found="Eicar-Test-Signature") in text for text in told_back)
    told_back = await send_file(app, "an", files.pdf(2), "bc.pdf")
    assert "1. bc.pdf" in told_back[-1]
    assert {row["scan"] for row in await app.rows("SELECT scan FROM files")} == {"infected", "clean"}


async def test_while_it_is_away_a_file_is_held_or_marked_as_the_board_has_set(app: Running, scanner: FakeClamd) -> None:
    scanner.acts = "cut"
    if app.app.settings.clamd_away == "accept":
        said = await send_file(app, "an", files.pdf(), "bc.pdf")
        assert "1. bc.pdf" in said[-1]
        assert [row["scan"] for row in await app.rows("SELECT scan FROM files")] == ["unscanned"]
        return
    await held_up(app, "bc.pdf")
    assert told(app, "an", "files.scan_waits", name="bc.pdf") == 1
    [waits] = await app.rows("SELECT state, reason FROM work")
    assert waits["state"] == "ready", "nothing is lost meanwhile"
    assert "scanner" in waits["reason"]


async def held_up(app: Running, name: str) -> None:
    """A file that is sent, until it waits to be tried again, and everybody has been told."""
    await app.phone.hand_in("an", kind="file", file=offered(app, files.pdf(), name))
    await app.until(lambda: waits(app, name))


async def waits(app: Running, name: str) -> bool:
    tried = await app.rows(f"SELECT 1 FROM work WHERE state = 'ready' AND attempts > 0 AND params LIKE '%{name}%'")
    pending = await app.rows("SELECT 1 FROM outbox WHERE state IN ('ready', 'sending')")
    return bool(tried) and not pending


async def test_a_folder_that_cannot_be_written_is_told_to_the_person_and_once_to_every_officer(
    tmp_path: Path, database_url: str
) -> None:
    folder = tmp_path / "files"
    folder.write_text("a file where the folder should be")
    async with running_app(database_url, start=WORKS, files_dir=folder) as app:
        await seat(app, "an")
        await seat(app, "vp", OFFICE, "officer")
        await all_said(app, "an", "/baocao", "1")
        for name in ("a.pdf", "b.pdf"):
            await held_up(app, name)
        assert told(app, "an", "files.no_room", name="a.pdf") == 1
        assert told(app, "vp", "alarm.files_not_written") == 1
        assert told(app, "an", "alarm.files_not_written") == 0
        [session] = await app.rows("SELECT body FROM sessions WHERE body LIKE '%a.pdf%'")
        assert '"step": "files"' in session["body"] or '"step":"files"' in session["body"]

"""Backups: of one moment while others write, whole or not there, restored only over nothing or when told to."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import stat
import tarfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from storage.migrate import numbers
from tests.app import rows
from tests.office import another_process, at_home, database_of, listening, thidua

TABLES = ("units", "members", "invites", "campaigns", "duties", "audit", "settings")


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on either database."""
    return at_home(tmp_path, monkeypatch, database_url)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder, on SQLite."""
    at_home(tmp_path, monkeypatch)
    return tmp_path


def _put(name: str, content: bytes) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content)


def _get(name: str) -> bytes | None:
    return Path(name).read_bytes() if Path(name).exists() else None


def _mode(name: str) -> int:
    return stat.S_IMODE(Path(name).stat().st_mode)


def _left_over(pattern: str) -> list[Path]:
    return list(Path().rglob(pattern))


async def _filled() -> None:
    await thidua("seed")
    await thidua("invite", "--unit", "kkt-gia-lai", "--role", "admin")
    _put("files/ab/abcdef", b"a report")


async def _content(settings: Settings) -> dict[str, list[Any]]:
    async with database_of(settings) as app:
        return {table: await rows(app.database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a process"])
async def test_what_was_backed_up_comes_back(office: Settings, beside: bool) -> None:
    await _filled()
    before = await _content(office)
    async with listening() if beside else nullcontext():
        made = await thidua("backup", "day.tar")
    assert made.exit_code == 0, made.stderr
    assert _mode("day.tar") == 0o600
    await thidua("invite", "--unit", "kkt-gia-lai", "--role", "head")
    _put("files/ab/abcdef", b"another one")
    refused = await thidua("restore", "day.tar")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert await _content(office) != before
    done = await thidua("restore", "day.tar", "--force")
    assert done.exit_code == 0, done.stderr
    assert await _content(office) == before
    assert _get("files/ab/abcdef") == b"a report"
    assert (await thidua("invite", "--unit", "kkt-gia-lai", "--role", "head")).exit_code == 0


async def test_an_empty_database_takes_a_backup_without_force(office: Settings, monkeypatch: Any) -> None:
    await thidua("migrate")
    made = await thidua("backup", "empty.tar")
    assert made.exit_code == 0
    assert (await thidua("restore", "empty.tar")).exit_code == 0


async def test_a_new_machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await _filled()
    before = await _content(Settings())
    await thidua("backup", home / "day.tar")
    other = home / "other"
    other.mkdir()
    settings = at_home(other, monkeypatch, f"sqlite:///{other}/var/new.db")
    assert (await thidua("restore", home / "day.tar")).exit_code == 0
    assert await _content(settings) == before
    assert _get("files/ab/abcdef") == b"a report"


async def test_one_moment_while_others_write(office: Settings) -> None:
    """A pair is written in one unit of work, again and again: no copy holds one without the other."""
    await thidua("seed")
    written, stop = 0, asyncio.Event()

    async def write(app: Any) -> None:
        nonlocal written
        while not stop.is_set():
            await app.database.run(_pair, written)
            written += 1

    async with listening() as app:
        writing = asyncio.create_task(write(app))
        sizes = []
        for number in range(4):
            before = written
            assert (await thidua("backup", f"{number}.tar")).exit_code == 0
            sizes.append((before, written))
        stop.set()
        await writing
    assert all(before < after for before, after in sizes), "writing went on meanwhile"
    for number, (before, after) in enumerate(sizes):
        assert (await thidua("restore", f"{number}.tar", "--force")).exit_code == 0
        async with database_of(office) as app:
            members = await rows(app.database, "SELECT name FROM members ORDER BY id")
            audited = await rows(app.database, "SELECT about FROM audit WHERE act = 'pair' ORDER BY id")
        assert [row["name"] for row in members] == [row["about"] for row in audited]
        assert before <= len(members) <= after


async def _pair(tx: Any, number: int) -> None:
    await tx.one("members.add", name=str(number), shown_name=None, language="vi", now=1)
    await tx.run("audit.add", at=1, member=None, act="pair", about=str(number), detail="{}")


async def test_nothing_is_restored_while_a_process_runs(office: Settings) -> None:
    await _filled()
    await thidua("backup", "day.tar")
    async with listening() as app:
        refused = await thidua("restore", "day.tar", "--force")
        assert refused.exit_code in {2, 3}
        assert "open" in refused.stderr or "connected" in refused.stderr
        assert await rows(app.database, "SELECT 1 FROM units")


async def test_a_real_process_backs_itself_up_and_is_not_restored_under(home: Path) -> None:
    await _filled()
    async with another_process():
        assert (await thidua("backup", "day.tar")).exit_code == 0
        assert (await thidua("restore", "day.tar", "--force")).exit_code == 3
    assert (await thidua("restore", "day.tar", "--force")).exit_code == 0


async def test_what_is_there_is_not_written_over_and_what_fails_leaves_nothing(home: Path) -> None:
    await _filled()
    _put("day.tar", b"precious")
    refused = await thidua("backup", "day.tar")
    assert refused.exit_code == 2
    assert _get("day.tar") == b"precious"
    assert (await thidua("backup", "no/such/folder/day.tar")).exit_code == 2
    assert not _left_over(".thidua-*")


async def test_damaged_archives_are_refused_before_anything_is_touched(home: Path) -> None:
    await _filled()
    await thidua("backup", "day.tar")
    whole, before = _get("day.tar") or b"", await _content(Settings())
    half = len(whole) // 2
    flipped = bytes([whole[half] ^ 1])
    damaged = {
        "cut": whole[:half],
        "cut at a part's end": whole[: whole.index(b"manifest.json")],
        "flipped": whole[:half] + flipped + whole[half + 1 :],
        "empty": b"",
        "text": b"no archive at all",
    }
    for name, content in damaged.items():
        _put("damaged.tar", content)
        refused = await thidua("restore", "damaged.tar", "--force")
        assert refused.exit_code == 2, name
    assert (await thidua("restore", "none.tar", "--force")).exit_code == 2
    assert await _content(Settings()) == before
    assert not _left_over(".thidua-*")


def _archive(into: str, dialect: str = "sqlite", migrations: Any = None, **parts: bytes) -> None:
    """An archive somebody made by hand, with a manifest that agrees."""
    says = {
        "format": 1, "dialect": dialect, "made_at": "", "migrations": migrations or sorted(numbers()),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()},
    }  # fmt: skip
    with tarfile.open(into, "w") as archive:
        for name, content in {**parts, "manifest.json": json.dumps(says).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


async def test_archives_of_others_are_refused(home: Path) -> None:
    _archive("outside.tar", **{"database.sqlite": b"", "files/../../evil": b"x"})
    _archive("postgres.tar", dialect="postgres", **{"database.dump": b""})
    _archive("newer.tar", migrations=[9999], **{"database.sqlite": b""})
    _archive("garbage.tar", **{"database.sqlite": b"SQLite format 3\0" + b"garbage" * 1000})
    _archive("bare.tar", **{"files/a": b""})
    told = {"outside": "outside", "postgres": "backup of postgres", "newer": "newer", "garbage": "database", "bare": ""}
    for name, said in told.items():
        refused = await thidua("restore", f"{name}.tar")
        assert refused.exit_code == 2, name
        assert said in refused.stderr, name
    assert not _left_over("evil")
    assert _get("thidua.db") is None


@pytest.mark.postgres
async def test_without_postgres_programs_it_says_what_to_install(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home(tmp_path, monkeypatch, postgres_url)
    await thidua("migrate")
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = await thidua("backup", "day.tar")
    assert refused.exit_code == 2
    assert "pg_dump is not installed" in refused.stderr
    assert _get("day.tar") is None

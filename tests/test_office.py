"""The office's commands, on both databases, alone and through a process that has the database open."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from bot import control
from bot.control import Control, address_of, carry_out, hold
from bot.office import OPERATIONS
from bot.settings import Settings
from flows.catalogue import FLOWS
from storage import invites
from storage.units import StorageUnavailableError
from tests.app import rows
from tests.office import another_process, at_home, database_of, listening, thidua

UNIT = "kcn-bac-giang-dn-1"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder, on SQLite."""
    at_home(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on either database."""
    return at_home(tmp_path, monkeypatch, database_url)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a process"])
async def test_seed_and_invite(office: Settings, beside: bool) -> None:
    async with listening() if beside else nullcontext():
        seeded = await thidua("seed")
        asked = ("invite", "--unit", UNIT, "--role", "delegate", "--name", " Lê  Văn Tám ", "--json")
        invited = await thidua(*asked)
    assert seeded.exit_code == 0
    assert "5 campaigns" in seeded.stdout
    said = json.loads(invited.stdout)
    assert said["name"] == "Lê Văn Tám"
    async with database_of(office) as app:
        code = invites.tidy_code(said["code"])
        assert code
        found = await app.database.read(invites.find, code)
        assert (found["unit"], found["role"]) == (UNIT, "delegate")
        assert code in "".join(said["links"].values()) or beside  # that process has no channels
        unconfirmed = await rows(app.database, "SELECT 1 FROM duties WHERE confirmed_at IS NOT NULL")
        audited = await rows(app.database, "SELECT act, about, detail FROM audit")
    assert not unconfirmed
    assert [(row["act"], row["about"]) for row in audited] == [("invited", UNIT)]
    assert code not in audited[0]["detail"]


async def test_seed_confirms_when_told_to(office: Settings) -> None:
    await thidua("seed", "--confirmed")
    async with database_of(office) as app:
        assert not await rows(app.database, "SELECT 1 FROM duties WHERE confirmed_at IS NULL")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--unit", "kcn-bac-giang-dn1", "--role", "delegate"), UNIT),
        (("--unit", "van phong ban", "--role", "head"), "van-phong"),
        (("--unit", UNIT, "--role", "boss"), "boss"),
        (("--unit", UNIT, "--role", "officer"), "nobody there can be officer"),
        (("--unit", UNIT, "--role", "delegate", "--board", "kkt-gia-lai"), "no unit has the slug"),
        (("--role", "delegate"), "--unit"),
        (("--member", "Lê Văn Tám"), "no member"),
    ],
)
async def test_an_invite_that_cannot_be(home: Path, asked: tuple[str, ...], said: str) -> None:
    await thidua("seed")
    refused = await thidua("invite", *asked)
    assert refused.exit_code == 2
    assert said in refused.stderr


async def test_a_lost_sign_in_link(home: Path) -> None:
    await thidua("seed")
    async with database_of(Settings()) as app:
        member = await app.database.run(_joined, UNIT, "Lê Văn Tám")
    by_name = json.loads((await thidua("invite", "--member", "le van tam", "--json")).stdout)
    by_number = json.loads((await thidua("invite", "--member", str(member), "--json")).stdout)
    assert by_name["member"] == by_number["member"] == member
    assert "/vao/" in by_name["links"]["Web"]
    assert by_name["code"] != by_number["code"]


async def _joined(tx: Any, unit: str, name: str) -> int:
    added = await tx.one("members.add", name=name, shown_name=None, language="vi", now=1)
    await tx.run("memberships.add", member=added["id"], unit=unit, role="delegate", position=None, since=1)
    return int(added["id"])


async def test_a_command_goes_through_a_real_process_and_after_its_kill_by_itself(home: Path) -> None:
    async with another_process() as process:
        assert (await thidua("seed")).exit_code == 0
        assert (await thidua("migrate")).stdout == "up to date\n"
        assert process.returncode is None
    assert address_of(home / "thidua.db").exists(), "what kill -9 leaves behind"
    assert (await thidua("invite", "--unit", UNIT, "--role", "head")).exit_code == 0
    async with listening():
        assert (await thidua("invite", "--unit", UNIT, "--role", "head")).exit_code == 0
    assert not address_of(home / "thidua.db").exists()


async def test_a_second_process_is_refused(home: Path) -> None:
    async with another_process("deaf") as process:
        refused = await thidua("seed")
        assert refused.exit_code == 3
        assert f"process {process.pid} has" in refused.stderr
        with pytest.raises(StorageUnavailableError), hold(Settings()):
            pass
    assert (await thidua("seed")).exit_code == 0


async def test_only_this_user_may_use_the_socket(home: Path) -> None:
    before = os.umask(0)
    try:
        async with listening():
            mode = address_of(home / "thidua.db").stat().st_mode
    finally:
        os.umask(before)
    assert stat.S_IMODE(mode) == 0o600


async def test_a_folder_too_deep_for_a_socket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_DATABASE_URL", f"sqlite:///{home}/{'tầng/' * 20}thidua.db")
    async with listening() as app:
        assert app.settings.sqlite_path
        address = address_of(app.settings.sqlite_path)
        assert len(os.fsencode(address)) < control.LONGEST_ADDRESS < len(os.fsencode(app.settings.sqlite_path))
        assert (await thidua("seed")).exit_code == 0
    assert not address.exists()


async def test_a_file_in_the_sockets_place_is_not_trusted(home: Path) -> None:
    address_of(home / "thidua.db").write_text("")
    refused = await thidua("seed")
    assert refused.exit_code == 3
    assert "is no socket" in refused.stderr


async def test_a_stale_socket_is_nobody(home: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(address_of(home / "thidua.db")))
    assert (await thidua("seed")).exit_code == 0


async def test_what_the_process_says_reaches_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_app: Any, _payload: Any) -> Any:
        raise RuntimeError("secret-of-the-process")

    async def away(_app: Any, _payload: Any) -> Any:
        raise StorageUnavailableError("the disk is full")

    async with listening():
        with pytest.raises(StorageUnavailableError, match="another version"):
            await carry_out(Settings(), "unheard_of", {})
        monkeypatch.setitem(OPERATIONS, "seed", broken)
        failed = await thidua("seed")
        monkeypatch.setitem(OPERATIONS, "seed", away)
        full = await thidua("seed")
    assert (failed.exit_code, full.exit_code) == (3, 3)
    assert "its log says why" in failed.stderr
    assert "secret-of-the-process" not in failed.stderr
    assert "the disk is full" in full.stderr


async def test_the_process_goes_away_in_the_middle(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def endless(_app: Any, _payload: Any) -> Any:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setitem(OPERATIONS, "seed", endless)
    async with listening():
        asked = asyncio.create_task(thidua("seed"))
        await begun.wait()
    refused = await asked
    assert refused.exit_code == 3
    assert "went away" in refused.stderr


async def test_control_does_nothing_on_postgres(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    class NoDatabase:
        settings = Settings()

    one = Control(NoDatabase())  # type: ignore[arg-type]
    await one.start()
    await one.stop()
    refused = await thidua("seed")
    assert refused.exit_code == 3
    assert "not available" in refused.stderr


async def test_wrong_settings_are_one_line_without_their_values(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_ENV", "production")
    monkeypatch.setenv("THIDUA_SECRET_KEY", "tooshort1")
    refused = await thidua("seed")
    assert refused.exit_code == 2
    assert "THIDUA_SECRET_KEY" in refused.stderr
    assert "tooshort1" not in refused.stderr
    monkeypatch.setenv("THIDUA_SECRET_KEY", "long-enough-but-" * 2)
    monkeypatch.setenv("THIDUA_DATABASE_URL", "mysql://root:pw@localhost/x")
    unknown = await thidua("seed")
    assert unknown.exit_code == 2
    assert "pw" not in unknown.stderr


@pytest.mark.no_tables
async def test_migrate_says_how_many(office: Settings) -> None:
    first, second = await thidua("migrate"), await thidua("migrate")
    assert first.stdout.endswith("migrations applied\n")
    assert second.stdout == "up to date\n"


async def test_flows_are_drawn() -> None:
    drawn = await thidua("flows")
    assert drawn.stdout.count("flowchart TD") == len(FLOWS)
    assert (await thidua("flows", "nothing")).exit_code == 2


async def test_every_command_explains_itself_and_its_exit_codes() -> None:
    for name in ("seed", "invite", "import", "migrate", "backup", "restore", "doctor", "flows"):
        told = await thidua(name, "--help")
        assert told.exit_code == 0
        assert "Exit codes:" in told.stdout

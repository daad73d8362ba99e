"""`thidua doctor` finds what is wrong, says what to do, and shows no secret."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot import doctor
from bot.doctor import Finding, examine
from bot.settings import Settings
from storage.units import Query, Want
from tests.fakes.telegram import FakeTelegram
from tests.office import another_process, at_home, listening, thidua

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "0123456789abcdef" * 3
TOKEN = "123456:not-a-real-token"
MINUTE = 60_000_000


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on either database."""
    return at_home(tmp_path, monkeypatch, database_url)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder, on SQLite."""
    at_home(tmp_path, monkeypatch)
    return tmp_path


async def looked_at(year: int = 2023, now: int = 0, **more: Any) -> dict[str, Finding]:
    found: Sequence[Finding] = await examine(Settings(**more), year, now)
    return {one.what: one for one in found}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a process"])
async def test_a_sound_installation(office: Settings, beside: bool) -> None:
    await thidua("seed", "--confirmed")
    async with another_process() if beside else nullcontext():
        said = await thidua("doctor")
        found = await looked_at()
    assert said.exit_code == 0
    assert {what for what, one in found.items() if one.grade != "ok"} == {"virus scanner"}, "there is none"
    assert found["due dates"].says == "all confirmed"


async def test_what_is_missing_is_named(home: Path) -> None:
    nothing = await thidua("doctor")
    assert nothing.exit_code == 1
    assert not await asyncio.to_thread((home / "thidua.db").exists), "looking makes nothing"
    await thidua("migrate")
    assert (await looked_at())["content"].grade == "look"
    await thidua("seed")
    found = await looked_at(year=2020)
    assert found["due dates"].grade == "look"
    assert int(found["due dates"].says.split()[0]) > 0
    assert found["holidays"] == Finding("holidays", "look", "2021 not confirmed: compare with the government's notice")


@pytest.mark.no_tables
async def test_missing_migrations_are_found_and_not_applied(office: Settings) -> None:
    first = await looked_at() if office.sqlite_path is None else None
    assert first is None or "thidua migrate" in first["database"].says
    await thidua("migrate")
    assert (await looked_at())["database"].grade == "ok"
    async with listening() as app:
        await app.database.run(_one, "DELETE FROM migrations")
        assert (await looked_at())["database"].grade == "wrong"


async def _one(_tx: Any, sql: str) -> None:
    await Query(sql, (), Want.COUNT)


async def test_rows_that_are_stuck_are_counted(office: Settings) -> None:
    await thidua("seed")
    async with listening() as app:
        for number, state in enumerate(("parked", "unreadable", "unreadable", "waiting", "done")):
            await app.database.run(_row, state, number)
        now = 20 * MINUTE
        found = await looked_at(now=now)
    assert found["inbox"].grade == "look"
    assert found["inbox"].says.startswith("1 parked, 2 unreadable, the oldest has waited ")
    assert found["outbox"] == Finding("outbox", "ok", "nothing is stuck")


async def _row(tx: Any, state: str, number: int) -> None:
    await tx.run(
        "inbox.receive", channel="web", update_id=str(number), address="a", member=None, raw="{}", stamped_at=None,
        taken_at=number, state=state, reason=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"secret_key": "a" * 40}, "secret key"),
        ({"secret_key": "0123456789abcdef"}, "secret key"),
        ({"public_url": "http://thidua.example.vn"}, "public address"),
    ],
)
async def test_production_is_held_to_more(home: Path, more: dict[str, str], what: str) -> None:
    sound = {"env": "production", "secret_key": KEY, "public_url": "https://thidua.example.vn"}
    found = await looked_at(**sound)
    assert found[what].grade == "ok"
    assert (await looked_at(**{**sound, **more}))[what].grade == "wrong"


async def test_no_secret_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_ENV", "production")
    for key, token in (("short-key", ""), (KEY, TOKEN)):
        monkeypatch.setenv("THIDUA_SECRET_KEY", key)
        monkeypatch.setenv("THIDUA_TELEGRAM_TOKEN", token)
        monkeypatch.setenv("THIDUA_TELEGRAM_API_URL", "http://127.0.0.1:1")
        said = await thidua("doctor")
        assert said.exit_code == 1
        assert key not in said.output
        assert "not-a-real-token" not in said.output
    assert "telegram" in said.stdout


async def test_telegram_is_asked_who_the_bot_is(home: Path) -> None:
    async with FakeTelegram(TOKEN) as fake:
        found = await looked_at(telegram_token=TOKEN, telegram_api_url=fake.url)
        assert found["telegram"].grade == "ok"
        assert "https://t.me/" in found["telegram"].says
        refused = await looked_at(telegram_token="987654321:another", telegram_api_url=fake.url)
        assert refused["telegram"].grade == "wrong"
        assert "THIDUA_TELEGRAM_TOKEN" in refused["telegram"].says


async def test_a_telegram_that_does_not_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "WITHIN", 0.05)

    async with FakeTelegram(TOKEN) as fake:
        fake.fault("hang", "getMe")
        found = await looked_at(telegram_token=TOKEN, telegram_api_url=fake.url)
    assert found["telegram"].grade == "wrong"
    assert "no answer within" in found["telegram"].says

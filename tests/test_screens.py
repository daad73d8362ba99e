"""Every screen, flow and command hangs together, and no tap, however old or forged, brings a turn down."""

from __future__ import annotations

import pytest

from flows.catalogue import FLOWS
from flows.commands import Command
from handlers.carried_out import CARRIED_OUT
from handlers.facts import FACTS
from handlers.routes import COMMANDS, SCREENS
from storage.inbox import counts
from tests.app import Phone, running_app

JUNK = ("", "/", "/x", "/haiphong-2023", "/haiphong-2023/x", "/haiphong-2023/r1/more", "/../..", "/" + "đ" * 20, "/²")


def test_every_flow_has_its_facts_and_every_command_somebody_to_carry_it_out() -> None:
    assert {need for flow in FLOWS.values() for need in flow.needs} <= set(FACTS)
    assert set(CARRIED_OUT) == set(Command.__args__)


def test_every_command_opens_a_screen() -> None:
    assert set(COMMANDS.values()) <= set(SCREENS)


@pytest.mark.parametrize("junk", JUNK)
async def test_every_tap_is_answered(junk: str, tmp_path: object) -> None:
    await _all_tapped(junk, f"sqlite:///{tmp_path}/test.db")


@pytest.mark.postgres
@pytest.mark.parametrize("junk", ["/haiphong-2023/r1/more", "/²"])
async def test_also_where_a_number_has_to_be_one(junk: str, postgres_url: str) -> None:
    await _all_tapped(junk, postgres_url)


async def _all_tapped(junk: str, url: str) -> None:
    async with running_app(url, [Phone()]) as running:
        for name in SCREENS:
            assert await running.tap(name, name + junk), name
        assert set(await running.app.database.read(counts)) == {"done"}


@pytest.mark.parametrize(
    "action", ["more:0:1", "more:1:²", "more:1:99", "more::", "=", "=join.name.1:", "=x", "resume:x"]
)
async def test_a_forged_tap_says_where_we_are(action: str, tmp_path: object) -> None:
    async with running_app(f"sqlite:///{tmp_path}/test.db", [Phone()]) as running:
        await running.say("u1", "/start")
        assert await running.tap("u1", action)
        assert set(await running.app.database.read(counts)) == {"done"}
        assert await running.say("u1", "/menu")


async def test_a_number_that_no_choice_has_is_said_and_the_menu_stands(tmp_path: object) -> None:
    async with running_app(f"sqlite:///{tmp_path}/test.db", [Phone()]) as running:
        await running.say("u1", "/menu")
        (told,) = await running.say("u1", "77")
        assert "77" in told
        assert await running.say("u1", "1") == await running.say("u1", "/phongtrao")

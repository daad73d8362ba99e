"""The demo's crowd: hundreds of made-up delegates whom messages reach, some of whom confirm and some of whom cannot be."""

from __future__ import annotations

import json

from bot.build import build
from bot.demo import START, prepare
from bot.personas import CROWD, CROWDED
from bot.sample_phones import ADDRESS, BLOCKED, CONFIRMS, SamplePhones
from channels.contract import Delivery, Kind, Sent, Unreachable
from domain.people import UnitKind
from tests.app import rows, settings_for


async def test_the_crowd_is_there_once_and_each_has_a_name_of_their_own(tmp_path):
    settings = settings_for(f"sqlite:///{tmp_path}/t.db", START).model_copy(update={"env": "demo"})
    app = await build(settings)
    try:
        await prepare(app)
        await prepare(app)
        world = await app.files.world()
        firms = [one for one in world.units.values() if one.slug.startswith(f"{CROWDED}-mau-")]
        assert len({one.name for one in firms}) == len(firms) == CROWD
        assert {world.units[one.parent].kind for one in firms} == {UnitKind.ZONE}
        reached = await rows(
            app.database,
            "SELECT COUNT(DISTINCT p.unit) AS units, COUNT(*) AS people FROM memberships p "
            "JOIN addresses a ON a.member = p.member WHERE a.channel = 'telegram'",
        )
        assert reached == [{"units": CROWD, "people": CROWD}]
    finally:
        await app.database.close()


async def test_some_confirm_and_some_have_blocked_the_bot():
    phones, taken = SamplePhones(29.0), []

    async def intake(envelope):
        taken.append(envelope)
        return True

    await phones.start(intake)
    ends = {}
    for number in range(1, CROWD + 1):
        address = ADDRESS.format(number=number)
        asks = Delivery(f"broadcast:1:{number}", address, (), "vi", buttons=(("Đã nhận", "+received/1"),))
        ends[number] = await phones.send(asks)
    assert {number for number, end in ends.items() if isinstance(end, Unreachable)} == {
        *range(BLOCKED, CROWD + 1, BLOCKED)
    }
    assert len({end.ref for end in ends.values() if isinstance(end, Sent)}) == CROWD - CROWD // BLOCKED
    assert {one.address for one in taken} == {
        ADDRESS.format(number=number) for number in range(CONFIRMS, CROWD + 1, CONFIRMS) if number % BLOCKED
    }
    heard = phones.read(taken[0].raw)
    assert (heard.kind, heard.action) == (Kind.TAP, "+received/1")
    assert json.loads(taken[0].raw)["tapped"]

"""A turn says whether its person has another waiting, so that nobody looks in vain and nobody is left waiting."""

from __future__ import annotations

from tests.app import Phone, running_app
from tests.databases import receive


async def test_a_turn_says_whether_another_waits(database_url):
    async with running_app(database_url, [Phone()]) as running:
        turns = running.app.turns._turns
        await running.app.turns.stop(1)
        run = running.app.database.run
        member = [
            await run(receive, f"u{n}", "a", raw) for n, raw in enumerate(("chào", '{"unreadable": "x"}', "menu"))
        ]
        other = await run(receive, "v", "b")
        assert [await run(turns.take, member[0]) for _ in member] == [True, True, False]
        assert not await run(turns.take, member[0])
        assert len(await running.rows("SELECT id FROM inbox WHERE state = 'waiting'")) == 1
        assert not await run(turns.take, other)
        assert not await running.rows("SELECT id FROM inbox WHERE state = 'waiting'")

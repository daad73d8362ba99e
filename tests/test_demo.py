"""The demo's panel over real HTTP: whose board comes first, and the clock that goes to the next reminder of whoever asks."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta

import aiohttp

from bot import personas
from bot.build import build
from bot.demo import START, Demo, Restart, prepare
from bot.lifecycle import Process
from bot.personas import CROWDED
from storage import preferences
from storage.preferences import Preferences
from tests.app import rows, settings_for


@asynccontextmanager
async def demo(folder):
    settings = settings_for(f"sqlite:///{folder}/t.db", START).model_copy(update={"env": "demo"})
    app = await build(settings)
    await prepare(app)
    process = Process(app)
    process.serve_also(Demo(app, Restart(), process.ended.set).routes())
    await process.start()
    try:
        async with aiohttp.ClientSession(
            f"http://127.0.0.1:{process.port}", cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as http:
            async with http.get("/") as page:
                assert page.status == 200
            yield app, http
    finally:
        await process.stop()


async def act(http, status=200, **what):
    async with http.get("/") as page:
        token = re.search(r'name="csrf" content="([^"]+)"', await page.text())[1]
    async with http.post("/demo/act", json=what, headers={"X-CSRF-Token": token}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def told(app, key):
    return len(await rows(app.database, f"SELECT id FROM outbox WHERE key LIKE '{key}'"))


async def test_the_clock_goes_to_ones_next_reminder_and_says_nothing_of_an_outage(tmp_path, monkeypatch):
    monkeypatch.setattr(personas, "CROWD", 5)
    async with demo(tmp_path) as (app, http):
        state = await act(http, do="persona", persona=f"{CROWDED}/enterprise")
        assert state["boards"][0]["slug"] == CROWDED
        (me,) = await rows(
            app.database, f"SELECT member FROM addresses WHERE address LIKE 'demo_{CROWDED}_enterprise%'"
        )
        await app.database.run(preferences.put, me["member"], Preferences(time(10), frozenset()))
        await act(http, do="hour")
        coming = (await act(http, do="persona", persona=f"{CROWDED}/enterprise"))["next"]
        assert coming == "2023-04-25T10:00:00+07:00"
        state = await act(http, do="next")
        assert state["now"] >= coming
        assert await told(app, "notices:%") > 0
        assert await rows(app.database, "SELECT id FROM outbox WHERE channel = 'web' AND state <> 'sent'") == []
        before = datetime.fromisoformat(state["now"])
        states = await asyncio.gather(*(act(http, do="hour") for _ in range(6)))
        assert max(datetime.fromisoformat(one["now"]) for one in states) - before >= timedelta(hours=6)
        await act(http, do="to", to="2023-06-01T09:00:00+07:00")
        assert await told(app, "outage:%") == 0
        asks = await act(http, 409, do="preset", preset="gialai-2023")
        assert "Bắt đầu lại" in asks["message"], "one tap deletes nothing"
        assert (await act(http, do="preset", preset="gialai-2023", over=True))["restarting"]

"""A process that is told to end finishes what it has in hand, loses nothing, and leaves nothing in doubt."""

from __future__ import annotations

import asyncio
import signal
import socket

import aiohttp
import pytest

from bot.lifecycle import WITHIN
from channels.contract import Sent
from tests.app import Phone, running_app
from tests.bot_process import BotProcess, look
from tests.fakes.telegram import FakeTelegram
from tests.machine import full_size


@pytest.mark.prove
@pytest.mark.parametrize("mode", full_size(["webhook"], ["polling", "webhook"]))
async def test_sigterm_with_turns_in_hand_and_updates_coming_in(tmp_path, mode):
    url, chats = f"sqlite:///{tmp_path}/stop.db", range(1, 31)
    async with FakeTelegram(latency=0.1) as telegram:
        bot = BotProcess(url, telegram, mode, tmp_path)
        await bot.start()
        for chat in chats:
            telegram.say(chat, "/menu")
        await telegram.until(lambda: any(method == "sendMessage" for method, _ in telegram.calls))
        ending = asyncio.create_task(bot.end(WITHIN))
        for chat in chats:
            telegram.say(chat, "/trogiup")
        assert await ending == 0, bot.log()
        left = await look(url, "SELECT state, repeats FROM outbox")
        assert {row["state"] for row in left} <= {"ready", "sent"}, "nothing is left in doubt"
        await bot.start()
        await telegram.until(lambda: all(len(telegram.texts(chat)) == 2 for chat in chats), 30)
        assert await bot.end(WITHIN) == 0
        assert all(len(telegram.texts(chat)) == 2 for chat in chats), "nor answered twice"
        assert {row["repeats"] for row in await look(url, "SELECT repeats FROM outbox")} == {0}


async def test_ctrl_c_with_a_page_that_listens(tmp_path):
    async with FakeTelegram() as telegram:
        bot = BotProcess(f"sqlite:///{tmp_path}/stop.db", telegram, "polling", tmp_path)
        await bot.start()
        base = f"http://127.0.0.1:{bot.port}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.get(base) as page:
                assert page.status == 200
            async with http.get(f"{base}/chat/stream") as stream:
                assert stream.status == 200
                assert await stream.content.readline()
                assert await bot.end(WITHIN, signal.SIGINT) == 0, bot.log()
        assert "Traceback" not in bot.log()


async def test_an_address_in_use_is_said_and_nothing_hangs(tmp_path):
    async with FakeTelegram() as telegram:
        bot = BotProcess(f"sqlite:///{tmp_path}/stop.db", telegram, "polling", tmp_path)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", bot.port))
            taken.listen()
            async with asyncio.timeout(60):
                with pytest.raises(RuntimeError, match="ended with 3"):
                    await bot.start()


class Slow(Phone):
    """A phone whose sends last until the test lets them go."""

    def __init__(self):
        super().__init__()
        self.sending, self.go = asyncio.Event(), asyncio.Event()

    async def send(self, delivery):
        self.sending.set()
        await self.go.wait()
        return await super().send(delivery)


async def test_a_send_in_flight_lands_and_is_recorded(database_url):
    phone = Slow()
    async with running_app(database_url, [phone], start=None, seeded=False) as running:
        await phone.hand_in("u1", "/menu")
        await phone.sending.wait()
        stopping = asyncio.create_task(running.process.stop())
        await asyncio.sleep(0)
        phone.go.set()
        await stopping
    assert len(phone.sent) == 1
    async with running_app(database_url, [Phone()], start=None, seeded=False) as running:
        assert [row["state"] for row in await running.rows("SELECT state FROM outbox")] == ["sent"]
        running.phone._number = 10
        assert await running.say("u1", "/menu")


async def test_what_was_claimed_as_the_stop_came_goes_out(database_url):
    """The claim is committed, its sender not yet told: to drop it now would leave its rows in doubt."""
    phone = Phone()
    async with running_app(database_url, [phone], start=None, seeded=False) as running:
        sender, stops = running.app.senders["phone"], []
        good = running.app.database.run

        async def stops_after_the_claim(unit, *args):
            result = await good(unit, *args)
            if unit.__name__ == "claim" and result[0] and not stops:
                stops.append(asyncio.create_task(sender.stop(2.0)))
                await asyncio.sleep(0)
            return result

        running.app.database.run = stops_after_the_claim
        await phone.hand_in("u1", "/menu")
        await running.until(lambda: stops)
        await stops[0]
        assert [row["state"] for row in await running.rows("SELECT state FROM outbox")] == ["sent"]
    assert isinstance(await phone.send(phone.sent[0]), Sent)

"""The Telegram channel from start to stop: who it is, updates by poll and by webhook, stored before confirmed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import sys
from io import BytesIO

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette
from structlog.testing import capture_logs

from channels.contract import Channel, Delivery, Kind, Sent
from channels.telegram.channel import TelegramChannel, TokenRefusedError
from tests.fakes.telegram import TOKEN, USERNAME, FakeTelegram
from texts.compose import Span

SECRET = "a-secret-of-the-webhook"


class Inbox:
    """Stores updates in memory as the database would: once each; fails as often as it is told to."""

    def __init__(self):
        self.envelopes = []
        self.known = set()
        self.failures = 0
        self.refused = set()
        self.duplicates = 0
        self.changed = asyncio.Condition()

    async def __call__(self, envelope):
        async with self.changed:
            if self.failures or envelope.address in self.refused:
                self.failures = max(0, self.failures - 1)
                self.changed.notify_all()
                raise RuntimeError("database is locked")
            new = envelope.update_id not in self.known
            self.known.add(envelope.update_id)
            if new:
                self.envelopes.append(envelope)
            self.duplicates += not new
            self.changed.notify_all()
            return new

    async def until(self, what):
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(what)

    def texts(self):
        return [json.loads(one.raw)["message"]["text"] for one in self.envelopes]


@pytest.fixture
async def telegram():
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def inbox():
    return Inbox()


@contextlib.asynccontextmanager
async def running(telegram, inbox, **settings):
    channel = TelegramChannel(TOKEN, api_url=telegram.url, **settings)
    await channel.start(inbox)
    try:
        yield channel
    finally:
        await channel.stop()


@contextlib.asynccontextmanager
async def serving(telegram, inbox):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = {"mode": "webhook", "webhook_secret": SECRET, "public_url": address}
        async with running(telegram, inbox, **settings) as channel:
            app = Starlette(routes=channel.routes(inbox))
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
            server.capture_signals = contextlib.nullcontext
            task = asyncio.create_task(server.serve([listening]))
            yield f"{address}/telegram/webhook"
            await telegram.close_updates()
            server.should_exit = True
            await task


async def post(url, body, secret=SECRET):
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with aiohttp.ClientSession() as client, client.post(url, data=BytesIO(body), headers=headers) as answer:
        return answer.status


async def test_it_introduces_itself_and_sets_its_menu(telegram, inbox):
    async with running(telegram, inbox) as channel:
        assert channel.link("MA-1") is None
        await telegram.until(lambda: any(method == "getUpdates" for method, _ in telegram.calls))
        assert channel.link("MA-1") == f"https://t.me/{USERNAME}?start=MA-1"
    names = ["menu", "phongtrao", "viec", "lich", "ngonngu", "dulieu", "xoadulieu", "trogiup", "start"]
    assert {language: [one["command"] for one in menu] for language, menu in telegram.commands.items()} == {
        "": names,
        "en": names,
    }
    assert all(3 <= len(one["description"]) <= 256 for menu in telegram.commands.values() for one in menu)
    assert telegram.commands[""] != telegram.commands["en"]


def test_it_is_a_channel():
    channel: Channel = TelegramChannel(TOKEN)
    assert (channel.name, channel.rate, channel.routes(Inbox())) == ("telegram", 29.0, ())


async def test_updates_are_stored_then_confirmed(telegram, inbox):
    telegram.say(42, "/start MA-1")
    async with running(telegram, inbox) as channel:
        telegram.say(43, "chào")
        await telegram.until(lambda: not telegram.waiting)
        assert sorted(inbox.texts()) == ["/start MA-1", "chào"]
        assert channel.read(inbox.envelopes[0].raw).kind is Kind.TEXT
    assert {one.address for one in inbox.envelopes} == {"42", "43"}


async def test_what_could_not_be_stored_is_not_confirmed_and_comes_again(telegram, inbox):
    inbox.failures = 2
    telegram.say(42, "một")
    telegram.say(42, "hai")
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.failures == 1)
        assert telegram.waiting == 2
        await telegram.until(lambda: not telegram.waiting)
    assert inbox.texts() == ["một", "hai"]


async def test_one_chat_that_cannot_be_stored_does_not_hold_up_the_others(telegram, inbox):
    inbox.refused = {"43"}
    for chat, text in [(42, "một"), (43, "hai"), (42, "ba")]:
        telegram.say(chat, text)
    async with running(telegram, inbox):
        await inbox.until(lambda: len(inbox.envelopes) == 2)
        assert inbox.texts() == ["một", "ba"]
        await telegram.until(lambda: telegram.waiting == 2)
        inbox.refused = set()
        await telegram.until(lambda: not telegram.waiting)
    assert inbox.texts() == ["một", "ba", "hai"]
    assert inbox.duplicates >= 1, "what stood behind the gap came again and was known"


@pytest.mark.parametrize("fault", ["500", "cut", "409", "429", "401", "garbage", "redirect"])
async def test_polling_goes_on_after_a_failure(telegram, inbox, fault):
    telegram.fault(fault, "getUpdates")
    telegram.say(42, "chào")
    async with running(telegram, inbox):
        await telegram.until(lambda: not telegram.waiting)
    assert inbox.texts() == ["chào"]


@pytest.mark.parametrize("method", ["getMe", "setMyCommands", "deleteWebhook"])
@pytest.mark.parametrize("fault", ["502", "429", "cut_after", "garbage"])
async def test_a_start_that_fails_is_tried_again(telegram, inbox, method, fault):
    telegram.fault(fault, method)
    telegram.say(42, "chào")
    async with running(telegram, inbox):
        await telegram.until(lambda: not telegram.waiting, 20)
    assert inbox.texts() == ["chào"]


async def test_a_refused_token_is_an_alarm_and_the_channel_stays_off(telegram, inbox):
    telegram.token = "999:another"
    channel = TelegramChannel(TOKEN, api_url=telegram.url)
    with pytest.raises(TokenRefusedError, match="THIDUA_TELEGRAM_TOKEN") as refused:
        await channel.introduce()
    assert TOKEN not in str(refused.value)
    with capture_logs() as logs:
        await channel.start(inbox)
        await asyncio.wait([channel._running])
    assert [(one["event"], one["log_level"]) for one in logs] == [("telegram_token_refused", "critical")]
    assert TOKEN not in str(logs)
    await channel.stop()
    assert {method for method, _ in telegram.calls} == {"getMe"}


async def test_the_token_and_the_secret_are_in_no_log(telegram, inbox, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    telegram.fault("cut", "getMe")
    telegram.fault("500", "getUpdates")
    inbox.failures = 1
    telegram.say(42, "chào")
    async with running(telegram, inbox):
        await telegram.until(lambda: not telegram.waiting)
    telegram.say(42, "lại chào")
    async with serving(telegram, inbox):
        await telegram.until(lambda: not telegram.waiting)
    said = caplog.text + "".join(capsys.readouterr())
    assert "telegram_poll_failed" in said
    assert "telegram_update_not_stored" in said
    assert TOKEN not in said
    assert SECRET not in said


async def test_a_tap_is_answered_once_and_only_after_it_is_stored(telegram, inbox):
    async with running(telegram, inbox) as channel:
        menu = Delivery("reply:1:1", "42", (Span("Chọn"),), "vi", (("Đợt 1", "phase:1"),))
        sent = await channel.send(menu)
        inbox.failures = 1
        telegram.tap(42, "Đợt 1")
        await inbox.until(lambda: not inbox.failures)
        assert telegram.answered == []
        await telegram.until(lambda: telegram.answered)
        await telegram.until(lambda: not telegram.waiting)
        arrived = channel.read(inbox.envelopes[0].raw)
        assert (arrived.kind, arrived.action, Sent(arrived.tapped)) == (Kind.TAP, "phase:1", sent)
        again = json.loads(inbox.envelopes[0].raw)
        for _ in range(50):
            telegram.raw({**again, "update_id": again["update_id"]})
        telegram.say(42, "xong")
        await telegram.until(lambda: not telegram.waiting)
    assert len(inbox.envelopes) == 2
    assert len(telegram.answered) == 1


async def test_a_tap_that_telegram_will_not_have_answered_disturbs_nothing(telegram, inbox):
    telegram.fault("400", "answerCallbackQuery")
    async with running(telegram, inbox):
        telegram.tap_raw(42, 5, "menu")
        telegram.say(42, "chào")
        await telegram.until(lambda: not telegram.waiting)
    assert len(inbox.envelopes) == 2


async def test_an_update_without_a_number_blocks_nobody(telegram, inbox, monkeypatch):
    waited = asyncio.Event()

    def pauses():
        while True:
            yield 0.01
            waited.set()

    monkeypatch.setattr("channels.telegram.receive.pauses", pauses)
    telegram.raw({"nonsense": 1}, as_is=True)
    telegram.raw(["nonsense"], as_is=True)
    async with running(telegram, inbox):
        async with asyncio.timeout(5):
            await waited.wait()  # it cannot be confirmed, so it comes again; not at once, and not for ever
        telegram.say(42, "chào")
        await telegram.until(lambda: not telegram.waiting)
    assert [one.address for one in inbox.envelopes] == [None, None, "42"]


async def test_the_webhook_is_registered_and_its_updates_are_stored(telegram, inbox):
    telegram.say(42, "trước khi khởi động")
    async with serving(telegram, inbox) as url:
        telegram.say(42, "chào")
        telegram.tap_raw(42, 5, "menu")
        await telegram.until(lambda: telegram.webhook and not telegram.waiting and telegram.answered)
        assert telegram.webhook["url"] == url
        assert telegram.webhook["secret_token"] == SECRET
        assert telegram.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert len(inbox.envelopes) == 3
    assert telegram.webhook_answers == [200, 200, 200]


async def test_polling_takes_the_webhook_away(telegram, inbox):
    telegram.webhook = {"url": "http://127.0.0.1:9/gone"}
    telegram.say(42, "chào")
    async with running(telegram, inbox):
        await telegram.until(lambda: not telegram.waiting)
    assert inbox.texts() == ["chào"]


async def test_a_webhook_that_cannot_store_says_so_and_gets_it_again(telegram, inbox):
    inbox.failures = 2
    async with serving(telegram, inbox):
        telegram.say(42, "chào")
        await telegram.until(lambda: telegram.webhook and not telegram.waiting)
    assert telegram.webhook_answers == [503, 503, 200]
    assert inbox.texts() == ["chào"]


@pytest.mark.parametrize("secret", [None, "", "wrong", "ắ", SECRET[:-1], SECRET + "x"])
async def test_without_the_secret_nothing_is_stored(telegram, inbox, secret):
    update = b'{"update_id": 1, "message": {}}'
    async with serving(telegram, inbox) as url:
        assert await post(url, update, secret) == 403
        assert inbox.envelopes == []
        assert await post(url, update) == 200
    assert len(inbox.envelopes) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\x00", b"[" * 100_000, b"5", b'{"update_id": 1}'])
async def test_a_hostile_body_is_kept_as_it_is_and_acknowledged(telegram, inbox, body):
    async with serving(telegram, inbox) as url:
        assert await post(url, body) == 200
        assert await post(url, body) == 200
    assert len(inbox.envelopes) == 1
    assert inbox.envelopes[0].address is None
    assert "\x00" not in inbox.envelopes[0].raw


async def test_a_body_beyond_a_megabyte_is_refused(telegram, inbox):
    async with serving(telegram, inbox) as url:
        assert await post(url, b" " * (1024 * 1024 + 1)) == 413
        assert inbox.envelopes == []
        assert await post(url, b" " * (1024 * 1024)) == 200


def test_a_webhook_needs_a_secret_and_an_address():
    for settings in ({"public_url": "https://a"}, {"webhook_secret": SECRET}):
        with pytest.raises(ValueError, match="webhook"):
            TelegramChannel(TOKEN, mode="webhook", **settings)


async def test_the_fake_runs_as_a_process_of_its_own(inbox):
    command = (sys.executable, "-m", "tests.fakes.telegram")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    url = (await process.stdout.readline()).decode().strip()
    channel = TelegramChannel(TOKEN, api_url=url)
    async with aiohttp.ClientSession(url, raise_for_status=True) as client:
        for verb, order in {"fault": {"kind": "429"}, "say": {"chat": 42, "text": "chào"}}.items():
            await client.post(f"/control/{verb}", json=order)
        await channel.start(inbox)
        await inbox.until(lambda: inbox.envelopes)
        delivery = Delivery("reply:1:1", "42", (Span("Chào"),), "vi", (("Đợt 1", "phase:1"),))
        assert not isinstance(await channel.send(delivery), Sent)
        assert isinstance(await channel.send(delivery), Sent)
        await client.post("/control/tap", json={"chat": 42, "label_or_data": "Đợt 1"})
        await inbox.until(lambda: len(inbox.envelopes) == 2)
        sent = await (await client.get("/control/sent")).json()
        assert [(one["chat"], one["text"], one["buttons"]) for one in sent] == [(42, "Chào", [[["Đợt 1", "phase:1"]]])]
        assert (await (await client.get("/control/state")).json())["sent"] == 1
    await channel.stop()
    process.terminate()
    await process.wait()

"""What should not come, comes: through the whole app and a Bot API over HTTP. Each test goes on until the person succeeds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import asynccontextmanager, closing

import aiohttp
import pytest

import scheduler.deliver
import scheduler.outcomes
from channels.telegram.channel import TelegramChannel
from handlers.turn import FLOOD
from tests.app import running_app
from tests.bot_process import free_port
from tests.databases import SECOND
from tests.fakes import telegram_rules
from tests.fakes.telegram import TOKEN, FakeTelegram
from texts.compose import catalogue

SECRET = "a-webhook-secret-of-tests"
ANN, BOB = 1001, 1002


@pytest.fixture
async def telegram():
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def hurry(monkeypatch):
    """What is tried again is tried again soon."""
    monkeypatch.setattr(scheduler.outcomes, "_SECOND", 10_000)
    monkeypatch.setattr(scheduler.deliver, "IDLE", 0.02)
    monkeypatch.setitem(telegram_rules.FAULTS, "429", (429, "Too Many Requests", {"retry_after": 0.1}))


@asynccontextmanager
async def bot(telegram, url, *, webhook=False, read_seconds=5.0):
    """The app with Telegram as its only messenger."""
    port = free_port()
    channel = TelegramChannel(
        TOKEN, api_url=telegram.url, mode="webhook" if webhook else "polling", webhook_secret=SECRET,
        public_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    channel._request._read_seconds = read_seconds
    async with running_app(url, [channel], start=None, seeded=False, http_port=port) as running:
        yield running


async def answer(telegram, running, chat, does):
    """What the person sees after doing something, until all is quiet."""
    before = len(telegram.texts(chat))
    does()
    await telegram.until(lambda: len(telegram.texts(chat)) > before)
    await running.settled()
    return telegram.texts(chat)[before:]


async def works(telegram, running, chat):
    told = await answer(telegram, running, chat, lambda: telegram.say(chat, "/menu"))
    return len(told) == 1 and told[0].startswith(text("menu.head")[:10])


async def states(running):
    return Counter(row["state"] for row in await running.rows("SELECT state FROM inbox"))


def text(key, **params):
    words = catalogue()[key]["vi"]
    for name, value in params.items():
        words = words.replace(f"{{{name}}}", str(value))
    return words.replace("**", "")


UNREADABLE = [
    {"message": 5},
    {"message": {}},
    {"message": {"chat": {"id": ANN}, "text": "ai nói?"}},
    {"message": {"chat": {"id": ANN, "type": "private"}, "date": "hôm qua", "text": "ai nói?"}},
    {"callback_query": None},
    {"callback_query": {"id": "1", "from": {"id": "chữ"}, "data": 5}},
    {"poll_answer": {"poll_id": "1"}},
    {"channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "báo"}},
    {"thing_of_next_year": {"chat": {"id": ANN}}},
    {"edited_message": []},
    {"my_chat_member": {"chat": {"id": ANN, "type": "private"}}},
    {},
    "not even an object",
    7,
    None,
    [[]],
]


async def test_updates_that_cannot_be_read_block_nobody(database_url, telegram):
    async with bot(telegram, database_url) as running:
        for update in UNREADABLE:
            telegram.raw(update)
        assert await works(telegram, running, ANN)
        assert await works(telegram, running, BOB)
        assert not {"waiting", "parked"} & set(await states(running))


async def test_by_webhook_too(database_url, telegram):
    async with bot(telegram, database_url, webhook=True) as running, aiohttp.ClientSession() as http:
        await telegram.until(lambda: telegram.webhook.get("url"))
        url, proof = telegram.webhook["url"], {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for body in (b"", b"{", b"\xff\xfe\x00", b"null", b"[" * 100_000, json.dumps({"update_id": "x"}).encode()):
            async with http.post(url, data=body, headers=proof) as told:
                assert told.status == 200
        assert await works(telegram, running, ANN)
        assert set(await states(running)) == {"unreadable", "done"}


async def test_a_webhook_without_the_right_secret_stores_nothing(database_url, telegram):
    async with bot(telegram, database_url, webhook=True) as running, aiohttp.ClientSession() as http:
        await telegram.until(lambda: telegram.webhook.get("url"))
        said = {"update_id": 1, "message": telegram._message(ANN, text="/menu")}
        for proof in ({}, {"X-Telegram-Bot-Api-Secret-Token": ""}, {"X-Telegram-Bot-Api-Secret-Token": f"{SECRET}x"}):
            async with http.post(telegram.webhook["url"], json=said, headers=proof) as told:
                assert told.status == 403
        assert await states(running) == {}
        assert await works(telegram, running, ANN)


async def test_the_same_update_fifty_times_is_answered_once(database_url, telegram):
    async with bot(telegram, database_url, webhook=True) as running, aiohttp.ClientSession() as http:
        await telegram.until(lambda: telegram.webhook.get("url"))
        said, proof = {"update_id": 1, "message": telegram._message(ANN, text="/menu")}, {"X-Telegram-Bot-Api-Secret-Token": SECRET}  # fmt: skip

        async def post():
            async with http.post(telegram.webhook["url"], json=said, headers=proof) as told:
                return told.status

        assert set(await asyncio.gather(*(post() for _ in range(50)))) == {200}
        await running.settled()
        assert len(telegram.texts(ANN)) == 1
        assert await works(telegram, running, ANN)


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ({"sticker": {}}, "not_taken.unsupported"),
        ({"voice": {}}, "not_taken.unsupported"),
        ({"location": {"latitude": 1, "longitude": 2}}, "not_taken.unsupported"),
        ({"contact": {"phone_number": "1"}}, "not_taken.unsupported"),
        ({"document": {"file_id": "f"}}, "not_taken.file"),
        ({"photo": [{"file_id": "f", "width": 90, "height": 60}]}, "not_taken.file"),
        ({"photo": []}, "not_taken.unsupported"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else one,
)
async def test_what_the_bot_cannot_take_is_said_kindly(tmp_path, telegram, what, key):
    async with bot(telegram, f"sqlite:///{tmp_path}/t.db") as running:
        message = {**telegram._message(ANN), **what}
        told = await answer(telegram, running, ANN, lambda: telegram.raw({"message": message}))
        assert told == [text(key)]
        edited = {**telegram._message(ANN, text="sửa lại"), "edit_date": telegram.date}
        told = await answer(telegram, running, ANN, lambda: telegram.raw({"edited_message": edited}))
        assert told == [text("not_taken.edited")]
        assert await works(telegram, running, ANN)


STRANGE = [
    "", "   ", "\n\n", "\u200b\u200e", "\x00\x01\x1b[31m", "\u202eđảo ngược\u202c", "\ud83d", "Zalo" * 25_000,
    "<b>đậm</b> & <script>", "&lt;i&gt;", "**{name}** {0} %s", "'; DROP TABLE inbox; --", "/", "/ ", "//menu",
    "/start " + "A" * 3000, "=join.name.1:known", "more:1:1", "resume:join", "🙂" * 500, "a\u0301" * 4000,
]  # fmt: skip


async def test_strange_texts_are_answered(database_url, telegram):
    async with bot(telegram, database_url) as running:
        for said in STRANGE:
            assert await answer(telegram, running, ANN, lambda said=said: telegram.say(ANN, said)), repr(said[:30])
        assert await works(telegram, running, ANN)
        assert set(await states(running)) == {"done"}


async def test_two_quick_messages_are_answered_in_order(database_url, telegram):
    async with bot(telegram, database_url) as running:
        telegram.say(ANN, "/trogiup")
        telegram.say(ANN, "/ngonngu")
        await telegram.until(lambda: len(telegram.texts(ANN)) == 2)
        assert [told[:12] for told in telegram.texts(ANN)] == [text("help.text")[:12], text("language.ask")[:12]]
        assert await works(telegram, running, ANN)


async def test_an_old_a_forged_and_somebody_elses_button(database_url, telegram):
    async with bot(telegram, database_url) as running:
        assert await works(telegram, running, ANN)
        assert await works(telegram, running, BOB)
        late = text("tap.late")
        for data in ("=erase.review.1:confirm", "=join.consent.2:yes", "nothing/of/this", "campaign/nowhere", "more:99:1",
                     "resume:nothing", "=", "link_for/1", "part/x/y/z", "💥" * 16, "duty//", "quote/a/b"):  # fmt: skip
            assert await answer(telegram, running, ANN, lambda data=data: telegram.tap_raw(ANN, 1, data)), data
        assert late in "\n".join(telegram.texts(ANN))
        await answer(telegram, running, BOB, lambda: telegram.say(BOB, "/xoadulieu"))
        bobs = telegram.sent[-1].buttons[0][0][1]
        told = await answer(telegram, running, ANN, lambda: telegram.tap_raw(ANN, 1, bobs))
        assert late in told[0]
        told = await answer(telegram, running, BOB, lambda: telegram.tap(BOB, bobs))
        assert told != [late]
        again = await answer(telegram, running, BOB, lambda: telegram.tap_raw(BOB, 1, bobs))
        assert late in again[0], "a button of a form that is done"
        assert set(await states(running)) == {"done"}
        assert await works(telegram, running, ANN)


async def test_two_taps_at_once_do_it_once(database_url, telegram):
    async with bot(telegram, database_url) as running:
        await answer(telegram, running, ANN, lambda: telegram.say(ANN, "/xoadulieu"))
        confirm = telegram.sent[-1].buttons[0][0][1]
        for _ in range(2):
            telegram.tap_raw(ANN, 1, confirm)
        await telegram.until(lambda: len(telegram.texts(ANN)) == 3)
        await running.settled()
        erased = await running.rows("SELECT act FROM audit WHERE act = 'erased'")
        assert len(erased) == 1
        assert text("tap.late") in telegram.texts(ANN)[-1]
        assert await works(telegram, running, ANN)


async def test_a_tap_too_old_to_be_answered_is_carried_out(tmp_path, telegram):
    async with bot(telegram, f"sqlite:///{tmp_path}/t.db") as running:
        await works(telegram, running, ANN)
        telegram.fault("400", "answerCallbackQuery")
        assert await answer(telegram, running, ANN, lambda: telegram.tap_raw(ANN, 1, "help"))
        assert await works(telegram, running, ANN)


ENDINGS = {
    "429": (1, "sent"), "500": (1, "sent"), "502": (1, "sent"), "redirect": (1, "sent"),
    "400": (0, "failed"), "403": (0, "failed"), "400_entities": (1, "sent"),
    "cut": (1, "sent"), "cut_after": (2, "sent"), "hang": (1, "sent"), "hang_after": (2, "sent"),
    "garbage": (2, "sent"),
}  # fmt: skip


@pytest.mark.parametrize("fault", ENDINGS)
async def test_every_way_a_send_can_go_wrong(tmp_path, telegram, hurry, fault):
    """How often the person reads it, and what the row says; then they go on as if nothing had been."""
    times, state = ENDINGS[fault]
    async with bot(telegram, f"sqlite:///{tmp_path}/t.db", read_seconds=0.3) as running:
        telegram.fault(fault)
        telegram.say(ANN, "/menu")
        await running.until(lambda: _count(running, 1))
        await running.settled()
        assert len(telegram.texts(ANN)) == times
        told = (await running.rows("SELECT state, reason, repeats, attempts FROM outbox"))[0]
        assert told["state"] == state
        assert told["repeats"] == (fault in {"cut", "cut_after", "hang", "hang_after", "garbage"})
        if state == "failed":
            assert told["reason"]
        assert await works(telegram, running, ANN)
        reachable = (await running.rows("SELECT reachable FROM addresses"))[0]["reachable"]
        assert reachable == 1, "who speaks again is reached again"


async def _count(running, number):
    return len(await running.rows("SELECT id FROM outbox")) >= number


@pytest.mark.parametrize("fault", ["429", "500", "cut", "hang", "garbage", "409"])
async def test_every_way_a_poll_can_go_wrong(tmp_path, telegram, hurry, fault, monkeypatch):
    monkeypatch.setattr("channels.telegram.receive.POLL_SECONDS", 0.2)
    monkeypatch.setattr("channels.telegram.receive.ANSWER_SECONDS", 0.1)
    telegram.fault(fault, "getUpdates")
    async with bot(telegram, f"sqlite:///{tmp_path}/t.db") as running:
        assert await works(telegram, running, ANN)
        assert await works(telegram, running, BOB)


async def test_too_many_in_a_minute_are_put_aside_and_said_once(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", seeded=False) as running:
        now = running.app.clock.business()
        running.app.turns._turns._now = lambda: now
        for number in range(FLOOD + 6):
            await running.phone.hand_in("u1", f"/menu {number}")
        await running.settled()
        told = running.phone.texts("u1")
        assert len(told) == FLOOD + 1
        assert told.index(text("flood", most=FLOOD)) == FLOOD
        assert await running.say("u2", "/menu"), "nobody else is slowed"
        now += 60 * SECOND
        assert await running.say("u1", "/menu")


async def test_updates_wait_at_telegram_while_the_file_is_locked(tmp_path, telegram, monkeypatch):
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.02)
    async with bot(telegram, f"sqlite:///{tmp_path}/t.db") as running:
        assert await works(telegram, running, ANN)
        with closing(sqlite3.connect(tmp_path / "t.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            polls = len(telegram.calls)
            telegram.say(ANN, "/menu")
            telegram.say(BOB, "/menu")
            await telegram.until(
                lambda: len([1 for method, _ in telegram.calls[polls:] if method == "getUpdates"]) >= 2
            )
            assert telegram.waiting == 2, "none is confirmed that is not stored"
            other.rollback()
        await telegram.until(lambda: telegram.texts(BOB) and len(telegram.texts(ANN)) == 2)
        await running.settled()
        assert telegram.waiting == 0 or await works(telegram, running, BOB)
        assert len(telegram.texts(ANN)) == 2

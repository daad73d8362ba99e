"""Every way a send to Telegram can end, over real HTTP; and how a message looks when it arrives."""

from __future__ import annotations

import logging

import pytest
from telegram import Bot

from channels.contract import Delivery, File, Moved, NotSent, Refused, Sent, SlowDown, Unknown, Unreachable
from channels.telegram.render import html, units
from channels.telegram.request import AiohttpRequest
from channels.telegram.send import Sender
from tests.fakes.telegram import TOKEN, FakeTelegram
from texts.compose import Span

CHAT = 42
LONG = "Báo cáo tổng kết phong trào thi đua. " * 200


@pytest.fixture
async def telegram():
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def request_(telegram):
    request = AiohttpRequest(f"{telegram.url}/bot{TOKEN}", read_seconds=0.3)
    yield request
    await request.shutdown()


@pytest.fixture
def sender(request_):
    return Sender(request_)


def note(*text: Span | str, buttons=(), edits=None, file=None, key="reply:1:1"):
    spans = tuple(Span(one) if isinstance(one, str) else one for one in text or ("Xin chào",))
    return Delivery(key, str(CHAT), spans, "vi", tuple(buttons), edits, file)


ENDINGS = [
    ("429", SlowDown(1.0, "Too Many Requests: wait 1 s"), 0),
    ("429_bare", SlowDown(5.0, "Too Many Requests: wait 5 s"), 0),
    ("403", Unreachable("Forbidden: bot was blocked by the user"), 0),
    ("400", Refused("Chat not found"), 0),
    ("401", NotSent("Unauthorized"), 0),
    ("404", NotSent("Not Found"), 0),
    ("migrated", Moved("-100777"), 0),
    ("500", NotSent("Telegram answered 500"), 0),
    ("502", NotSent("Telegram answered 502"), 0),
    ("redirect", NotSent("Telegram answered 302"), 0),
    ("413", NotSent("Telegram answered 413"), 0),
    ("hang", Unknown("no answer from Telegram in time (SocketTimeoutError)"), 0),
    ("hang_after", Unknown("no answer from Telegram in time (SocketTimeoutError)"), 1),
    ("cut", Unknown, 0),
    ("cut_after", Unknown, 1),
    ("garbage", Unknown("the answer is not JSON"), 1),
]


@pytest.mark.parametrize(("fault", "outcome", "arrived"), ENDINGS, ids=[one[0] for one in ENDINGS])
async def test_every_ending_has_its_outcome_and_the_next_send_arrives(telegram, sender, fault, outcome, arrived):
    telegram.fault(fault)
    ended = await sender.send(note("Lần một"))
    assert isinstance(ended, outcome) if isinstance(outcome, type) else ended == outcome
    assert telegram.texts(CHAT) == ["Lần một"] * arrived
    assert isinstance(await sender.send(note("Lần hai")), Sent)
    assert telegram.texts(CHAT)[arrived:] == ["Lần hai"]


async def test_no_connection_is_not_sent():
    async with FakeTelegram() as gone:
        address = gone.url
    request = AiohttpRequest(f"{address}/bot{TOKEN}")
    assert await Sender(request).send(note()) == NotSent("no connection to Telegram (ClientConnectorError)")
    await request.shutdown()


async def test_a_proxy_is_used_and_its_absence_is_not_sent(telegram):
    request = AiohttpRequest(f"http://api.telegram.invalid/bot{TOKEN}", proxy=telegram.url)
    assert isinstance(await Sender(request).send(note("Qua cổng")), Sent)
    assert telegram.texts(CHAT) == ["Qua cổng"]
    await telegram.stop()
    assert isinstance(await Sender(request).send(note()), NotSent | Unknown)
    await request.shutdown()
    gone = AiohttpRequest(f"http://api.telegram.invalid/bot{TOKEN}", proxy=telegram.url)
    assert await Sender(gone).send(note()) == NotSent("no connection to Telegram (ClientProxyConnectionError)")
    await gone.shutdown()


def test_a_proxy_that_would_not_work_is_refused_at_once():
    with pytest.raises(ValueError, match="http"):
        AiohttpRequest("http://127.0.0.1:1/bot1:a", proxy="socks5://127.0.0.1:1080")


@pytest.mark.parametrize("fault", [one[0] for one in ENDINGS])
async def test_the_token_is_in_no_log_and_no_reason(telegram, sender, fault, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    telegram.fault(fault)
    ended = await sender.send(note())
    assert TOKEN not in repr(ended)
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capsys.readouterr())


async def test_a_broken_address_tells_no_token():
    request = AiohttpRequest(f"ftp://telegram/bot{TOKEN}")
    ended = await Sender(request).send(note())
    assert isinstance(ended, NotSent)
    assert TOKEN not in ended.reason
    await request.shutdown()


async def test_styles_arrive_as_markup_and_characters_as_themselves(telegram, sender):
    await sender.send(note(Span("A & <b>", "bold"), " *_`", Span("“Trước ", "quote"), Span("15/4”", "quote")))
    shown = telegram.sent[0]
    assert shown.text == "A & <b> *_`“Trước 15/4”"
    assert shown.marked_up == "<b>A &amp; &lt;b&gt;</b> *_`<blockquote>“Trước 15/4”</blockquote>"


async def test_a_long_quotation_is_one_that_telegram_folds(telegram, sender):
    await sender.send(note(Span("• Nội dung:\n"), Span("Kính gửi <ông>", "fold"), Span(", bà", "fold")))
    shown = telegram.sent[0]
    assert shown.marked_up == "• Nội dung:\n<blockquote expandable>Kính gửi &lt;ông&gt;, bà</blockquote>"
    assert shown.text == "• Nội dung:\nKính gửi <ông>, bà"


async def test_markup_that_telegram_cannot_read_is_left_out(telegram, sender):
    telegram.fault("400_entities")
    assert isinstance(await sender.send(note(Span("Hạn", "bold"), " <nộp>")), Sent)
    assert [shown.marked_up for shown in telegram.sent] == ["Hạn <nộp>"]


async def test_buttons_stand_two_in_a_row_where_both_are_short(telegram, sender):
    labels = ["Mục đích", "Nội dung", "Các giai đoạn của phong trào", "Có", "Về menu", "Khác"]
    await sender.send(note(buttons=[(label, f"go:{number}") for number, label in enumerate(labels)]))
    rows = [[label for label, _ in row] for row in telegram.sent[0].buttons]
    assert rows == [["Mục đích", "Nội dung"], ["Các giai đoạn của phong trào"], ["Có", "Về menu"], ["Khác"]]


async def test_an_action_beyond_64_bytes_is_refused_before_it_is_sent(telegram, sender):
    assert isinstance(await sender.send(note(buttons=[("Có", "ắ" * 21 + "a")])), Sent)
    assert await sender.send(note(buttons=[("Có", "ắ" * 22)])) == Refused("a button carries more than 64 bytes")
    assert await sender.send(note("")) == Refused("the message is empty")
    assert len(telegram.sent) == 1


async def test_a_long_text_arrives_whole_and_in_order_with_the_buttons_last(telegram, sender):
    ended = await sender.send(note(LONG + "😀" * 300, buttons=[("Tiếp", "next")]))
    assert [bool(shown.buttons) for shown in telegram.sent] == [False, True]
    assert " ".join(telegram.texts(CHAT)).split() == (LONG + "😀" * 300).split()
    assert all(units(text) <= 4096 for text in telegram.texts(CHAT))
    assert ended == Sent(str(telegram.sent[-1].message_id))


async def test_a_text_stopped_halfway_goes_on_where_it_was(telegram, sender):
    telegram.fault("429", "sendMessage")
    assert isinstance(await sender.send(note(LONG)), SlowDown)
    telegram.limit = 1
    assert isinstance(await sender.send(note(LONG)), SlowDown)
    assert len(telegram.sent) == 1
    telegram.limit = None
    assert isinstance(await sender.send(note(LONG)), Sent)
    assert " ".join(telegram.texts(CHAT)).split() == LONG.split()


async def test_a_text_far_too_long_comes_as_a_file(telegram, sender):
    await sender.send(note(LONG * 4, buttons=[("Tiếp", "next")]))
    file, text = telegram.sent
    assert file.file.name == "reply-1-1.txt"
    assert file.file.content.decode() == LONG * 4
    assert LONG.startswith(text.text[:1000])
    assert text.buttons == [[("Tiếp", "next")]]


PNG = File("tiendo.png", "image/png", b"\x89PNG")
ICS = File("lịch.ics", "text/calendar", b"BEGIN:VCALENDAR")


@pytest.mark.parametrize(("file", "method"), [(PNG, "sendPhoto"), (ICS, "sendDocument")])
async def test_a_file_carries_its_text_and_buttons(telegram, sender, file, method):
    ended = await sender.send(note(Span("Tiến độ", "bold"), buttons=[("Menu", "menu")], file=file))
    shown = telegram.sent[0]
    assert (shown.method, shown.text, shown.buttons) == (method, "Tiến độ", [[("Menu", "menu")]])
    assert (shown.file.name, shown.file.media_type, shown.file.content) == (file.name, file.media_type, file.content)
    assert ended == Sent(str(shown.message_id))


async def test_a_text_too_long_for_a_caption_follows_the_file(telegram, sender):
    await sender.send(note("a" * 1025, buttons=[("Menu", "menu")], file=ICS))
    assert [shown.method for shown in telegram.sent] == ["sendDocument", "sendMessage"]
    assert [bool(shown.buttons) for shown in telegram.sent] == [False, True]


async def test_a_picture_that_telegram_cannot_show_goes_as_a_document(telegram, sender):
    telegram.fault("400_picture", "sendPhoto")
    assert isinstance(await sender.send(note(file=PNG)), Sent)
    assert [shown.method for shown in telegram.sent] == ["sendDocument"]


async def test_a_large_file_arrives_whole(telegram, sender):
    large = File("a.pdf", "application/pdf", bytes(range(256)) * 8192)
    assert isinstance(await sender.send(note(file=large)), Sent)
    assert telegram.sent[0].file.content == large.content


async def test_a_file_beyond_the_limit_is_refused(telegram, sender):
    huge = File("a.pdf", "application/pdf", bytes(50 * 1024 * 1024 + 1))
    assert await sender.send(note(file=huge)) == Refused("the file is larger than 52428800 bytes")
    assert not telegram.calls


async def test_an_answer_takes_the_place_of_the_menu(telegram, sender):
    menu = await sender.send(note("Menu", buttons=[("Một", "1")]))
    assert await sender.send(note("Một:", edits=menu.ref)) == menu
    assert [shown.method for shown in telegram.sent] == ["sendMessage", "editMessageText"]
    assert telegram.messages[CHAT, int(menu.ref)].text == "Một:"
    assert telegram.messages[CHAT, int(menu.ref)].buttons == []
    assert await sender.send(note("Một:", edits=menu.ref)) == menu, "not modified is success"


@pytest.mark.parametrize("edits", ["999", "no number", "¹"])
async def test_what_cannot_be_edited_is_sent_anew(telegram, sender, edits):
    ended = await sender.send(note("Một:", edits=edits))
    assert telegram.texts(CHAT) == ["Một:"]
    assert ended == Sent(str(telegram.sent[0].message_id))


async def test_a_picture_and_a_long_text_are_never_edited_in(telegram, sender):
    picture = await sender.send(note("Tiến độ", file=PNG))
    await sender.send(note("Menu", edits=picture.ref))
    await sender.send(note(LONG, edits=picture.ref))
    await sender.send(note(edits=picture.ref, file=ICS))
    assert all(shown.method != "editMessageText" for shown in telegram.sent)
    assert len(telegram.sent) == 5


async def test_an_edit_that_may_have_happened_is_unknown(telegram, sender):
    menu = await sender.send(note("Menu"))
    telegram.fault("cut_after", "editMessageText")
    assert isinstance(await sender.send(note("Một:", edits=menu.ref)), Unknown)
    assert telegram.messages[CHAT, int(menu.ref)].text == "Một:"


async def test_the_library_itself_works_over_our_request(telegram, request_):
    bot = Bot(TOKEN, base_url=f"{telegram.url}/bot", request=request_, get_updates_request=request_)
    async with bot:
        await bot.send_message(CHAT, "Xin chào")
        await bot.send_document(CHAT, b"abc", filename="a.txt")
    assert [shown.method for shown in telegram.sent] == ["sendMessage", "sendDocument"]


def test_markup_is_made_of_known_tags_only():
    assert html((Span("<script>"), Span("'\"", "bold"))) == "&lt;script&gt;<b>'\"</b>"

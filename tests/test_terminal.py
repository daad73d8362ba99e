"""The terminal channel: typed lines in, numbered text out."""

from __future__ import annotations

import io
import itertools

import pytest

from channels.contract import Arrived, Delivery, Envelope, File, Kind, NotFetchedError, NotSent, Sent, UnreadableError
from channels.terminal.channel import TerminalChannel
from texts.compose import Span, catalogue

HOW = catalogue()["fitting.numbered.how"]["vi"]


class Screen(io.StringIO):
    def __init__(self, *, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


class Inbox:
    """Keeps what comes; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.kept: list[Envelope] = []
        self.failures = failures

    async def __call__(self, envelope: Envelope) -> bool:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is gone")
        self.kept.append(envelope)
        return True


def terminal(typed: str = "", *, tty: bool = False) -> tuple[TerminalChannel, Screen]:
    screen, ids = Screen(tty=tty), itertools.count(1)
    source = io.StringIO(typed)
    return TerminalChannel(user="lan", source=source, sink=screen, new_id=lambda: str(next(ids)), again=0), screen


async def test_every_typed_line_is_stored_in_order_and_blank_ones_are_not() -> None:
    channel, _ = terminal("/start\n\n   \n  hạn nộp “đợt 2”?  \n1\udcff")
    inbox = Inbox()
    await channel.start(inbox)
    await channel.ended.wait()
    await channel.stop()
    assert [(e.channel, e.update_id, e.address, e.stamped_at, e.echo) for e in inbox.kept] == [
        ("terminal", str(n), "local:lan", None, None) for n in (1, 2, 3)
    ]
    assert [channel.read(e.raw) for e in inbox.kept] == [
        Arrived(Kind.TEXT, text=text) for text in ("/start", "hạn nộp “đợt 2”?", "1?")
    ]


async def test_a_line_that_cannot_be_stored_is_tried_until_it_is(caplog: pytest.LogCaptureFixture) -> None:
    channel, _ = terminal("một\nhai\n")
    inbox = Inbox(failures=3)
    await channel.start(inbox)
    await channel.ended.wait()
    assert [channel.read(e.raw).text for e in inbox.kept] == ["một", "hai"]
    assert [e.update_id for e in inbox.kept] == ["1", "2"]
    assert caplog.text.count("trying again") == 3


async def test_choices_are_numbered_below_the_text() -> None:
    channel, screen = terminal()
    text = (Span("Chọn "), Span("phong trào", "bold"), Span("\n"), Span("câu gốc", "quote"))
    buttons = (("Hải Phòng", "c:4"), ("Gia Lai", "c:2"))
    sent = await channel.send(Delivery("reply:1:0", "local:lan", text, "vi", buttons))
    assert sent == Sent("reply:1:0")
    assert screen.getvalue() == f"Chọn phong trào\ncâu gốc\n\n1. Hải Phòng\n2. Gia Lai\n\n{HOW}\n\n"


async def test_bold_is_shown_on_a_real_terminal_only() -> None:
    channel, screen = terminal(tty=True)
    await channel.send(Delivery("k", "local:lan", (Span("Hạn: "), Span("28/4", "bold")), "vi"))
    assert screen.getvalue() == "Hạn: \x1b[1m28/4\x1b[0m\n\n"


async def test_no_message_can_command_the_terminal() -> None:
    for tty in (True, False):
        channel, screen = terminal(tty=tty)
        file = File("a\x1b[2Jb.ics", "text/calendar", b"")
        await channel.send(Delivery("k", "local:lan", (Span("\x1b[2Jtên\x07\r\x9b1m\tX"),), "vi", file=file))
        assert screen.getvalue() == "[a[2Jb.ics]\n[2Jtên1m\tX\n\n"


async def test_a_file_is_named() -> None:
    channel, screen = terminal()
    await channel.send(Delivery("k", "local:lan", (Span("Lịch"),), "vi", file=File("lich.ics", "text/calendar", b"")))
    assert screen.getvalue() == "[lich.ics]\nLịch\n\n"


async def test_no_file_comes_in() -> None:
    channel, _ = terminal()
    assert channel.abilities.files_in is None
    with pytest.raises(NotFetchedError) as caught:
        await anext(aiter(channel.fetch("x")))
    assert not caught.value.again


async def test_nobody_elses_messages_are_printed() -> None:
    channel, screen = terminal()
    assert isinstance(await channel.send(Delivery("k", "local:minh", (Span("x"),), "vi")), NotSent)
    assert screen.getvalue() == ""


async def test_it_can_be_stopped_before_and_while_it_reads() -> None:
    channel, _ = terminal("một\n")
    await channel.stop()
    await channel.start(Inbox())
    await channel.stop()
    assert channel.routes(Inbox()) == ()
    assert channel.link("x") is None


def test_what_is_no_line_is_unreadable() -> None:
    channel, _ = terminal()
    for raw in ("", "{}", "[]", "null", "\x00"):
        with pytest.raises(UnreadableError):
            channel.read(raw)

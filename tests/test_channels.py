"""What every channel does for the bot (channels/contract.py), held against all of them the same way.

Each is what it is in the product: Telegram over a Bot API on loopback, the web chat over a real server and a page's
own requests, the terminal over a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from channels.contract import (
    Delivery,
    File,
    Kind,
    Moved,
    NotFetchedError,
    NotSent,
    Refused,
    Sent,
    SlowDown,
    Unknown,
    UnreadableError,
)
from tests import files
from tests.desks import DESKS
from texts.compose import Span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from channels.contract import Outcome
    from tests.desks import Desk

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000280000001400802000000") + b"rest"
HOSTILE = '<b>Đạt & "Hoà"</b> _*[x](y)* </script> ${1} {ten} \\n'
LONGEST_ACTION = "=dang_ky.danh_hieu_thi_dua.123456:" + "ch" * 15


@pytest.fixture(params=sorted(DESKS))
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with DESKS[request.param]() as there:
        yield there


async def send(
    desk: Desk,
    *words: Span,
    key: str = "reply:1:0",
    to: str | None = None,
    buttons: Sequence[tuple[str, str]] = (),
    edits: str | None = None,
    file: File | None = None,
) -> Outcome:
    return await desk.channel.send(Delivery(key, to or desk.address, words, "vi", tuple(buttons), edits, file))


async def test_it_has_a_name_and_says_what_it_can(desk: Desk) -> None:
    channel = desk.channel
    assert channel.name in DESKS
    assert channel.rate is None or channel.rate > 0
    assert channel.abilities.text_limit is None or channel.abilities.text_limit >= 1000
    link = channel.link("ABCDE23456")
    assert link is not None and "ABCDE23456" in link if channel.abilities.link_payload else link is None


async def test_what_somebody_writes_is_stored_once_and_read(desk: Desk) -> None:
    said = await desk.say("han nop bao cao giai doan 2?")
    again = await desk.say("Hạn nộp  “báo cáo” <b> & 😀")
    assert (said.kind, said.text) == (Kind.TEXT, "han nop bao cao giai doan 2?")
    assert (again.kind, again.text) == (Kind.TEXT, "Hạn nộp  “báo cáo” <b> & 😀")
    first, second = desk.inbox.kept
    assert {first.channel, second.channel} == {desk.channel.name}
    assert {first.address, second.address} == {desk.address}
    assert first.update_id != second.update_id


async def test_what_could_not_be_stored_is_not_lost(desk: Desk) -> None:
    desk.inbox.refusing = True
    await desk.hand_in("còn đó không?")
    await desk.inbox.until(1, refused=True)
    assert not desk.inbox.kept
    desk.inbox.refusing = False
    await desk.come_again()
    await desk.inbox.until(1)
    assert [desk.channel.read(one.raw).text for one in desk.inbox.kept] == ["còn đó không?"]
    assert (await desk.say("còn")).text == "còn"


@pytest.mark.parametrize(
    "raw", ["", "{", "[]", "null", "1", '"chào"', '{"text": ', '{"id": 1}' * 3, "\x00", "{}" * 5000]
)
def test_what_is_no_update_cannot_be_read_and_says_so(raw: str, desk: Desk) -> None:
    with pytest.raises(UnreadableError):
        desk.channel.read(raw)


async def test_what_is_sent_is_shown_word_for_word(desk: Desk) -> None:
    words = (Span("Hạn nộp\n"), Span(HOSTILE, "bold"), Span("\nsau "), Span(HOSTILE, "quote"), Span(" hết"))
    assert isinstance(await send(desk, *words), Sent)
    (shown,) = await desk.seen(1)
    assert shown.text.split() == "".join(span.text for span in words).split()
    assert shown.choices == ()


async def test_choices_stand_in_order_and_picking_one_sends_what_it_carries(desk: Desk) -> None:
    buttons = [(f"Mục {n} – <việc> & hạn", f"duty/haiphong-2023/r{n}") for n in range(1, 9)]
    buttons.append(("Xem thêm", LONGEST_ACTION))
    assert len(LONGEST_ACTION.encode()) == 64
    await send(desk, Span("Anh/chị chọn:"), buttons=buttons)
    (shown,) = await desk.seen(1)
    assert [label for label, _ in shown.choices] == [label for label, _ in buttons]
    for (_, action), (_, carried) in zip(shown.choices, buttons, strict=True):
        picked = await desk.tap(shown, action)
        if desk.channel.abilities.buttons:
            assert (picked.kind, picked.action, picked.tapped) == (Kind.TAP, carried, shown.ref)
        else:
            assert (picked.kind, picked.text) == (Kind.TEXT, action)


async def test_a_long_text_arrives_whole_and_its_choices_last(desk: Desk) -> None:
    words = " ".join(f"Điều {n}. Đơn vị báo cáo trước ngày {n % 28 + 1}/5." for n in range(250))
    outcome = await send(desk, Span(words), buttons=[("Về phong trào", "campaign/x")])
    assert isinstance(outcome, Sent)
    shown = await desk.seen(1)
    limit = desk.channel.abilities.text_limit
    assert len(words) > 10_000
    assert " ".join(one.text for one in shown).split() == words.split()
    assert limit is None or all(len(one.text) <= limit for one in shown)
    assert [bool(one.choices) for one in shown] == [False] * (len(shown) - 1) + [True]


async def test_a_file_goes_with_its_message_where_files_go_out(desk: Desk) -> None:
    assert isinstance(await send(desk, Span("Sơ đồ"), file=File("so-do.png", "image/png", PNG)), Sent)
    (shown,) = await desk.seen(1)
    assert "Sơ đồ" in shown.text
    assert shown.file == "so-do.png" if desk.channel.abilities.files_out else "so-do.png" in shown.text


async def test_a_file_somebody_sends_is_told_and_fetched_where_files_come_in(desk: Desk) -> None:
    if desk.channel.abilities.files_in is None:
        with pytest.raises(NotFetchedError):
            await anext(aiter(desk.channel.fetch("x")))
        return
    content = files.pdf(2)
    arrived = await desk.send("Báo cáo \u202e& <b>6 tháng.pdf", content)
    assert arrived.kind is Kind.FILE
    assert arrived.file
    assert (arrived.file.name, arrived.file.size) == ("Báo cáo & <b>6 tháng.pdf", len(content))
    for _ in range(2):
        assert b"".join([piece async for piece in desk.channel.fetch(arrived.file.ref)]) == content
    with pytest.raises(NotFetchedError) as caught:
        await anext(aiter(desk.channel.fetch("never-sent")))
    assert not caught.value.again
    assert (await desk.say("còn")).text == "còn"


async def test_a_message_takes_the_place_of_another_where_that_can_be(desk: Desk) -> None:
    first = await send(desk, Span("Menu"), buttons=[("Việc", "duties")])
    assert isinstance(first, Sent)
    second = await send(desk, Span("Việc của đơn vị"), key="reply:2:0", edits=first.ref)
    assert isinstance(second, Sent)
    before, after = await desk.seen(2)
    assert after.text == "Việc của đơn vị"
    assert (after.ref == before.ref and second.ref == first.ref) is desk.channel.abilities.edits


async def test_what_it_should_replace_may_be_gone(desk: Desk) -> None:
    for edits in ("999999", "nothing we know"):
        assert isinstance(await send(desk, Span("Vẫn tới"), key=f"reply:{edits}:0", edits=edits), Sent)
    assert [one.text for one in await desk.seen(2)] == ["Vẫn tới", "Vẫn tới"]


async def test_however_it_ends_it_is_an_outcome(desk: Desk) -> None:
    words = (Span(""), Span("x" * 200_000), Span("Chào"))
    outcomes = [await send(desk, one, key=f"reply:{number}:0") for number, one in enumerate(words)]
    outcomes.append(await send(desk, Span("Chào"), key="reply:9:0", to="nobody-there"))
    assert all(isinstance(one, Sent | NotSent | SlowDown | Refused | Unknown | Moved) for one in outcomes)
    assert isinstance(outcomes[2], Sent)
    assert (await desk.seen(sum(isinstance(one, Sent) for one in outcomes[:3])))[-1].text == "Chào"

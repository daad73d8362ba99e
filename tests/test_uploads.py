"""Files that come by upload: stored, counted for the hour of whoever sends them, and stamped when they began."""

from __future__ import annotations

import asyncio

import pytest

from bot.uploads import Uploads
from channels.web.ports import TooManyError, VisitorError
from domain.people import Unit, UnitKind
from storage import people, uploads
from storage.files import FileStore
from tests.app import rows
from tests.databases import NOW, SECOND, opened
from tests.registering import ENTERPRISE, seated
from tests.working import Hand

LAN, HOA, OTHER = "lan-0123456789abcdef", "hoa-0123456789abcdef", "other-0123456789abcdef"
MINUTE = 60 * SECOND


@pytest.fixture
async def room(database_url, tmp_path):
    """Room for uploads of at most 1,000 bytes, with both clocks in a test's hand."""
    async with opened(database_url) as database:
        hand = Hand()
        room = Uploads(database, FileStore(database, tmp_path / "files", hand.machine), hand, 1000)
        room.hand, room.database = hand, database
        await database.run(unit_there)
        for who in (LAN, HOA):
            await database.run(seated, "web", who, who, "member", ENTERPRISE, NOW)
        yield room


async def unit_there(tx):
    made = Unit(slug=ENTERPRISE, name="Thép", kind=UnitKind.ENTERPRISE)
    await people.put_unit(tx, made, ENTERPRISE)


async def pieces(content):
    yield content


async def keep(room, content=b"x", who=LAN, size=None):
    return await room.keep(who, len(content) if size is None else size, pieces(content))


async def counted(room):
    return [(row["files"], row["bytes"]) for row in await rows(room.database, "SELECT * FROM uploads ORDER BY member")]


async def test_what_was_kept_is_there_again(room):
    kept = await keep(room, b"0123456789")
    assert b"".join([block async for block in room.open(kept.ref)]) == b"0123456789"
    with pytest.raises(OSError, match="more than"):
        await keep(room, b"x" * 1001)
    with pytest.raises(FileNotFoundError):
        b"".join([block async for block in room.open("0" * 64)])


async def test_it_counts_as_sent_when_it_began(room):
    async def slowly():
        yield b"first"
        room.hand.now += 10 * MINUTE
        yield b"last"

    assert (await room.keep(LAN, 9, slowly())).began_at == NOW
    assert (await keep(room)).began_at == NOW + 10 * MINUTE


async def test_no_more_files_than_an_hour_has_room_for(room, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 3)
    for number in range(3):
        await keep(room, b"%d" % number)
        room.hand.at += MINUTE
    with pytest.raises(TooManyError):
        await keep(room, b"one more")
    assert len(await rows(room.database, "SELECT * FROM files")) == 3
    assert await rows(room.database, "SELECT * FROM arriving") == []
    await keep(room, who=HOA)
    room.hand.at = NOW + 60 * MINUTE - 1
    with pytest.raises(TooManyError):
        await keep(room)
    room.hand.at += 1
    await keep(room)
    assert await counted(room) == [(1, 1), (1, 1)]


async def test_who_belongs_to_no_unit_sends_nothing_and_leaves_no_trace(room):
    before = await rows(room.database, "SELECT * FROM members")
    read = []

    async def watched():
        read.append(1)
        yield b"x"

    for who in (OTHER, "never-seen-0123456789"):
        with pytest.raises(VisitorError):
            await room.keep(who, 1, watched())
    visitor = await room.database.run(people.at_address, "web", OTHER, NOW)
    with pytest.raises(VisitorError):
        await room.keep(OTHER, 1, watched())
    assert read == []
    assert await rows(room.database, "SELECT * FROM arriving") == []
    assert await counted(room) == []
    assert [one["id"] for one in await rows(room.database, "SELECT * FROM members")] == [
        *(one["id"] for one in before), visitor,
    ]  # fmt: skip


async def test_what_came_counts_not_what_was_announced_and_more_is_not_taken(room):
    assert await keep(room, b"x" * 10, size=900)
    assert await counted(room) == [(1, 10)]
    with pytest.raises(OSError, match="more than 9"):
        await keep(room, b"x" * 10, size=9)
    assert await counted(room) == [(1, 10)]


async def test_what_nobody_took_in_is_given_back(room):
    await keep(room, b"stays")
    await (await keep(room, b"x" * 10, size=900)).give_back()
    assert await counted(room) == [(1, 5)]


async def test_nor_more_bytes(room, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    await keep(room, b"x" * 60)
    with pytest.raises(TooManyError):
        await keep(room, b"x" * 41)
    await keep(room, b"x" * 40)
    assert await counted(room) == [(2, 100)]


async def test_it_is_the_person_who_counts_not_the_browser(room, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    await keep(room)

    async def another_browser(tx):
        mine = await people.at_address(tx, "web", LAN, NOW)
        await tx.run("addresses.add", channel="web", address=OTHER, member=mine, now=NOW)

    await room.database.run(another_browser)
    with pytest.raises(TooManyError):
        await keep(room, who=OTHER)


async def test_what_breaks_off_uses_nothing_up(room, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 1)

    async def broken():
        yield b"some of it"
        raise ConnectionResetError

    for _ in range(3):
        with pytest.raises(ConnectionResetError):
            await room.keep(LAN, 500, broken())
    assert await counted(room) == [(0, 0)]
    await keep(room)


async def test_what_breaks_off_in_the_next_hour_gives_that_hour_nothing(room):
    async def broken():
        room.hand.at += 60 * MINUTE
        await keep(room, b"another")
        yield b"some of it"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await room.keep(LAN, 500, broken())
    assert await counted(room) == [(1, 7)]


async def test_many_at_once_come_to_no_more(room, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 5)
    ended = await asyncio.gather(*(keep(room, b"%d" % n) for n in range(20)), return_exceptions=True)
    assert sum(isinstance(one, TooManyError) for one in ended) == 15
    assert len(await rows(room.database, "SELECT * FROM files")) == 5
    assert (await counted(room))[0][0] == 5

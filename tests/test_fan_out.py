"""From an audience to the outbox: frozen, listed in chunks, fed as it drains, paused and ended; on both databases."""

from __future__ import annotations

import asyncio

import pytest

from domain.audience import Recipients
from domain.broadcast import BroadcastState, RecipientState
from domain.people import Role, Unit, UnitKind
from handlers.world import World
from scheduler import fan_out as job
from scheduler.fan_out import FanOut
from scheduler.watch_broadcasts import ENOUGH, LATELY, WatchBroadcasts
from storage import broadcasts, coverage, fan_out, people
from storage.broadcasts import UNREACHABLE, Counts
from tests.app import rows
from tests.broadcasting import RUNNING, made, queued, write
from tests.databases import NOW, SECOND, opened

BOARD = Unit(slug="kkt", name="Ban", kind=UnitKind.BOARD)
UNITS = {
    "kkt": BOARD,
    "a": Unit(slug="a", name="Công ty A", kind=UnitKind.ENTERPRISE, parent="kkt"),
    "b": Unit(slug="b", name="Công ty B", kind=UnitKind.ENTERPRISE, parent="kkt"),
}
WORLD = World(units=UNITS)
CHANNELS = ("telegram", "web")


def audience(**more):
    return Recipients(board="kkt", **more).model_dump_json()


async def seat(tx, member_of, role=Role.DELEGATE, channels=("telegram",)):
    """Somebody new, who was last heard from on the last of these messengers."""
    added = await tx.one("members.add", name=None, shown_name=None, language="vi", now=NOW)
    for n, channel in enumerate(channels):
        await tx.run(
            "addresses.add", channel=channel, address=f"{channel}-{added['id']}", member=added["id"], now=NOW + n
        )
    for unit in member_of:
        await tx.run("memberships.add", member=added["id"], unit=unit, role=role.value, position=None, since=NOW)
    return added["id"]


async def seats(database, number, *member_of, **more):
    async def unit(tx):
        return [await seat(tx, member_of, **more) for _ in range(number)]

    return await database.run(unit)


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:

        async def units(tx):
            for unit in UNITS.values():
                await people.put_unit(tx, unit, "kkt")

        await one.run(units)
        yield one


class Engine:
    """The jobs, run by hand; `now` is business time."""

    def __init__(self, database):
        self.database, self.now = database, NOW
        self.fan_out = FanOut(database, self.world, CHANNELS, lambda: self.now, approve_above=10**9)
        self.watch = WatchBroadcasts(database, lambda: self.now, lambda _: True)

    async def world(self):
        return WORLD

    async def counts(self, number):
        return await self.database.read(broadcasts.counts, number)

    async def state(self, number):
        return (await self.database.read(broadcasts.get, number)).state

    async def drain(self, many=10**6, state="sent", reason=None):
        """The sender has dealt with the next so many; returns their keys."""
        ready = await rows(self.database, f"SELECT * FROM outbox WHERE state = 'ready' ORDER BY id LIMIT {many}")

        async def unit(tx):
            from storage import outbox

            for row in ready:
                await tx.run("outbox.end_waiting", id=row["id"], state=state, reason=reason, ended_at=self.now)
                await outbox.settle(tx, row, state, reason, self.now)

        await self.database.run(unit)
        return [row["key"] for row in ready]


@pytest.fixture
def engine(database):
    return Engine(database)


async def test_one_that_this_version_cannot_read_keeps_no_other_back(database, engine):
    await seats(database, 1, "a")
    bad, good = [await made(database, audience=audience(), starts_at=NOW) for _ in range(2)]
    await write(database, f'UPDATE broadcasts SET audience = \'{{"roles": ["secretary"]}}\' WHERE id = {bad}')
    assert (await engine.fan_out())["failed"] == 1
    await engine.fan_out()
    assert await engine.state(good) is BroadcastState.RUNNING


async def test_a_due_broadcast_is_listed_fed_and_done(database, engine):
    members = await seats(database, 5, "a")
    number = await made(database, audience=audience(), starts_at=NOW + SECOND)
    await engine.fan_out()
    assert await engine.state(number) is BroadcastState.SCHEDULED, "its time has not come"
    engine.now += SECOND
    await engine.fan_out()
    assert await engine.counts(number) == Counts(queued=5)
    assert await engine.drain() == [f"broadcast:{number}:{member}" for member in members]
    await engine.fan_out()
    assert (await engine.state(number), await engine.counts(number)) == (BroadcastState.DONE, Counts(sent=5))


async def test_only_its_units_and_roles_are_listed_each_person_once(database, engine):
    (in_both,) = await seats(database, 1, "a", "b")
    (delegate,) = await seats(database, 1, "b")
    await seats(database, 1, "b", role=Role.HEAD)
    await seats(database, 1, "kkt", role=Role.OFFICER)
    await seats(database, 1)
    number = await made(database, audience=audience(units=("a", "b"), roles=(Role.DELEGATE,)))
    await engine.fan_out()
    listed = await database.read(coverage.people, number, 0, 10)
    assert [(one.member, one.unit) for one in listed] == [(in_both, "a"), (delegate, "b")]


async def test_whoever_joins_after_the_start_is_not_added(database, engine, monkeypatch):
    monkeypatch.setattr(job, "LOW", 0)
    await seats(database, 2, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await seats(database, 3, "a")
    await engine.fan_out()
    assert (await engine.counts(number)).listed == 2


async def test_people_are_listed_in_chunks_and_none_is_left_out(database, engine, monkeypatch):
    monkeypatch.setattr(fan_out.list_some, "__defaults__", (3,))
    members = await seats(database, 10, "a")
    number = await made(database, audience=audience())
    assert (await engine.fan_out())["chunks_listed"] == 4
    assert [one.member for one in await database.read(coverage.people, number, 0, 99)] == members


async def test_an_audience_of_nobody_is_done_at_once(database, engine):
    number = await made(database, audience=audience(units=("b",)))
    await engine.fan_out()
    assert (await engine.state(number), await engine.counts(number)) == (BroadcastState.DONE, Counts())


async def test_who_cannot_be_reached_is_named_and_the_best_address_is_taken(database, engine):
    (lost,) = await seats(database, 1, "a", channels=())
    (foreign,) = await seats(database, 1, "a", channels=("telegram", "zalo"))
    (online,) = await seats(database, 1, "a", channels=("telegram", "web"))
    number = await made(database, audience=audience())
    await engine.fan_out()
    assert await database.read(broadcasts.failures, number) == [(UNREACHABLE, 1)]
    states = {one.member: one.state for one in await database.read(coverage.people, number, 0, 9)}
    assert states == {lost: "failed", foreign: "queued", online: "queued"}
    waits = await rows(database, "SELECT member, channel FROM outbox ORDER BY member")
    assert [(row["member"], row["channel"]) for row in waits] == [(foreign, "telegram"), (online, "web")]


async def test_a_messenger_that_stands_still_keeps_nobody_on_another_waiting(database, engine, monkeypatch):
    monkeypatch.setattr(job, "LOW", 4)
    monkeypatch.setattr(fan_out, "WINDOW", 2)
    await seats(database, 20, "a", channels=("telegram",))
    await seats(database, 3, "a", channels=("web",))
    number = await made(database, audience=audience())
    await engine.fan_out()
    for _ in range(3):
        await engine.fan_out()
    waits = await database.read(fan_out.waiting, number)
    assert waits["web"] == 3
    assert 4 <= waits["telegram"] <= 6, "and no more than it can have is fed"


async def test_it_is_fed_as_fast_as_it_drains_and_ends(database, engine, monkeypatch):
    monkeypatch.setattr(job, "LOW", 4)
    monkeypatch.setattr(fan_out, "WINDOW", 2)
    await seats(database, 23, "a")
    number = await made(database, audience=audience())
    told = []
    while await engine.state(number) is not BroadcastState.DONE:
        await engine.fan_out()
        told += await engine.drain(3)
    assert len(told) == len(set(told)) == 23


async def test_what_is_paused_or_stopped_is_fed_no_more(database, engine, monkeypatch):
    monkeypatch.setattr(job, "LOW", 4)
    monkeypatch.setattr(fan_out, "WINDOW", 2)
    await seats(database, 20, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await engine.drain()
    await database.run(broadcasts.pause, number, NOW)
    assert not (await engine.fan_out()).get("fed")
    await database.run(broadcasts.resume, number, NOW)
    assert (await engine.fan_out())["fed"] == 4
    await database.run(broadcasts.stop, number, NOW, 1)
    assert not (await engine.fan_out()).get("fed")
    assert await engine.counts(number) == Counts(listed=16, sent=4)


async def test_stopped_while_it_is_listed(database, engine):
    await seats(database, 4, "a")
    number = await made(database, audience=audience())
    assert await database.run(fan_out.begin, number, ["a"], NOW)
    assert await database.run(fan_out.list_some, number, ["delegate"], NOW, 2)
    await database.run(broadcasts.stop, number, NOW, 1)
    assert not await database.run(fan_out.list_some, number, ["delegate"], NOW, 2)
    assert await engine.state(number) is BroadcastState.STOPPED


async def test_what_was_on_its_way_when_it_was_stopped_does_not_stay(database, engine):
    number = await made(database, *RUNNING, audience=audience())
    await database.run(broadcasts.stop, number, NOW, 1)
    await queued(database, number, 7)
    assert (await engine.fan_out())["taken_back"] == 1
    assert (await rows(database, "SELECT state FROM outbox"))[0]["state"] == "cancelled"


async def test_again_goes_to_whom_it_did_not_reach_over_the_same_row(database, engine):
    first, second = await seats(database, 2, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await engine.drain(1)
    await engine.drain(1, "failed", "refused")
    await engine.fan_out()
    assert await engine.state(number) is BroadcastState.DONE
    engine.now += SECOND
    assert await database.run(broadcasts.again, number, RecipientState.FAILED, engine.now, 1) == 1
    await engine.fan_out()
    assert await engine.drain() == [f"broadcast:{number}:{second}"]
    await engine.fan_out()
    assert (await engine.state(number), await engine.counts(number)) == (BroadcastState.DONE, Counts(sent=2))
    assert first != second


async def test_two_schedulers_at_once_do_no_harm(database, engine):
    members = await seats(database, 50, "a")
    number = await made(database, audience=audience())
    others = [Engine(database) for _ in range(3)]
    for _ in range(2):
        await asyncio.gather(*(one.fan_out() for one in others))
    assert await engine.counts(number) == Counts(queued=len(members))
    assert len(await engine.drain()) == len(members)
    acts = [row["act"] for row in await rows(database, "SELECT act FROM audit")]
    assert sorted(acts) == ["broadcast.begin", "broadcast.created", "broadcast.run"]


async def test_it_pauses_by_itself_when_errors_pass_a_share_and_says_which(database, engine):
    await seats(database, LATELY, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await engine.drain(LATELY - ENOUGH)
    await engine.drain(ENOUGH - 1, "failed", "chat not found")
    await engine.watch()
    assert await engine.state(number) is BroadcastState.RUNNING, "one is missing"
    await engine.drain(1, "unknown", "cut")
    assert (await engine.watch())["paused"] == 1
    told = await database.read(broadcasts.get, number)
    assert (told.state, told.reason) == (BroadcastState.PAUSED, "chat not found")
    engine.now += SECOND
    await database.run(broadcasts.resume, number, engine.now, 1)
    await engine.watch()
    assert await engine.state(number) is BroadcastState.RUNNING, "errors before do not count again"


async def test_those_nobody_could_write_to_are_no_errors_of_the_sending(database, engine):
    await seats(database, LATELY, "a", channels=())
    await seats(database, 1, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await engine.watch()
    assert await engine.state(number) is BroadcastState.RUNNING


async def test_what_is_wrong_with_one_keeps_no_other_back(database, engine):
    await seats(database, 1, "a")
    broken = await made(database, *RUNNING, audience="{}")
    await write(database, "UPDATE broadcasts SET state = 'listing'")
    good = await made(database, audience=audience())
    assert (await engine.fan_out())["failed"] == 1
    assert await engine.state(broken) is BroadcastState.LISTING
    assert (await engine.counts(good)).queued == 1


async def test_what_was_paused_a_moment_ago_is_fed_no_more(database):
    """Another process may have looked before the pause."""
    await seats(database, 3, "a")
    number = await made(database, audience=audience())
    await database.run(fan_out.begin, number, ["a"], NOW)
    while await database.run(fan_out.list_some, number, ["delegate"], NOW):
        pass
    await database.run(broadcasts.pause, number, NOW)
    road = fan_out.Road("telegram", CHANNELS)
    assert await database.run(fan_out.feed, number, road, 0, NOW) == (None, 0)
    await database.run(broadcasts.resume, number, NOW)
    assert (await database.run(fan_out.feed, number, road, 0, NOW))[1] == 3


async def test_whose_best_address_changes_meanwhile_is_not_forgotten(database, engine, monkeypatch):
    """The web chat's people have all been looked through when one of Telegram's comes over to it."""
    monkeypatch.setattr(job, "LOW", 1)
    monkeypatch.setattr(fan_out, "WINDOW", 1)
    _, moves = await seats(database, 2, "a")
    number = await made(database, audience=audience())
    await engine.fan_out()
    await engine.fan_out()

    async def speaks(tx):
        await tx.run("addresses.add", channel="web", address="web-x", member=moves, now=NOW + SECOND)

    await database.run(speaks)
    for _ in range(6):
        await engine.fan_out()
        await engine.drain()
    assert (await engine.state(number), await engine.counts(number)) == (BroadcastState.DONE, Counts(sent=2))

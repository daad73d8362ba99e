"""Business time moves only forward and is the same in every process; jobs and the purge keep to it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import BackwardsError, Clock
from handlers.here import ZONE
from scheduler.jobs import recorded
from scheduler.purge_visitors import KEPT, purge_visitors
from storage import people
from storage.units import StorageUnavailableError
from tests.app import rows
from tests.databases import NOW, opened, queue, receive

START = datetime(2023, 4, 24, 8, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def test_the_clock_starts_where_it_is_told_and_only_once(database):
    clock = Clock(movable=True)
    await clock.begin(database, START)
    assert START <= clock.local() < START + MINUTE
    again = Clock(movable=True)
    await again.begin(database, START + 50 * MINUTE)
    assert START <= again.local() < START + MINUTE


async def test_it_moves_only_forward_and_for_every_process(database):
    here, there = Clock(movable=True), Clock(movable=True)
    await here.begin(database, START)
    await there.begin(database, None)
    await here.move_to(database, START + 60 * MINUTE)
    await there.refresh(database)
    assert START + 60 * MINUTE <= there.local() < START + 61 * MINUTE
    turned = there.turned
    assert here.business() - turned < 60_000_000, "from then on somebody waits"
    await there.refresh(database)
    assert there.turned == turned, "it runs on, it was not turned"
    with pytest.raises(BackwardsError):
        await there.move_to(database, START + 30 * MINUTE)
    assert there.local() >= START + 60 * MINUTE


async def test_an_offset_read_before_a_move_does_not_undo_it(database):
    clock = Clock(movable=True)
    await clock.begin(database, START)
    good = database.read

    class Slow:
        async def read(self, unit, *args):
            known = await good(unit, *args)
            await clock.move_to(database, START + 60 * MINUTE)
            return known

    await clock.refresh(Slow())
    assert clock.local() >= START + 60 * MINUTE


async def test_production_has_one_time(database):
    moved = Clock(movable=True)
    await moved.begin(database, START)
    clock = Clock(movable=False)
    await clock.begin(database, None)
    assert clock.business() - clock.machine() <= 0 < clock.business() - moved.business()
    with pytest.raises(BackwardsError):
        await clock.move_to(database, START)


async def test_a_job_is_recorded_with_its_counts_and_never_raises(database):
    async def counts():
        return {"purged": 3}

    async def breaks():
        raise ZeroDivisionError("on purpose")

    async def away():
        raise StorageUnavailableError("locked")

    for name, job in {"counts": counts, "breaks": breaks, "away": away}.items():
        await recorded(name, job, database, lambda: NOW)()
    kept = {row["name"]: (row["counts"], row["error"]) for row in await rows(database, "SELECT * FROM jobs")}
    assert kept == {"counts": ('{"purged": 3}', None), "breaks": ("{}", "ZeroDivisionError: on purpose")}

    class Gone:
        async def run(self, *_):
            raise StorageUnavailableError("gone")

    await recorded("counts", counts, Gone(), lambda: NOW)()


async def test_visitors_leave_no_trace_and_members_do(database):
    visitor = await database.run(receive, "u1", "visitor")
    member = await database.run(receive, "u2", "member")

    async def lived(tx):
        await tx.run("units.put", slug="x", board="x", parent=None, kind="board", name="X", short_name=None,
                     tax_code=None, predecessors="[]", sample=0)  # fmt: skip
        await tx.run("memberships.add", member=member, unit="x", role="delegate", position=None, since=NOW)
        for number, who in enumerate((visitor, member)):
            await queue(tx, f"reply:{number + 1}:0", address=f"a{who}", member=who)
            await tx.run("sessions.put", member=who, body="{}", now=NOW)
            await tx.run("drafts.put", member=who, flow="join", body="{}", now=NOW)
            await tx.run("consents.add", member=who, version="1", given=0, at=NOW, channel="phone")
            await people.audit(tx, NOW, who, "declined", "x")
        await tx.run("inbox.done", id=1, state="done", reason=None)
        await tx.run("inbox.done", id=2, state="done", reason=None)

    await database.run(lived)

    async def left():
        tables = ("inbox", "outbox", "addresses", "sessions", "drafts", "consents")
        found = {t: [row["member"] for row in await rows(database, f"SELECT member FROM {t}")] for t in tables}
        return found | {"members": [row["id"] for row in await rows(database, "SELECT id FROM members ORDER BY id")]}

    async def sent(tx):
        for row in await tx.all("outbox.waiting_at", channel="phone", address=f"a{visitor}"):
            await tx.run("outbox.end_waiting", id=row["id"], state="cancelled", reason="x", ended_at=NOW)

    await database.run(sent)
    before = await left()
    await database.run(purge_visitors, NOW + KEPT)
    assert await left() == before, "on the thirtieth day nothing is purged yet"
    await database.run(purge_visitors, NOW + KEPT + 1)
    assert await left() == {name: [member] for name in before}
    assert len(await rows(database, "SELECT id FROM audit")) == 2

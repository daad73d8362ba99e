"""How long what is due has waited, and what jobs did last: a stuck sender is seen, what waits for its hour is not one."""

from __future__ import annotations

import pytest

from scheduler.jobs import QUIET, recorded
from scheduler.watch_broadcasts import STUCK, WatchBroadcasts
from storage import broadcasts, claims, going_out, outbox
from storage.claims import Claim
from storage.going_out import Job
from tests.broadcasting import RUNNING, made, queued
from tests.databases import NOW, SECOND, opened, queue

HOUR = 3600 * SECOND


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def put(database, key, **more):
    await database.run(lambda tx: queue(tx, key, key, **more))


async def oldest(database, now, hours=True):
    return await database.read(going_out.oldest, now, hours)


async def test_the_oldest_due_message_of_each_messenger(database):
    await put(database, "r1")
    await put(database, "r2", channel="web", not_before=NOW + 2 * HOUR)
    await put(database, "r3", lane=outbox.NOTICE, not_before=NOW + HOUR)
    assert await oldest(database, NOW + HOUR) == {"phone": HOUR}
    assert await oldest(database, NOW + 3 * HOUR) == {"phone": 3 * HOUR, "web": HOUR}
    assert [await database.read(going_out.waits, "web", NOW + n * HOUR, True) for n in (1, 2)] == [False, True]
    await database.run(claims.claim, Claim("web", "w", 1, None, NOW + 2 * HOUR, NOW, True), None)
    assert await database.read(going_out.waits, "web", NOW + 2 * HOUR, True), "it is on its way"


async def test_a_broadcast_is_late_when_it_does_not_move(database):
    number = await made(database, *RUNNING)
    await queued(database, number, 1, 2)
    assert await oldest(database, NOW + HOUR, hours=False) == {}, "it waits for working hours"
    assert await oldest(database, NOW + HOUR) == {"phone": HOUR}

    async def sent(tx):
        await tx.run("recipients.ended", broadcast=number, member=1, state="sent", reason=None, now=NOW + HOUR)

    await database.run(sent)
    assert await oldest(database, NOW + HOUR + SECOND) == {"phone": SECOND}
    await database.run(broadcasts.pause, number, NOW)
    assert await oldest(database, NOW + 9 * HOUR) == {}, "somebody wants it so"


async def test_a_sender_that_does_not_get_on_is_said_aloud(database, capsys):
    now = [NOW + STUCK]
    turned = [0]
    watch = WatchBroadcasts(database, lambda: now[0], lambda _: True, lambda: turned[0])
    await put(database, "r1")
    await queued(database, await made(database, *RUNNING), 1)
    assert not (await watch()).get("stuck")
    now[0] += 1
    assert (await watch())["stuck"] == 1
    turned[0] = now[0]
    assert not (await watch()).get("stuck"), "days that the clock was turned over are nobody's waiting"
    assert "does not get on" in capsys.readouterr().out


async def test_a_jobs_last_run_tells_counts_and_how_long_it_took(database):
    now = [NOW]

    async def job():
        now[0] += 3 * SECOND
        return {"done": 2}

    await recorded("listing", job, database, lambda: now[0])()
    assert await database.read(going_out.jobs) == [Job("listing", NOW + 3 * SECOND, 3 * SECOND, {"done": 2}, None)]


async def test_a_quiet_job_is_written_down_once_a_minute(database):
    now = [NOW]

    async def job():
        return {}

    run = recorded("sweep", job, database, lambda: now[0], quiet=True)
    seen = []
    for _ in range(4):
        await run()
        seen += [one.last_run for one in await database.read(going_out.jobs)]
        now[0] += QUIET // 2
    assert seen == [NOW, NOW, NOW + QUIET, NOW + QUIET]

"""The sender at work: pauses, defects of ours and of others, leases; nothing stops it for the next person."""

from __future__ import annotations

import pytest

import scheduler.deliver
import scheduler.outcomes
from bot.makers import Files
from channels.contract import NotSent, Sent, SlowDown
from tests.app import Phone, running_app


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(scheduler.outcomes, "_SECOND", 10_000)
    monkeypatch.setattr(scheduler.deliver, "IDLE", 0.02)


@pytest.fixture
async def running(database_url):
    async with running_app(database_url, [Phone()], start=None) as one:
        yield one


async def reasons(running):
    rows = await running.rows("SELECT address, state, reason FROM outbox ORDER BY id")
    return {row["address"]: (row["state"], row["reason"]) for row in rows}


async def test_while_the_messenger_wants_a_pause_nothing_more_is_sent(running):
    running.phone.fail = lambda _delivery: SlowDown(1000, "wait")
    await running.phone.hand_in("u1", "/menu")
    await running.until(lambda: _reason(running, "u1", "wait"))
    await running.phone.hand_in("u2", "/menu")
    await running.until(lambda: _reason(running, "u2", "pause"))
    assert [one.address for one in running.phone.tried] == ["u1"]
    attempts = await running.rows("SELECT attempts FROM outbox")
    assert [row["attempts"] for row in attempts] == [0, 0]


async def _reason(running, address, word):
    return word in ((await reasons(running)).get(address, ("", ""))[1] or "")


async def test_a_defect_of_a_channel_leaves_the_message_in_doubt(running):
    defects = [ZeroDivisionError(), ZeroDivisionError()]

    def fails(delivery):
        if delivery.address == "u1" and defects:
            raise defects.pop()

    running.phone.fail = fails
    assert await running.say("u1", "/menu") == []
    assert (await reasons(running))["u1"] == ("unknown", "ZeroDivisionError while sending")
    assert await running.say("u1", "/menu")


async def test_a_file_that_cannot_be_made_yet_is_made_later(running, monkeypatch):
    defects, good = [ZeroDivisionError(), ZeroDivisionError()], Files.file

    async def fails(self, attachment, language):
        if defects:
            raise defects.pop()
        return await good(self, attachment, language)

    monkeypatch.setattr(Files, "file", fails)
    assert await running.say("u1", "/dulieu")
    assert defects == []
    assert len(running.phone.tried) == len(running.phone.sent)
    assert any(one.file for one in running.phone.sent)


async def test_an_ending_that_cannot_be_recorded_keeps_no_other_from_it(running, monkeypatch):
    good = running.phone.send

    async def answers_nonsense(delivery):
        told = await good(delivery)
        return Sent("\ud800") if delivery.address == "u1" else told

    running.phone.send = answers_nonsense
    await running.phone.hand_in("u1", "/menu")
    for number in range(5):
        await running.phone.hand_in(f"v{number}", "/menu")
    await running.until(lambda: _sent(running, 5))
    assert (await reasons(running))["u1"][0] == "sending"
    assert running.app.senders["phone"].held == {}, "its lease is not renewed any more"
    del running.phone.send
    after_the_lease = running.app.clock.machine() + 100_000_000
    told = await running.app.database.run(scheduler.outcomes.recover, after_the_lease, 0)
    assert told == {"repeated": 1, "unknown": 0}
    await running.app.database.run(_due_now)
    await running.settled()
    assert (await reasons(running))["u1"][0] == "sent"


async def _due_now(tx):
    from storage.units import Query, Want

    sql = "UPDATE outbox SET retry_at = 0 WHERE state = 'ready'"
    await Query(sql, [] if "$" in tx._queries.bind("settings.get", {"name": ""})[0] else {}, Want.COUNT)
    tx.wake("outbox")


async def _sent(running, number):
    return len(await running.rows("SELECT 1 FROM outbox WHERE state = 'sent'")) == number


async def test_what_is_in_hand_keeps_its_lease(running):
    """The tick renews what this process holds, even where the database was away past the lease."""
    held, released = [], []

    async def hold(delivery):
        held.append(delivery)
        while not released:
            await running.committed.wait()
            running.committed.clear()
        return Sent("1")

    running.phone.send = hold
    await running.phone.hand_in("u1", "/menu")
    await running.until(lambda: held)
    ids = list(running.app.senders["phone"].held)
    assert len(ids) == 1
    late = running.app.clock.machine() + 100_000_000
    told = await running.app.database.run(scheduler.outcomes.recover, late, 0, "", running.app.worker, ids)
    assert told == {"repeated": 0, "unknown": 0}
    released.append(True)
    await running.settled()
    assert (await reasons(running))["u1"][0] == "sent"


async def test_replies_to_one_person_keep_their_order_through_failures(running):
    failures = {"count": 0}

    def sometimes(_delivery):
        failures["count"] += 1
        return NotSent("no line") if failures["count"] % 2 else None

    running.phone.fail = sometimes
    said = ["/menu", "/trogiup", "/ngonngu", "/khongco"]
    for text in said:
        await running.phone.hand_in("u1", text)
    await running.settled()
    in_order = running.phone.texts("u1")
    running.phone.fail = lambda _delivery: None
    alone = [(await running.say(f"w{n}", text))[0] for n, text in enumerate(said)]
    assert in_order == alone

"""Broadcasts on both databases: their steps, one launch a phase, who is put back on the list, and the audit trail."""

from __future__ import annotations

import pytest

from domain.broadcast import BroadcastState, RecipientState, Step, after
from storage import broadcasts, coverage
from storage.broadcasts import Counts
from tests.app import rows
from tests.broadcasting import AUTHOR, BOARD, RUNNING, SECOND_PERSON, draft, made, queued
from tests.broadcasting import listed as in_audience
from tests.databases import NOW, opened


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def people(database, number, **states):
    """So many recipients in each state, numbered on."""

    async def unit(tx):
        member = 0
        for state, many in states.items():
            for _ in range(many):
                member += 1
                await in_audience(number, member, state)

    await database.run(unit)


async def state(database, number):
    return (await database.read(broadcasts.get, number)).state


async def acts(database):
    return [row["act"] for row in await rows(database, "SELECT act FROM audit ORDER BY id")]


async def test_what_waits_for_a_second_person_is_not_its_authors_to_approve(database):
    number = await made(database, waits=True)
    assert await state(database, number) is BroadcastState.WAITING
    assert not await database.run(broadcasts.approve, number, AUTHOR, NOW)
    assert not await database.run(broadcasts.decline, number, AUTHOR, NOW)
    assert await database.run(broadcasts.approve, number, SECOND_PERSON, NOW)
    assert not await database.run(broadcasts.approve, number, SECOND_PERSON, NOW), "once"
    told = await database.read(broadcasts.get, number)
    assert (told.state, told.approver) == (BroadcastState.SCHEDULED, SECOND_PERSON)
    assert await acts(database) == ["broadcast.created", "broadcast.approve"]


async def test_a_declined_one_goes_nowhere(database):
    number = await made(database, waits=True)
    assert await database.run(broadcasts.decline, number, SECOND_PERSON, NOW, "sai đợt")
    for step in Step:
        assert not await database.run(broadcasts.move, number, step, NOW)
    assert (await database.read(broadcasts.get, number)).reason == "sai đợt"


async def test_a_phase_is_launched_once_unless_it_was_stopped(database):
    launch = {"campaign": "c", "phase": "p"}
    first = await made(database, **launch)
    assert await database.run(broadcasts.create, draft(**launch, author=SECOND_PERSON)) is None
    assert await made(database, **{**launch, "phase": "q"})
    assert None not in {await made(database), await made(database)}, "free messages are not bound to be one"
    assert await database.run(broadcasts.stop, first, NOW, AUTHOR)
    assert await made(database, **launch) is not None


async def test_pause_resume_and_stop_say_who_and_why(database):
    number = await made(database, *RUNNING)
    assert await database.run(broadcasts.pause, number, NOW, "quá nhiều lỗi")
    assert not await database.run(broadcasts.pause, number, NOW)
    told = await database.read(broadcasts.get, number)
    assert (told.state, told.reason, told.watched_from) == (BroadcastState.PAUSED, "quá nhiều lỗi", NOW)
    assert await database.run(broadcasts.resume, number, NOW + 5, SECOND_PERSON)
    told = await database.read(broadcasts.get, number)
    assert (told.state, told.reason, told.watched_from) == (BroadcastState.RUNNING, None, NOW + 5)
    assert await database.run(broadcasts.stop, number, NOW + 6, SECOND_PERSON)
    assert not await database.run(broadcasts.resume, number, NOW + 7, SECOND_PERSON)
    lines = await rows(database, "SELECT member, act FROM audit WHERE about = 'broadcast/1' ORDER BY id")
    assert [(row["member"], row["act"]) for row in lines][-3:] == [
        (None, "broadcast.pause"), (SECOND_PERSON, "broadcast.resume"), (SECOND_PERSON, "broadcast.stop"),
    ]  # fmt: skip


async def test_stopping_takes_back_what_waits_and_leaves_its_people_listed(database):
    number = await made(database, *RUNNING)
    await people(database, number, sent=1)
    await queued(database, number, 11, 12)
    await database.run(broadcasts.stop, number, NOW, AUTHOR)
    assert {row["state"] for row in await rows(database, "SELECT state FROM outbox")} == {"cancelled"}
    assert await database.read(broadcasts.counts, number) == Counts(listed=2, sent=1)


async def test_only_whom_it_did_not_reach_is_put_back(database):
    number = await made(database, *RUNNING, Step.FINISH)
    await people(database, number, sent=2, failed=3, unknown=1, removed=1)
    assert await database.run(broadcasts.again, number, RecipientState.FAILED, NOW, AUTHOR) == 3
    assert await state(database, number) is BroadcastState.RUNNING
    assert await database.read(broadcasts.counts, number) == Counts(listed=3, sent=2, unknown=1, removed=1)
    for there, back in ((RecipientState.SENT, 0), (RecipientState.UNKNOWN, 1), (RecipientState.REMOVED, 0)):
        assert await database.run(broadcasts.again, number, there, NOW, AUTHOR) == back, "who has it is never put back"
    assert await database.run(broadcasts.again, number, RecipientState.UNKNOWN, NOW, AUTHOR) == 0


async def test_a_stopped_one_is_not_sent_again(database):
    number = await made(database, *RUNNING, Step.STOP)
    await people(database, number, failed=1)
    assert await database.run(broadcasts.again, number, RecipientState.FAILED, NOW) == 0


async def test_the_first_acknowledgement_counts_and_strangers_have_none(database):
    number = await made(database, *RUNNING)
    await people(database, number, sent=2)
    assert await database.run(broadcasts.acknowledge, number, 1, NOW)
    assert await database.run(broadcasts.acknowledge, number, 1, NOW + 9)
    assert not await database.run(broadcasts.acknowledge, number, 77, NOW)
    assert (await database.read(broadcasts.counts, number)).acknowledged == 1
    first, second = await database.read(coverage.people, number, 0, 10)
    assert (first.member, first.state, first.acknowledged_at) == (1, RecipientState.SENT, NOW)
    assert second.acknowledged_at is None
    assert [one.member for one in await database.read(coverage.people, number, 1, 10)] == [2]


async def test_failures_are_counted_by_reason(database):
    number = await made(database, *RUNNING)
    await people(database, number, failed=2)
    assert await database.read(broadcasts.failures, number) == [("", 2)]


def test_no_step_leads_out_of_what_was_stopped_or_declined():
    for over in (BroadcastState.STOPPED, BroadcastState.DECLINED):
        assert not [step for step in Step if after(over, step)]


async def test_a_board_sees_its_own_newest_first(database):
    numbers = [await made(database) for _ in range(3)]
    await made(database, board="another")
    assert [one.id for one in await database.read(broadcasts.of_board, BOARD, 2, 0)] == numbers[:0:-1]
    assert [one.id for one in await database.read(broadcasts.of_board, BOARD, 2, 2)] == numbers[:1]

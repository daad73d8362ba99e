"""Broadcasts in a test: made short, in any state, with rows of the outbox that belong to them."""

from __future__ import annotations

from domain.broadcast import Step
from storage import broadcasts, outbox
from storage.broadcasts import Draft
from storage.units import Query, Want
from tests.databases import NOW, queue
from texts.message import Choice, line, say

BOARD, AUTHOR, SECOND_PERSON = "kkt", 1, 2
BODY = outbox.packed(say(line("group"), choices=(Choice(line("group"), "received/"),)))
RUNNING = (Step.BEGIN, Step.RUN)


def draft(**more):
    values = {"board": BOARD, "author": AUTHOR, "body": BODY, "audience": "{}", "people": 3,
              "created_at": NOW, "starts_at": NOW}  # fmt: skip
    return Draft(**{**values, **more})


async def made(database, *steps, **more):
    """A broadcast that has taken these steps."""
    number = await database.run(broadcasts.create, draft(**more))
    for step in steps:
        assert await database.run(broadcasts.move, number, step, NOW)
    return number


async def write(database, *statements):
    """Carry out statements of the test's own."""

    async def unit(_tx):
        for sql in statements:
            await Query(sql, [], Want.COUNT)

    await database.run(unit)


async def listed(number, member, state):
    """A person of a broadcast, as a unit of work awaits it."""
    sql = f"INSERT INTO recipients(broadcast, member, unit, state) VALUES ({number}, {member}, 'u', '{state}')"
    await Query(f"{sql} ON CONFLICT (broadcast, member) DO NOTHING", [], Want.COUNT)


async def queued(database, number, *members, **more):
    """Rows of the outbox for these people of a broadcast, at addresses named like them, and their recipients."""

    async def unit(tx):
        for member in members:
            key = f"broadcast:{number}:{member}"
            await queue(tx, key, str(member), outbox.BROADCAST, **{"member": member, **more})
            await listed(number, member, "queued")

    await database.run(unit)
    await write(database, f"UPDATE outbox SET broadcast = {number} WHERE key LIKE 'broadcast:{number}:%'")

"""The author of a message to many is told how it goes: one message that changes, once that it paused, once what it came to."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from domain.broadcast import Step
from handlers.failures import reason_line
from handlers.world import World
from scheduler.tell_authors import MANY, TOLD_FOR, TellAuthors
from storage import broadcasts, outbox, people, unseen
from storage.units import Query, Want
from tests.broadcasting import RUNNING, draft
from tests.broadcasting import listed as in_audience
from tests.databases import NOW, opened
from texts.compose import compose, plain
from texts.message import from_json, line, say

BODY = outbox.packed(say(line("broadcast.body", board="Ban", text="Họp")))
WHOM = '{"board": "kkt"}'


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


class Desk:
    """An author at a messenger, and the job."""

    def __init__(self, database, *, edits=True):
        self.database, self.now = database, NOW
        known = {"phone": SimpleNamespace(edits=edits)}
        self.job = TellAuthors(database, self._world, lambda: known, lambda: self.now)

    async def _world(self):
        return World()

    async def write(self, sql):
        async def unit(_tx):
            await Query(sql, [], Want.COUNT)

        await self.database.run(unit)

    async def begun(self, people_=MANY, steps=RUNNING):
        author = await self.database.run(people.at_address, "phone", "o", NOW)
        number = await self.database.run(
            broadcasts.create, draft(author=author, body=BODY, audience=WHOM, people=people_)
        )
        for step in steps:
            assert await self.database.run(broadcasts.move, number, step, NOW)

        async def audience(_tx):
            for member in range(100, 100 + people_):
                await in_audience(number, member, "listed")

        await self.database.run(audience)
        return number

    async def reached(self, many, state="sent"):
        await self.write(f"UPDATE recipients SET state = '{state}', ended_at = {NOW} WHERE member < {100 + many}")

    async def arrived(self):
        """What waits to be told is sent."""
        await self.write("UPDATE outbox SET state = 'sent', ref = 'm' || id WHERE state = 'ready'")

    async def told(self):
        """Key and text of every message, oldest first, and what it takes the place of."""

        async def unit(_tx):
            return [
                dict(row)
                for row in await Query("SELECT key, body, edits FROM outbox ORDER BY id", self._none, Want.ALL)
            ]

        self._none = [] if "Postgres" in type(self.database).__name__ else {}
        rows = await self.database.read(unit)
        return [(row["key"], words_of(row["body"]), row["edits"]) for row in rows]

    async def step(self, number, step, **more):
        async def unit(tx):
            return await broadcasts.move(tx, number, step, NOW, **more)

        assert await self.database.run(unit)


def words_of(body):
    return "".join(span.text for span in compose(from_json(json.loads(body)).lines, "vi"))


def buttons_of(body):
    return [plain(choice.label, "vi") for choice in from_json(json.loads(body)).choices]


async def test_a_bar_moves_in_the_message_that_was_first(database):
    desk = Desk(database)
    number = await desk.begun()
    assert await desk.job() == {"told": 0, "changed": 1}
    assert await desk.job() == {"told": 0, "changed": 0}, "the first has not arrived yet"
    await desk.arrived()
    assert await desk.job() == {"told": 0, "changed": 0}, "nothing has changed"
    await desk.reached(MANY // 2)
    assert await desk.job() == {"told": 0, "changed": 1}
    await desk.arrived()
    first, second = await desk.told()
    assert first[0] == f"progress:{number}:0"
    assert "░░░░░░░░░░ 0%" in first[1]
    assert "▓▓▓▓▓░░░░░ 50%" in second[1]
    assert (first[2], second[2]) == (None, "m1")


async def test_the_same_again_after_a_pause_is_told_again(database):
    desk = Desk(database)
    number = await desk.begun()
    for step in (None, Step.PAUSE, Step.RESUME):
        if step:
            await desk.step(number, step)
        assert (await desk.job())["changed"] == 1, step
        await desk.arrived()
    first, paused, again = await desk.told()
    assert first[1] == again[1] != paused[1]


async def test_when_it_is_over_the_bar_has_no_buttons_and_a_new_message_says_what_it_came_to(database):
    desk = Desk(database)
    number = await desk.begun()
    await desk.job()
    await desk.arrived()
    await desk.reached(MANY)
    await desk.step(number, Step.FINISH)
    assert await desk.job() == {"told": 1, "changed": 1}
    assert await desk.job() == {"told": 0, "changed": 0}
    _, bar, summary = await desk.told()
    assert "100%" in bar[1]
    assert summary[0] == f"summary:{number}:{NOW}"
    assert summary[2] is None
    assert "Đã gửi xong" in summary[1]
    desk.now += TOLD_FOR + 1
    assert await desk.job() == {"told": 0, "changed": 0}


async def test_few_people_and_messengers_that_change_nothing_get_the_end_alone(database):
    for edits, many in ((True, MANY - 1), (False, MANY)):
        desk = Desk(database, edits=edits)
        number = await desk.begun(many)
        assert (await desk.job())["changed"] == 0
        await desk.step(number, Step.FINISH)
        assert await desk.job() == {"told": 1, "changed": 0}


async def test_what_paused_by_itself_is_told_once_with_its_reason_and_a_hand_is_not(database):
    desk = Desk(database, edits=False)
    number = await desk.begun()
    await desk.step(number, Step.PAUSE, by=1)
    assert await desk.job() == {"told": 0, "changed": 0}
    await desk.step(number, Step.RESUME, by=1)
    await desk.step(number, Step.PAUSE, reason="Forbidden: bot was blocked by the user")
    assert await desk.job() == {"told": 1, "changed": 0}
    assert await desk.job() == {"told": 0, "changed": 0}
    ((key, text, _),) = await desk.told()
    assert key.startswith(f"paused:{number}:")
    assert "đã chặn bot" in text


async def test_an_author_who_cannot_be_reached_keeps_no_other_waiting(database):
    desk = Desk(database)
    lost = await desk.begun(steps=(*RUNNING, Step.FINISH))
    await desk.write(f"UPDATE broadcasts SET author = 999 WHERE id = {lost}")
    await desk.begun(steps=(*RUNNING, Step.FINISH))
    assert (await desk.job())["told"] == 1


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("Forbidden: bot was blocked by the user", "blocked"), ("Forbidden: user is deactivated", "gone"),
        ("Bad Request: chat not found", "no_chat"), ("Bad Request: PEER_ID_INVALID", "no_chat"),
        ("Forbidden: bot can't initiate conversation with a user", "no_chat"),
        ("Bad Request: message is too long", "long"), ("Bad Request: MESSAGE_TOO_LONG", "long"),
        ("the file is larger than 5242880 bytes, the most a chat message holds", "file"),
        ("Request Entity Too Large", "file"), ("quota of the month exceeded", "quota"),
        ("Too Many Requests: retry after 12", "pace"), ("Unauthorized", "token"), ("Bad Gateway", "down"),
        ("no answer from Telegram in time (TimeoutError)", "line"),
        ("the connection broke before Telegram answered (X)", "line"), (outbox.INTERRUPTED, "cut"),
        (unseen.NOT_SEEN, "unseen"), (broadcasts.LEFT, "left"), (broadcasts.UNREACHABLE, "nobody"),
    ],
)  # fmt: skip
def test_why_something_failed_is_said_in_words_for_people(raw, named):
    assert reason_line(raw) == line(f"broadcast.reason.{named}")


def test_what_nobody_has_foreseen_stays_as_it_was_said():
    assert reason_line("Bad Request: TOPIC_CLOSED") == "Bad Request: TOPIC_CLOSED"

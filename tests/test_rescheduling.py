"""Another time for a message to many that has not begun to go out: who hears of it, and when it is too late."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.here import ZONE
from storage import broadcasts, fan_out
from tests import launching
from tests.launching import SEND, TEXT, everybody, gone, last, made
from tests.registering import words

DO_IT, YES = words("move_broadcast.review.confirm"), words("broadcast.yes")

pytestmark = pytest.mark.begins.with_args(everybody)


async def scheduled(running):
    """For half past two of that day."""
    await launching.at_review(running)
    await running.tap("o", words("flow.correct"))
    await running.tap("o", words("flow.fix", label=words("broadcast.when.label")))
    await running.say("o", "14h30")
    await running.tap("o", SEND)
    return (await made(running))[0]["id"]


def begins(row):
    return f"{datetime.fromtimestamp(row['starts_at'] / 1e6, ZONE):%H:%M %d/%m}"


async def test_it_goes_at_its_new_hour_and_not_at_the_one_before(app):
    number = await scheduled(app)
    (asked,) = await app.tap("o", f"broadcast_time/{number}")
    assert "14:30 24/04/2023" in asked
    await app.say("o", "10h sáng mai")
    (told,) = await app.tap("o", DO_IT)
    assert "10:00 25/04/2023" in told
    await app.move_to(datetime(2023, 4, 24, 15, tzinfo=ZONE))
    await gone(app)
    assert (await made(app))[0]["state"] == "scheduled"
    await app.move_to(datetime(2023, 4, 25, 10, 1, tzinfo=ZONE))
    await gone(app)
    assert TEXT in last(app, "a")
    assert [row["act"] for row in await app.rows("SELECT act FROM audit WHERE act = 'broadcast.reschedule'")]


async def test_now_is_a_time_as_well_and_its_author_hears_of_it_from_whoever_did_it(app):
    number = await scheduled(app)
    await app.tap("p", f"broadcast_time/{number}")
    await app.tap("p", words("sending.now"))
    await app.tap("p", DO_IT)
    assert any("Phạm Thị Phó" in text and "đã đổi giờ gửi" in text for text in app.phone.texts("o"))
    await gone(app)
    assert TEXT in last(app, "a")


async def at_review(app, hour, who="o"):
    """Another hour is chosen, and not confirmed yet."""
    (row,) = await made(app)
    await app.tap(who, f"broadcast_time/{row['id']}")
    (review,) = await app.say(who, hour)
    assert DO_IT in dict(app.phone.buttons(who))
    return review


async def test_once_it_has_begun_its_time_stands(app):
    number = await scheduled(app)
    await at_review(app, "16h")
    await app.move_to(datetime(2023, 4, 24, 14, 31, tzinfo=ZONE))
    await gone(app)
    assert words("move_broadcast.begun") in (await app.say("o", "tiếp"))[-1]
    assert DO_IT not in dict(app.phone.buttons("o"))
    await app.say("o", "huỷ")
    (told,) = await app.tap("o", f"broadcast_time/{number}")
    assert words("move_broadcast.begun") in told
    assert begins((await made(app))[0]) == "14:30 24/04"
    assert sum(TEXT in text for text in app.phone.texts("a")) == 1


async def test_an_hour_that_is_over_by_then_is_not_now(app):
    await scheduled(app)
    await at_review(app, "9h30")
    await app.move_to(datetime(2023, 4, 24, 10, tzinfo=ZONE))
    told = await app.tap("o", DO_IT)
    assert words("broadcast.gone", what=words("move_broadcast.when.label")) in told[-1]
    assert begins((await made(app))[0]) == "14:30 24/04"


async def test_of_two_officers_the_second_reads_what_the_first_has_done(app):
    await scheduled(app)
    await at_review(app, "17h", "p")
    await at_review(app, "16h", "o")
    await app.tap("p", DO_IT)
    told = await app.tap("o", DO_IT)
    assert "17:00 24/04/2023" in told[-1]
    assert begins((await made(app))[0]) == "17:00 24/04"
    assert len(await app.rows("SELECT 1 FROM audit WHERE act = 'broadcast.reschedule'")) == 1


async def test_its_own_hour_is_no_other_one(app):
    await scheduled(app)
    await at_review(app, "14h30")
    (told,) = await app.tap("o", DO_IT)
    assert "không có gì thay đổi" in told
    assert not await app.rows("SELECT 1 FROM audit WHERE act = 'broadcast.reschedule'")


async def test_what_was_moved_while_its_audience_was_counted_does_not_begin(app):
    number = await scheduled(app)
    database, day = app.app.database, 24 * 3600 * 1_000_000
    (row,) = await made(app)
    assert await database.run(fan_out.due, row["starts_at"]) == [number]
    assert await database.run(
        broadcasts.reschedule, number, row["starts_at"], row["starts_at"] + day, row["starts_at"], 1
    )
    assert not await database.run(fan_out.begin, number, ["kkt-hai-phong-dn-1"], row["starts_at"])
    assert await database.run(broadcasts.hold, number, 9, row["starts_at"]) is None
    assert (await made(app))[0]["state"] == "scheduled"


@pytest.mark.begins.with_args(everybody, approve_above=2)
async def test_who_is_asked_to_agree_and_who_has_agreed_hear_of_each_new_hour(app):
    await scheduled(app)
    for hour in ("15h", "16h", "15h"):
        waits = (await made(app))[0]["state"] == "waiting"
        await at_review(app, hour)
        (told,) = await app.tap("o", DO_IT)
        assert ("nếu trước đó có người thứ hai đồng ý" in told) == waits
        assert f"Giờ gửi mới: {hour[:2]}:00 24/04/2023" in last(app, "p")
        if waits:
            await app.tap("p", YES)
    (row,) = await made(app)
    assert (row["state"], begins(row)) == ("scheduled", "15:00 24/04"), "what was agreed to stays so"


@pytest.mark.begins.with_args(everybody, approve_above=2)
async def test_who_agrees_to_a_time_they_have_not_read_reads_it_first(app):
    number = await scheduled(app)
    read = (await made(app))[0]["starts_at"]
    await at_review(app, "16h")
    await app.tap("o", DO_IT)
    (told,) = await app.tap("p", f"broadcast_yes/{number}/{read}")
    assert words("broadcast.request_moved") in told
    assert "16:00 24/04/2023" in told
    assert (await made(app))[0]["state"] == "waiting"
    await app.tap("p", YES)
    assert (await made(app))[0]["state"] == "scheduled"

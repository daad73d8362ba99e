"""Another time for a message to many that has not begun to go out: who hears of it, and when it is too late."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.here import ZONE
from tests.launching import SEND, TEXT, at_review, everybody, gone, last, made
from tests.registering import words

DO_IT = words("move_broadcast.review.confirm")

pytestmark = pytest.mark.begins.with_args(everybody)


async def scheduled(running):
    """For half past two of that day."""
    await at_review(running)
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


async def test_once_it_has_begun_its_time_stands(app):
    number = await scheduled(app)
    await app.tap("o", f"broadcast_time/{number}")
    await app.say("o", "16h")
    await app.move_to(datetime(2023, 4, 24, 14, 31, tzinfo=ZONE))
    await gone(app)
    await app.say("o", "tiếp")
    (told,) = await app.tap("o", DO_IT)
    assert words("move_broadcast.begun") in told
    (told,) = await app.tap("o", f"broadcast_time/{number}")
    assert words("move_broadcast.begun") in told
    assert begins((await made(app))[0]) == "14:30 24/04"
    assert sum(TEXT in text for text in app.phone.texts("a")) == 1


@pytest.mark.begins.with_args(everybody, approve_above=2)
async def test_who_is_asked_to_agree_and_who_has_agreed_hear_of_the_new_hour(app):
    number = await scheduled(app)
    for hour in ("15h", "16h", "15h"):
        await app.tap("o", f"broadcast_time/{number}")
        await app.say("o", hour)
        await app.tap("o", DO_IT)
        assert f"Giờ gửi mới: {hour[:2]}:00 24/04/2023" in last(app, "p")
        await app.tap("p", f"broadcast_yes/{number}")
    (row,) = await made(app)
    assert (row["state"], begins(row)) == ("scheduled", "15:00 24/04"), "what was agreed to stays so"

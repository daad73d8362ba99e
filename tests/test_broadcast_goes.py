"""A message to many goes out: what its people get, what its officers see and do, and whom it did not reach."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from channels.contract import Unknown, Unreachable
from channels.fitting import plain
from handlers.here import ZONE
from tests.launching import LAUNCH_IT, TEXT, confirmed, everybody, gone, last, made
from tests.registering import files_for, words

BLOCKED = Unreachable("Forbidden: bot was blocked by the user")
RECEIVED = words("broadcast.received")
FAILED, DOUBTFUL = words("broadcast.step.failed"), words("broadcast.step.doubtful")

pytestmark = pytest.mark.begins.with_args(everybody)


def got(app, who):
    return sum(TEXT in text for text in app.phone.texts(who))


def fails(app, **how):
    """From now on what is sent to these ends so."""
    app.phone.fail = lambda delivery: how.get(delivery.address) if TEXT in plain(delivery.text) else None


async def test_each_of_the_audience_gets_it_once_and_says_so(both):
    await confirmed(both)
    await gone(both)
    assert [got(both, who) for who in ("a", "head", "b", "s", "far")] == [1, 1, 1, 0, 0]
    assert (await made(both))[0]["state"] == "done"
    assert words("broadcast.sent", sent=3, acknowledged=0) in last(both, "o")
    assert (await both.tap("a", RECEIVED))[-1] == words("broadcast.thanks")
    assert (await both.tap("a", "received/1"))[-1] == words("broadcast.thanks")
    (page,) = await both.tap("o", "broadcast/1")
    assert words("broadcast.sent", sent=3, acknowledged=1) in page
    assert "100%" in page


async def test_a_launch_goes_to_staff_too_with_what_was_confirmed(app):
    await app.say("o", "/phatdong")
    await app.say("o", "2")
    await app.tap("o", LAUNCH_IT)
    await gone(app)
    assert "trước ngày 30/6/2023" in last(app, "s")
    assert [label for label, _ in app.phone.buttons("s")] == [words("broadcast.campaign.button"), RECEIVED]
    (shown,) = await app.tap("s", words("broadcast.campaign.button"))
    assert "Đợt thi đua đặc biệt" in shown


async def test_only_whom_it_failed_for_gets_it_again(both):
    fails(both, b=BLOCKED)
    await confirmed(both)
    await gone(both)
    assert words("broadcast.rest.failed", number=1) in last(both, "o")
    assert "đã chặn bot" in last(both, "o")
    (told,) = await both.tap("o", FAILED)
    assert "Hoàng Văn Bình" in told
    fails(both)
    await both.tap("o", "broadcast_again/1/failed")
    await gone(both)
    assert "đã chặn bot" in last(both, "o"), "there is no way to them yet, and why not is still known"
    await both.say("b", "chào")
    assert (await both.tap("o", "broadcast_again/1/failed"))[-1]
    await gone(both)
    assert [got(both, who) for who in ("a", "head", "b")] == [1, 1, 1]
    assert words("broadcast.sent", sent=3, acknowledged=0) in last(both, "o")
    assert (await both.tap("o", "broadcast_again/1/failed"))[-1] == words("broadcast.again.none")


async def test_in_doubt_is_sent_again_only_after_a_look_at_the_list(app):
    fails(app, head=Unknown("cut"))
    await confirmed(app)
    await gone(app)
    assert app.phone.buttons("o")[0][0] == DOUBTFUL
    (told,) = await app.tap("o", DOUBTFUL)
    assert "Vũ Văn Đầu" in told
    assert got(app, "head") == 0
    fails(app)
    await app.tap("o", words("broadcast.doubtful.again", number=1))
    await gone(app)
    assert [got(app, who) for who in ("a", "head", "b")] == [1, 1, 1]


async def test_sending_again_to_the_failed_leaves_those_in_doubt_alone(app):
    fails(app, b=BLOCKED, head=Unknown("cut"))
    await confirmed(app)
    await gone(app)
    fails(app)
    await app.say("b", "chào")
    await app.tap("o", "broadcast_again/1/failed")
    await gone(app)
    assert [got(app, who) for who in ("a", "head", "b")] == [1, 0, 1]
    assert words("broadcast.rest.unknown", number=1) in last(app, "o")


async def test_coverage_names_whom_to_call(app):
    fails(app, b=BLOCKED)
    await confirmed(app)
    await gone(app)
    await app.tap("o", "broadcast_coverage/1")
    (file,) = files_for(app, "o")
    book = openpyxl.load_workbook(BytesIO(file.content))
    by_unit, to_call, everybody_ = (
        [[c.value for c in row] for row in sheet.iter_rows(min_row=7)] for sheet in book.worksheets
    )
    assert ["Công ty TNHH Thép Hải Âu (mẫu)", 2, 2, 0, 0, None] in by_unit
    assert [row[2] for row in to_call if row[2]] == ["Hoàng Văn Bình"]
    assert len(everybody_) == 3
    assert not any("Khu công nghiệp" in str(row[0]) for row in by_unit)
    assert str(book.worksheets[1]["A4"].value).startswith("Tính đến ")
    assert str(book.worksheets[1]["A4"].value).endswith(f"2023, {words('broadcast.state.done')} 3/3")


async def test_stopped_before_its_time_it_goes_to_nobody(app):
    await app.move_to(datetime(2023, 4, 24, 21, tzinfo=ZONE))
    await confirmed(app)
    assert (await made(app))[0]["state"] == "scheduled"
    (ask,) = await app.tap("o", "broadcast_stop/1")
    assert "chưa gửi cho ai" in ask
    await app.tap("o", words("broadcast.stop.no"))
    assert (await made(app))[0]["state"] == "scheduled"
    await app.tap("p", "broadcast_stop/1")
    await app.tap("p", words("broadcast.stop.yes"))
    await app.move_to(datetime(2023, 4, 25, 9, tzinfo=ZONE))
    await gone(app)
    assert (await made(app))[0]["state"] == "stopped"
    assert got(app, "a") == 0


async def test_after_working_hours_it_goes_in_the_morning(app):
    await app.move_to(datetime(2023, 4, 24, 21, tzinfo=ZONE))
    await confirmed(app)
    await gone(app)
    assert got(app, "a") == 0
    await app.move_to(datetime(2023, 4, 25, 7, 31, tzinfo=ZONE))
    await gone(app)
    assert got(app, "a") == 1

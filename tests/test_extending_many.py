"""An officer extends for several units at once, changes it and takes it back; each unit is told once."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from handlers.here import ZONE
from tests.extending import DUTY, GIVEN, asked, everybody, own_days, requests
from tests.registering import ENTERPRISE, FAR_OFFICE, OTHER, all_said, seat, words

ONE, TWO = "Công ty TNHH Thép Hải Âu (mẫu)", "Công ty"
GIVE = "Gia hạn"

pytestmark = pytest.mark.begins.with_args(everybody)


async def units_asked(running, who="o", duty="Báo cáo kết quả Giai đoạn 1"):
    """The question for which units; its choices by label."""
    await running.say(who, "/giahan")
    await running.tap(who, words("extend.button"))
    label = next(label for label, _ in running.phone.buttons(who) if label.startswith(duty))
    await running.tap(who, label)
    return [label for label, _ in running.phone.buttons(who)]


async def given(running, *units, day="12/5", reason="Bỏ qua", who="o"):
    """Extended for these units (by name); what the officer was told."""
    await units_asked(running, who)
    for unit in units:
        await running.say(who, unit)
    if units != ("Tất cả",):
        await running.tap(who, "Xong")
    await all_said(running, who, day, reason)
    return (await running.tap(who, GIVE))[0]


async def names(running):
    found = await running.rows("SELECT slug, name FROM units")
    return {one["slug"]: one["name"] for one in found}


async def test_two_units_are_given_a_day_and_their_delegates_told_once(both):
    name = await names(both)
    told = await given(both, name[ENTERPRISE], name[OTHER], reason="Bão số 1")
    assert words("extend.done", title="Báo cáo kết quả Giai đoạn 1", last="12/05/2023", number=2) in told
    assert await own_days(both) == {GIVEN: "2023-05-12", (OTHER, DUTY): "2023-05-12"}
    for who in ("a", "head", "other"):
        (notice,) = both.phone.texts(who)
        assert "12/05/2023" in notice
        assert "Bão số 1" in notice
    assert both.phone.texts("member") == both.phone.texts("p") == []


async def test_all_units_that_the_duty_addresses_and_who_could_not_be_told(app):
    name = await names(app)
    labels = await units_asked(app)
    assert words("flow.all") in labels
    await app.tap("o", words("flow.all"))
    await all_said(app, "o", "12/5", "Bỏ qua")
    (told,) = await app.tap("o", GIVE)
    days = await own_days(app)
    assert {ENTERPRISE, OTHER} <= {unit for unit, _ in days}
    assert all(unit.startswith("kkt-hai-phong") for unit, _ in days)
    assert "kkt-hai-phong" not in {unit for unit, _ in days}, "the board itself owes no report"
    assert name["kkt-hai-phong-dn-3"] in told
    assert name[ENTERPRISE] not in told


async def test_shortened_and_taken_back_and_each_time_told(app):
    name = await names(app)
    await given(app, name[ENTERPRISE])
    await given(app, name[ENTERPRISE], day="5/5")
    assert await own_days(app) == {GIVEN: "2023-05-05"}
    told = await given(app, name[ENTERPRISE], day="5/5")
    assert told == words("extend.nothing_new", last="05/05/2023")
    await given(app, name[ENTERPRISE], day="30/4")
    assert await own_days(app) == {}
    notices = app.phone.texts("a")
    assert ["12/05/2023" in notices[0], "05/05/2023" in notices[1], "thôi gia hạn" in notices[2]] == [True] * 3
    assert len(notices) == 3


async def test_never_earlier_than_the_plan_and_never_in_the_past(app):
    name = await names(app)
    await units_asked(app)
    await app.say("o", name[ENTERPRISE])
    await app.tap("o", "Xong")
    (told,) = await app.say("o", "28/4")
    assert words("extend.last_day.outside", day="28/04/2023", first="30/04/2023", last="27/10/2023") in told
    await app.say("o", "12/5")
    await app.say("o", "Bỏ qua")
    await app.move_to(datetime(2023, 5, 13, 8, tzinfo=ZONE))
    (told,) = await app.tap("o", GIVE)
    assert words("extend.last_day.outside", day="12/05/2023", first="13/05/2023", last="09/11/2023") in told
    assert await own_days(app) == {}


async def test_it_answers_what_a_unit_has_asked_for(app):
    await asked(app)
    await given(app, (await names(app))[ENTERPRISE], day="20/5")
    (request,) = await requests(app)
    assert (request["state"], request["granted"]) == ("granted", "2023-05-20")
    (told,) = await app.tap("p", f"extension_yes/{request['id']}")
    assert "Trần Văn Cán" in told
    assert "20/05/2023" in told


async def test_two_officers_at_once_for_the_same_units(both):
    name = await names(both)
    for who, day in (("o", "12/5"), ("p", "20/5")):
        await units_asked(both, who)
        await all_said(both, who, f"{name[ENTERPRISE]}, {name[OTHER]}", day, "Bỏ qua")
    taps = [(who, dict(both.phone.buttons(who))[GIVE]) for who in "op"]
    await asyncio.gather(*(both.phone.hand_in(who, kind="tap", action=action) for who, action in taps))
    await both.settled()
    days = set((await own_days(both)).values())
    assert len(days) == 1, "the later one holds for both units"
    assert days <= {"2023-05-12", "2023-05-20"}
    assert len(both.phone.texts("a")) == 2


async def test_only_officers_and_only_for_their_board(app):
    await seat(app, "far", FAR_OFFICE, "officer")
    assert await app.tap("a", "extend") == [words("office.only")]
    assert await app.tap("visitor", "extend") == [words("office.only")]
    await app.say("far", "/giahan")
    await app.tap("far", words("extend.button"))
    assert "Giai đoạn 1" not in app.phone.texts("far")[-1]
    assert not [label for label, _ in app.phone.buttons("far") if "Giai đoạn" in label]

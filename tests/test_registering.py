"""Registering through the whole app: two at once, who may see what, deadlines to the second, the filer told once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from domain.campaign import Asks
from domain.dossier import After
from domain.people import ENTERPRISE_ACTORS
from handlers import turn
from handlers.here import ZONE
from storage import openings
from storage.openings import ByHand
from tests.app import Phone, running_app
from tests.registering import (
    CONFIRM,
    ENTERPRISE,
    FAR_OFFICE,
    OFFICE,
    OTHER,
    WORK,
    WORKS,
    all_said,
    at_review,
    dossiers,
    filed,
    hand_in_at,
    seat,
    versions,
    words,
)

LAST = datetime(2023, 4, 30, 23, 59, 59, 999_999, tzinfo=ZONE)
"""the last moment that is in time"""
UNKNOWN = "KKTHP-2023-CT-99999-9"


@pytest.fixture
async def both(database_url):
    """The app on either database, on a day when works are open."""
    async with running_app(database_url, [Phone()], start=WORKS) as one:
        yield one


@pytest.fixture
async def app(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], start=WORKS) as one:
        yield one


def confirming(running, who):
    return running.phone.hand_in(who, kind="tap", action=dict(running.phone.buttons(who))[CONFIRM])


def told(running, who, key, /, **params):
    """How often that person was sent these words."""
    found = words(key, **params)
    return sum(found in text for text in running.phone.texts(who))


# Two at once.


async def test_two_delegates_at_once_are_one_dossier_and_the_second_makes_a_version_of_it(both):
    members = {who: await seat(both, who) for who in ("a", "b")}
    await at_review(both, "a", target="100 cây")
    await at_review(both, "b", target="200 cây")
    await asyncio.gather(confirming(both, "a"), confirming(both, "b"))
    await both.settled()
    (dossier,) = await dossiers(both)
    first = next(who for who, member in members.items() if member == dossier["filer"])
    second = {"a": "b", "b": "a"}[first]
    assert told(both, first, "register.done") == 1
    assert told(both, second, "register.there_already", number=dossier["number"]) == 1
    shown = both.phone.texts(second)[-1]
    assert {"a": "100 cây", "b": "200 cây"}[second] in shown, "their own answers"
    await both.tap(second, CONFIRM)
    assert await versions(both) == [(1, 1, members[first]), (1, 2, members[second])]
    assert told(both, second, "register.changed") == 1
    changed = {"number": dossier["number"], "label": WORK[1], "who": f"Người {second}"}
    assert told(both, first, "dossier.told.changed", **changed) == 1


async def test_the_same_answers_again_are_no_version_and_nobody_is_told_of_one(both):
    for who in "ab":
        await seat(both, who)
        await at_review(both, who)
    await both.tap("a", CONFIRM)
    await both.tap("b", CONFIRM)
    before = both.phone.texts("a")
    await both.tap("b", CONFIRM)
    assert len(await versions(both)) == 1
    assert told(both, "b", "register.same") == 1
    assert both.phone.texts("a") == before


async def test_ten_of_a_unit_at_once_are_one_dossier_and_nobody_is_left_without_an_answer(both):
    people = [f"p{n}" for n in range(10)]
    for who in people:
        await seat(both, who)
        await at_review(both, who, target=f"{who} cây")
    await asyncio.gather(*(confirming(both, who) for who in people))
    await both.settled()
    assert len(await dossiers(both)) == len(await versions(both)) == 1
    number = (await dossiers(both))[0]["number"]
    assert sum(told(both, who, "register.done") for who in people) == 1
    assert sum(told(both, who, "register.there_already", number=number) for who in people) == 9


async def test_two_taps_on_confirm_are_one_dossier(both):
    await seat(both, "a")
    await at_review(both, "a")
    await asyncio.gather(*(confirming(both, "a") for _ in range(3)))
    await both.settled()
    assert await versions(both) == [(1, 1, 1)]
    assert told(both, "a", "register.done") == 1
    assert told(both, "a", "tap.late") == 2


async def test_the_same_update_twice_is_one_dossier(both):
    await seat(both, "a")
    await at_review(both, "a")
    action = dict(both.phone.buttons("a"))[CONFIRM]
    new = await asyncio.gather(*(both.phone.hand_in("a", update_id="once", kind="tap", action=action) for _ in "123"))
    await both.settled()
    assert sorted(new) == [False, False, True]
    assert await versions(both) == [(1, 1, 1)]
    assert told(both, "a", "register.done") == 1
    assert told(both, "a", "tap.late") == 0


async def test_who_edits_what_was_edited_meanwhile_is_shown_it_and_loses_no_answer(both):
    members = {who: await seat(both, who) for who in "ab"}
    number = await filed(both, "a")
    for who, target in (("a", "300 cây"), ("b", "400 cây")):
        await both.tap(who, f"edit/{number}")
        await all_said(both, who, "2", "muc tieu", target)
    await asyncio.gather(confirming(both, "a"), confirming(both, "b"))
    await both.settled()
    assert len(await versions(both)) == 2
    late = next(who for who in "ab" if told(both, who, "register.there_already", number=number))
    assert {"a": "300 cây", "b": "400 cây"}[late] in both.phone.texts(late)[-1]
    await both.tap(late, CONFIRM)
    assert [one[1] for one in await versions(both)] == [1, 2, 3]
    assert (await versions(both))[-1][2] == members[late]


# Who may see and do what.


@pytest.mark.parametrize(
    ("unit", "role"),
    [
        (OTHER, "delegate"),
        (OTHER, "head"),
        (ENTERPRISE, "member"),
        (FAR_OFFICE, "officer"),
        (FAR_OFFICE, "admin"),
        (None, None),
    ],
)
async def test_a_dossier_of_others_is_as_if_there_were_none(app, unit, role):
    await seat(app, "a")
    number = await filed(app, "a")
    before = await app.rows("SELECT * FROM dossiers"), await app.rows("SELECT * FROM audit")
    if unit:
        await seat(app, "b", unit, role)
    for action in ("dossier", "edit", "withdraw", "receipt", "history", "judge"):
        seen = await app.tap("b", f"{action}/{number}")
        buttons = app.phone.buttons("b")
        assert seen == await app.tap("b", f"{action}/{UNKNOWN}"), action
        assert seen[0].startswith(words("dossier.not_yours")), action
        assert buttons == app.phone.buttons("b")
    by_command = await app.say("b", f"/hoso {number}")
    assert by_command == await app.say("b", f"/hoso {UNKNOWN}")
    for screen in ("dossiers/unit", "dossiers/office", "dossiers/mine", "dossiers/mine/0"):
        assert WORK[1] not in "".join(await app.tap("b", screen))
        assert not any("dossier/" in action for _, action in app.phone.buttons("b"))
    assert (await app.rows("SELECT * FROM dossiers"), await app.rows("SELECT * FROM audit")) == before


async def test_a_member_sees_their_own_and_a_delegate_the_units(app):
    await seat(app, "a", role="member")
    await seat(app, "b", role="delegate")
    mine = await filed(app, "a", "Vườn hoa tự quản")
    units = await filed(app, "b", "Tuyến đường xanh")
    assert await lists(app, "a") == [mine]
    assert await lists(app, "b") == [units, mine]
    assert mine in (await app.tap("a", f"receipt/{mine}"))[0]
    assert mine in (await app.tap("b", f"receipt/{mine}"))[0]


async def lists(running, who):
    await running.say(who, "/hoso")
    return [
        action.removeprefix("dossier/") for _, action in running.phone.buttons(who) if action.startswith("dossier/")
    ]


async def test_an_officer_of_this_board_sees_it_and_that_is_kept(app):
    await seat(app, "a")
    await seat(app, "o", OFFICE, "officer")
    number = await filed(app, "a")
    assert number in (await app.tap("o", f"dossier/{number}"))[0]
    seen = await app.rows("SELECT about FROM audit WHERE act = 'dossier.seen'")
    assert [one["about"] for one in seen] == [number]
    refused = await app.tap("o", f"edit/{number}")
    assert refused[0].startswith(words("dossier.not_yours")), "the office does not change what was handed in"
    assert number not in (await app.tap("o", f"withdraw/{number}"))[0]


@pytest.mark.parametrize("forged", ["1:accept", "accept", "9:accept", "99999:confirm", "0:confirm", "/", "x.y.z:q"])
async def test_a_forged_answer_decides_nothing(app, forged):
    await seat(app, "a")
    await seat(app, "b", OTHER)
    number = await filed(app, "a")
    for prefix in ("=judge.decision.", "=judge.review.", "=withdraw.review.", "=register_work.review."):
        assert await app.tap("b", prefix + forged), "never silence"
    assert (await dossiers(app))[0]["state"] == "submitted"
    for action in (f"edit/{number}/2", f"edit/{number}'--", "edit/", "judge", f"judge/{number}/accept", "withdraw/%00",
                   "import/1", "import/999999999999999999999", "import_no/-1", "workbook/haiphong-2023/9",
                   "workbook//", "opening/haiphong-2023/report/0", "register_one/haiphong-2023/judge/0",
                   "register_one/haiphong-2023/initiative/77", "dossiers/office/-3", "dossiers/unit/99999999999999999999"):  # fmt: skip
        assert await app.tap("b", action), action
        await app.say("b", "huỷ")
    assert await app.rows("SELECT 1 FROM inbox WHERE state NOT IN ('done')") == []
    assert [(one["state"], one["version"]) for one in await dossiers(app)] == [("submitted", 1)]


# Deadlines.


async def production(running):
    """Stamps of messengers count, as they do where no clock can be moved."""
    turns = running.app.turns._turns
    turns._site = turn.replace(turns._site, trusts_stamps=True)


async def refuse_late(running):
    """The board takes nothing after the last day."""
    opened = ByHand(ENTERPRISE_ACTORS, LAST.date(), After.REFUSE)
    now = running.app.clock.business()
    await running.app.database.run(openings.open_, "haiphong-2023", Asks.WORK, opened, now, None)


@pytest.mark.parametrize(("sent", "late"), [(LAST, 0), (LAST + timedelta(microseconds=1), 1)])
async def test_the_messengers_stamp_decides_to_the_last_microsecond(both, sent, late):
    await production(both)
    await seat(both, "a")
    await at_review(both, "a")
    await both.move_to(LAST + timedelta(hours=2))
    await hand_in_at(both, "a", {"text": "1"}, sent, "u")
    (dossier,) = await dossiers(both)
    assert dossier["filed_at"] == int(sent.timestamp() * 1e6)
    assert dossier["late"] == late
    assert (words("dossier.late") in both.phone.texts("a")[-1]) == bool(late)


@pytest.mark.parametrize("trusted", [True, False])
async def test_no_stamp_is_believed_that_is_later_than_the_intake_and_none_under_a_movable_clock(app, trusted):
    if trusted:
        await production(app)
    await seat(app, "a")
    await at_review(app, "a")
    await app.move_to(LAST + timedelta(hours=2))
    other = timedelta(days=9) if trusted else -timedelta(days=2)
    await hand_in_at(app, "a", {"text": "1"}, LAST + other, "u")
    (dossier,) = await dossiers(app)
    (taken,) = await app.rows("SELECT taken_at FROM inbox WHERE update_id = 'u'")
    assert dossier["filed_at"] == taken["taken_at"]
    assert dossier["late"] == 1


async def test_a_tap_carries_no_stamp(app):
    await production(app)
    await seat(app, "a")
    await at_review(app, "a")
    action = dict(app.phone.buttons("a"))[CONFIRM]
    await app.move_to(LAST + timedelta(hours=2))
    await hand_in_at(app, "a", {"kind": "tap", "action": action}, LAST, "u")
    assert (await dossiers(app))[0]["late"] == 1


@pytest.mark.parametrize(("moment", "late"), [(LAST.replace(second=30), 0), (LAST + timedelta(microseconds=1), 1)])
async def test_the_clock_decides_where_there_is_no_stamp(app, moment, late):
    await seat(app, "a")
    await at_review(app, "a")
    await app.move_to(moment)
    await app.tap("a", CONFIRM)
    assert (await dossiers(app))[0]["late"] == late


async def test_where_nothing_late_is_taken_the_answers_stay_as_a_draft(both):
    await seat(both, "a")
    await refuse_late(both)
    await at_review(both, "a")
    await both.move_to(LAST + timedelta(microseconds=1))
    refused = await both.tap("a", CONFIRM)
    assert refused[0].startswith(words("register.too_late", last=LAST.date()))
    assert await dossiers(both) == []
    assert len(await both.rows("SELECT 1 FROM drafts")) == 1
    assert WORK[1] not in "".join(await both.say("a", "/dangky"))
    await both.say("a", "menu")
    draft = next(action for _, action in both.phone.buttons("a") if action.startswith("resume:"))
    assert WORK[1] in "".join(await both.tap("a", draft))
    await both.tap("a", CONFIRM)
    assert await dossiers(both) == []
    assert len(await both.rows("SELECT 1 FROM drafts")) == 1, "kept again"


async def test_where_nothing_late_is_taken_the_last_second_is_in_time(app):
    await production(app)
    await seat(app, "a")
    await refuse_late(app)
    await at_review(app, "a")
    await app.move_to(LAST + timedelta(hours=2))
    await hand_in_at(app, "a", {"text": "1"}, LAST, "u")
    assert [one["late"] for one in await dossiers(app)] == [0]


async def decide(running, number, *answers):
    await running.tap("o", f"judge/{number}")
    await all_said(running, "o", *answers, "1")


@pytest.mark.parametrize("refuses", [False, True])
async def test_what_was_in_time_and_returned_is_not_late_for_coming_back(app, refuses):
    await seat(app, "a")
    await seat(app, "o", OFFICE, "officer")
    if refuses:
        await refuse_late(app)
    number = await filed(app, "a")
    await decide(app, number, "2", "Chưa rõ mục tiêu")
    assert (await dossiers(app))[0]["state"] == "returned"
    await app.move_to(LAST + timedelta(days=3))
    await app.tap("a", f"edit/{number}")
    await all_said(app, "a", "2", "muc tieu", "300 cây")
    await app.tap("a", CONFIRM)
    (dossier,) = await dossiers(app)
    assert (dossier["state"], dossier["version"], dossier["late"]) == ("submitted", 2, 0)


async def test_what_is_changed_after_the_deadline_is_marked_late_and_the_version_in_time_stays(app):
    await seat(app, "a")
    number = await filed(app, "a")
    await app.move_to(LAST + timedelta(days=3))
    await app.tap("a", f"edit/{number}")
    await all_said(app, "a", "2", "muc tieu", "300 cây")
    await app.tap("a", CONFIRM)
    kept = await app.rows("SELECT version, late FROM dossier_versions ORDER BY version")
    assert [(one["version"], one["late"]) for one in kept] == [(1, 0), (2, 1)]


# The filer is told.


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (("1",), "accepted"),
        (("2", "Chưa rõ mục tiêu"), "returned"),
        (("3", "Không thuộc phong trào"), "declined"),
    ],
)
async def test_each_decision_is_told_to_the_filer_once(both, answers, state):
    await seat(both, "a")
    await seat(both, "b")
    await seat(both, "o", OFFICE, "officer", "Trần Văn Cán")
    number = await filed(both, "a")
    others = both.phone.texts("b")
    await both.tap("o", f"judge/{number}")
    await all_said(both, "o", *answers)
    confirm = both.phone.buttons("o")[0][1]
    await asyncio.gather(*(both.phone.hand_in("o", kind="tap", action=confirm) for _ in "12"))
    await both.settled()
    assert (await dossiers(both))[0]["state"] == state
    said = {"number": number, "label": WORK[1], "who": "Trần Văn Cán"}
    assert told(both, "a", f"dossier.told.{state}", **said) == 1
    assert all(answer in both.phone.texts("a")[-1] for answer in answers[1:]), "with the reason"
    assert both.phone.texts("b") == others
    told_again = await both.rows("SELECT key FROM outbox WHERE member = 1 AND key NOT LIKE 'reply:%'")
    assert len(told_again) == 1


async def test_two_officers_at_once_are_one_decision_told_once(both):
    await seat(both, "a")
    number = await filed(both, "a")
    for officer in ("o", "p"):
        await seat(both, officer, OFFICE, "officer")
        await both.tap(officer, f"judge/{number}")
    await all_said(both, "o", "1")
    await all_said(both, "p", "3", "Không thuộc phong trào")
    taps = [(who, both.phone.buttons(who)[0][1]) for who in ("o", "p")]
    await asyncio.gather(*(both.phone.hand_in(who, kind="tap", action=action) for who, action in taps))
    await both.settled()
    notices = await both.rows("SELECT key FROM outbox WHERE member = 1 AND key NOT LIKE 'reply:%'")
    assert len(notices) == 1
    acts = await both.rows("SELECT act FROM audit WHERE act IN ('dossier.accepted', 'dossier.declined')")
    assert len(acts) == 1


async def test_withdrawn_by_a_colleague_is_told_and_by_oneself_is_not(app):
    await seat(app, "a")
    await seat(app, "b")
    first, second = await filed(app, "a", "Vườn hoa tự quản"), await filed(app, "a", "Tuyến đường xanh")
    for who, number in (("a", first), ("b", second)):
        await app.tap(who, f"withdraw/{number}")
        await all_said(app, who, "Đăng ký nhầm phong trào", "1")
    assert [one["state"] for one in await dossiers(app)] == ["withdrawn", "withdrawn"]
    notices = await app.rows("SELECT key FROM outbox WHERE member = 1 AND key NOT LIKE 'reply:%'")
    assert len(notices) == 1
    assert second in app.phone.texts("a")[-1]
    assert "Đăng ký nhầm phong trào" in app.phone.texts("a")[-1]

"""How far a board has come, through the whole app: numbers, lists, and reminding by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.here import ZONE
from tests.extending import GIVEN, YES, asked, own_days
from tests.noticing import D3, R1, notices, offices, turned
from tests.registering import ENTERPRISE, OFFICE, OTHER, filed, seat, words

WORKS = "haiphong-2023/g1"
UNIT, OTHER_UNIT = "Công ty TNHH Thép Hải Âu (mẫu)", "Công ty TNHH Dây cáp Phượng Vĩ (mẫu)"

pytestmark = pytest.mark.begins.with_args(offices)


def counts(asked, came, late, extended):
    some = {
        "late": words("progress.counted_late", number=late) if late else "",
        "extended": words("progress.counted_longer", number=extended) if extended else "",
    }
    return words("progress.counts", asked=asked, came=came, missing=asked - came, **some)


def last(running, who):
    return running.phone.texts(who)[-1]


async def picked(running, *numbers, who="o"):
    await running.tap(who, f"chase/{R1}")
    labels = [label for label, _ in running.phone.buttons(who)]
    places = [str(next(n for n, label in enumerate(labels, 1) if unit in label)) for unit in numbers]
    await running.say(who, ", ".join(places))
    review = running.phone.texts(who)[-1] if len(places) > 1 else (await running.tap(who, "Xong"))[0]
    confirm = dict(running.phone.buttons(who)).get(words("chase.review.confirm"))
    return review, (await running.tap(who, confirm))[0] if confirm else ""


def not_told(why, *units):
    return words(f"chase.not_told.{why}", number=len(units), names="; ".join(units))


async def test_each_duty_in_numbers_that_move_with_what_comes_in(both):
    (told,) = await both.say("o", "/tinhhinh")
    assert told.count(counts(8, 0, 0, 0)) == 1
    assert told.count(counts(7, 0, 0, 0)) == 3, "the reports of all come to the office: it owes none itself"
    await filed(both, "a")
    (told,) = await both.tap("o", f"progress/{WORKS}")
    assert counts(8, 1, 0, 0) in told
    await both.move_to(datetime(2023, 5, 4, 9, tzinfo=ZONE))
    await filed(both, "other", "Vườn hoa tự quản")
    (told,) = await both.tap("o", f"progress/{WORKS}")
    assert counts(8, 2, 1, 0) in told


async def test_what_is_withdrawn_is_missing_again(app):
    number = await filed(app, "a")
    assert counts(8, 1, 0, 0) in (await app.tap("o", f"progress/{WORKS}"))[0]
    await app.tap("a", f"withdraw/{number}")
    await app.say("a", "Đăng ký nhầm phong trào")
    await app.tap("a", words("withdraw.review.confirm"))
    assert counts(8, 0, 0, 0) in (await app.tap("o", f"progress/{WORKS}"))[0]


async def test_the_lists_name_the_units_and_who_has_longer(both):
    await asked(both)
    await both.tap("o", YES)
    assert await own_days(both) == {GIVEN: "2023-05-12"}
    (told,) = await both.tap("o", f"progress/{R1}")
    assert counts(7, 0, 0, 1) in told
    (listed,) = await both.tap("o", words("progress.part.missing", number=7))
    longer = words("progress.longer", last="12/05/2023")
    never = words("progress.reminded.never")
    assert f"{UNIT}{longer}: {never}" in listed
    assert f"{OTHER_UNIT}: {never}" in listed
    (extended,) = await both.tap("o", f"progress_units/{R1}/extended/0")
    assert UNIT in extended
    assert OTHER_UNIT not in extended


async def test_a_long_list_is_shown_a_page_at_a_time(app, monkeypatch):
    monkeypatch.setattr("handlers.progress.LISTED", 3)
    first = (await app.tap("o", f"progress_units/{R1}/missing/0"))[0]
    second = (await app.tap("o", words("progress.next")))[0]
    third = (await app.tap("o", words("progress.next")))[0]
    assert words("progress.page", page=3, pages=3) in third
    named = [one for page in (first, second, third) for one in page.splitlines() if one.startswith("•")]
    assert len(named) == len(set(named)) == 7
    assert named == sorted(named)
    assert (await app.tap("o", f"progress_units/{R1}/missing/99"))[0] == third
    assert (await app.tap("o", f"progress_units/{R1}/missing/x"))[0] == first


async def test_several_are_reminded_now_and_nobody_twice_on_one_day(both):
    review, told = await picked(both, "Hải Âu", "Phượng Vĩ")
    assert words("chase.ahead.told", people=2, units=2) in review
    assert words("chase.planned", number=2) in told
    await turned(both)
    for who in ("a", "other"):
        assert "Văn phòng Ban kính nhắc" in last(both, who)
    for who in ("member", "head"):
        assert both.phone.texts(who) == []
    again, asked_for = await picked(both, "Hải Âu")
    assert words("chase.none") in again
    assert not_told("already", UNIT) in again
    assert words("chase.reaches_nobody") in again
    assert not asked_for
    await both.say("o", "huỷ")
    (listed,) = await both.tap("p", f"progress_units/{R1}/missing/0")
    assert f"{UNIT}: đã nhắc 1 lần, gần nhất 08:" in listed
    await both.move_to(datetime(2023, 4, 26, 9, tzinfo=ZONE))
    assert words("chase.planned", number=1) in (await picked(both, "Hải Âu"))[1]


async def test_one_is_reminded_alone(app):
    await picked(app, "Phượng Vĩ")
    await turned(app)
    assert app.phone.texts("a") == []
    assert "Văn phòng Ban kính nhắc" in last(app, "other")


async def test_all_missing_after_one_more_word_and_who_has_nobody(both):
    (sure,) = await both.tap("o", f"chase_all/{R1}")
    assert await notices(both) == []
    for one in (words("chase.all.sure", number=7, title="Báo cáo kết quả Giai đoạn 1"),
                words("chase.ahead.told", people=2, units=2),
                "Ở 5 đơn vị chưa có ai nhận được lời nhắc: Công ty Cổ phần Kho vận Sóng Bạc (mẫu); Công ty TNHH Đồ chơi Cá Voi (mẫu)"):  # fmt: skip
        assert one in sure
    # both enterprises' delegates; not the officers, whose office collects the reports
    yes = dict(both.phone.buttons("o"))[words("chase.all.yes", number=2)]
    (told,) = await both.tap("o", yes)
    assert words("chase.planned", number=2) in told
    (twice,) = await both.tap("o", yes)
    assert words("chase.none") in twice
    assert not_told("already", OTHER_UNIT, UNIT) in twice
    assert not any("chase_all_yes" in action for _, action in both.phone.buttons("o"))
    (trail,) = await both.rows("SELECT act, about FROM audit WHERE act = 'chased' ORDER BY id LIMIT 1")
    assert (trail["act"], trail["about"]) == ("chased", R1)


async def test_whom_the_ladder_has_reminded_today_is_not_reminded_again(both):
    await turned(both, D3)
    (told,) = await both.tap("o", f"chase_all/{R1}")
    review, asked_for = await picked(both, "Hải Âu", "Phượng Vĩ")
    for one in (told, review):
        assert words("chase.none") in one
        assert not_told("already", OTHER_UNIT, UNIT) in one
    assert not asked_for
    assert not await notices(both, "rung LIKE 'asked:%'")


async def test_who_cannot_be_reached_is_named_before_anybody_is_reminded(app):
    await app.phone.hand_in("other", kind="left")
    await app.settled()
    (sure,) = await app.tap("o", f"chase_all/{R1}")
    assert words("chase.ahead.told", people=1, units=1) in sure
    assert f"; {OTHER_UNIT};" in sure
    assert words("progress.unreached") in dict(app.phone.buttons("o"))
    await app.tap("o", words("chase.all.yes", number=1))
    (again,) = await app.tap("o", f"chase_all/{R1}")
    assert not_told("already", UNIT) in again, "what waits for who cannot be reached has told nobody"
    assert f"; {OTHER_UNIT};" in again


async def test_what_was_shown_yesterday_reminds_nobody_today(both):
    await both.tap("o", f"chase_all/{R1}")
    yes = dict(both.phone.buttons("o"))[words("chase.all.yes", number=2)]
    await both.tap("o", f"chase/{R1}")
    await both.say("o", next(str(n) for n, (label, _) in enumerate(both.phone.buttons("o"), 1) if UNIT in label))
    await both.tap("o", "Xong")
    await both.move_to(datetime(2023, 4, 26, 9, tzinfo=ZONE))
    afresh = (await both.tap("o", words("chase.review.confirm")))[-2:]
    assert afresh[0] == words("chase.another_day")
    assert words("chase.ahead.told", people=1, units=1) in afresh[1]
    assert not await notices(both, "rung LIKE 'asked:%'")
    assert words("chase.planned", number=1) in (await both.tap("o", words("chase.review.confirm")))[0]
    (afresh,) = await both.tap("o", yes)
    assert words("chase.another_day") in afresh
    assert [row["unit"] for row in await notices(both, "rung LIKE 'asked:%'")] == [ENTERPRISE]
    assert words("chase.another_day") in (await both.tap("o", f"chase_all_yes/{R1}"))[0]


async def test_all_missing_are_those_that_have_not_handed_in(both):
    await filed(both, "a")
    await both.tap("o", f"chase_all/{WORKS}")
    await both.tap("o", next(action for _, action in both.phone.buttons("o") if "chase_all_yes" in action))
    assert {row["unit"] for row in await notices(both, "rung LIKE 'asked:%'")} == {OTHER, OFFICE}


async def test_who_hands_in_meanwhile_is_not_told(app):
    await app.tap("o", f"chase/{WORKS}")
    await filed(app, "a")
    labels = [label for label, _ in app.phone.buttons("o")]
    await app.say("o", str(next(n for n, one in enumerate(labels, 1) if UNIT in one)))
    assert UNIT not in "".join(label for label, _ in app.phone.buttons("o")), "it is not missing any more"


async def test_outside_hours_it_waits_for_the_morning_and_says_so(app):
    await app.move_to(datetime(2023, 4, 28, 21, tzinfo=ZONE))
    _, told = await picked(app, "Hải Âu")
    assert words("chase.planned_later", number=1, at="07:30 04/05/2023") in told, "a long weekend lies between"
    await turned(app)
    assert app.phone.texts("a") == []
    await app.move_to(datetime(2023, 5, 4, 7, 40, tzinfo=ZONE))
    assert words("chase.none") in (await picked(app, "Hải Âu"))[0], "it was that morning's already"


async def test_acknowledged_stands_in_the_list(app):
    await turned(app, D3)
    got = next(one for _, one in app.phone.buttons("a") if "got/" in one)
    await app.tap("a", got)
    (listed,) = await app.tap("o", f"progress_units/{R1}/missing/0")
    assert f"{UNIT}: đã nhắc 1 lần, đã báo nhận lúc 09:" in listed


async def test_what_did_not_get_through_is_said(app):
    from channels.contract import Refused

    app.phone.fail = lambda delivery: Refused("blocked") if delivery.address == "a" else None
    await turned(app, D3)
    (listed,) = await app.tap("o", f"progress_units/{R1}/missing/0")
    assert f"{UNIT}: {words('progress.reminded.only.failed')}" in listed


async def test_heads_are_told_as_well_once_that_is_switched_on(both):
    await both.tap("o", "escalate/kkt-hai-phong/on")
    assert (await both.rows("SELECT act, about FROM audit WHERE act LIKE 'escalation.%'")) == [
        {"act": "escalation.on", "about": "kkt-hai-phong"}
    ]
    await both.tap("o", "escalate/kkt-hai-phong/on")
    assert len(await both.rows("SELECT 1 FROM audit WHERE act LIKE 'escalation.%'")) == 1
    await turned(both, datetime(2023, 4, 27, 9, tzinfo=ZONE))
    assert "Báo cáo kết quả Giai đoạn 1" in last(both, "head")
    await both.say("o", "/tinhhinh")
    assert words("progress.heads_off") in dict(both.phone.buttons("o"))


async def test_and_not_after_it_is_switched_off(app):
    for way in ("on", "off"):
        (told,) = await app.tap("o", f"escalate/kkt-hai-phong/{way}")
        assert told == words(f"progress.escalation.{way}")
    await turned(app, datetime(2023, 4, 27, 9, tzinfo=ZONE))
    assert app.phone.texts("head") == []


async def test_a_part_of_the_name_where_too_many_are_missing(app, monkeypatch):
    monkeypatch.setattr("flows.chase.MOST", 3)
    (asked_for,) = await app.tap("o", f"chase/{R1}")
    assert asked_for == words("chase.name.ask")
    (nobody,) = await app.say("o", "xyz")
    assert words("chase.name.nobody", name="xyz") in nobody
    await app.say("o", "phuong vi")
    assert OTHER_UNIT in dict(app.phone.buttons("o"))
    assert UNIT not in dict(app.phone.buttons("o"))
    await app.tap("o", OTHER_UNIT)
    await app.tap("o", "Xong")
    assert words("chase.planned", number=1) in (await app.tap("o", words("chase.review.confirm")))[0]


async def test_nobody_but_the_boards_own_officers(app):
    forged = [f"progress/{R1}", f"progress_units/{R1}/missing/0", f"chase/{R1}", f"chase_all/{R1}", f"chase_all_yes/{R1}",
              "escalate/kkt-hai-phong/on"]  # fmt: skip
    for who in ("far", "a", "head", "visitor"):
        for action in forged:
            assert await app.tap(who, action) == [words("progress.not_yours")], (who, action)
    for who in ("a", "visitor"):
        assert await app.say(who, "/tinhhinh") == [words("office.only")]
    for action in ("progress/haiphong-2023/x", "progress/x/r1", f"progress_units/{R1}/x/0", "escalate/kkt-hai-phong/x"):
        assert await app.tap("o", action) == [words("progress.not_yours")], action
    assert await notices(app) == []


async def test_what_is_asked_of_nobody_or_nothing_is_not_listed(app):
    await seat(app, "bn", "kcn-bac-ninh-van-phong", "officer")
    (told,) = await app.say("bn", "/tinhhinh")
    assert told == words("progress.nothing", today="24/04/2023")
    (told,) = await app.tap("o", "progress/haiphong-2023/c1")
    assert told == words("progress.not_yours"), "it asks for nothing"
    assert {ENTERPRISE, OTHER} <= {row["slug"] for row in await app.rows("SELECT slug FROM units")}

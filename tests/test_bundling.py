"""What is due becomes one message a person at the right hour, judged and worded by what is true when it goes out."""

from __future__ import annotations

from datetime import date

import pytest

from domain.dossier import After, Change
from storage import content, due_dates, extensions, notices, openings
from storage.due_dates import Dated
from storage.extensions import Given, Place
from tests.planning import ENTERPRISE, HAIPHONG, OFFICE, OTHER, R1, filed, moment, office, written

START = moment("2023-04-14 08:00")


@pytest.fixture
async def one(database_url):
    async with office(database_url, START) as made:
        yield made


async def ready(one):
    """Planned and put together, not yet sent."""
    await one.plan()
    await one.bundle()


def rungs(got):
    return [(n.about, n.rung) for n in got.notices]


# --- when ------------------------------------------------------------------------------------------------------------


async def test_several_things_on_one_morning_are_one_message_recorded_on_all(one):
    an = await one.seat()
    got = await one.turn(moment("2023-04-19 07:30"))
    assert [g.member for g in got] == [an]
    assert sorted(rungs(got[0])) == [("g1", "d7"), ("r1", "d7")]
    sent = await one.rows("state = 'sent'")
    assert {row["outbox"] for row in sent} == {sent[0]["outbox"]}
    assert await one.turn() == []


@pytest.mark.parametrize("at", ["2023-04-19 07:29", "2023-04-19 20:30", "2023-04-22 09:00", "2023-05-01 09:00"])
async def test_nothing_goes_out_at_night_or_on_a_day_off(one, at):
    await one.seat()
    await one.plan()
    assert await one.turn(moment(at)) == []
    assert not await one.rows("state <> 'planned'")


async def test_everybody_has_their_own_hour(one):
    early, late = await one.seat(), await one.seat(OTHER)
    await written(one.database, f"UPDATE members SET notice_minute = 900 WHERE id = {late}")
    assert [g.member for g in await one.turn(moment("2023-04-19 14:59"))] == [early]
    assert [g.member for g in await one.turn(moment("2023-04-19 15:00"))] == [late]


async def test_what_is_put_together_too_late_in_the_evening_is_judged_by_the_next_morning(one):
    an = await one.seat()
    one.at = moment("2023-04-28 20:29")
    await ready(one)
    one.at = moment("2023-05-04 08:00")
    await one.send()
    assert all(n.about not in {"r1", "g1"} for got in one.got for n in got.notices)
    assert {(r["state"], r["reason"]) for r in await one.rows(f"member = {an} AND rung = 'd0' AND about = 'r1'")} == {
        ("expired", "too late to be of use")
    }


# --- judged once more ------------------------------------------------------------------------------------------------


async def test_who_hands_in_between_putting_together_and_sending_is_not_told(one):
    an, second = await one.seat(), await one.seat()
    one.at = moment("2023-04-25 08:00")
    await ready(one)
    await filed(one, second)
    await one.send()
    assert all(("r1", "d3") not in rungs(got) for got in one.got)
    assert {(r["state"], r["reason"]) for r in await one.rows(f"member = {an} AND about = 'r1' AND rung = 'd3'")} == {
        ("cancelled", "handed in")
    }
    assert {got.member for got in one.got} == {an, second}, "the rest of the message goes out"


async def test_what_stops_holding_altogether_sends_nothing(one):
    await one.seat()
    one.at = moment("2023-04-19 08:00")
    await ready(one)
    for about in (R1, "g1"):
        await one.database.run(_mute, Dated(HAIPHONG, "duty", about), one.now)
    await one.send()
    assert one.got == []
    assert {row["reason"] for row in await one.rows("rung = 'd7' AND day = '2023-04-19'")} == {
        "an officer does not want it told"
    }


async def _mute(tx, dated, now):
    await due_dates.mute(tx, dated, 1, now, muted=True)


async def test_a_date_moved_or_extended_meanwhile_is_not_told_as_it_was(one):
    an = await one.seat()
    one.at = moment("2023-04-19 08:00")
    await ready(one)
    given = Given(Place(ENTERPRISE, HAIPHONG, R1), date(2023, 5, 12), None, 1)
    await one.database.run(extensions.give, given, one.now)
    await one.send()
    assert [rungs(got) for got in one.got] == [[("g1", "d7")]]
    assert {
        r["reason"]
        for r in await one.rows(f"member = {an} AND about = 'r1' AND rung = 'd7' AND version = '2023-04-30'")
    } == {"the deadline has moved"}


async def test_what_comes_back_the_same_day_is_told_after_all(one):
    an = await one.seat()
    one.at = moment("2023-04-27 07:45")
    await ready(one)
    number = await filed(one, an)
    await one.send()
    before = len(one.got)
    await one.database.run(_returned, number, one.now)
    got = await one.turn(moment("2023-04-27 09:00"))
    assert len(one.got) > before
    assert rungs(got[0]) == [("r1", "d1")]


async def _returned(tx, number, now):
    from storage import dossiers

    found = await dossiers.change(tx, number, Change.RETURN, 1, "Thiếu phụ lục", now)
    await notices.replan(tx, "returned", campaign=found.campaign, unit=found.unit)


async def test_who_has_left_the_unit_is_not_told(one):
    an = await one.seat()
    one.at = moment("2023-04-19 08:00")
    await ready(one)
    await written(one.database, f"DELETE FROM memberships WHERE member = {an}")
    await one.send()
    assert one.got == []


async def test_topics_can_be_turned_off_but_duties_cannot(one):
    an = await one.seat()
    await written(one.database, f"UPDATE members SET mutes = 'phases announcements' WHERE id = {an}")
    got = await one.turn(moment("2023-04-25 08:00"))
    assert sorted(rungs(got[0])) == [("g1", "d3"), ("r1", "d3")]
    assert {r["reason"] for r in await one.rows("about = 'g2' AND state = 'expired'")} == {
        "the person does not want to be told of it"
    }


async def test_a_head_who_stands_in_is_told_once(one):
    head = await one.seat(role="head")
    await one.database.run(_escalate)
    got = await one.turn(moment("2023-04-27 08:00"))
    assert ("r1", "d1") in rungs(got[0])
    assert ("r1", "head_d1") not in rungs(got[0])
    assert {r["reason"] for r in await one.rows(f"member = {head} AND rung = 'head_d1' AND about = 'r1'")} == {
        "told with another one"
    }
    await one.turn(moment("2023-04-27 10:00"))
    assert len(one.got) == 1


async def _escalate(tx):
    await content.escalate(tx, "kkt-hai-phong", on=True)
    await notices.replan(tx, "escalation")


# --- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2023-04-19 08:00", "Còn 7 ngày làm việc"), ("2023-04-28 08:00", "không còn ngày làm việc nào"),
        ("2023-05-04 08:00", "hồ sơ sẽ ghi là nộp muộn"),
    ],
)  # fmt: skip
async def test_it_says_how_much_time_is_really_left(one, at, says):
    await one.seat()
    await one.plan()
    got = await one.turn(moment(at))
    assert says in got[0].text
    assert "trước ngày 01/5/2023" in got[0].text


async def test_on_the_last_day_it_says_hours(one):
    await one.seat()
    await one.plan()
    got = await one.turn(moment("2023-06-29 19:30"))
    assert "còn khoảng 4 giờ" in got[0].text


async def test_what_is_not_taken_any_more_is_said_to_be_closed(one):
    await one.seat()
    await one.database.run(openings.set_after, HAIPHONG, R1, After.REFUSE, one.now, 1)
    await one.plan()
    got = await one.turn(moment("2023-05-04 08:00"))
    assert "nay không nhận nữa" in got[0].text


async def test_buttons_open_the_very_conversation(one):
    await one.seat()
    await one.turn(moment("2023-06-08 08:00"))
    got = (await one.turn(moment("2023-06-09 08:00")))[0]
    number = (await one.rows("rung = 'd14' AND state = 'sent' AND about = 'r2'"))[0]["outbox"]
    assert got.actions == [
        "report/haiphong-2023/r2/0", "ask_extension/haiphong-2023/r2/0", f"got/{number}", f"later/{number}",
        "ics/haiphong-2023/r2",
    ]  # fmt: skip


async def test_officers_read_who_has_handed_in_who_is_late_and_who_is_missing(one):
    officer, an, other = await one.seat(OFFICE, "officer"), await one.seat(), await one.seat(OTHER)
    await filed(one, an)
    given = Given(Place("kkt-hai-phong-dn-3", HAIPHONG, R1), date(2023, 5, 12), None, 1)
    await one.database.run(extensions.give, given, one.now)
    got = next(g for g in await one.turn(moment("2023-05-04 08:00")) if g.member == officer)
    assert "đã nộp 1," in got.text
    assert "được gia hạn 1" in got.text
    assert "progress/haiphong-2023/r1" in got.actions
    assert other


# --- an outage -------------------------------------------------------------------------------------------------------


async def test_after_an_outage_only_the_latest_goes_out_reworded_and_officers_get_the_counts(one):
    an, officer = await one.seat(), await one.seat(OFFICE, "officer")
    await one.turn(moment("2023-04-18 09:00"))
    got = await one.turn(moment("2023-04-26 09:00"))
    mine = [g for g in got if g.member == an]
    assert len(mine) == 1
    assert {n.rung for n in mine[0].notices if n.about == "r1"} == {"d3"}
    assert "Còn 2 ngày làm việc" in mine[0].text
    assert {(r["state"], r["reason"]) for r in await one.rows(f"member = {an} AND about = 'r1' AND rung = 'd7'")} == {
        ("expired", "a later one is told instead")
    }
    (told,) = [g.text for g in got if g.member == officer and "gián đoạn" in g.text]
    ended = len(await one.rows("state = 'expired' AND board = 'kkt-hai-phong'"))
    late = len(await one.rows("state = 'sent' AND board = 'kkt-hai-phong' AND day < '2023-04-26'"))
    assert f"• {late} lời nhắc được gửi muộn" in told
    assert f"• {ended} lời nhắc không còn cần thiết" in told
    await one.turn(moment("2023-04-26 10:00"))
    assert sum("gián đoạn" in g.text for g in one.got) == 1


async def test_what_is_no_longer_of_use_after_an_outage_is_dropped(one):
    an = await one.seat()
    await one.turn(moment("2023-04-18 09:00"))
    await one.plan()
    got = [g for g in await one.turn(moment("2023-06-05 09:00")) if g.member == an]
    assert got == [] or all(n.about not in {"r1", "g1"} for g in got for n in g.notices)
    assert {r["state"] for r in await one.rows(f"member = {an} AND about = 'r1'")} == {"expired"}


async def test_an_hour_is_no_outage(one):
    officer = await one.seat(OFFICE, "officer")
    await one.turn(moment("2023-04-18 20:00"))
    await one.turn(moment("2023-04-19 11:00"))
    assert not [g for g in one.got if g.member == officer and "gián đoạn" in g.text]


# --- who cannot be reached -------------------------------------------------------------------------------------------


async def test_officers_are_told_by_name_which_units_cannot_be_reached_once_a_day(one):
    officer, nobody = await one.seat(OFFICE, "officer"), await one.seat(reachable=False)
    await one.seat(OTHER)
    await one.turn(moment("2023-04-19 08:00"))
    assert {(r["state"], r["reason"]) for r in await one.rows(f"member = {nobody} AND day = '2023-04-19'")} == {
        ("failed", "there is no way to reach the person")
    }
    assert not [g for g in one.got if "không liên lạc được" in g.text], "what goes out in the morning is tried first"
    await one.turn(moment("2023-04-19 09:00"))
    await one.turn(moment("2023-04-19 10:00"))
    told = [g for g in one.got if "không liên lạc được" in g.text]
    assert [g.member for g in told] == [officer]
    assert "Thép Hải Âu" in told[0].text
    assert told[0].message.choices[0].action.endswith("unreached/kkt-hai-phong")


async def test_who_has_handed_in_need_not_be_reached(one):
    officer, nobody = await one.seat(OFFICE, "officer"), await one.seat(reachable=False)
    await filed(one, nobody)
    await one.database.run(_mute, Dated(HAIPHONG, "duty", "g1"), one.now)
    await one.turn(moment("2023-04-19 09:00"))
    told = [g.text for g in one.got if g.member == officer and "không liên lạc được" in g.text]
    assert all("Thép Hải Âu" not in text for text in told)


async def test_who_is_told_in_their_own_name_and_as_officer_reads_both(one):
    officer = await one.seat("kkt-gia-lai-van-phong", "officer")
    await one.turn(moment("2023-05-04 09:00"))
    got = [g for g in await one.turn(moment("2023-05-05 09:00")) if g.member == officer and g.notices]
    assert {rung for g in got for rung in rungs(g)} >= {("2.4", "overdue"), ("2.4", "summary")}

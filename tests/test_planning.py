"""Planning on both databases: the same rows whatever the order and however often, and each change touches what it must."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from domain.campaign import Asks
from domain.dossier import Change
from storage import chasing, content, dossiers, due_dates, extensions, notices, privacy
from storage.dossiers import New
from storage.due_dates import Dated
from storage.extensions import Given, Place
from tests.machine import full_size
from tests.planning import ENTERPRISE, HAIPHONG, OFFICE, OTHER, R1, R2, filed, moment, office, written

START = moment("2023-04-14 08:00")
DOWN = ["d7", "d3", "d1", "d0", "overdue"]
"""What is left of the ladder of the report on phase 1 that day."""
LATER = date(2023, 5, 12)


@pytest.fixture
async def one(database_url):
    async with office(database_url, START) as made:
        yield made


async def extended(one, day=LATER, unit=ENTERPRISE, about=R1):
    given = Given(Place(unit, HAIPHONG, about), day, None, 1)
    return await one.database.run(extensions.give, given, one.now)


async def moved(one, day, why="Theo công văn mới", about=R1):
    dated = Dated(HAIPHONG, "duty", about)
    assert await one.database.run(due_dates.set_last_day, dated, day, why, 1, one.now)


async def restored(one, about=R1):
    assert await one.database.run(due_dates.restore, Dated(HAIPHONG, "duty", about), 1, one.now)


async def reasons(one, member, about=R1):
    return {row["reason"] for row in await one.rows(f"member = {member} AND about = '{about}' AND state = 'cancelled'")}


# --- what is planned -------------------------------------------------------------------------------------------------


async def test_planning_twice_adds_nothing(one):
    an = await one.seat()
    first = await one.plan()
    assert first["planned"]
    assert await one.rungs(an) == DOWN
    assert await one.plan() == {}
    await one.database.run(notices.replan, "once more")
    assert not any((await one.plan()).values())


async def test_who_hands_in_is_told_and_where_a_unit_has_no_delegate_whoever_may(one):
    an, head = await one.seat(), await one.seat(role="head")
    alone, member = await one.seat(OTHER, "head"), await one.seat(OTHER, "member")
    await one.plan()
    assert [await one.rungs(who) for who in (an, head, alone, member)] == [DOWN, [], DOWN, []]


async def test_a_new_delegate_takes_over_from_whoever_stood_in(one):
    head = await one.seat(role="head")
    await one.plan()
    an = await one.seat()
    await one.plan()
    assert (await one.rungs(head), await one.rungs(an)) == ([], DOWN)


async def test_a_newcomer_begins_where_the_ladder_stands(one):
    one.at = moment("2023-04-26 10:00")
    an = await one.seat()
    await one.plan()
    assert await one.rungs(an) == ["d1", "d0", "overdue"]


async def test_each_person_is_told_of_what_is_asked_in_their_own_name(one):
    room = "kkt-gia-lai-van-phong"
    someone, officer = await one.seat(room, "member"), await one.seat(room, "officer")
    await one.plan()
    initiative = await one.rungs(someone, "2.4")
    assert initiative == ["d7", "d3", "d1", "d0", "overdue"]
    assert await one.rungs(officer, "2.4") == sorted([*initiative, "summary"], key=[*initiative, "summary"].index)


async def test_phases_are_told_to_everybody_of_the_audience_and_what_asks_nothing_to_whom_it_is_for(one):
    an, office_member = await one.seat(), await one.seat(OFFICE, "member")
    await one.plan()
    assert await one.rungs(an, "gd2") == await one.rungs(office_member, "gd2") == ["start", "ends_soon", "ended"]
    assert await one.rungs(an, "k1") == [], "the office's alone"
    assert await one.rungs(office_member, "k1") == ["announced"]
    assert await one.rungs(an, "gd1") == ["ends_soon", "ended"], "it was running when the plan was issued"


async def test_officers_get_one_summary_and_heads_are_told_only_where_the_board_wants_it(one):
    officer, head, _ = await one.seat(OFFICE, "officer"), await one.seat(role="head"), await one.seat()
    await one.plan()
    assert "summary" in await one.rungs(officer)
    assert await one.rungs(head) == []
    await one.database.run(_escalate, True)
    await one.plan()
    assert await one.rungs(head) == ["head_d1", "head_overdue"]
    await one.database.run(_escalate, False)
    await one.plan()
    assert await one.rungs(head) == []


async def _escalate(tx, on):
    await content.escalate(tx, "kkt-hai-phong", on=on)
    await notices.replan(tx, "escalation", board="kkt-hai-phong")


# --- what no longer follows ------------------------------------------------------------------------------------------


async def test_handing_in_stops_it_for_all_of_the_unit_and_nobody_else(one):
    an, second, other = await one.seat(), await one.seat(), await one.seat(OTHER)
    await one.plan()
    await filed(one, an)
    assert [await one.rungs(who) for who in (an, second, other)] == [[], [], DOWN]
    assert await reasons(one, second) == {"handed in"}
    assert await one.rungs(an, R2), "another report is another matter"
    await one.plan()
    assert await one.rungs(second) == []


async def test_what_comes_back_is_reminded_of_again(one):
    an = await one.seat()
    await one.plan()
    number = await filed(one, an)
    await one.database.run(_change, number, Change.RETURN, one.now)
    await one.plan()
    assert await one.rungs(an) == DOWN
    await one.database.run(_change, number, Change.ACCEPT, one.now)
    await one.plan()
    assert await one.rungs(an) == []


async def _change(tx, number, change, now):
    reason = "Thiếu phụ lục" if change is Change.RETURN else None
    found = await dossiers.change(tx, number, change, 1, reason, now)
    await notices.replan(tx, f"a dossier is {found.state}", campaign=found.campaign, unit=found.unit)


async def test_an_extension_moves_the_units_own_rungs_and_taking_it_back_moves_them_back(one):
    an, other = await one.seat(), await one.seat(OTHER)
    await one.plan()
    before = await one.ledger()
    await extended(one)
    await one.plan()
    planned = await one.rows(f"member = {an} AND about = 'r1' AND state = 'planned'")
    assert {row["version"] for row in planned} == {LATER.isoformat()}
    assert [row["day"] for row in planned if row["rung"] == "d0"] == [LATER.isoformat()]
    assert await one.rungs(other) == DOWN
    await extended(one, None)
    await one.plan()
    assert await one.ledger() >= before
    assert await one.rungs(an) == DOWN


async def test_who_is_given_longer_on_a_morning_of_being_told_is_not_told_again_that_morning(one):
    an, other = await one.seat(), await one.seat(OTHER)
    await one.turn(moment("2023-04-25 07:30"))
    await extended(one, date(2023, 5, 9))
    assert await one.turn(moment("2023-04-25 08:00")) == []
    assert await one.rungs(an) == ["d3", "d1", "d0", "overdue"]
    assert other


async def test_a_date_moved_there_and_back_comes_to_the_same_rows_and_tells_nobody_anything(one):
    await one.seat()
    await one.plan()
    before = {row for row in await one.ledger() if row[-1] == "planned"}
    await moved(one, LATER)
    await one.plan()
    await restored(one)
    await one.plan()
    assert {row for row in await one.ledger() if row[-1] == "planned"} == before


async def test_a_moved_date_is_told_to_those_who_went_by_the_old_one(one):
    an = await one.seat()
    await one.plan()
    await moved(one, LATER)
    await one.plan()
    told = (await one.turn(moment("2023-04-14 09:00")))[0]
    assert [n.rung for n in told.notices] == ["moved"]
    assert "12/05/2023" in told.text
    assert "Theo công văn mới" in told.text
    newcomer = await one.seat()
    await one.plan()
    assert "moved" not in await one.rungs(newcomer)
    await restored(one)
    assert [n.rung for n in (await one.turn(moment("2023-04-14 10:00")))[0].notices] == ["moved"]
    assert await one.rungs(an) == DOWN


async def test_what_officers_do_not_want_told_or_have_not_confirmed_is_not_planned(database_url):
    async with office(database_url, START, confirmed=False) as one:
        an, dated = await one.seat(), Dated(HAIPHONG, "duty", R1)
        await one.plan()
        assert await one.rungs(an) == []
        assert await one.rungs(an, "gd2"), "a phase needs no word where its days agree"
        await one.database.run(due_dates.confirm, dated, 1, one.now)
        await one.plan()
        assert await one.rungs(an) == DOWN
        await one.database.run(_mute, dated, True, one.now)
        await one.plan()
        assert await one.rungs(an) == []
        assert await reasons(one, an) == {"an officer does not want it told"}
        await one.database.run(_mute, dated, False, one.now)
        await one.plan()
        assert await one.rungs(an) == DOWN


async def _mute(tx, dated, muted, now):
    await due_dates.mute(tx, dated, 1, now, muted=muted)


async def test_a_phase_whose_days_contradict_themselves_waits_for_an_officer(database_url):
    async with office(database_url, moment("2020-03-02 08:00"), confirmed=False) as one:
        an = await one.seat("kcn-bac-giang-dn-1")
        await one.plan()
        assert (await one.rungs(an, "d2"), bool(await one.rungs(an, "d1"))) == ([], True)
        await one.database.run(due_dates.confirm, Dated("bacgiang-2020", "phase", "d2"), 1, one.now)
        await one.plan()
        assert await one.rungs(an, "d2") == ["start", "ends_soon", "ended"]


async def test_who_leaves_is_told_nothing_more_and_the_unit_is_looked_after(one):
    an, head = await one.seat(), await one.seat(role="head")
    await one.plan()
    await one.database.run(privacy.forget, an, 0)
    await one.plan()
    assert not await one.rows(f"member = {an} AND state = 'planned'")
    assert await one.rungs(head) == DOWN


async def test_looking_at_everything_finds_who_is_in_no_unit_any_more(one):
    """Whatever has been forgotten to be said: once a day all of it is looked at."""
    first, middle, last = await one.seat(OTHER), await one.seat(), await one.seat(OTHER)
    await one.plan()
    for gone in (first, middle, last):
        await written(one.database, f"DELETE FROM memberships WHERE member = {gone}")
        one.at += timedelta(days=1)
        await one.plan()
        assert not await one.rows(f"member = {gone} AND state = 'planned'")


async def test_a_change_of_the_calendar_moves_the_days(one):
    an = await one.seat()
    await one.plan()
    await written(one.database, "INSERT INTO calendar VALUES ('2023-04-28', 0, 'nghỉ bù', 'officer')")
    await one.database.run(content.changed)
    await one.database.run(notices.replan, "the calendar has changed")
    await one.plan()
    days = {row["rung"]: row["day"] for row in await one.rows(f"member = {an} AND about = 'r1'")}
    assert (days["d0"], days["d1"]) == ("2023-04-27", "2023-04-26")


# --- whatever the order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_rows_whatever_the_order_of_changes_and_looks(database_url, seed):
    """Changes to different things, looked at one by one in any order, or all at once."""
    chance = random.Random(seed)
    async with office(database_url, START) as one:
        people = [
            await one.seat(unit, role) for unit in (ENTERPRISE, OTHER) for role in ("delegate", "head", "delegate")
        ]
        await one.plan()
        await one.turn(moment("2023-04-19 09:00"))
        changes = [
            lambda: extended(one), lambda: moved(one, date(2023, 7, 7), about=R2), lambda: filed(one, people[3]),
            lambda: one.database.run(privacy.forget, people[5], 0), lambda: one.seat(OTHER, "delegate"),
            lambda: one.database.run(_mute, Dated(HAIPHONG, "duty", "g1"), True, one.now),
        ]  # fmt: skip
        chance.shuffle(changes)
        for change in changes:
            await change()
            if chance.random() < 0.5:
                await one.plan()
        one.at += timedelta(hours=1)
        await one.plan()
        found = {row for row in await one.ledger() if row[-1] == "planned"}
        await written(one.database, "DELETE FROM notices WHERE state IN ('planned', 'cancelled')")
        await one.database.run(notices.replan, "from nothing")
        await one.plan()
        again = {row for row in await one.ledger() if row[-1] == "planned"}
        assert found == again


async def test_day_by_day_and_in_one_jump_the_same_is_planned(database_url, tmp_path):
    """Nobody is told anything meanwhile: what is planned does not depend on how often one looks."""
    ledgers = []
    days = full_size(40, 100)
    for url, step in ((database_url, 1), (f"sqlite:///{tmp_path}/jump.db", days)):
        async with office(url, START) as one:
            for unit, role in ((ENTERPRISE, "delegate"), (OTHER, "head"), (OFFICE, "officer"), (OFFICE, "member")):
                await one.seat(unit, role)
            await extended(one)
            await one.plan()
            for _ in range(0, days, step):
                one.at += timedelta(days=step)
                await one.plan()
            ledgers.append(await one.ledger())
    assert ledgers[0] == ledgers[1]
    assert len(ledgers[0]) > 60


# --- by hand ---------------------------------------------------------------------------------------------------------


async def test_officers_remind_by_hand_once_a_day(one):
    an, other = await one.seat(), await one.seat(OTHER)
    await one.plan()
    await filed(one, other, OTHER)
    nobody = "kkt-hai-phong-dn-3"
    units = [ENTERPRISE, nobody]
    day = START.date()
    plan = await one.database.read(notices.plan_of, HAIPHONG)

    async def ask():
        found = await one.database.read(chasing.ahead, plan, plan.duty(R1), units, day)
        await one.database.run(chasing.remind, 1, plan, plan.duty(R1), units, day, one.now)
        return found

    first, again = await ask(), await ask()
    assert (first.people, first.units, first.already, first.nobody) == (1, 1, (), (nobody,))
    assert (again.people, again.already, again.nobody) == (0, (ENTERPRISE,), (nobody,))
    told = await one.turn()
    assert [(got.member, got.notices[0].rung) for got in told] == [(an, f"asked:{day}")]
    chased = await one.database.read(notices.chased, HAIPHONG, R1, [*units, OTHER])
    assert (chased[ENTERPRISE].times, chased[ENTERPRISE].state, chased[OTHER].times) == (1, "sent", 0)
    day = date(2023, 4, 19)
    await one.turn(moment("2023-04-19 09:00"))
    assert (await ask()).already == (ENTERPRISE,), "the ladder has told them that morning"


async def test_who_has_filed_in_their_own_name_is_neither_promised_nor_told_for_their_other_unit(one):
    room, other, slug = "kkt-gia-lai-van-phong", "kkt-gia-lai-phong-qldn", "gialai-2023"
    twice, still = await one.seat(room, "member"), await one.seat(other, "member")
    plan = await one.database.read(notices.plan_of, slug)
    new = New(
        plan.board, slug, 2023, Asks.INITIATIVE, room, "", "Một", {"kind": "initiative"}, twice, one.now, late=False
    )
    await one.database.run(dossiers.file, new, "0123456789abcdef" * 2)
    await written(
        one.database, f"INSERT INTO memberships(member, unit, role, since) VALUES ({twice}, '{other}', 'member', 1)"
    )
    whom = (plan, plan.duty("2.4"), [other], START.date())
    assert (await one.database.read(chasing.ahead, *whom)).people == 1
    await one.database.run(chasing.remind, 1, *whom, one.now)
    assert [row["member"] for row in await one.rows("rung LIKE 'asked:%'")] == [still]

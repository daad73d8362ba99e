"""Dates of plans through the whole app: confirmed one by one or together, corrected, moved, muted, brought back."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime

import pytest

from domain.dossier import After
from handlers.here import ZONE
from storage import extensions
from storage.extensions import Given, Place
from tests.registering import FACTORY, all_said, seat, words
from tests.setting_dates import DUTY, PHASE, PLAN, REPORT, REVIEW, acts, date_of, in_production

SCREEN = f"date/{PLAN}/duty/{DUTY}"
MOVED = "15/04/2020"
WHY = "Nhiều doanh nghiệp nghỉ phòng dịch"


@pytest.fixture
async def both(database_url):
    async with in_production(database_url) as one:
        yield one


@pytest.fixture
async def app(tmp_path):
    async with in_production(f"sqlite:///{tmp_path}/t.db") as one:
        yield one


def last(running, who):
    return running.phone.texts(who)[-1]


def labels(running, who="o"):
    return [label for label, _ in running.phone.buttons(who)]


def an_action(running, key, who="o", **params):
    return dict(running.phone.buttons(who))[words(key, **params)]


async def moved(running, day="20/4", who="o", duty=DUTY):
    await running.tap(who, f"date_move/{PLAN}/duty/{duty}")
    await all_said(running, who, day, WHY)
    return await running.tap(who, "Dời hạn và báo")


async def corrected(running, how, day, duty=DUTY):
    await running.tap("o", f"date_correct/{PLAN}/duty/{duty}")
    await all_said(running, "o", day, how)
    return await running.tap("o", "Lưu ngày này")


async def test_each_date_with_its_words_its_sentence_and_how_it_was_read(both):
    (listed,) = await both.say("o", "/hannop")
    assert words("dates.waiting", number=5) in listed
    (told,) = await both.say("o", "dang ky danh hieu thi dua")
    for one in ("trước ngày 15/4/2020", "gửi về Ban trước ngày 15/4/2020", "chậm nhất ngày 14/4/2020",
                words("dates.state.waits")):  # fmt: skip
        assert one in told
    assert labels(both)[:4] == [words(f"dates.{one}") for one in ("right", "correct", "move", "mute")]


async def test_right_is_kept_with_who_said_so_and_leads_to_the_next(both):
    await both.tap("o", SCREEN)
    (told,) = await both.tap("o", words("dates.right"))
    assert told.startswith(words("dates.confirmed", title="Đăng ký danh hiệu thi đua năm 2020 (cá nhân, tập thể)"))
    assert "05/12/2020" in told, "the next one that waits"
    assert (await date_of(both))["confirmed_at"] is not None
    assert (await date_of(both, REPORT))["confirmed_at"] is None
    assert await acts(both) == ["date.confirmed"]
    (shown,) = await both.tap("p", SCREEN)
    assert "Trần Văn Cán đã xác nhận" in shown
    assert words("dates.right") not in labels(both, "p")
    (mine,) = await both.say("a", "/viec")
    assert mine.count("chưa được Ban xác nhận") == 1, "the other one of this enterprise"


async def test_all_at_once_only_after_they_were_shown(both):
    await both.say("o", "/hannop")
    (shown,) = await both.tap("o", words("dates.all.button", number=5))
    for one in ("15/4/2020", "05/12/2020", "01/7/2014", "Số “2014” có lẽ còn sót"):
        assert one in shown
    assert await acts(both) == []
    (done,) = await both.tap("o", words("dates.all.yes", number=5))
    assert words("dates.all.done", number=5) in done
    assert await acts(both) == ["date.confirmed"] * 5
    assert not await both.rows(
        f"SELECT 1 FROM duties WHERE campaign = '{PLAN}' AND confirmed_at IS NULL AND id <> 't5' "
        f"UNION ALL SELECT 1 FROM phases WHERE campaign = '{PLAN}' AND id = '{PHASE}' AND confirmed_at IS NULL"
    )


async def test_what_has_changed_since_it_was_shown_is_not_confirmed_with_it(app):
    await app.tap("o", f"dates_all/{PLAN}")
    yes = an_action(app, "dates.all.yes", number=5)
    await app.tap("p", f"date_right/{PLAN}/duty/{REPORT}")
    (told,) = await app.tap("o", yes)
    assert words("dates.all.changed") in told
    assert await acts(app) == ["date.confirmed"]
    await app.tap("o", words("dates.all.yes", number=4))
    (again,) = await app.tap("o", yes)
    assert words("dates.all_confirmed") in again
    assert len(await acts(app)) == 5


async def test_what_becomes_of_what_comes_late_is_the_offices_word(both):
    (shown,) = await both.tap("o", SCREEN)
    assert words("dates.state.after.late") in shown
    await both.tap("far", f"date_refuse/{PLAN}/duty/{DUTY}")
    assert words("dates.not_yours") in last(both, "far")
    (told,) = await both.tap("o", words("dates.refuse"))
    assert words("dates.state.after.refuse") in told
    world = await both.app.files.world()
    assert [world.after(PLAN, one) for one in (DUTY, REPORT)] == [After.REFUSE, After.LATE]
    (told,) = await both.tap("o", words("dates.take"))
    assert words("dates.state.after.late") in told
    assert (await both.app.files.world()).after(PLAN, DUTY) is After.LATE
    kept = await both.rows("SELECT detail FROM audit WHERE act = 'duty.after_set' ORDER BY id")
    assert [json.loads(one["detail"])["after"] for one in kept] == ["refuse", "late"]
    await both.tap("o", f"date_refuse/{PLAN}/phase/{PHASE}")
    assert words("dates.not_yours") in last(both, "o"), "nothing is handed in for a phase"


async def test_two_officers_at_once_are_one_confirmation(both):
    for who in "op":
        await both.tap(who, SCREEN)
    taps = [(who, an_action(both, "dates.right", who)) for who in "op"]
    await asyncio.gather(*(both.phone.hand_in(who, kind="tap", action=action) for who, action in taps))
    await both.settled()
    assert await acts(both) == ["date.confirmed"]


@pytest.mark.parametrize(
    ("how", "kept"),
    [("truoc ngay", "2020-04-19"), ("Đến hết ngày 20/04/2020 (tính cả ngày đó)", "2020-04-20")],
)
async def test_corrected_as_the_document_sets_it(app, how, kept):
    (done,) = await corrected(app, how, "20/4")
    assert f"{kept[-2:]}/04/2020" in done
    found = await date_of(app)
    assert (found["last_day"], found["moved_why"]) == (kept, None)
    assert found["confirmed_at"] is not None
    assert await acts(app) == ["date.corrected"]
    (mine,) = await app.say("a", "/viec")
    assert f"trước ngày 15/4/2020; Ban ấn định đến hết {kept[-2:]}/04/2020" in mine


async def test_a_date_the_plan_leaves_open_can_be_set(app):
    (shown,) = await app.tap("o", f"date/{PLAN}/duty/{REVIEW}")
    assert words("dates.no_day") in shown
    assert words("dates.set") in labels(app)
    assert words("dates.move") not in labels(app)
    await corrected(app, "den het ngay", "10/7", REVIEW)
    assert (await date_of(app, REVIEW))["last_day"] == "2020-07-10"
    (campaign,) = await app.tap("a", f"duties/{PLAN}")
    assert "sơ kết 6 tháng; Ban ấn định đến hết 10/07/2020" in campaign


async def test_moved_with_a_reason_and_brought_back(both):
    (done,) = await moved(both)
    assert "20/04/2020" in done
    found = await date_of(both)
    assert (found["last_day"], found["moved_why"]) == ("2020-04-20", WHY)
    (shown,) = await both.tap("p", SCREEN)
    assert words("dates.state.moved", last="20/04/2020", why=WHY) in shown
    (asked,) = await both.tap("p", words("dates.restore"))
    assert "đến hết 14/04/2020?" in asked
    assert words("move_date.told", people=1, units=1) in asked
    assert await acts(both) == ["date.moved"], "some are told by it: it is asked first"
    (back,) = await both.tap("p", words("dates.restore_yes"))
    assert "Em báo những người liên quan" in back
    assert (await date_of(both))["last_day"] is None
    assert await acts(both) == ["date.moved", "date.restored"]
    (trail, _) = await both.rows("SELECT detail FROM audit WHERE act LIKE 'date.%' ORDER BY id")
    assert json.loads(trail["detail"]) == {"kind": "duty", "last_day": "2020-04-20", "reason": WHY}


async def test_a_move_needs_a_reason_and_a_day_that_is_not_over(app):
    await app.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    (told,) = await app.say("o", "31/3/2020")
    assert words("answer.day_over", day="31/03/2020", first="01/04/2020", last="31/12/2021") in told
    await app.say("o", "20/4")
    (told,) = await app.say("o", "dịch")
    assert words("move_date.reason.too_short", least=2) in told
    (review,) = await app.say("o", WHY)
    assert WHY in review
    await app.move_to(datetime(2020, 4, 21, 9, tzinfo=ZONE))
    (told,) = await app.tap("o", "Dời hạn và báo")
    assert "20/04/2020 đã qua" in told
    assert await acts(app) == []
    await moved(app, "30/4")
    assert (await date_of(app))["last_day"] == "2020-04-30"


async def test_before_it_is_moved_it_is_said_whom_that_concerns_and_what_becomes_of_own_days(both):
    await seat(both, "b", "kcn-bac-giang-dn-2", name="Vũ Thị Bình")
    for unit, day in ((FACTORY, date(2020, 4, 30)), ("kcn-bac-giang-dn-2", date(2020, 4, 20))):
        given = Given(Place(unit, PLAN, DUTY), day, None, 1)
        assert await both.app.database.run(extensions.give, given, both.app.clock.business())
    await both.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    told = (await all_said(both, "o", "25/4", WHY))[-1]
    assert words("move_date.told", people=1, units=1) in told
    assert "Ở 1 đơn vị" in told, "that which keeps its own day is not told"
    for which in ("later", "earlier"):
        assert words(f"move_date.own.{which}", units=1) in told
    off, work = words("flow.weekday.6"), words("flow.weekday.5")
    assert f"{off} 25/04/2020, là ngày nghỉ: ngày làm việc cuối trước đó là {work} 24/04/2020" in told


@pytest.mark.parametrize("why", ["muted", "the same day"])
async def test_where_nobody_is_told_that_is_said(app, why):
    if why == "muted":
        await app.tap("o", f"date_mute/{PLAN}/duty/{DUTY}")
    await app.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    told = (await all_said(app, "o", "25/4" if why == "muted" else "14/4", WHY))[-1]
    assert words("move_date.told_nobody") in told
    assert (words("move_date.same") in told) == (why == "the same day")


@pytest.mark.parametrize(("day", "says"), [("10/4", "earlier"), ("1/3/2021", "other_year"), ("20/4", None)])
async def test_a_day_that_is_hardly_meant_is_said_to_be_one(app, day, says):
    await app.move_to(datetime(2020, 4, 6, 9, tzinfo=ZONE))
    await app.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    told = (await all_said(app, "o", day, WHY))[-1]
    earlier = words("move_date.earlier", last=f"{words('flow.weekday.2')} 14/04/2020")
    warnings = {"earlier": earlier, "other_year": words("move_date.other_year", year=2021)}
    assert [name for name, warning in warnings.items() if warning in told] == ([says] if says else [])


async def test_moving_to_where_it_is_changes_nothing(app):
    await moved(app)
    (told,) = await moved(app)
    assert "không có gì thay đổi" in told
    assert await acts(app) == ["date.moved"]


async def test_what_is_handed_in_after_the_move_is_in_time(app):
    await app.tap("o", f"date_right/{PLAN}/duty/{DUTY}")
    await app.move_to(datetime(2020, 4, 17, 9, tzinfo=ZONE))
    assert "đã quá hạn" in (await app.say("a", "/viec"))[0]
    await moved(app)
    assert "đã quá hạn" not in (await app.say("a", "/viec"))[0]


async def test_muted_and_on_again(both):
    await both.tap("o", SCREEN)
    (told,) = await both.tap("o", words("dates.mute"))
    assert "Em sẽ không nhắc ai" in told
    assert (await date_of(both))["muted"] == 1
    (listed,) = await both.say("o", "/hannop")
    assert "🔕 Đăng ký danh hiệu" in listed
    assert words("dates.waiting", number=4) in listed, "it needs no word any more"
    await both.tap("o", SCREEN)
    await both.tap("o", words("dates.unmute"))
    assert (await date_of(both))["muted"] == 0
    assert await acts(both) == ["date.muted", "date.unmuted"]


async def test_a_phase_whose_days_contradict_themselves_is_confirmed_too(app):
    assert words("ask.phase.to_confirm") in (await app.say("a", "đợt 2 từ ngày nào đến ngày nào"))[0]
    (shown,) = await app.tap("o", f"date/{PLAN}/phase/{PHASE}")
    assert "Từ ngày 01/7/2014 đến 31/12" in shown
    assert labels(app)[0] == words("dates.right")
    assert words("dates.move") not in labels(app)
    await app.tap("o", words("dates.right"))
    (row,) = await app.rows(f"SELECT confirmed_at FROM phases WHERE campaign = '{PLAN}' AND id = '{PHASE}'")
    assert row["confirmed_at"] is not None
    assert await app.tap("o", f"date/{PLAN}/phase/d1") == [words("dates.not_yours")], "in no doubt"
    assert words("ask.phase.to_confirm") not in (await app.say("a", "đợt 2 từ ngày nào đến ngày nào"))[0]


async def test_what_was_past_when_the_plan_was_issued_waits_for_nobody(app):
    await seat(app, "gl", "kkt-gia-lai-van-phong", "officer")
    (shown,) = await app.tap("gl", "date/gialai-2023/duty/1.2")
    assert words("dates.state.was_past") in shown
    assert not {words("dates.right"), words("dates.move"), words("dates.mute")} & set(labels(app, "gl"))


async def test_nobody_but_the_boards_own_officers(app):
    forged = [f"date_{one}/{PLAN}/duty/{DUTY}" for one in ("right", "correct", "move", "restore", "mute", "unmute")]
    forged += [SCREEN, f"dates/{PLAN}", f"dates_all/{PLAN}", f"dates_all_yes/{PLAN}/0"]
    for who in ("far", "a", "visitor"):
        for action in forged:
            assert await app.tap(who, action) == [words("dates.not_yours")], (who, action)
    for who in ("a", "visitor"):
        assert await app.say(who, "/hannop") == [words("office.only")]
    assert "Hải Phòng" in (await app.say("far", "/hannop"))[0]
    for action in (f"date/{PLAN}/duty/x", f"date/{PLAN}/x/{DUTY}", "date/x/duty/t1", f"date_mute/{PLAN}/phase/{PHASE}"):
        assert await app.tap("o", action) == [words("dates.not_yours")], action
    assert await acts(app) == []


async def test_who_is_no_officer_any_more_moves_nothing(app):
    await app.tap("o", f"date_move/{PLAN}/duty/{DUTY}")
    await all_said(app, "o", "20/4", WHY)
    await app.app.database.run(left)
    (told,) = await app.tap("o", "Dời hạn và báo")
    assert told == words("flow.ground_kept")
    assert (await date_of(app))["last_day"] is None


async def left(tx):
    await tx.run("memberships.drop", member=1)


async def test_in_the_demo_everything_is_confirmed_and_loading_again_changes_nothing(app):
    from bot.seed import seed

    await app.tap("o", f"date_mute/{PLAN}/duty/{DUTY}")
    await moved(app)
    before = await date_of(app)
    await seed(app.app.database, app.app.clock.business(), confirmed=False)
    assert await date_of(app) == before
    await seed(app.app.database, app.app.clock.business(), confirmed=True)
    assert not await app.rows("SELECT 1 FROM duties WHERE confirmed_at IS NULL UNION ALL "
                              "SELECT 1 FROM phases WHERE confirmed_at IS NULL")  # fmt: skip

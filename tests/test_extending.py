"""Extensions through the whole app: asked, answered by one tap, told to both sides, and what rests on the day moves."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest

from handlers.here import ZONE
from storage import extensions
from tests.app import Phone, running_app
from tests.extending import (
    CAMPAIGN,
    DUTY,
    GIVEN,
    NO,
    SEND,
    WHY,
    YES,
    YES_TO,
    asked,
    at_review,
    everybody,
    own_days,
    requests,
)
from tests.registering import ENTERPRISE, FAR_OFFICE, all_said, dossiers, filed, seat, words

DUTY_SCREEN = f"duty/{CAMPAIGN}/{DUTY}"
WORKS = "g1"
"""the registration of works, due within phase 1: until 30/4/2023"""
ASK = f"ask_extension/{CAMPAIGN}/{DUTY}/0"

pytestmark = pytest.mark.begins.with_args(everybody)


def last(running, who):
    return running.phone.texts(who)[-1]


async def test_from_the_duty_to_the_units_own_day(both):
    await both.tap("a", DUTY_SCREEN)
    assert words("extension.button") in dict(both.phone.buttons("a"))
    (told,) = await both.tap("a", words("extension.button"))
    assert "trước ngày 01/5/2023" in told
    review = await all_said(both, "a", "12/5", WHY)
    assert all(one in review[-1] for one in (WHY, "12/05/2023", "trước ngày 01/5/2023"))
    (sent,) = await both.tap("a", SEND)
    assert "12/05/2023" in sent
    for officer in "op":
        for one in ("Báo cáo kết quả Giai đoạn 1", "trước ngày 01/5/2023", WHY, "12/05/2023", "Lê Thị An"):
            assert one in last(both, officer)
        assert [label for label, _ in both.phone.buttons(officer)] == [YES, YES_TO, NO]
    (done,) = await both.tap("o", YES)
    assert "12/05/2023" in done
    assert await own_days(both) == {GIVEN: "2023-05-12"}
    for who in ("a", "head"):
        assert "12/05/2023" in last(both, who)
        assert "Trần Văn Cán" in last(both, who)
    assert both.phone.texts("member") == both.phone.texts("other") == []


async def test_what_rests_on_the_last_day_moves_with_it(app):
    await asked(app)
    await app.tap("o", YES)
    extended = "trước ngày 01/5/2023; đã gia hạn đến 12/05/2023"
    (mine,) = await app.say("a", "/viec")
    assert extended in mine
    (screen,) = await app.tap("a", DUTY_SCREEN)
    assert extended in screen
    assert words("duty.last", last="12/05/2023", working="12/05/2023") in screen
    (campaign,) = await app.tap("a", f"duties/{CAMPAIGN}")
    assert extended in campaign
    (others,) = await app.say("other", "/viec")
    assert "đã gia hạn" not in others
    await app.move_to(datetime(2023, 5, 12, 23, tzinfo=ZONE))
    assert "đã quá hạn" not in (await app.tap("a", DUTY_SCREEN))[0]
    assert "đã quá hạn" in (await app.tap("other", DUTY_SCREEN))[0]
    await app.move_to(datetime(2023, 5, 13, 0, 1, tzinfo=ZONE))
    assert "đã quá hạn (hạn chót 12/05/2023)" in (await app.tap("a", DUTY_SCREEN))[0]


@pytest.mark.parametrize("extended", [True, False])
async def test_a_registration_is_late_by_the_units_own_day(app, extended):
    if extended:
        await asked(app, duty=WORKS)
        await app.tap("o", YES)
    await app.move_to(datetime(2023, 5, 12, 9, tzinfo=ZONE))
    (offered, *_) = await app.say("a", "/dangky")
    assert (words("opening.today", last="12/05/2023") in offered) == extended
    await filed(app, "a")
    assert bool((await dossiers(app))[0]["late"]) != extended
    await filed(app, "other", "Vườn hoa tự quản")
    assert (await dossiers(app))[1]["late"], "the others have no longer than the plan says"


async def test_what_was_marked_late_stays_so_and_a_new_version_is_judged_by_the_new_day(app):
    await app.move_to(datetime(2023, 5, 3, 9, tzinfo=ZONE))
    number = await filed(app, "a")
    await asked(app, duty=WORKS)
    await app.tap("o", YES)
    assert (await dossiers(app))[0]["late"]
    await app.tap("a", f"edit/{number}")
    await app.tap("a", "Sửa một mục")
    await all_said(app, "a", "Mục tiêu", "300 cây")
    await app.tap("a", "Gửi đăng ký")
    found = await app.rows("SELECT version, late FROM dossier_versions ORDER BY version")
    assert [(one["version"], one["late"]) for one in found] == [(1, 1), (2, 0)]


async def test_agreed_to_another_day(app):
    await asked(app)
    (told,) = await app.tap("o", YES_TO)
    assert "12/05/2023" in told
    assert "30/4" not in (await app.say("o", "5/5"))[-1]
    await app.tap("o", "Đồng ý gia hạn")
    assert await own_days(app) == {GIVEN: "2023-05-05"}
    assert "05/05/2023" in last(app, "a")


async def test_an_answer_that_is_no_later_day_is_refused_with_the_days_that_are(app):
    await asked(app)
    await app.tap("o", YES_TO)
    (told,) = await app.say("o", "30/4")
    assert words("extend_to.last_day.outside", day="30/04/2023", first="01/05/2023", last="27/10/2023") in told
    await all_said(app, "o", "1/5")
    await app.tap("o", "Đồng ý gia hạn")
    assert await own_days(app) == {GIVEN: "2023-05-01"}


@pytest.mark.parametrize("reason", ["Đã gia hạn một lần rồi", None])
async def test_no_with_a_reason_or_without(both, reason):
    await asked(both)
    await both.tap("o", NO)
    await both.say("o", reason or "Bỏ qua")
    await both.tap("o", "Xác nhận")
    assert await own_days(both) == {}
    for who in ("a", "head"):
        assert "30/04/2023" in last(both, who)
        assert (reason in last(both, who)) if reason else ("Lý do" not in last(both, who))
    assert (await requests(both))[0]["state"] == "refused"


async def test_a_later_officer_reads_who_answered_what(app):
    number = await asked(app)
    before = len(app.phone.texts("a"))
    await app.tap("o", YES)
    assert len(app.phone.texts("a")) == before + 1
    for action in ("extension_yes", "extension_to", "extension_no", "extension"):
        (told,) = await app.tap("p", f"{action}/{number}")
        assert "Trần Văn Cán" in told
        assert "12/05/2023" in told
    assert len(app.phone.texts("a")) == before + 1
    assert len([one for one in await requests(app) if one["answered_by"]]) == 1


async def test_two_officers_at_once_are_one_answer(both):
    number = await asked(both)
    await both.tap("p", f"extension_no/{number}")
    await both.say("p", "Bỏ qua")
    no, before = both.phone.buttons("p")[0][1], len(both.phone.texts("a"))
    await asyncio.gather(
        both.phone.hand_in("o", kind="tap", action=f"extension_yes/{number}"),
        both.phone.hand_in("p", kind="tap", action=no),
    )
    await both.settled()
    answered = await both.rows("SELECT act FROM audit WHERE act IN ('extension.granted', 'extension.refused')")
    assert len(answered) == 1
    assert len(both.phone.texts("a")) == before + 1
    (request,) = await requests(both)
    assert await own_days(both) == ({GIVEN: "2023-05-12"} if request["state"] == "granted" else {})
    loser = "p" if request["state"] == "granted" else "o"
    winner = {"p": "Trần Văn Cán", "o": "Phạm Thị Phó"}[loser]
    assert winner in last(both, loser)


async def test_a_second_person_of_the_unit_is_told_who_asked(app):
    await at_review(app, "head", "20/5")
    await asked(app, "a")
    (told,) = await app.tap("head", ASK)
    assert "Lê Thị An" in told
    assert "12/05/2023" in told
    (asked_again,) = await app.say("head", "quay lại")
    assert "20/05/2023" in asked_again, "what they had begun stands"
    assert len(await requests(app)) == 1


async def test_two_of_the_unit_at_once_are_one_request_told_once(both):
    for who, day in (("a", "12/5"), ("head", "20/5")):
        await at_review(both, who, day)
    taps = [(who, dict(both.phone.buttons(who))[SEND]) for who in ("a", "head")]
    await asyncio.gather(*(both.phone.hand_in(who, kind="tap", action=action) for who, action in taps))
    await both.settled()
    (request,) = await requests(both)
    assert len(both.phone.texts("o")) == 1
    second = "head" if request["wished"] == "2023-05-12" else "a"
    assert words("extension.asked_already", who="x", at="y", wished="z")[-30:] in last(both, second)


async def test_a_message_repeated_after_the_answer_changes_nothing(app):
    number = await asked(app)
    await app.tap("o", YES)
    trail = await app.rows("SELECT act FROM audit")
    await app.tap("o", f"extension_yes/{number}")
    assert await app.rows("SELECT act FROM audit") == trail


@pytest.mark.parametrize("day", ["30/4", "hôm nay", "1/4", "30/7", "không biết"])
async def test_a_day_that_cannot_be_asked_for_is_refused_and_the_next_one_taken(app, day):
    await app.tap("a", ASK)
    (told,) = await app.say("a", day)
    assert "Từ 01/05/2023 đến 29/07/2023" in told
    await all_said(app, "a", "12/5", WHY)
    await app.tap("a", SEND)
    assert [one["wished"] for one in await requests(app)] == ["2023-05-12"]


async def test_after_the_last_day_one_may_still_ask_but_not_for_the_past(app):
    await app.move_to(datetime(2023, 5, 10, 8, tzinfo=ZONE))
    await app.tap("a", ASK)
    (told,) = await app.say("a", "9/5")
    assert words("answer.day_over", day="09/05/2023", first="10/05/2023", last="08/08/2023") in told
    await all_said(app, "a", "10/5", WHY)
    await app.tap("a", SEND)
    await app.tap("o", "✅ Đồng ý (đến 10/05/2023)")
    assert await own_days(app) == {GIVEN: "2023-05-10"}
    await app.move_to(datetime(2023, 9, 1, 8, tzinfo=ZONE))
    (told,) = await app.tap("a", ASK)
    assert told == words("extension.not_here"), "long over"


async def test_a_wish_that_time_has_overtaken_is_not_granted_but_can_be_moved(app):
    await asked(app)
    await app.move_to(datetime(2023, 5, 15, 8, tzinfo=ZONE))
    (told,) = await app.tap("o", YES)
    assert words("extension.day_cannot", day="12/05/2023", first="15/05/2023", last="11/11/2023") in told
    assert await own_days(app) == {}
    await app.tap("o", YES_TO)
    await app.say("o", "20/5")
    await app.tap("o", "Đồng ý gia hạn")
    assert await own_days(app) == {GIVEN: "2023-05-20"}


async def test_a_request_confirmed_days_later_asks_for_a_day_that_still_fits(app):
    await at_review(app)
    await app.move_to(datetime(2023, 5, 15, 8, tzinfo=ZONE))
    (told,) = await app.tap("a", SEND)
    assert words("extension.day_over") in told
    assert await requests(app) == []
    await app.say("a", "22/5")
    assert WHY in last(app, "a")
    await app.tap("a", SEND)
    assert [one["wished"] for one in await requests(app)] == ["2023-05-22"]


async def test_only_who_speaks_for_a_unit_the_duty_addresses_may_ask(app):
    await seat(app, "far", FAR_OFFICE, "officer")
    for who in ("member", "far", "visitor"):
        await app.tap(who, DUTY_SCREEN)
        assert words("extension.button") not in dict(app.phone.buttons(who)), who
        (told,) = await app.tap(who, ASK)
        assert told == words("extension.not_here"), who
    for forged in (f"ask_extension/{CAMPAIGN}/{DUTY}/7", f"ask_extension/{CAMPAIGN}/x/0", "ask_extension/x/r1/0"):
        assert await app.tap("a", forged) == [words("extension.not_here")]
    assert await requests(app) == []


async def test_another_boards_officer_sees_nothing_of_it(app):
    await seat(app, "far", FAR_OFFICE, "officer")
    number = await asked(app)
    assert app.phone.texts("far") == []
    for who in ("far", "a", "other", "visitor"):
        for action in ("extension", "extension_yes", "extension_to", "extension_no"):
            assert await app.tap(who, f"{action}/{number}") == [words("extension.not_yours")], (who, action)
    (told,) = await app.say("far", "/giahan")
    assert words("extensions.none") in told
    assert (await requests(app))[0]["state"] == "asked"


async def test_what_is_handed_in_needs_no_extension(app):
    number = await asked(app)
    await app.app.database.run(extensions.void, ENTERPRISE, CAMPAIGN, DUTY, app.app.clock.business(), 1)
    (told,) = await app.tap("o", f"extension_yes/{number}")
    assert "đã nộp" in told
    assert await own_days(app) == {}


async def test_where_no_officer_can_be_reached_the_unit_is_told_whom_to_call(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()]) as app:
        await seat(app, "a")
        await asked(app)
        assert "gọi thêm văn phòng" in last(app, "a")
        await seat(app, "o", role="officer", unit="kkt-hai-phong-van-phong")
        (told,) = await app.say("o", "/giahan")
        assert words("extensions.waiting", number=1) in told
        await app.say("o", "1")
        await app.tap("o", YES)
        assert await own_days(app) == {GIVEN: "2023-05-12"}


async def test_a_delegate_finds_what_to_ask_for_by_typing_a_command(app):
    (told,) = await app.say("a", "/giahan")
    assert told == words("extension.for_what")
    assert app.phone.buttons("a")[0] == ("Báo cáo kết quả Giai đoạn 1 (hạn 30/04/2023)", ASK)
    assert await app.say("member", "/giahan") == [words("extension.nothing")]
    assert await app.say("visitor", "/giahan") == [words("register.not_a_member")]


async def test_what_for_can_be_said_with_it(app):
    (told,) = await app.say("a", "tôi muốn xin gia hạn báo cáo giai đoạn 1")
    assert "Anh/chị xin nộp" in told
    assert "Báo cáo kết quả Giai đoạn 1" in told
    await app.say("a", "huỷ")
    assert await app.say("a", "xin gia hạn việc này") == [words("extension.for_what")], "none of them is named"


async def test_everything_is_in_the_audit_trail(app):
    await asked(app)
    await app.tap("o", YES)
    trail = await app.rows("SELECT act, about, detail, member FROM audit WHERE act LIKE 'extension.%' ORDER BY id")
    assert [one["act"] for one in trail] == ["extension.asked", "extension.granted", "extension.given"]
    assert {one["about"] for one in trail} == {f"{ENTERPRISE}/{CAMPAIGN}/{DUTY}"}
    assert json.loads(trail[0]["detail"])["reason"] == WHY

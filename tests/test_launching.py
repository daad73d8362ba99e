"""Officers who write to many, up to the moment it goes out: whom, what, when, agreed to by whom, and who may not."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime
from types import SimpleNamespace

import pytest

import campaigns
from handlers import launching
from handlers.here import ZONE
from handlers.world import World
from storage import content
from tests.app import Phone, running_app
from tests.files import pdf
from tests.launching import ENTERPRISES, LAUNCH_IT, SEND, TEXT, at_review, audience, everybody, last, made
from tests.registering import all_said, seat, seated, send_file, words

HOSTILE = "<b>Họp</b> <a href='x'>đây</a> & </i> \u202e1202/5\u202c **đậm** > trích"

pytestmark = pytest.mark.begins.with_args(everybody)


async def test_a_message_is_confirmed_as_it_was_read_back(both):
    (review,) = await at_review(both)
    assert TEXT in review
    for one in ("3 người", "2 đơn vị", "mọi người thuộc các doanh nghiệp"):
        assert one in review
    await both.tap("o", SEND)
    (row,) = await made(both)
    assert (row["people"], row["campaign"], row["phase"]) == (3, "", "")
    assert json.loads(row["body"])["lines"][0]["text"] == TEXT
    assert audience(row)["groups"] == ["enterprise"]
    (there,) = await both.say("o", "/thongbao")
    assert words("broadcasts.head") in there
    assert any(TEXT[:20] in label for label, _ in both.phone.buttons("o"))


async def test_a_launch_is_proposed_from_the_plan_and_can_be_edited(both):
    await both.say("o", "/phatdong")
    (review,) = await both.say("o", "2")
    for one in (
        "Giai đoạn 2",
        "Kính gửi {người nhận},",
        "Thời gian: từ tháng 5 đến hết tháng 6 năm 2023, kết thúc ngày 30/06/2023.",
        "• Báo cáo kết quả Giai đoạn 2\n   Hạn: trước ngày 30/6/2023\n   Nơi nhận: Văn phòng Ban Quản lý",
        "chọn “Xem phong trào”",
        words("launch.before", start=date(2023, 5, 1), days=7),
    ):
        assert one in review
    assert "6 người" in review
    await both.say("o", "Sửa một mục")
    await both.tap("o", words("flow.fix", label=words("launch.text.label")))
    (review,) = await both.say("o", TEXT)
    assert TEXT in review
    await both.tap("o", LAUNCH_IT)
    (row,) = await made(both)
    assert (row["campaign"], row["phase"]) == ("haiphong-2023", "gd2")
    assert json.loads(row["body"])["lines"][0]["text"] == TEXT


def proposals():
    """Every phase of the five plans with what would be proposed for it on its first day."""
    found = campaigns.campaigns()
    for campaign in found:
        for phase in campaign.phases:
            now = datetime.combine(phase.start, datetime.min.time(), ZONE)
            here = SimpleNamespace(now=now, world=World(campaigns=found, calendar=campaigns.calendar()))
            yield campaign, phase, launching.proposal(here, campaign, phase)


def test_what_is_proposed_stands_in_the_plan():
    several = 0
    for campaign, phase, text in proposals():
        bare = text.casefold()
        assert phase.to_confirm or phase.printed.strip("()/").casefold() in bare
        assert f"{phase.end:%d/%m/%Y}" in text
        assert "2014" not in text, "a misprint is not passed on"
        assert "(từ" not in bare
        asked = [d for d in campaign.duties if d.asks and not d.standing_duty and d.phase == phase.id]
        assert all((d.due.printed or d.title).casefold() in bare for d in asked)
        assert len(text) <= launching.LONGEST
        several += len(asked)
    assert several > 5


def test_where_a_plan_asks_for_nothing_nothing_is_invented():
    (text,) = (text for campaign, _, text in proposals() if campaign.slug == "bacninh-2024")
    assert words("launch.text.nothing_asked") in text


@pytest.mark.parametrize("whom", ["KCN Tiên Thanh", "kcn tien thanh"])
async def test_an_audience_of_nobody_is_refused_with_the_reason(app, whom):
    (review,) = await at_review(app, whom=whom)
    assert words("reach.nobody") in review
    assert SEND not in dict(app.phone.buttons("o"))
    await app.say("o", SEND)
    assert await made(app) == []
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("broadcast.whom.label")))
    await all_said(app, "o", ENTERPRISES, words("flow.done"))
    await app.tap("o", SEND)
    assert len(await made(app)) == 1


async def test_who_left_between_review_and_confirmation_leaves_nobody(app):
    await at_review(app)
    await app.app.database.run(_everybody_leaves)
    (told,) = await app.tap("o", SEND)
    assert words("reach.nobody") in told
    assert await made(app) == []


async def _everybody_leaves(tx):
    for row in await tx.all("reach.of_board", board="kkt-hai-phong"):
        if row["role"] != "officer":
            await tx.run("memberships.drop", member=row["member"])


async def test_only_those_who_have_not_handed_in(app):
    await app.tap("o", "broadcast_new")
    (asked,) = await all_said(app, "o", TEXT, "bỏ qua", "1", words("recipients.whom.missing"), words("flow.done"))
    assert words("broadcast.duty.ask") in asked
    (review,) = await app.say("o", "bc gd1")
    assert "chưa nộp “Báo cáo kết quả Giai đoạn 1”" in review
    assert "4 người" in review
    await app.app.database.run(_handed_in, "kkt-hai-phong-dn-2")
    await app.tap("o", words("broadcast.review.preview"))
    (review,) = await app.say("o", "tiếp")
    assert "3 người" in review
    await app.tap("o", SEND)
    (row,) = await made(app)
    assert audience(row)["missing"]["duty"] == "r1"
    assert row["people"] == 3


async def _handed_in(tx, unit):
    from domain.campaign import Asks
    from storage import dossiers
    from storage.dossiers import New

    new = New("kkt-hai-phong", "haiphong-2023", 2023, Asks.REPORT, unit, "r1", "r1", {}, 1, 1, False)
    await dossiers.file(tx, new, "0" * 32)


async def test_who_belongs_to_two_units_is_one_person(app):
    await seat(app, "a", "kkt-hai-phong-dn-2", "head", "Lê Thị An")
    (review,) = await at_review(app)
    assert "3 người, 2 đơn vị" in review
    assert words("reach.by", messenger="Phone", number=3) in review


async def test_units_are_picked_by_name_and_a_role_narrows_them(app):
    await app.tap("o", "broadcast_new")
    await all_said(app, "o", TEXT, "bỏ qua", "1", words("recipients.whom.units"), words("flow.done"))
    (review,) = await all_said(app, "o", "Công ty TNHH Thép Hải Âu", words("flow.done"))
    assert "2 người, 1 đơn vị" in review
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("broadcast.role.label")))
    (review,) = await app.say("o", words("recipients.role.head"))
    assert "1 người, 1 đơn vị" in review
    assert "người đứng đầu thuộc Công ty TNHH Thép Hải Âu (mẫu)" in review


async def test_two_officers_launch_the_same_phase_and_the_second_reads_who_was_first(both):
    for who in "op":
        await both.say(who, "/phatdong")
        await both.say(who, "1")
    taps = [both.phone.hand_in(who, kind="tap", action=dict(both.phone.buttons(who))[LAUNCH_IT]) for who in "op"]
    await asyncio.gather(*taps)
    await both.settled()
    assert len(await made(both)) == 1
    told = {who: last(both, who) for who in "op"}
    (second,) = [who for who in told if "⛔" in told[who]]
    assert {"o": "Phạm Thị Phó", "p": "Trần Văn Cán"}[second] in told[second]
    assert "đã soạn tin phát động" in told[second], "nothing of it has gone out yet"


async def test_a_phase_that_was_launched_is_not_launched_again(app):
    await app.say("o", "/phatdong")
    await app.say("o", "1")
    await app.tap("o", LAUNCH_IT)
    await app.say("p", "/phatdong")
    (review,) = await app.say("p", "1")
    assert "Trần Văn Cán" in review
    assert LAUNCH_IT not in dict(app.phone.buttons("p"))


async def test_the_plan_edited_meanwhile_changes_nothing_of_what_was_confirmed(app):
    await app.say("o", "/phatdong")
    (review,) = await app.say("o", "2")
    assert "trước ngày 30/6/2023" in review
    (plan,) = (c for c in campaigns.campaigns() if c.slug == "haiphong-2023")
    phases = tuple(p.model_copy(update={"printed": "(tháng khác)"}) for p in plan.phases)
    edited = plan.model_copy(update={"phases": phases})
    await app.app.database.run(_edited, edited, app.app.clock.business())
    await app.tap("o", LAUNCH_IT)
    (row,) = await made(app)
    assert "từ tháng 5 đến hết tháng 6 năm 2023" in row["body"]
    assert "tháng khác" not in row["body"]
    await app.say("p", "/phatdong")
    assert any("(tháng khác)" in label for label, _ in app.phone.buttons("p"))


async def _edited(tx, campaign, now):
    await content.put_campaign(tx, campaign, now, confirmed=True)
    await content.changed(tx)


async def test_a_phase_that_has_not_begun_or_is_over_can_be_launched_and_the_review_says_so(app):
    await app.move_to(datetime(2023, 5, 22, 8, tzinfo=ZONE))
    await app.say("o", "/phatdong")
    assert [label[:11] for label, _ in app.phone.buttons("o")[:3]] == ["Giai đoạn 2", "Giai đoạn 3", "Giai đoạn 1"]
    (review,) = await app.say("o", "2")
    assert words("launch.before", start=date(2023, 7, 1), days=40) in review
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("launch.when.label")))
    (review,) = await app.say("o", "8h30 3/7")
    assert "⚠️ Giai đoạn này" not in review, "it has begun by then"
    await app.say("o", "huỷ")
    await app.say("o", "/phatdong")
    (review,) = await app.say("o", "3")
    assert words("launch.over", end=date(2023, 4, 30), days=22) in review
    await app.tap("o", LAUNCH_IT)
    assert [row["phase"] for row in await made(app)] == ["gd1"]


async def test_text_is_no_markup_whatever_it_holds(app):
    (review,) = await at_review(app, text=HOSTILE)
    shown = HOSTILE.replace("\u202e", "").replace("\u202c", "")
    assert shown in review
    await app.tap("o", words("broadcast.review.test"))
    assert any(shown in text for text in app.phone.texts("o")[-2:])
    await app.say("o", SEND)
    assert json.loads((await made(app))[0]["body"])["lines"][0]["text"] == shown


async def test_what_is_too_long_is_refused_with_its_length_until_it_fits(app):
    await app.tap("o", "broadcast_new")
    (told,) = await app.say("o", "Dài quá. " * 1111 + "a")
    assert "10000" in told or "9999" in told or "10.000" in told
    assert "3500" in told
    (asked,) = await app.say("o", "vừa đủ " * 500)
    assert words("broadcast.files.ask") in asked


async def test_a_file_goes_with_it_and_is_kept(app):
    await app.tap("o", "broadcast_new")
    await app.say("o", TEXT)
    await send_file(app, "o", pdf(), "Giấy mời.pdf")
    (review,) = await all_said(app, "o", "xong", "1", ENTERPRISES, words("flow.done"))
    assert "Giấy mời.pdf" in review
    await app.tap("o", SEND)
    (row,) = await made(app)
    kind, params = json.loads(row["body"])["attach"]
    assert (kind, params["name"]) == ("shared", "Giấy mời.pdf")
    (use,) = await app.rows("SELECT sha256, holder FROM file_uses")
    assert (use["sha256"], use["holder"]) == (params["sha256"], f"broadcast:{row['id']}")


async def test_previews_are_as_each_messenger_shows_it(tmp_path):
    plainly = Phone("zalo", buttons=False)
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone(), plainly]) as app:
        await everybody(app)
        await plainly.hand_in("z", "chào")
        await app.settled()
        await app.app.database.run(_joins, "zalo", "z")
        await at_review(app)
        shown = await app.tap("o", words("broadcast.review.preview"))
        received = words("broadcast.received")
        assert f"[ {received} ]" in shown[0]
        assert f"1. {received}" in shown[1]
        assert len(shown) == 2
        assert [action for _, action in app.phone.buttons("o")] == ["resume:broadcast"], "the review is a tap away"


async def _joins(tx, channel, address):
    await seated(tx, channel, address, "Zalo", "delegate", "kkt-hai-phong-dn-3", 1)


async def test_a_trial_reaches_its_author_alone_and_is_noted_nowhere(app):
    await at_review(app)
    await app.tap("o", words("broadcast.review.test"))
    (trial,) = [text for text in app.phone.texts("o")[-2:] if TEXT in text]
    assert trial.startswith(words("broadcast.trial"))
    assert app.phone.texts("a") == app.phone.texts("p") == []
    assert await made(app) == []
    assert (await app.tap("o", "received/0"))[0] == words("broadcast.trial_thanks")
    assert words("broadcast.review.ask") in (await app.say("o", "quay lại"))[0], "the review stands"


async def test_who_cannot_be_reached_is_named_before_it_goes(app):
    await app.phone.hand_in("b", kind="left")
    await app.settled()
    (review,) = await at_review(app)
    assert "Hoàng Văn Bình (Công ty TNHH Dây cáp Phượng Vĩ (mẫu))" in review
    told = await app.tap("o", words("broadcast.review.unreachable"))
    assert "Hoàng Văn Bình" in told[0]
    assert [one.file.name for one in app.phone.sent if one.address == "o" and one.file] == ["chua-lien-he-duoc.xlsx"]
    assert [action for _, action in app.phone.buttons("o")] == ["+menu", "+resume:broadcast"], (
        "the review is a tap away"
    )


async def test_outside_working_hours_it_waits_for_the_morning_unless_a_launch_is_to_go_at_once(app):
    await app.move_to(datetime(2023, 4, 28, 21, tzinfo=ZONE))
    (review,) = await at_review(app)
    assert "07:30 04/05/2023" in review, "after the holidays"
    await app.tap("o", SEND)
    await app.say("o", "/phatdong")
    await app.say("o", "2")
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("launch.when.label")))
    await app.say("o", words("sending.at_once"))
    await app.tap("o", LAUNCH_IT)
    message, launch = await made(app)
    assert not message["at_once"]
    assert datetime.fromtimestamp(message["starts_at"] / 1e6, ZONE) == datetime(2023, 5, 4, 7, 30, tzinfo=ZONE)
    assert launch["at_once"]
    assert launch["starts_at"] == launch["created_at"]


async def test_a_set_time_lies_ahead(app):
    await at_review(app)
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("broadcast.when.label")))
    assert words("answer.not_then", at="20:30", first="07:30", last="20:30") in (await app.say("o", "20h30"))[0]
    assert "bây giờ là 08:0" in (await app.say("o", "7h45 hôm nay"))[0]
    (review,) = await app.say("o", "14h30")
    assert "14:30" in review
    await app.tap("o", SEND)
    (row,) = await made(app)
    assert datetime.fromtimestamp(row["starts_at"] / 1e6, ZONE) == datetime(2023, 4, 24, 14, 30, tzinfo=ZONE)
    assert row["state"] == "scheduled"
    await app.tap("o", f"broadcast_stop/{row['id']}")
    await app.tap("o", words("broadcast.stop.yes"))
    assert (await made(app))[0]["state"] == "stopped"


async def test_a_phase_is_launched_in_words_and_what_was_left_stands_beside_what_was_sent(app):
    (review,) = await app.say("o", "phat dong giai doan 2")
    assert "Giai đoạn 2" in review
    assert LAUNCH_IT in dict(app.phone.buttons("o"))
    await app.say("o", "lưu")
    await app.say("o", "/thongbao")
    assert any(label.startswith("▶ Làm tiếp: Phát động giai đoạn") for label, _ in app.phone.buttons("o"))
    await app.say("o", "menu")
    await app.tap("o", "launch")
    (review,) = await app.say("o", "phat dong giai doan 3")
    assert "tháng 7/2023" in review
    assert LAUNCH_IT in dict(app.phone.buttons("o")), "at the question which phase, too"
    assert "Giai đoạn 2" in (await app.say("a", "phat dong giai doan 2"))[0]
    assert LAUNCH_IT not in dict(app.phone.buttons("a"))

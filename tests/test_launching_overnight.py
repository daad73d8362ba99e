"""A message to many that stood in its review, or waited for its hour, while the world went on: never to more than was read back."""

from __future__ import annotations

from datetime import datetime

import pytest

from campaigns import campaigns
from handlers.here import ZONE
from scheduler.ask_agreement import AskAgreement
from storage import content
from tests.app import Phone, running_app
from tests.broadcasting import write
from tests.launching import LAUNCH_IT, SEND, TEXT, at_review, everybody, gone, last, made
from tests.registering import all_said, seat, words

pytestmark = pytest.mark.begins.with_args(everybody)
LATER = datetime(2023, 4, 24, 14, 31, tzinfo=ZONE)
REPORT = "Báo cáo kết quả Giai đoạn 1"


def barred(running, what):
    return words("broadcast.gone", what=what).partition(":")[0] in last(running, "o")


async def begun(running, *answers):
    await running.tap("o", "broadcast_new")
    await all_said(running, "o", TEXT, "bỏ qua", words("broadcast.no_button"), *answers)


async def at_half_past_two(running):
    await running.say("o", "Sửa một mục")
    await running.tap("o", words("flow.fix", label=words("broadcast.when.label")))
    await running.say("o", "14h30")


async def without_the_report(tx):
    (plan,) = (one for one in campaigns() if one.slug == "haiphong-2023")
    fewer = plan.model_copy(update={"duties": tuple(one for one in plan.duties if one.id != "r1")})
    await content.put_campaign(tx, fewer, 0, confirmed=True)
    await content.changed(tx)


async def test_a_unit_that_is_gone_is_not_everybody(app):
    await begun(app, words("recipients.whom.units"), words("flow.done"), "Công ty TNHH Thép Hải Âu", words("flow.done"))
    await write(app.app.database, "DELETE FROM memberships WHERE unit = 'kkt-hai-phong-dn-1'")
    await write(app.app.database, "DELETE FROM units WHERE slug = 'kkt-hai-phong-dn-1'")
    await app.app.database.run(content.changed)
    await app.tap("o", SEND)
    assert barred(app, words("broadcast.units.label"))
    assert not await made(app)


async def test_a_report_that_is_asked_for_no_more_is_not_everybody(app):
    await begun(app, words("recipients.whom.missing"), words("flow.done"), REPORT)
    await app.app.database.run(without_the_report)
    await app.tap("o", SEND)
    assert barred(app, words("broadcast.duty.label"))
    assert not await made(app)


async def test_nor_once_it_is_to_go_at_its_hour(app):
    await begun(app, words("recipients.whom.missing"), words("flow.done"), REPORT)
    await at_half_past_two(app)
    await app.tap("o", SEND)
    await app.app.database.run(without_the_report)
    await app.move_to(LATER)
    await gone(app)
    assert not any(TEXT in text for who in ("a", "head", "b", "s", "p") for text in app.phone.texts(who))
    assert words("recipients.lacking_gone", whom="").strip() in (await app.tap("o", "broadcast/1"))[-1]


async def test_an_hour_that_is_over_is_no_hour(app):
    await at_review(app)
    await at_half_past_two(app)
    await app.move_to(LATER)
    await app.tap("o", SEND)
    assert barred(app, words("broadcast.when.label"))
    assert not await made(app)


async def test_a_phase_that_cannot_be_launched_any_more_is_no_free_message(app):
    await all_said(app, "o", "/phatdong", "1")
    await app.move_to(datetime(2023, 6, 5, 9, tzinfo=ZONE))
    await app.tap("o", LAUNCH_IT)
    assert barred(app, words("launch.phase.label"))
    assert not await made(app)


async def test_more_than_one_may_write_to_alone_by_its_hour_wait_for_a_second_person(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], approve_above=3) as app:
        await everybody(app)
        await at_review(app)
        await at_half_past_two(app)
        await app.tap("o", SEND)
        assert (await made(app))[0]["state"] == "scheduled", "three are not too many"
        await seat(app, "c", "kkt-hai-phong-dn-2", "delegate", "Trịnh Thị Cúc")
        await app.move_to(LATER)
        await gone(app)
        (row,) = await made(app)
        assert (row["state"], row["people"]) == ("waiting", 4)
        assert words("broadcast.held", what="", people=4).partition(" nhiều hơn")[2] in last(app, "o")
        assert "4 người" in last(app, "p")
        assert TEXT not in "".join(app.phone.texts("c"))
        await app.tap("p", words("broadcast.yes"))
        await gone(app)
        assert TEXT in last(app, "c")


async def test_who_joins_while_it_waits_is_asked_too(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], approve_above=1) as app:
        await everybody(app)
        await at_review(app)
        await app.tap("o", SEND)
        colleague = "(SELECT member FROM addresses WHERE address = 'p')"
        await write(app.app.database, f"DELETE FROM memberships WHERE member = {colleague}")
        await seat(app, "h", "kkt-hai-phong", "head", "Lãnh Đạo Ban")
        ask = AskAgreement(app.app.database, app.app.files.world, app.app.clock.business)
        assert await ask() == {"waiting": 1}
        await ask()
        await app.settled()
        assert sum("4 người" in text or "3 người" in text for text in app.phone.texts("h")) == 1
        await app.tap("h", words("broadcast.yes"))
        assert (await made(app))[0]["approver"] is not None

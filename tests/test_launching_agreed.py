"""A second person's word on a message to many, and who may neither give it nor see anything of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.app import Phone, running_app
from tests.launching import SEND, TEXT, at_review, confirmed, everybody, last, made
from tests.registering import OFFICE, seat, words

YES, NO = words("broadcast.yes"), words("broadcast.no")

pytestmark = pytest.mark.begins.with_args(everybody, approve_above=2)
"""Above two people a second person has to agree."""


async def test_above_the_limit_a_second_officer_agrees_by_one_tap(app):
    number = await confirmed(app)
    assert (await made(app))[0]["state"] == "waiting"
    assert "Phạm Thị Phó" in last(app, "o")
    asked = last(app, "p")
    assert TEXT in asked
    assert "3 người" in asked
    assert [label for label, _ in app.phone.buttons("p")][:2] == [YES, NO]
    (told,) = await app.tap("o", f"broadcast_yes/{number}")
    assert told == words("broadcast.your_own")
    assert (await made(app))[0]["state"] == "waiting"
    await app.tap("p", YES)
    (row,) = await made(app)
    assert row["state"] != "waiting"
    assert row["approver"] is not None
    assert any("Phạm Thị Phó" in text and "đồng ý" in text for text in app.phone.texts("o"))


async def test_declined_with_a_reason_and_the_first_answer_counts(app):
    await seat(app, "q", OFFICE, "officer", "Bùi Văn Quý")
    number = await confirmed(app)
    await app.tap("q", NO)
    await app.say("q", "Ngày họp chưa chốt")
    await app.tap("q", words("decline_broadcast.review.confirm"))
    assert (await made(app))[0]["state"] == "declined"
    assert "Ngày họp chưa chốt" in last(app, "o")
    assert "Bùi Văn Quý" in last(app, "o")
    (told,) = await app.tap("p", YES)
    assert words("broadcast.decided") in told
    assert (await made(app))[0]["state"] == "declined"
    (told,) = await app.tap("p", f"broadcast_no/{number}")
    assert words("broadcast.decided") in told


async def test_what_was_declined_is_written_again_from_what_was_there(app):
    number = await confirmed(app)
    await app.tap("p", NO)
    await app.say("p", "Ngày họp chưa chốt")
    await app.tap("p", words("decline_broadcast.review.confirm"))
    await app.tap("o", f"broadcast/{number}")
    (review,) = await app.tap("o", words("broadcast.step.rewrite"))
    assert words("broadcast.review.ask").replace("*", "") in review.replace("*", "")
    assert TEXT in review
    assert "3 người" in review
    await app.tap("o", words("flow.correct"))
    await app.tap("o", words("flow.fix", label=words("broadcast.text.label")))
    await app.say("o", "Ngày họp đã chốt: 12/5, kính mời anh/chị.")
    await app.tap("o", SEND)
    first, second = await made(app)
    assert (first["state"], second["state"]) == ("declined", "waiting")
    assert (first["audience"], first["answers"] == second["answers"]) == (second["audience"], False)
    assert "Ngày họp đã chốt" in last(app, "p")


async def test_two_answers_at_once_make_one(app):
    await seat(app, "q", OFFICE, "officer", "Bùi Văn Quý")
    number = await confirmed(app)
    at = (await made(app))[0]["starts_at"]
    await asyncio.gather(*(app.phone.hand_in(who, kind="tap", action=f"broadcast_yes/{number}/{at}") for who in "pq"))
    await app.settled()
    assert len(await app.rows("SELECT 1 FROM audit WHERE act = 'broadcast.approve'")) == 1


async def test_with_one_officer_the_boards_head_agrees_and_with_nobody_it_is_said_how_to_get_one(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], approve_above=1) as app:
        for who, unit, role in (
            ("o", OFFICE, "officer"),
            ("a", "kkt-hai-phong-dn-1", "delegate"),
            ("b", "kkt-hai-phong-dn-2", "head"),
        ):
            await seat(app, who, unit, role)
        (review,) = await at_review(app)
        assert words("reach.nobody_agrees", most=1) in review
        assert SEND not in dict(app.phone.buttons("o"))
        await app.say("o", "huỷ")
        await seat(app, "h", "kkt-hai-phong", "head", "Lãnh Đạo Ban")
        number = await confirmed(app)
        assert words("broadcast.your_own") in (await app.tap("o", f"broadcast_yes/{number}"))[0]
        assert words("broadcast.not_yours") in (await app.tap("b", f"broadcast_yes/{number}"))[0]
        assert words("broadcast.text.button") in [
            label for label, _ in (await app.tap("h", f"broadcast/{number}"), app.phone.buttons("h"))[1]
        ]
        await app.tap("h", f"broadcast/{number}")
        await app.tap("h", YES)
        assert (await made(app))[0]["state"] != "waiting"
        assert words("broadcasts.button") not in dict(app.phone.buttons("h")), "a head has no list of them"


async def test_what_waits_for_its_hour_is_not_said_to_go_out_when_somebody_agrees(app):
    await at_review(app)
    await app.tap("o", words("flow.correct"))
    await app.tap("o", words("flow.fix", label=words("broadcast.when.label")))
    await app.say("o", "9h sáng mai")
    await app.tap("o", SEND)
    (number,) = [row["id"] for row in await made(app)]
    assert "09:00 25/04/2023" in last(app, "p")
    (stands,) = await app.tap("o", f"broadcast/{number}")
    assert "09:00 25/04/2023" in stands
    (told,) = await app.tap("p", YES)
    assert "Em sẽ gửi lúc 09:00 25/04/2023" in told
    assert "em sẽ gửi lúc 09:00 25/04/2023" in last(app, "o")


FORGED = ("broadcast", "broadcast_time", "broadcast_rewrite", "broadcast_text", "broadcast_yes", "broadcast_no", "broadcast_pause", "broadcast_resume",
          "broadcast_stop", "broadcast_failed", "broadcast_doubtful", "broadcast_again", "broadcast_coverage", "received")  # fmt: skip


@pytest.mark.parametrize("who", ["far", "a", "nobody"])
async def test_who_is_not_of_the_board_sees_and_does_nothing(app, who):
    number = await confirmed(app)
    before = await made(app)
    for screen in FORGED:
        for more in ("", "/yes", "/failed"):
            told = await app.tap(who, f"{screen}/{number}{more}")
            assert told == [words("broadcast.not_yours")], screen
    assert await made(app) == before
    assert TEXT not in "".join(app.phone.texts(who))


@pytest.mark.parametrize("number", ["0", "99", "x", "", "9" * 18, "-1", "1/2"])
async def test_a_forged_number_is_told_kindly(app, number):
    for screen in FORGED[:-1]:
        (told,) = await app.tap("o", f"{screen}/{number}")
        assert told == words("broadcast.not_yours")


@pytest.mark.parametrize("said", ["/phatdong", "/thongbao"])
async def test_only_officers_write_to_many(app, said):
    assert (await app.say("a", said))[-1] == words("office.only")
    assert (await app.say("visitor", said))[-1] == words("office.only")
    assert (await app.tap("a", "broadcast_new"))[-1] == words("office.only")

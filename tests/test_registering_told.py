"""The filer is told of what others do to a dossier, once."""

from __future__ import annotations

import asyncio

import pytest

from tests.registering import OFFICE, WORK, WORKS, all_said, dossiers, filed, seat, told

pytestmark = pytest.mark.begins(start=WORKS)


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


async def test_a_receipt_and_a_notice_stay_where_they_are_when_their_buttons_are_tapped(app):
    """What the buttons lead to comes below: a receipt that its own button takes away proves nothing."""
    await seat(app, "a")
    await seat(app, "o", OFFICE, "officer")
    number = await filed(app, "a")

    async def led_to(number_of_row: int) -> str | None:
        label, action = app.phone.buttons("a")[number_of_row]
        await app.say("a", kind="tap", action=action, tapped=str(len(app.phone.sent)))
        assert label, "a button of the message"
        return app.phone.sent[-1].edits

    assert app.phone.sent[-1].file, "the receipt"
    assert await led_to(0) is None
    assert await led_to(-1) is not None, "screens take each other's place"
    await app.tap("o", f"judge/{number}")
    await all_said(app, "o", "1", "1")
    assert number in app.phone.texts("a")[-1], "the notice"
    assert await led_to(0) is None

"""Who may see and change what was registered; forged buttons decide nothing, on either database."""

from __future__ import annotations

import pytest

from domain.campaign import Asks
from domain.dossier import number_of
from tests.registering import ENTERPRISE, FAR_OFFICE, OFFICE, OTHER, WORK, WORKS, dossiers, filed, seat, words

pytestmark = pytest.mark.begins(start=WORKS)


UNKNOWN = number_of("KKTHP", 2023, Asks.WORK, 99_999)
"""a number that nothing has"""


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
    await filed(app, "a")
    for prefix in ("=judge.decision.", "=judge.review.", "=withdraw.review.", "=register_work.review."):
        assert await app.tap("b", prefix + forged), "never silence"
    assert (await dossiers(app))[0]["state"] == "submitted"


FORGED = (
    "edit/{number}/2",
    "edit/{number}'--",
    "edit/",
    "judge",
    "judge/{number}/accept",
    "withdraw/%00",
    "withdraw/\x00",
    "dossier/\x00",
    "import/1",
    "import/-1",
    "import/٣",
    "import/999999999999999999",
    "import/999999999999999999999",
    "import_no/-1",
    "import_no/99999999999999999999",
    "workbook/haiphong-2023/9",
    "workbook/haiphong-2023/²",
    "workbook//",
    "opening/haiphong-2023/report/0",
    "register_one/haiphong-2023/judge/0",
    "register_one/haiphong-2023/initiative/77",
    "register_one/haiphong-2023/" + "work/²",
    "dossiers/office/-3",
    "dossiers/unit/999999999999999999",
    "dossiers/unit/99999999999999999999",
    "resume:99999999999999999999",
    "resume:²",
    "more:1:²",
    "more:1:99999999999999999999",
    "dossiers/unit/" + "9" * 5000,
)
"""What no button carries: another's number with more behind it, numbers larger than a database takes, figures that are none."""


async def test_forged_buttons_are_answered_and_change_nothing(both):
    await seat(both, "a")
    await seat(both, "b", OTHER)
    number = await filed(both, "a")
    for action in FORGED:
        assert await both.tap("b", action.format(number=number)), action
        await both.say("b", "huỷ")
    failed = await both.rows("SELECT raw, reason FROM inbox WHERE attempts > 0 OR state <> 'done'")
    assert failed == []
    assert [(one["state"], one["version"]) for one in await dossiers(both)] == [("submitted", 1)]


@pytest.mark.parametrize("which", ["1", "-1", "999999999999999999", "999999999999999999999", "٣", ""])
async def test_an_import_that_is_not_there_is_over(app, which):
    await seat(app, "b", OTHER)
    assert (await app.tap("b", f"import/{which}"))[0].startswith(words("import.over"))

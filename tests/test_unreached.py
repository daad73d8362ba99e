"""Units nobody could be told of, and what an officer passes on by hand, through the whole app."""

from __future__ import annotations

import re

import pytest

from channels.contract import Unreachable
from tests.app import Phone, running_app
from tests.noticing import D3, action, offices, turned
from tests.registering import filed, words

BOARD = "kkt-hai-phong"
UNIT, LEFT_ALONE = "Công ty TNHH Thép Hải Âu (mẫu)", "Công ty TNHH Đồ chơi Cá Voi (mẫu)"


@pytest.fixture
async def app(database_url):
    async with running_app(database_url, [Phone()]) as one:
        await offices(one)
        yield one


async def copied(running, unit, who="o"):
    await running.tap(who, f"unreached/{BOARD}")
    return await running.tap(who, words("unreached.copy", unit=unit))


async def test_a_unit_with_nobody_gets_an_invite_that_works(app):
    (listed,) = await app.tap("o", f"unreached/{BOARD}")
    assert LEFT_ALONE in listed
    assert UNIT not in listed, "its delegate can be reached"
    text, how = await copied(app, LEFT_ALONE)
    assert how == words("unreached.how")
    for one in (LEFT_ALONE, "trước ngày 01/5/2023", "30/04/2023"):
        assert one in text
    code = re.search(r"phone:(\w{10})", text)
    assert code
    (asked,) = await app.say("new", f"/start {code[1]}")
    assert LEFT_ALONE in asked
    assert [one["about"] for one in await app.rows("SELECT about FROM audit WHERE act = 'invited'")] == [
        "kkt-hai-phong-dn-4"
    ]


async def test_a_unit_whose_people_cannot_be_reached_gets_a_way_back_in_for_them(app):
    app.phone.fail = lambda delivery: Unreachable("blocked") if delivery.address == "a" else None
    await turned(app, D3)
    (listed,) = await app.tap("o", f"unreached/{BOARD}")
    assert UNIT in listed
    text, _ = await copied(app, UNIT)
    assert words("link.head") in text
    assert "trước ngày 01/5/2023" in text
    code = re.search(r"phone:(\w{10})", text)
    assert code
    app.phone.fail = lambda _delivery: None
    await app.say("elsewhere", f"/start {code[1]}")
    signed_in = await app.tap("elsewhere", words("code.sign_in"))
    assert "Lê Thị An" in "".join(signed_in)
    assert UNIT not in (await app.tap("o", f"unreached/{BOARD}"))[0]


async def test_no_way_is_opened_into_the_account_of_somebody_who_may_do_more(app):
    member = (await app.rows("SELECT member FROM addresses WHERE address = 'a'"))[0]["member"]
    await app.app.database.run(made_admin, member)
    app.phone.fail = lambda delivery: Unreachable("blocked") if delivery.address == "a" else None
    await turned(app, D3)
    text, _ = await copied(app, UNIT)
    assert words("link.head") not in text
    assert words("unreached.invite") in text


async def made_admin(tx, member):
    await tx.run("memberships.add", member=member, unit="kkt-hai-phong", role="admin", position=None, since=1)


async def test_officers_are_told_of_them_and_led_here(app):
    await turned(app, D3)
    assert action(app, "o", "unreached/") == f"+unreached/{BOARD}"


async def test_who_has_come_meanwhile_needs_nothing_by_hand(app):
    app.phone.fail = lambda delivery: Unreachable("blocked") if delivery.address == "a" else None
    await turned(app, D3)
    await app.tap("o", f"unreached/{BOARD}")
    way = dict(app.phone.buttons("o"))[words("unreached.copy", unit=UNIT)]
    app.phone.fail = lambda _delivery: None
    await filed(app, "a")
    assert await app.tap("o", way) == [words("unreached.reached")], "they have spoken: they can be reached"


async def test_a_page_at_a_time_each_unit_once(app, monkeypatch):
    monkeypatch.setattr("handlers.unreached.LISTED", 2)
    pages = [await app.tap("o", f"unreached/{BOARD}"), await app.tap("o", words("progress.next"))]
    pages.append(await app.tap("o", words("progress.next")))
    named = [one for (page,) in pages for one in page.splitlines() if one.startswith("•")]
    assert len(named) == len(set(named)) == 5
    assert await app.tap("o", f"unreached/{BOARD}/99") == pages[-1]
    assert await app.tap("o", f"unreached/{BOARD}/x") == pages[0]


async def test_nobody_but_the_boards_own_officers(app):
    await app.tap("o", f"unreached/{BOARD}")
    way = dict(app.phone.buttons("o"))[words("unreached.copy", unit=LEFT_ALONE)]
    for who in ("far", "a", "visitor"):
        for forged in (f"unreached/{BOARD}", way, "unreached/", "pass_on"):
            assert await app.tap(who, forged) == [words("progress.not_yours")], (who, forged)
    assert await app.tap("o", f"pass_on/{BOARD}/x") == [words("unreached.reached")]
    assert not await app.rows("SELECT 1 FROM audit WHERE act IN ('invited', 'link_issued')")

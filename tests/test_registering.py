"""Registering through the whole app, several at once: one dossier, no answer lost, nobody left without an answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.registering import (
    CONFIRM,
    WORK,
    WORKS,
    all_said,
    at_review,
    confirming,
    dossiers,
    filed,
    seat,
    told,
    versions,
    words,
)

pytestmark = pytest.mark.begins(start=WORKS)


async def opens_it(running, who):
    """Whoever comes second, at the review, meets the first one's dossier, and opens it.

    Where both were judged before either was stored, it is open already.
    """
    buttons = running.phone.buttons(who)
    if any(label == words("registering.rename") for label, _ in buttons):
        await running.tap(who, buttons[0][1])


async def test_a_name_that_is_taken_opens_what_is_there_while_little_is_answered(both):
    await seat(both, "a")
    number = await filed(both, "a")
    await all_said(both, "a", "/dangky", "1", "1", WORK[1])
    await opens_it(both, "a")
    assert words("dossier.filed", at=WORKS.replace(tzinfo=None), version=1) in both.phone.texts("a")[-1]
    assert told(both, "a", "register.there_already", number=number) == 0


async def test_two_delegates_at_once_are_one_dossier_and_the_second_makes_a_version_of_it(both):
    members = {who: await seat(both, who) for who in ("a", "b")}
    await at_review(both, "a", target="100 cây")
    await at_review(both, "b", target="200 cây")
    await asyncio.gather(confirming(both, "a"), confirming(both, "b"))
    await both.settled()
    (dossier,) = await dossiers(both)
    first = next(who for who, member in members.items() if member == dossier["filer"])
    second = {"a": "b", "b": "a"}[first]
    assert told(both, first, "register.done") == 1
    await opens_it(both, second)
    assert told(both, second, "register.there_already", number=dossier["number"]) == 1
    shown = both.phone.texts(second)[-1]
    assert {"a": "100 cây", "b": "200 cây"}[second] in shown, "their own answers"
    await both.tap(second, CONFIRM)
    assert await versions(both) == [(1, 1, members[first]), (1, 2, members[second])]
    assert told(both, second, "register.changed") == 1
    changed = {"number": dossier["number"], "label": WORK[1], "who": f"Người {second}"}
    assert told(both, first, "dossier.told.changed", **changed) == 1


async def test_the_same_answers_again_are_no_version_and_nobody_is_told_of_one(both):
    for who in "ab":
        await seat(both, who)
        await at_review(both, who)
    await both.tap("a", CONFIRM)
    await both.tap("b", CONFIRM)
    await opens_it(both, "b")
    before = both.phone.texts("a")
    await both.tap("b", CONFIRM)
    assert len(await versions(both)) == 1
    assert told(both, "b", "register.same") == 1
    assert both.phone.texts("a") == before


async def test_ten_of_a_unit_at_once_are_one_dossier_and_nobody_is_left_without_an_answer(both):
    people = [f"p{n}" for n in range(10)]
    for who in people:
        await seat(both, who)
        await at_review(both, who, target=f"{who} cây")
    await asyncio.gather(*(confirming(both, who) for who in people))
    await both.settled()
    assert len(await dossiers(both)) == len(await versions(both)) == 1
    number = (await dossiers(both))[0]["number"]
    for who in people:
        await opens_it(both, who)
    assert sum(told(both, who, "register.done") for who in people) == 1
    assert sum(told(both, who, "register.there_already", number=number) for who in people) == 9


async def test_two_taps_on_confirm_are_one_dossier(both):
    await seat(both, "a")
    await at_review(both, "a")
    await asyncio.gather(*(confirming(both, "a") for _ in range(3)))
    await both.settled()
    assert await versions(both) == [(1, 1, 1)]
    assert told(both, "a", "register.done") == 1
    assert told(both, "a", "tap.late") == 2


async def test_the_same_update_twice_is_one_dossier(both):
    await seat(both, "a")
    await at_review(both, "a")
    action = dict(both.phone.buttons("a"))[CONFIRM]
    new = await asyncio.gather(*(both.phone.hand_in("a", update_id="once", kind="tap", action=action) for _ in "123"))
    await both.settled()
    assert sorted(new) == [False, False, True]
    assert await versions(both) == [(1, 1, 1)]
    assert told(both, "a", "register.done") == 1
    assert told(both, "a", "tap.late") == 0


async def test_who_edits_what_was_edited_meanwhile_is_shown_it_and_loses_no_answer(both):
    members = {who: await seat(both, who) for who in "ab"}
    number = await filed(both, "a")
    for who, target in (("a", "300 cây"), ("b", "400 cây")):
        await both.tap(who, f"edit/{number}")
        await all_said(both, who, "2", "muc tieu", target)
    await asyncio.gather(confirming(both, "a"), confirming(both, "b"))
    await both.settled()
    assert len(await versions(both)) == 2
    late = next(who for who in "ab" if told(both, who, "register.there_already", number=number))
    # the news of the other's version comes before or after it
    assert any({"a": "300 cây", "b": "400 cây"}[late] in text for text in both.phone.texts(late)[-2:])
    await both.say(late, CONFIRM)
    assert [one[1] for one in await versions(both)] == [1, 2, 3]
    assert (await versions(both))[-1][2] == members[late]


async def test_it_stays_whose_it_was_when_a_delegate_corrects_it(both):
    author = await seat(both, "a", role="member")
    await seat(both, "b")
    number = await filed(both, "a")
    await both.tap("b", f"edit/{number}")
    await all_said(both, "b", "2", "muc tieu", "400 cây")
    await both.say("b", CONFIRM)
    assert (await versions(both))[-1][1] == 2
    assert (await both.rows("SELECT filer FROM dossiers"))[0]["filer"] == author
    await both.tap("a", "dossiers/mine")
    assert f"dossier/{number}" in [action for _, action in both.phone.buttons("a")]

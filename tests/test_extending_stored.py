"""Extensions on both databases: one open request a unit and duty, one answer, every step in the audit trail."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from domain.campaign import Asks
from domain.dossier import Change
from domain.extension import RequestState
from storage import dossiers, extensions
from storage.extensions import Asked, Given, Place
from tests.app import rows
from tests.databases import NOW
from tests.dossiers import BOARD, CAMPAIGN, NONCE, UNIT, title, with_ground

PLACE = Place(UNIT, CAMPAIGN, "r1")
WISHED, LATER, SOONER = date(2023, 5, 12), date(2023, 5, 20), date(2023, 5, 5)


@pytest.fixture
async def database(database_url):
    async with with_ground(database_url) as one:
        yield one


def asked(place=PLACE, member=1, wished=WISHED):
    return Asked(BOARD, place, member, "chờ số liệu", wished)


async def ask(database, **more):
    return await database.run(extensions.ask, asked(**more), NOW)


async def own_day(database, place=PLACE):
    found = await database.read(extensions.of_units, [place.unit])
    return found.get((place.unit, place.campaign, place.duty))


async def acts(database):
    return [row["act"] for row in await rows(database, "SELECT act FROM audit ORDER BY id")]


async def test_what_was_asked_waits_until_it_is_answered(database):
    request, fresh = await ask(database)
    assert fresh
    assert (request.place, request.member, request.asker, request.wished) == (PLACE, 1, "Hoa", WISHED)
    assert (request.reason, request.state, request.officer) == ("chờ số liệu", RequestState.ASKED, None)
    assert await database.run(extensions.waiting, BOARD) == [request]
    assert await database.run(extensions.waiting, "another") == []
    assert await own_day(database) is None


async def test_a_second_person_of_the_unit_finds_the_first_ones_request(database):
    first, _ = await ask(database)
    assert await ask(database, member=2, wished=LATER) == (first, False)
    for other in (Place("other", CAMPAIGN, "r1"), Place(UNIT, "next", "r1"), Place(UNIT, CAMPAIGN, "r2")):
        assert (await ask(database, place=other))[1]


async def test_twenty_at_once_are_one_request(database):
    found = await asyncio.gather(*(ask(database, member=n % 2 + 1) for n in range(20)))
    assert sum(fresh for _, fresh in found) == 1
    assert len({request.id for request, _ in found}) == 1
    assert await acts(database) == ["extension.asked"]


async def answer(tx, request, last_day, by):
    """As an officer does: locked, then answered if nobody has."""
    locked = await extensions.lock(tx, request)
    if locked.state is not RequestState.ASKED:
        return None
    if last_day is None:
        return await extensions.refuse(tx, locked, "không đủ lý do", by, NOW + 1)
    return await extensions.grant(tx, locked, last_day, by, NOW + 1)


async def test_granting_moves_the_units_own_day_and_no_others(database):
    request, _ = await ask(database)
    done = await database.run(answer, request.id, LATER, 2)
    assert (done.state, done.granted, done.officer, done.answered_at) == (RequestState.GRANTED, LATER, "Bình", NOW + 1)
    assert await database.read(extensions.of_units, [UNIT, "other"]) == {(UNIT, CAMPAIGN, "r1"): LATER}
    assert await database.read(extensions.of_units, ["other"]) == {}
    assert await database.read(extensions.of_duty, CAMPAIGN, "r1") == {UNIT: LATER}
    assert await database.read(extensions.of_duty, CAMPAIGN, "r2") == {}


async def test_refusing_moves_nothing_and_the_unit_may_ask_again(database):
    request, _ = await ask(database)
    done = await database.run(answer, request.id, None, 2)
    assert (done.state, done.answer, done.granted) == (RequestState.REFUSED, "không đủ lý do", None)
    assert await own_day(database) is None
    assert (await ask(database))[1]


async def test_of_many_answers_at_once_the_first_counts(database):
    request, _ = await ask(database)
    days = [LATER, None, WISHED] * 5
    ended = await asyncio.gather(*(database.run(answer, request.id, day, 2) for day in days))
    answers = [one for one in ended if one]
    assert len(answers) == 1
    assert await own_day(database) == answers[0].granted
    trail = await acts(database)
    assert len([one for one in trail if one in {"extension.granted", "extension.refused"}]) == 1


async def test_every_step_stands_in_the_audit_trail_with_who_and_why(database):
    request, _ = await ask(database)
    await database.run(answer, request.id, WISHED, 2)
    trail = await rows(database, "SELECT at, member, act, about, detail FROM audit ORDER BY id")
    assert [(one["at"], one["member"], one["act"]) for one in trail] == [
        (NOW, 1, "extension.asked"), (NOW + 1, 2, "extension.granted"), (NOW + 1, 2, "extension.given"),
    ]  # fmt: skip
    assert {one["about"] for one in trail} == {f"{UNIT}/{CAMPAIGN}/r1"}
    assert json.loads(trail[0]["detail"]) == {"request": request.id, "wished": "2023-05-12", "reason": "chờ số liệu"}
    assert json.loads(trail[2]["detail"]) == {"last_day": "2023-05-12", "reason": "chờ số liệu"}


def given(last_day, place=PLACE):
    return Given(place, last_day, "lũ lụt", 2)


async def test_an_officer_gives_another_day_and_takes_it_back(database):
    assert await database.run(extensions.give, given(LATER), NOW)
    assert not await database.run(extensions.give, given(LATER), NOW), "so it was before"
    assert await database.run(extensions.give, given(SOONER), NOW)
    assert await own_day(database) == SOONER
    assert await database.run(extensions.give, given(None), NOW)
    assert await own_day(database) is None
    assert not await database.run(extensions.give, given(None), NOW)
    assert await acts(database) == ["extension.given", "extension.given", "extension.taken_back"]


async def test_what_is_given_answers_what_the_unit_has_asked_for(database):
    request, _ = await ask(database)
    await database.run(extensions.give, given(None), NOW)
    assert (await database.read(extensions.get, request.id)).state is RequestState.ASKED
    await database.run(extensions.give, given(LATER), NOW)
    done = await database.read(extensions.get, request.id)
    assert (done.state, done.granted, done.officer) == (RequestState.GRANTED, LATER, "Bình")


async def test_handing_in_voids_what_nobody_has_answered(database):
    request, _ = await ask(database)
    await database.run(extensions.void, UNIT, CAMPAIGN, "r2", NOW)
    assert (await database.read(extensions.get, request.id)).state is RequestState.ASKED
    await database.run(extensions.void, UNIT, CAMPAIGN, "r1", NOW + 2, 2)
    assert (await database.read(extensions.get, request.id)).state is RequestState.VOID
    assert await database.run(answer, request.id, LATER, 2) is None
    assert await own_day(database) is None
    await database.run(extensions.void, UNIT, CAMPAIGN, "r1", NOW + 3)
    assert await acts(database) == ["extension.asked", "extension.void"]


async def test_handing_in_leaves_what_was_granted(database):
    request, _ = await ask(database)
    await database.run(answer, request.id, LATER, 2)
    await database.run(extensions.void, UNIT, CAMPAIGN, "r1", NOW + 2)
    assert (await database.read(extensions.get, request.id)).state is RequestState.GRANTED
    assert await own_day(database) == LATER


async def test_a_report_is_in_until_it_is_withdrawn_or_returned(database):
    assert await database.read(extensions.handed_in, PLACE) is None
    report = replace(title(kind=Asks.REPORT), subject="r1")
    number = (await database.run(dossiers.file, report, NONCE)).dossier.number
    assert await database.read(extensions.handed_in, PLACE) == (number, NOW)
    assert await database.read(extensions.handed_in, Place("other", CAMPAIGN, "r1")) is None
    await database.run(dossiers.change, number, Change.RETURN, 2, "thiếu trang", NOW + 1)
    assert await database.read(extensions.handed_in, PLACE) is None


async def test_who_answers_and_who_is_told(database):
    async def seated(tx):
        for member, unit, role in (
            (1, UNIT, "delegate"),
            (1, UNIT, "head"),
            (2, UNIT, "member"),
            (2, BOARD, "officer"),
        ):
            await tx.run("memberships.add", member=member, unit=unit, role=role, position=None, since=NOW)

    await database.run(seated)
    assert await database.read(extensions.officers, BOARD) == [2]
    assert await database.read(extensions.officers, "another") == []
    assert await database.read(extensions.delegates, UNIT) == [1], "once, and nobody who cannot hand in for it"

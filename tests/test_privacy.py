"""Having one's data erased, and being forgotten as a visitor: what goes, also of work under way, and what is named as staying."""

from __future__ import annotations

import asyncio
import json

import pytest

from handlers import importing
from handlers import privacy as telling
from scheduler import workbooks
from scheduler.purge_visitors import KEPT, purge_visitors
from storage import imports, people, privacy, upload_links, work
from tests.app import rows, running_app
from tests.databases import NOW, opened
from tests.extending import WHY, everybody, own_days, requests
from tests.extending import asked as asked_for_days
from tests.registering import WORKS, filed, seat, seated, words
from tests.working import asked, claimed, results_of

NAME = "Đơn của chị Lan.pdf"


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


async def fetching(database, key="fetch:1", kind="fetch_file", address="a"):
    return await asked(database, key, address, kind, name=NAME)


async def anywhere(database):
    """Everything in which the name of a file could stand."""
    found = await rows(database, "SELECT params AS kept FROM work UNION ALL SELECT raw FROM inbox "
                                 "UNION ALL SELECT rows FROM imports UNION ALL SELECT body FROM outbox")  # fmt: skip
    return [row["kept"] for row in found if NAME in row["kept"]]


async def forgotten(database, member):
    await database.run(privacy.forget, member, 0)


async def test_files_asked_for_are_forgotten_whether_they_wait_are_fetched_or_have_come(database):
    member = await fetching(database)
    (held,) = await claimed(database)
    await database.run(work.finish, held, {"file": {"name": NAME}}, NOW)
    await fetching(database, "fetch:2")
    (under_way,) = await claimed(database)
    await fetching(database, "fetch:3")
    assert len(await anywhere(database)) == 4
    other = await fetching(database, "fetch:4", address="b")
    await forgotten(database, member)
    assert [row["member"] for row in await rows(database, "SELECT member FROM work")] == [other]
    assert not await database.run(work.finish, under_way, {"file": {"name": NAME}}, NOW)
    assert await results_of(database) == []
    assert len(await anywhere(database)) == 1


async def test_who_is_told_a_result_just_then_and_who_erases_do_not_wait_for_each_other(database_url):
    async with opened(database_url) as database:
        for number in range(20):
            member = await fetching(database, f"k{number}", address=f"v{number}")
            (mine,) = await claimed(database)
            await asyncio.gather(
                database.run(privacy.forget, member, 0), database.run(work.finish, mine, {"name": NAME}, NOW)
            )
        assert await anywhere(database) == []


async def test_what_a_person_has_confirmed_is_carried_on(database):
    assert importing.REGISTER == workbooks.REGISTER == privacy.STAYS
    member = await fetching(database, "register:1", importing.REGISTER)
    await forgotten(database, member)
    assert [row["kind"] for row in await rows(database, "SELECT kind FROM work")] == [privacy.STAYS]


async def checked(database, which, member):
    return await database.run(imports.put, which, member, {"form": 1}, [["k", {"name": NAME}]], {}, NOW)


async def test_a_workbook_that_was_being_checked_leaves_no_rows(database):
    member = await fetching(database, "check:1", importing.CHECK)
    (mine,) = await claimed(database)
    assert await checked(database, mine.id, member)
    assert await checked(database, mine.id, member), "again after a crash"
    await forgotten(database, member)
    assert await checked(database, mine.id, member) is None
    assert await anywhere(database) == []


async def test_nor_does_one_checked_in_the_same_moment(database_url):
    async with opened(database_url) as database:
        for number in range(20):
            member = await fetching(database, f"k{number}", importing.CHECK, f"v{number}")
            (mine,) = await claimed(database)
            await asyncio.gather(forgotten(database, member), checked(database, mine.id, member))
        assert await anywhere(database) == []


async def test_visitors_work_goes_with_their_messages_and_members_stays(database):
    visitor = await fetching(database)
    member = await fetching(database, "fetch:2", address="b")

    async def lived(tx):
        await tx.run("units.put", slug="x", board="x", parent=None, kind="board", name="X", short_name=None,
                     tax_code=None, predecessors="[]", sample=0)  # fmt: skip
        await seated(tx, "phone", "b", "Chị Hoa", "delegate", "x", NOW)
        for who, which in ((visitor, 1), (member, 2)):
            await tx.run("uploads.begin", member=who, size=1, now=NOW, over=0, most_files=9, most_bytes=9)
            await imports.put(tx, which, who, {}, [], {}, NOW)

    await database.run(lived)
    for mine in await claimed(database):
        await database.run(work.finish, mine, {}, NOW)
    await fetching(database, "fetch:3")
    kept = "SELECT member FROM work UNION ALL SELECT member FROM imports UNION ALL SELECT member FROM uploads"
    assert await database.run(purge_visitors, NOW + KEPT)
    assert len(await rows(database, kept)) == 7
    counts = await database.run(purge_visitors, NOW + KEPT + 1)
    assert (counts["work"], counts["imports"], counts["uploads"]) == (1, 1, 1)
    left = sorted(row["member"] for row in await rows(database, kept))
    assert left == sorted([visitor, member, member, member]), "what has not been done yet is kept"


async def erased(running, who):
    await running.say(who, "/xoadulieu")
    return await running.tap(who, words("erase.review.confirm"))


async def test_the_certificate_names_the_dossiers_that_stay_and_why(database_url):
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "lan")
        numbers = [await filed(running, "lan", name) for name in ("Hàng cây", "Vườn hoa")]
        await seat(running, "hoa")
        other = await filed(running, "hoa", "Ghế đá")
        told = "\n".join(await erased(running, "lan"))
        assert words("erase.dossiers_stay", number=2, numbers=", ".join(reversed(numbers))) in told
        assert other not in told
        assert running.phone.sent[-1].file is None


async def test_where_there_are_too_many_to_name_they_come_as_a_file(database_url, monkeypatch):
    monkeypatch.setattr(telling, "NAMED", 1)
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "lan")
        numbers = [await filed(running, "lan", name) for name in ("Hàng cây", "Vườn hoa")]
        told = "\n".join(await erased(running, "lan"))
        assert words("erase.dossiers_stay", number=2, numbers=f"{numbers[1]}, …") in told
        assert words("erase.dossiers_listed") in told
        file = json.loads(running.phone.sent[-1].file.content)
        assert file["dossiers"] == numbers[::-1]
        assert file["certificate"] in told


async def test_who_has_handed_nothing_in_is_told_of_no_dossiers(database_url):
    async with running_app(database_url, start=WORKS) as running:
        me = await seat(running, "lan")
        told = "\n".join(await erased(running, "lan"))
        assert f"XD-{me}-" in told
        assert "hồ sơ" not in told
        assert (await running.rows(f"SELECT name FROM members WHERE id = {me}"))[0]["name"] is None
        assert await running.app.database.run(people.at_address, "phone", "lan", NOW) == me


async def test_reasons_for_extensions_are_forgotten_and_what_was_given_stays(database_url):
    async with running_app(database_url, start=WORKS) as running:
        await everybody(running)
        await running.tap("o", f"extension_yes/{await asked_for_days(running)}")
        await asked_for_days(running, duty="r2", day="5/8")
        await asked_for_days(running, "other")
        kept = "SELECT reason FROM extension_requests UNION ALL SELECT reason FROM extensions"
        assert [row["reason"] for row in await running.rows(kept)] == [WHY] * 4
        (me,) = {row["member"] for row in await running.rows("SELECT member FROM addresses WHERE address = 'a'")}
        await running.app.database.run(privacy.forget, me, 0)
        found = await running.rows("SELECT member, reason FROM extension_requests ORDER BY id")
        assert [(row["member"] == me, row["reason"]) for row in found] == [(True, ""), (True, ""), (False, WHY)]
        assert [row["reason"] for row in await running.rows("SELECT reason FROM extensions")] == [None]
        assert len(await own_days(running)) == 1
        waiting = (await requests(running))[1]["id"]
        told = await running.tap("o", f"extension/{waiting}")
        assert WHY not in told[0]
        assert words("dossier.history.somebody") in told[0]


async def test_reasons_of_who_belongs_to_no_unit_any_more_go_after_a_month(database_url):
    async with running_app(database_url, start=WORKS) as running:
        await everybody(running)
        await asked_for_days(running)
        await asked_for_days(running, "other")
        (me,) = {row["member"] for row in await running.rows("SELECT member FROM addresses WHERE address = 'a'")}

        async def leaves(tx):
            await tx.run("memberships.drop", member=me)

        await running.app.database.run(leaves)
        at = (await requests(running))[0]["asked_at"]
        assert (await running.app.database.run(purge_visitors, at + KEPT))["extension_requests"] == 0
        assert (await running.app.database.run(purge_visitors, at + KEPT + 1))["extension_requests"] == 1
        assert [one["reason"] for one in await requests(running)] == ["", WHY]


async def test_links_to_upload_are_forgotten_with_their_person(database):
    member = await fetching(database)
    other = await fetching(database, "fetch:2", address="b")

    async def issued(tx):
        for who, token in ((member, "t1"), (other, "t2")):
            await upload_links.issue(tx, token, who, "phone", "a", upload_links.Question("report", "q", 3), NOW)

    await database.run(issued)
    await forgotten(database, member)
    assert [row["member"] for row in await rows(database, "SELECT member FROM upload_links")] == [other]


async def test_what_was_asked_for_is_among_ones_data(database_url):
    async with running_app(database_url, start=WORKS) as running:
        await everybody(running)
        await asked_for_days(running)
        await running.say("a", "/dulieu")
        kept = json.loads(next(one.file for one in running.phone.sent if one.file and one.address == "a").content)
        assert [(one["reason"], one["state"]) for one in kept["extensions_asked"]] == [(WHY, "asked")]

"""Files that nothing uses go, those of old dossiers are let go of; nothing goes that somebody holds, names or sends again."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta

import asyncpg
import pytest

from bot.settings import Settings
from domain.campaign import Asks
from domain.dossier import Change
from scheduler.check_files import AFTER, check_files
from scheduler.forget_files import UNUSED, YEAR, forget_files
from storage import dossier_files, dossier_lists, dossiers, drafts, imports, unused_files, work
from storage import files as stored
from storage.files import FileStore
from storage.queries import Queries
from storage.units import Query, Want
from tests import files
from tests.app import rows, running_app
from tests.databases import NOW, opened
from tests.dossiers import NONCE, title, with_ground
from tests.machine import full_size
from tests.registering import WORKS, all_said, send_file, words
from tests.registering import seat as seated
from tests.storing import CONTENT, MOST, NOTHING, SHA, STEPS, Machine, chunks, lying, standing, stopped_at, whole
from tests.working import asked, claimed

OLD = NOW + UNUSED + 1
"""When what has just come has lain unused for long enough."""


@pytest.fixture
async def database(database_url):
    async with with_ground(database_url) as one:
        yield one


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def store(database, folder):
    return FileStore(database, folder, Machine())


async def ran(database, store, keep=None, now=NOW, machine=OLD):
    """What the job counts."""
    return await forget_files(database, store, keep or {}, now, machine)


async def filed(database, *contents, store, **more):
    """A title with these files as its evidence."""
    evidence = [
        {"sha256": hashlib.sha256(one).hexdigest(), "name": "x.pdf", "size": len(one), "media_type": "application/pdf"}
        for one in contents
    ]
    for one in contents:
        await store.keep(chunks(one), MOST)
    new = title(**more)
    new.content["files"] = evidence
    return (await database.run(dossiers.file, new, NONCE)).dossier


async def sql(database, text):
    async def unit(_tx):
        await Query(text, [] if "Postgres" in type(database).__name__ else {}, Want.COUNT)

    await database.run(unit)


async def test_what_nothing_uses_goes_after_a_month_and_not_before(database, store, folder):
    await store.keep(chunks(), MOST)
    assert await ran(database, store, machine=OLD - 1) == {"dossiers": 0, "files": 0}
    assert await whole(store) == CONTENT
    assert await ran(database, store) == {"dossiers": 0, "files": 1}
    assert (await standing(database), lying(folder)) == (([], 0), [])
    assert await ran(database, store) == {"dossiers": 0, "files": 0}


async def test_content_that_came_again_is_as_good_as_new(database, store):
    await store.keep(chunks(), MOST)
    store._machine.now = NOW + UNUSED
    await store.keep(chunks(), MOST)
    assert (await ran(database, store))["files"] == 0
    assert (await ran(database, store, machine=OLD + UNUSED))["files"] == 1


async def test_what_a_dossier_holds_stays_for_ever_unless_its_kind_has_years(database, store):
    found = await filed(database, CONTENT, store=store)
    later = NOW + 50 * YEAR
    for keep in ({}, {Asks.REPORT: 1, Asks.INITIATIVE: 1}, {Asks.TITLE: 51}):
        assert await ran(database, store, keep, later, later) == {"dossiers": 0, "files": 0}
    assert await whole(store) == CONTENT
    assert await database.read(dossier_files.forgotten_at, found.number) is None


async def test_after_its_years_a_dossier_lets_go_and_its_receipt_still_proves(database, store, folder):
    found = await filed(database, CONTENT, store=store)
    before = await database.read(dossier_lists.version, found.number, 1)
    proof = await database.read(dossier_lists.proof, found.number)
    exactly = NOW + 10 * YEAR
    assert await ran(database, store, {Asks.TITLE: 10}, exactly) == {"dossiers": 0, "files": 0}
    assert await ran(database, store, {Asks.TITLE: 10}, exactly + 1) == {"dossiers": 1, "files": 1}
    assert lying(folder) == []
    assert await database.read(dossier_lists.version, found.number, 1) == before
    assert await database.read(dossier_lists.proof, found.number) == proof
    assert [one.sha256 for one in proof.versions[0].files] == [SHA]
    assert await database.read(dossier_files.forgotten_at, found.number) == exactly + 1
    [line] = await rows(database, "SELECT member, about, detail FROM audit WHERE act = 'dossier.files_forgotten'")
    assert (line["member"], line["about"], json.loads(line["detail"])) == (None, found.number, {"files": 1})
    assert await ran(database, store, {Asks.TITLE: 10}, exactly + 2) == {"dossiers": 0, "files": 0}, "once is enough"
    assert await check_files(database, store, OLD + AFTER) == NOTHING


async def test_years_count_from_the_last_change(database, store):
    found = await filed(database, CONTENT, store=store)
    decided = NOW + 5 * YEAR
    await database.run(dossiers.change, found.number, Change.ACCEPT, 1, None, decided)
    assert (await ran(database, store, {Asks.TITLE: 10}, decided + 10 * YEAR))["dossiers"] == 0
    assert (await ran(database, store, {Asks.TITLE: 10}, decided + 10 * YEAR + 1))["dossiers"] == 1


async def test_content_that_two_dossiers_hold_goes_with_the_second(database, store):
    first = await filed(database, CONTENT, store=store)
    second = await filed(database, CONTENT, b"more", store=store, name="Trần Văn Ba", filed_at=NOW + YEAR)
    assert await ran(database, store, {Asks.TITLE: 1}, NOW + YEAR + 1) == {"dossiers": 1, "files": 0}
    kept = await database.read(dossier_files.of_version, second.number, 1)
    assert [one.kept for one in kept.files] == [True, True]
    gone = await database.read(dossier_files.of_version, first.number, 1)
    assert [one.kept for one in gone.files] == [False], "it is there for another, not for this one"
    assert await ran(database, store, {Asks.TITLE: 1}, NOW + 2 * YEAR + 1) == {"dossiers": 1, "files": 2}


async def test_the_pdf_put_together_of_photographs_goes_with_its_dossier(database, store, folder):
    found = await filed(database, CONTENT, store=store)
    made = await store.keep(chunks(b"made"), MOST)
    await sql(database, "INSERT INTO dossier_pages(number, version, sha256, size, pages) "
                        f"VALUES ('{found.number}', 1, '{made.sha256}', 4, 2)")  # fmt: skip
    assert (await ran(database, store))["files"] == 0
    assert await ran(database, store, {Asks.TITLE: 1}, NOW + YEAR + 1) == {"dossiers": 1, "files": 2}
    assert lying(folder) == []


async def named_in_session(tx):
    await tx.run(
        "sessions.put", member=1, body=json.dumps({"flow": {"answers": {"files": [{"sha256": SHA}]}}}), now=NOW
    )


async def named_in_draft(tx):
    await drafts.put(tx, 1, "report", {"flow": {"so_far": [{"sha256": SHA}]}}, NOW)


async def named_by_work(tx):
    await work.ask(tx, key="k", kind="fetch_file", member=1, channel="phone", address="a", params={"ref": SHA}, now=NOW)


async def named_by_a_result(tx):
    await tx.run("inbox.put_result", channel="phone", update_id="w", address="a", member=1, taken_at=NOW, work=7,
                 raw=json.dumps({"result": {"file": {"sha256": SHA}}}))  # fmt: skip


async def named_by_a_message(tx):
    body = json.dumps({"lines": [], "attach": ["stored", {"sha256": SHA}]})
    await tx.run("outbox.put", key="x", member=1, channel="phone", address="a", lane=0, body=body, edits=None,
                 not_before=0, created_at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    "names", [named_in_session, named_in_draft, named_by_work, named_by_a_result, named_by_a_message]
)
async def test_what_may_still_be_handed_in_or_sent_stays(database, store, names):
    await store.keep(chunks(), MOST)
    await store.keep(chunks(b"other"), MOST)
    await database.run(names)
    assert (await ran(database, store))["files"] == 1
    assert await whole(store) == CONTENT


async def test_what_a_workbook_being_checked_names_stays_until_it_is_over(database, store):
    await store.keep(chunks(), MOST)
    member = await asked(database)
    (mine,) = await claimed(database)
    which = await database.run(imports.put, mine.id, member, {}, [["k", {"files": [{"sha256": SHA}]}]], {}, NOW)
    await database.run(work.finish, mine, {}, NOW)
    await sql(database, "UPDATE inbox SET state = 'done'")
    assert (await ran(database, store))["files"] == 0
    await database.run(imports.move, which, imports.CHECKED, imports.DROPPED)
    assert (await ran(database, store))["files"] == 1


@pytest.mark.parametrize("step", STEPS)
async def test_an_arrival_of_the_same_content_ends_whole_wherever_it_stood(database, store, folder, step):
    await store.keep(chunks(), MOST)
    async with stopped_at(database, folder, step) as on:
        await ran(database, store)
        await on()
    # its own machine stands at NOW, so what came again is as old: only the rows and the bytes are looked at
    assert await whole(store) == CONTENT
    assert await check_files(database, store, NOW) == NOTHING


async def test_dropped_rows_whose_process_ended_leave_nothing_for_good(database, store, folder):
    await store.keep(chunks(), MOST)
    assert await database.run(unused_files.drop, SHA, OLD)
    assert lying(folder) == [f"{SHA[:2]}/{SHA}"], "killed before the content went"
    later = store.path(SHA).stat().st_mtime_ns // 1000 + AFTER + 1_000_000
    assert (await check_files(database, store, later))["unknown"] == 1
    assert lying(folder) == []


async def test_rows_come_and_go_at_once_and_none_is_without_its_file(database, store):
    over = asyncio.Event()

    async def forgets():
        while not over.is_set():
            await ran(database, store)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(forgets())
        for _ in range(full_size(15, 500)):
            store._machine.now = OLD
            await store.keep(chunks(), MOST)
            assert await whole(store) == CONTENT, "it has just come: it is not old"
            await sql(database, f"UPDATE files SET stored_at = {NOW}")
        over.set()
    assert (await check_files(database, store, NOW))["missing"] == 0


@pytest.mark.postgres
async def test_who_hands_a_file_in_just_then_keeps_it(postgres_url, folder):
    """Their use is written and not yet committed while the job asks. SQLite carries out one unit at a time anyway."""
    async with opened(postgres_url) as database, asyncio.timeout(20):
        store = FileStore(database, folder, Machine())
        await store.keep(chunks(), MOST)
        use = Queries("postgres").bind("files.use", {"sha": SHA, "holder": "dossier:1:1"})
        somebody = await asyncpg.connect(postgres_url)
        async with somebody.transaction():
            await somebody.execute(use[0], *use[1])
            dropping = asyncio.create_task(database.run(unused_files.drop, SHA, OLD))
            while not await somebody.fetchval("SELECT COUNT(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        assert not await dropping
        await somebody.close()
        assert await whole(store) == CONTENT


async def test_a_report_whose_files_are_gone_says_so_and_is_changed_no_more(database_url):
    async with running_app(database_url, start=WORKS, keep_years={"report": 1}) as running:
        await seated(running, "an")
        await all_said(running, "an", "/baocao", "1")
        await send_file(running, "an", files.pdf(2), "bao cao.pdf")
        await all_said(running, "an", "xong", "bỏ qua")
        await running.tap("an", words("report.review.confirm"))
        [row] = await running.rows("SELECT number FROM dossiers")
        at = f"dossier/{row['number']}"
        await running.tap("an", at)
        assert {words("dossier.edit.button"), words("files_of.button", n=1)} <= set(dict(running.phone.buttons("an")))
        await running.move_to(WORKS + timedelta(days=367))
        app = running.app
        counts = await forget_files(
            app.database, app.store, app.settings.keep_years, app.clock.business(), app.clock.machine() + OLD
        )
        assert counts == {"dossiers": 1, "files": 1}
        told = await running.tap("an", at)
        day = (WORKS + timedelta(days=367)).date()
        assert words("files_of.forgotten", day=day) in told[0]
        assert words("dossier.edit.button") not in dict(running.phone.buttons("an"))
        assert words("files_of.forgotten", day=day) in (await running.tap("an", f"edit/{row['number']}"))[0]
        assert (
            words("dossier.receipt.number", number=row["number"])
            in (await running.tap("an", f"receipt/{row['number']}"))[0]
        )


@pytest.mark.parametrize(
    ("given", "years"),
    [
        ("", {}),
        ("report=10", {Asks.REPORT: 10}),
        (" report = 10 , title=5,initiative=5", {Asks.REPORT: 10, Asks.TITLE: 5, Asks.INITIATIVE: 5}),
    ],
)
def test_years_are_set_in_one_line(monkeypatch, given, years):
    monkeypatch.setenv("THIDUA_KEEP_YEARS", given)
    assert Settings(env="test", _env_file=None).keep_years == years


@pytest.mark.parametrize(
    "given", ["report", "report=0", "report=-1", "work=3", "report=10;title=5", "report=10,", "10"]
)
def test_years_that_cannot_be_read_end_the_start(monkeypatch, given):
    monkeypatch.setenv("THIDUA_KEEP_YEARS", given)
    with pytest.raises(ValueError, match="THIDUA_KEEP_YEARS is written like"):
        Settings(env="test", _env_file=None)


async def test_unscanned_is_marked_by_the_row_of_the_file(database, store):
    found = await filed(database, CONTENT, store=store)
    assert [one.unscanned for one in (await database.read(dossier_files.of_version, found.number, 1)).files] == [False]
    await database.run(stored.scanned, SHA, "unscanned")
    assert [one.unscanned for one in (await database.read(dossier_files.of_version, found.number, 1)).files] == [True]

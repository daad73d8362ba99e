"""The file store: whole or not at all, whatever fails, ends or cleans up in between; nothing that has a row ever goes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource

import asyncpg
import pytest

from scheduler.check_files import AFTER, check_files
from storage import files
from storage.files import ArrivalLostError, FileStore, NoSuchFileError, TooLargeError
from storage.queries import Queries
from storage.units import Query, StorageUnavailableError, Want
from tests.app import rows
from tests.databases import opened
from tests.machine import full_size
from tests.storing import (
    CONTENT,
    LATER,
    MEGABYTE,
    MOST,
    NOTHING,
    NOW,
    SHA,
    STEPS,
    Machine,
    Stopping,
    aged,
    chunks,
    forget,
    lying,
    orphan,
    standing,
    stopped_at,
    whole,
)


@pytest.fixture
async def database(request, tmp_path):
    """SQLite; both databases where the test asks for `both`."""
    both = "both" in request.fixturenames
    async with opened(request.getfixturevalue("both") if both else f"sqlite:///{tmp_path}/test.db") as one:
        yield one


@pytest.fixture
def both(database_url):
    return database_url


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def store(database, folder):
    return FileStore(database, folder, Machine())


async def test_what_is_kept_comes_back(both, database, store, folder):
    for content in (CONTENT, b"", b"x", os.urandom(3 * MEGABYTE + 1)):
        kept = await store.keep(chunks(content), MOST)
        assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), len(content))
        assert await whole(store, kept.sha256) == content
        assert store.path(kept.sha256).read_bytes() == content
    assert len((await standing(database))[0]) == 4
    assert (await standing(database))[1] == 0
    assert lying(folder) == sorted(f"{sha[:2]}/{sha}" for sha in (await standing(database))[0])


@pytest.mark.parametrize("ref", ["", "x", "../../etc/passwd", SHA.upper(), SHA + "\n", f"{SHA}/../{SHA}", "0" * 64])
async def test_what_is_not_there_is_not_found(store, ref):
    await store.keep(chunks(), MOST)
    with pytest.raises(FileNotFoundError):
        await whole(store, ref)


async def test_content_without_a_row_is_not_there(store, folder):
    orphan(folder)
    with pytest.raises(NoSuchFileError):
        await whole(store)


async def test_one_too_large_leaves_nothing(database, store, folder):
    assert (await store.keep(chunks(), len(CONTENT))).size == len(CONTENT)
    taken = []

    async def endless():
        while True:
            taken.append(1)
            yield b"x" * MEGABYTE

    with pytest.raises(TooLargeError):
        await store.keep(endless(), 5 * MEGABYTE)
    assert len(taken) == 6, "no more is taken than shows it"
    assert await standing(database) == ([SHA], 0)
    assert len(lying(folder)) == 1


async def test_one_that_breaks_off_leaves_nothing(database, store, folder):
    with pytest.raises(ConnectionError):
        await store.keep(chunks(fails=ConnectionError("cut")), MOST)
    assert await standing(database) == ([], 0)
    assert lying(folder) == []


async def test_one_that_is_called_off_leaves_nothing(database, folder):
    stopping = Stopping(database, 2)
    keeping = asyncio.create_task(FileStore(stopping, folder, Machine()).keep(chunks(), MOST))
    await stopping.there.wait()
    assert len(lying(folder)) == 1
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert await standing(database) == ([], 0)
    assert lying(folder) == []


@pytest.fixture
def full_disk():
    """No file of this process may grow over 2 MB: the system itself refuses."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MEGABYTE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_refuses_leaves_nothing(database, store, folder, full_disk):
    with pytest.raises(OSError, match="too large"):
        await store.keep(chunks(os.urandom(5 * MEGABYTE), 64 * 1024), MOST)
    assert await standing(database) == ([], 0)
    assert lying(folder) == []
    assert (await store.keep(chunks(), MOST)).sha256 == SHA


async def test_a_place_that_is_refused_leaves_nothing(database, store, folder):
    folder.mkdir()
    (folder / SHA[:2]).write_bytes(b"in the way")
    with pytest.raises(OSError, match=r"."):
        await store.keep(chunks(), MOST)
    assert await standing(database) == ([], 0)
    assert lying(folder) == [SHA[:2]]


async def test_a_database_that_goes_away_leaves_no_row_and_no_file(database, folder):
    class Away:
        left = 2
        read = database.read

        async def run(self, unit, *args):
            self.left -= 1
            if self.left < 0:
                raise StorageUnavailableError("on purpose")
            return await database.run(unit, *args)

    with pytest.raises(StorageUnavailableError):
        await FileStore(Away(), folder, Machine()).keep(chunks(), MOST)
    store = FileStore(database, folder, Machine())
    assert (await standing(database))[0] == []
    assert (await check_files(database, store, LATER + AFTER))["arrivals"] == 1
    for path in folder.glob("??/*"):
        aged(path, 48)
    await check_files(database, store, LATER)
    assert await standing(database) == ([], 0)
    assert lying(folder) == []


async def test_the_same_content_many_times_at_once(both, database, store, folder):
    kept = await asyncio.gather(*(store.keep(chunks(size=100 + n), MOST) for n in range(12)))
    assert {one.sha256 for one in kept} == {SHA}
    assert await standing(database) == ([SHA], 0)
    assert lying(folder) == [f"{SHA[:2]}/{SHA}"]


async def test_a_stored_file_that_was_lost_is_healed_when_it_comes_again(database, store):
    await store.keep(chunks(), MOST)
    store.path(SHA).unlink()
    assert (await check_files(database, store, NOW))["missing"] == 1
    await store.keep(chunks(), MOST)
    assert await check_files(database, store, LATER) == NOTHING
    assert await whole(store) == CONTENT


async def test_only_what_is_old_and_unknown_goes(database, store, folder):
    await store.keep(chunks(b"has a row"), MOST)
    aged(store.path(hashlib.sha256(b"has a row").hexdigest()), 1000)
    young, old = orphan(folder, b"young", age_hours=23), orphan(folder, b"old", age_hours=25)
    stray = folder / "arriving" / "nobody's"
    stray.write_bytes(b"half")
    fresh = folder / "arriving" / "fresh"
    fresh.write_bytes(b"half")
    aged(stray, 25)
    aged(fresh, 1)
    (folder / "note.txt").write_text("somebody's own")
    assert await check_files(database, store, NOW) == {**NOTHING, "temporary": 1, "unknown": 1}
    assert [young.exists(), old.exists(), stray.exists(), fresh.exists()] == [True, False, False, True]
    assert (folder / "note.txt").exists()
    assert len((await standing(database))[0]) == 1


async def test_what_is_missing_or_cut_short_is_counted(both, database, store):
    for number in range(5):
        await store.keep(chunks(bytes([number]) * 10), MOST)
    first, second, *_ = (await standing(database))[0]
    store.path(first).unlink()
    store.path(second).write_bytes(b"cut")
    assert (await check_files(database, store, NOW))["missing"] == 2


async def test_an_end_at_any_point_leaves_nothing_for_long(both, database, store, folder):
    for step in STEPS:
        async with stopped_at(database, folder, step):
            assert await check_files(database, store, NOW + AFTER // 2) == NOTHING, "it may still be arriving"
            assert (await standing(database))[1] == 1
            for path in folder.rglob("*"):
                aged(path, 0)
            assert (await check_files(database, store, LATER))["arrivals"] == 1
            assert await standing(database) == ([], 0)
            assert lying(folder) == []
        assert (await store.keep(chunks(), MOST)).sha256 == SHA
        assert await whole(store) == CONTENT
        await forget(database, folder)


async def test_the_clean_up_meets_the_same_content_arriving(both, database, store, folder):
    """Old content of an arrival that died lies there while the same comes again."""
    for step in STEPS:
        orphan(folder)
        async with stopped_at(database, folder, step) as on:
            await check_files(database, store, NOW)
            assert (await on()).sha256 == SHA
        assert await whole(store) == CONTENT
        assert await standing(database) == ([SHA], 0)
        assert lying(folder) == [f"{SHA[:2]}/{SHA}"]
        await forget(database, folder)


async def test_an_arrival_that_stood_still_for_a_day_fails_without_a_trace(both, database, store, folder):
    for step in STEPS:
        async with stopped_at(database, folder, step) as on:
            for path in folder.rglob("*"):
                aged(path, 0)
            await check_files(database, store, LATER)
            with pytest.raises((ArrivalLostError, FileNotFoundError)):
                await on()
        assert await standing(database) == ([], 0)
        assert lying(folder) == []
        await forget(database, folder)


async def test_another_process_brings_the_same_meanwhile(both, database, store, folder):
    for step in STEPS:
        async with stopped_at(database, folder, step) as on:
            await store.keep(chunks(), MOST)
            assert await whole(store) == CONTENT
            await on()
        assert await standing(database) == ([SHA], 0)
        assert await whole(store) == CONTENT
        await forget(database, folder)


@pytest.mark.prove
async def test_clean_up_and_arrivals_for_a_while(both, database, store):
    """Its row taken away by hand again and again, the content is an orphan, removed while it arrives anew."""
    over, removed = asyncio.Event(), 0

    async def remove():
        nonlocal removed
        while not over.is_set():
            removed += await store.remove_unknown(SHA)

    async def drop(_tx):
        await Query("DELETE FROM files", [], Want.COUNT)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(remove())
        for _ in range(full_size(12, 400)):
            await store.keep(chunks(CONTENT[:100] * 3), MOST)
            await store.keep(chunks(), MOST)
            for _ in range(3):
                assert await whole(store) == CONTENT, "it has a row, so it is there"
            await database.run(drop)
        over.set()
    assert removed


async def test_who_refers_to_a_file(both, database, store):
    kept = await store.keep(chunks(), MOST)
    for holder in ("dossier:1:1", "dossier:1:2", "dossier:1:1"):
        await database.run(files.use, kept.sha256, holder)
    assert await database.read(files.uses, kept.sha256) == ["dossier:1:1", "dossier:1:2"]
    assert await database.read(files.uses, "0" * 64) == []
    await database.run(files.typed, kept.sha256, "application/pdf")
    assert (await rows(database, "SELECT media_type FROM files"))[0]["media_type"] == "application/pdf"


async def test_a_use_of_a_file_that_is_not_there_is_an_error(both, database):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await database.run(files.use, "0" * 64, "dossier:1:1")


@pytest.mark.postgres
async def test_an_arrival_and_the_clean_up_wait_for_each_other(postgres_url, folder):
    """Both stand before the lock of that content while somebody has it. SQLite carries out one unit at a time anyway."""
    orphan(folder)
    async with opened(postgres_url) as database, asyncio.timeout(20):
        store, lock = FileStore(database, folder, Machine()), Queries("postgres").bind("files.lock", {"sha": SHA})
        somebody = await asyncpg.connect(postgres_url)
        async with somebody.transaction():
            await somebody.fetch(lock[0], *lock[1])
            both_ = [asyncio.create_task(one) for one in (store.keep(chunks(), MOST), store.remove_unknown(SHA))]
            while await somebody.fetchval("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") < len(both_):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            assert store.path(SHA).exists()
            assert (await standing(database))[0] == []
        await asyncio.gather(*both_)
        await somebody.close()
        assert await whole(store) == CONTENT

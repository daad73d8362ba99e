"""Units of work on both databases: whole or not at all, neighbours unharmed, nothing but queries awaited."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from storage import people
from storage import sqlite as sqlite_module
from storage.migrate import UnknownDatabaseError, migrate, open_database
from storage.queries import Queries, texts
from storage.units import NotAQueryError, Query, StorageUnavailableError, Want
from tests.databases import NOW, got, opened, put

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("bot", "scheduler", "handlers", "storage")


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        yield one


def test_unknown_databases_are_named():
    with pytest.raises(UnknownDatabaseError, match="mysql"):
        asyncio.run(open_database("mysql://somewhere"))


async def test_what_a_unit_wrote_is_there_and_its_answer_comes_back(database):
    assert await database.run(put, "a", "1") == "a"
    assert await database.read(got, "a") == "1"


async def test_a_unit_that_fails_leaves_nothing(database):
    async def fails(tx):
        await put(tx, "half")
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await database.run(fails)
    assert await database.read(got, "half") is None
    await database.run(put, "half")
    assert await database.read(got, "half") == ""


async def test_neighbours_of_a_failing_unit_are_kept(database):
    async def one(tx, number):
        await put(tx, f"n{number}")
        if number % 3 == 0:
            await tx.run("audit.add", at=None, member=None, act=None, about=None, detail=None)
        return number

    done = await asyncio.gather(*(database.run(one, n) for n in range(12)), return_exceptions=True)
    for number, outcome in enumerate(done):
        there = await database.read(got, f"n{number}") is not None
        assert there == (number % 3 != 0) == (outcome == number)


async def test_only_queries_can_be_awaited(database):
    async def sleeps(tx):
        await put(tx, "slept")
        await asyncio.sleep(0)

    with pytest.raises(NotAQueryError):
        await database.run(sleeps)

    async def sleeps_reading(tx):
        await got(tx, "slept")
        await asyncio.sleep(0)

    with pytest.raises(NotAQueryError):
        await database.read(sleeps_reading)
    assert await database.read(got, "slept") is None
    await database.run(put, "slept")


async def test_a_reading_unit_cannot_write(database):
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await database.read(put, "sneaked")
    assert await database.read(got, "sneaked") is None


async def test_a_wrong_statement_is_the_units_own_error(database):
    async def wrong(_tx):
        await Query("SELECT nothing FROM nowhere", [] if _is_postgres(database) else {}, Want.ALL)

    for way in (database.run, database.read):
        with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
            await way(wrong)


async def test_listeners_hear_after_the_commit_and_only_then(database):
    heard = []
    database.listen(lambda what, which: heard.append((what, which)))

    async def wakes(tx, *, fails):
        await put(tx, "woken")
        tx.wake("inbox", "7")
        if fails:
            raise LookupError
        return list(heard)

    with pytest.raises(LookupError):
        await database.run(lambda tx: wakes(tx, fails=True))
    assert await database.run(lambda tx: wakes(tx, fails=False)) == []
    assert heard == [("inbox", "7")]


async def test_other_processes_hear_through_postgres(postgres_url):
    async with opened(postgres_url) as here, opened(postgres_url) as there:
        heard: asyncio.Queue[str] = asyncio.Queue()
        here.listen(lambda what, which: heard.put_nowait(f"here {what} {which}"))
        there.listen(lambda what, which: heard.put_nowait(f"there {what} {which}"))

        async def wakes(tx):
            tx.wake("transcript", "web:1 2")

        async with asyncio.timeout(20):
            while not {"there transcript web:1 2"} <= set(_all_of(heard)):
                await here.run(wakes)
                await asyncio.sleep(0)
            await here.run(wakes)
            assert await heard.get()


async def test_migrating_again_changes_nothing(database, database_url):
    assert await migrate(database) == 0
    async with opened(database_url) as second:
        assert await migrate(second) == 0


async def test_two_processes_may_migrate_at_once(database_url):
    both = await asyncio.gather(open_database(database_url), open_database(database_url))
    for number, one in enumerate(both):
        await one.run(put, f"from {number}")
        assert await one.read(got, f"from {number}") == ""
        await one.close()


async def test_the_audit_trail_is_append_only(database):
    await database.run(people.audit, NOW, 1, "joined", "a unit")
    for statement in ("DELETE FROM audit", "UPDATE audit SET act = 'left'"):

        async def tampers(_tx, statement=statement):
            await Query(statement, [] if _is_postgres(database) else {}, Want.COUNT)

        with pytest.raises(Exception, match="append-only"):
            await database.run(tampers)

    async def trail(tx):
        return [row["act"] for row in await tx.all("audit.of", member=1, most=9)]

    assert await database.read(trail) == ["joined"]


async def test_every_query_parses_where_it_will_run(database):
    async def explained(_tx, sql, names):
        if sql.startswith("ANALYZE"):  # there is no way of only preparing it
            await Query(sql, [], Want.ALL)
        elif _is_postgres(database):
            await Query(f"PREPARE tried AS {sql}", [], Want.ALL)
            await Query("DEALLOCATE tried", [], Want.ALL)
        else:
            await Query(f"EXPLAIN {sql}", dict.fromkeys(names), Want.ALL)

    queries = Queries("postgres" if _is_postgres(database) else "sqlite")
    for name in texts():
        sql, names = queries._texts[name]
        try:
            await database.run(explained, sql, names)
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error


def test_every_query_is_used():
    code = [path.read_text(encoding="utf-8") for place in PLACES for path in (ROOT / place).rglob("*.py")]
    named = {name for text in code for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', text)}
    built = {name for text in code for name in re.findall(r'f"\{\w+\}\.([a-z_]+)"', text)}
    assert [name for name in texts() if name not in named and name.split(".")[1] not in built] == []


def test_a_query_that_is_missing_or_lacks_a_parameter_is_an_error():
    queries = Queries("postgres")
    with pytest.raises(KeyError):
        queries.bind("nothing.such", {})
    with pytest.raises(KeyError):
        queries.bind("settings.get", {})
    assert queries.bind("settings.get", {"name": "x"})[1] == ["x"]


async def test_a_locked_file_is_unavailable_and_then_works_again(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_module, "BUSY_SECONDS", 0.01)
    path = tmp_path / "locked.db"
    async with opened(f"sqlite:///{path}") as database:
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            failed = await asyncio.gather(*(database.run(put, f"l{n}") for n in range(3)), return_exceptions=True)
            assert [type(one) for one in failed] == [StorageUnavailableError] * 3
            assert await database.read(got, "l0") is None
            other.rollback()
        await asyncio.gather(*(database.run(put, f"l{n}") for n in range(3)))
        assert await database.read(got, "l2") == ""


async def test_each_is_tried_alone_when_sqlite_rolls_the_whole_back(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/whole.db") as database:
        tried = []

        async def one(tx, number):
            tried.append(number)
            await put(tx, f"w{number}")
            if number == 2:
                await Query("ROLLBACK", {}, Want.COUNT)
            return number

        done = await asyncio.gather(*(database.run(one, n) for n in range(4)), return_exceptions=True)
        assert [done[n] for n in (0, 1, 3)] == [0, 1, 3]
        assert sorted(tried) == [0, 0, 1, 1, 2, 2, 3] or sorted(set(tried)) == [0, 1, 2, 3]
        assert [await database.read(got, f"w{n}") for n in (0, 1, 3)] == [""] * 3
        assert await database.read(got, "w2") is None


async def test_a_server_that_cuts_the_line_is_unavailable_and_then_works_again(postgres_url):
    async with opened(postgres_url) as database:

        async def cut(_tx):
            await Query("SELECT pg_terminate_backend(pg_backend_pid())", [], Want.ONE)

        with pytest.raises(StorageUnavailableError):
            await database.run(cut)
        await database.run(put, "after")
        assert await database.read(got, "after") == ""


async def test_nobody_answers_is_unavailable(tmp_path):
    with pytest.raises(StorageUnavailableError):
        await open_database(f"postgresql://thidua@/nowhere?host={tmp_path}")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StorageUnavailableError):
        await open_database(f"sqlite:///{tmp_path}/folder.db")


def _is_postgres(database):
    return type(database).__name__ == "PostgresDatabase"


def _all_of(queue):
    found = []
    while not queue.empty():
        found.append(queue.get_nowait())
    return found

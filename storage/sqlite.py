"""SQLite: one writing connection whose units are stepped in its own thread and committed together, and a few readers.

Statement by statement aiosqlite hops threads for every query; a unit of work takes one hop whole. This module is the
only one that uses aiosqlite's internal executor for that, so its version is pinned in pyproject.toml.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import aiosqlite

from storage.queries import Queries
from storage.units import NotAQueryError, Query, StorageUnavailableError, T, Tx, Want

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from storage.units import Listener, Unit

READERS = 2
BUSY_SECONDS = 5.0
AGAIN_SECONDS = 0.1
_WAITING = tuple[Any, tuple[Any, ...], "asyncio.Future[Any]"]


class SqliteDatabase:
    """The database in one file. Nothing else may write that file while it is open."""

    def __init__(self, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]) -> None:
        self._writer, self._readers = writer, readers
        self._queries = Queries("sqlite")
        self._waiting: list[_WAITING] = []
        self._drain: asyncio.Task[None] | None = None
        self._listeners: list[Listener] = []
        self._turn = 0

    @classmethod
    async def open(cls, path: Path) -> SqliteDatabase:
        """Open (or make) the file, in write-ahead mode and with every commit synced to the disk."""
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = await _connect(path, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
        readers = [await _connect(path, "PRAGMA query_only=ON") for _ in range(READERS)]
        return cls(writer, readers)

    async def run(self, unit: Unit[T], *args: Any) -> T:
        """Carry out the unit with all others that wait, each under its own savepoint, in one commit."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((unit, args, future))
        if self._drain is None or self._drain.done():
            self._drain = asyncio.create_task(self._drain_waiting())
        return await future

    async def read(self, unit: Unit[T], *args: Any) -> T:
        """Carry out a reading unit on one of the readers, taken in turn."""
        self._turn = (self._turn + 1) % len(self._readers)
        reader = self._readers[self._turn]
        try:
            result: T = await reader._execute(_read, reader._conn, self._queries, unit, args)  # noqa: SLF001
        except sqlite3.OperationalError as error:
            raise _named(error) from error
        return result

    async def script(self, sql: str) -> bool:
        """Run the statements of a migration in one transaction; False: another process had just run them."""
        try:
            await self._writer.executescript(f"BEGIN IMMEDIATE; {sql} COMMIT;")
        except sqlite3.IntegrityError:
            await self._writer.rollback()
            return False
        except sqlite3.OperationalError as error:
            await self._writer.rollback()
            raise _named(error) from error
        return True

    def listen(self, listener: Listener) -> None:
        """Call the listener after each commit that woke somebody."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finish what waits; an unclosed connection would keep the process from ending."""
        while self._drain is not None and not self._drain.done():
            await asyncio.wait([self._drain])
        for connection in (*self._readers, self._writer):
            await connection.close()

    async def _drain_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                results = await self._write(batch)
            except Exception as error:  # noqa: BLE001 - whatever it was, each waiting caller is told
                results = [(error, []) for _ in batch]
            for (_, _, future), (outcome, wakes) in zip(batch, results, strict=True):
                _tell(future, outcome)
                for what, which in wakes:
                    for listener in self._listeners:
                        listener(what, which)

    async def _write(self, batch: list[_WAITING]) -> list[tuple[Any, list[tuple[str, str]]]]:
        """Results of all in one transaction; if SQLite rolled the whole back, each alone."""
        together = await self._in_thread(batch)
        if together is not None:
            return together
        alone = []
        for one in batch:
            result = await self._in_thread([one])
            alone.append(result[0] if result else (StorageUnavailableError("the database rolled back"), []))
        return alone

    async def _in_thread(self, batch: list[_WAITING]) -> list[Any] | None:
        jobs = [(unit, args) for unit, args, _ in batch]
        result: list[Any] | None = await self._writer._execute(_work, self._writer._conn, self._queries, jobs)  # noqa: SLF001
        return result


class _Failed:
    """What a unit raised, carried back from the thread."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _tell(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.cancelled():
        return
    if isinstance(outcome, _Failed):
        future.set_exception(outcome.error)
    elif isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _work(connection: sqlite3.Connection, queries: Queries, jobs: list[Any]) -> list[Any] | None:
    """In the writing thread: all units in one transaction. None: the whole was rolled back under us."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return [(_Failed(StorageUnavailableError(str(error))), [])] * len(jobs)
    results = []
    try:
        for unit, args in jobs:
            results.append(_guarded(connection, queries, unit, args, alone=len(jobs) == 1))
            if not connection.in_transaction:
                return None if len(jobs) > 1 else results
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return None if len(jobs) > 1 else [(_Failed(StorageUnavailableError(str(error))), [])]
    return results


def _guarded(connection: sqlite3.Connection, queries: Queries, unit: Any, args: Any, *, alone: bool) -> tuple[Any, Any]:
    if not alone:
        connection.execute("SAVEPOINT unit")
    tx = Tx(queries)
    try:
        outcome, wakes = _step(connection, unit(tx, *args)), tx.wakes
    except BaseException as error:  # noqa: BLE001 - the caller gets it; this thread must live
        outcome, wakes = _Failed(_named(error)), []
        if connection.in_transaction:
            connection.execute("ROLLBACK" if alone else "ROLLBACK TO unit")
        if alone:
            return outcome, wakes
    if not alone and connection.in_transaction:
        connection.execute("RELEASE unit")
    return outcome, wakes


def _named(error: BaseException) -> BaseException:
    """A database that is full, locked or broken is unavailable; a wrong statement or value is the unit's own error."""
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
        unavailable = StorageUnavailableError(str(error))
        unavailable.__cause__ = error
        return unavailable
    return error


def _read(connection: sqlite3.Connection, queries: Queries, unit: Any, args: Any) -> Any:
    connection.execute("BEGIN")
    try:
        return _step(connection, unit(Tx(queries), *args))
    finally:
        connection.execute("ROLLBACK")


def _step(connection: sqlite3.Connection, coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a unit to its end, answering each query it awaits."""
    answer: Any = None
    try:
        while True:
            query = coroutine.send(answer)
            if type(query) is not Query:
                coroutine.close()
                raise NotAQueryError("only the database may be awaited in a unit of work")
            answer = _answer(connection, query)
    except StopIteration as end:
        result: T = end.value
        return result


def _answer(connection: sqlite3.Connection, query: Query) -> Any:
    if query.want is Want.MANY:
        if query.args:
            connection.executemany(query.sql, query.args)
        return None
    cursor = connection.execute(query.sql, query.args)
    if query.want is Want.ONE:
        row = cursor.fetchone()
        cursor.close()
        return row
    return cursor.fetchall() if query.want is Want.ALL else cursor.rowcount


async def _patiently(connection: aiosqlite.Connection, pragma: str) -> None:
    """SQLite waits for no lock when a new file is put into write-ahead mode, so two processes at once must."""
    for left in reversed(range(int(BUSY_SECONDS / AGAIN_SECONDS) + 1)):
        try:
            await connection.execute(pragma)
        except sqlite3.OperationalError:
            if not left:
                raise
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


async def _connect(path: Path, *pragmas: str) -> aiosqlite.Connection:
    connection = aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        await connection
    except sqlite3.OperationalError as error:
        # its thread ends by itself, but still wants to tell this loop so
        await asyncio.to_thread(connection._thread.join)  # noqa: SLF001
        raise _named(error) from error
    connection.row_factory = sqlite3.Row
    try:
        for pragma in pragmas:
            await _patiently(connection, pragma)
    except sqlite3.OperationalError as error:
        # an open connection's thread would keep the process from ending
        await connection.close()
        raise _named(error) from error
    return connection

"""PostgreSQL 14 or newer through asyncpg: units awaited on the event loop, a pool of connections, NOTIFY between processes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import TYPE_CHECKING, Any

import asyncpg

from storage.queries import Queries
from storage.units import NotAQueryError, Query, StorageUnavailableError, T, Tx, Want

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from storage.units import Listener, Unit

POOL = 10
TRIES = 3
CLOSING = 1.0
"""Seconds that units under way have to end when the database is let go."""
ON_THE_SERVER = {
    "idle_in_transaction_session_timeout": "5s", "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3", "tcp_user_timeout": "15000", "jit": "off",
}  # fmt: skip
"""What the server does about a process that stands still or is gone: it ends its transaction, and lets go of the rows that
it holds. A unit asks its next query within milliseconds: compiling one takes longer than any of them."""
BETWEEN_PROCESSES = frozenset({"transcript", "content", "clock"})
"""What other processes must hear of; whatever else was woken, the process that committed it does itself."""
_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_GONE = (
    OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError, asyncpg.DiskFullError,
    asyncpg.InternalClientError, asyncpg.IdleInTransactionSessionTimeoutError, TimeoutError,
)  # fmt: skip
_NOT_LET_IN = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


class PostgresDatabase:
    """A database that several identical processes share."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._queries = Queries("postgres")
        self._listeners: list[Listener] = []
        self._me = secrets.token_hex(4)
        self._ear: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str) -> PostgresDatabase:
        """Connect. Raises StorageUnavailableError if nobody answers, or does not let us in."""
        try:
            pool = await asyncpg.create_pool(
                url, min_size=1, max_size=POOL, command_timeout=30, reset=_as_it_is, server_settings=ON_THE_SERVER
            )
        except (*_GONE, *_NOT_LET_IN) as error:
            raise StorageUnavailableError(str(error)) from error
        return cls(pool)

    async def run(self, unit: Unit[T], *args: Any) -> T:
        """Carry out the unit in one transaction; a deadlock is tried again, a lost server is unavailable."""
        for left in reversed(range(TRIES)):
            try:
                return await self._once(unit, args)
            except _AGAIN as error:
                if not left:
                    raise StorageUnavailableError(str(error)) from error
            except _GONE as error:
                raise StorageUnavailableError(str(error)) from error
        raise AssertionError("unreachable")

    async def read(self, unit: Unit[T], *args: Any) -> T:
        """Carry out a unit that only reads, from one consistent view."""
        try:
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await _step(connection, unit(Tx(self._queries), *args))
        except _GONE as error:
            raise StorageUnavailableError(str(error)) from error

    async def script(self, sql: str) -> bool:
        """Run the statements of a migration in one transaction; False: another process had just run them."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(sql)
        except asyncpg.UniqueViolationError:
            return False
        return True

    def listen(self, listener: Listener) -> None:
        """Call the listener after each commit that woke somebody, here or in another process."""
        self._listeners.append(listener)
        if self._ear is None:
            self._ear = asyncio.create_task(self._hear())

    async def close(self) -> None:
        """Let the connections go."""
        if self._ear:
            self._ear.cancel()
            await asyncio.gather(self._ear, return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSING):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _once(self, unit: Unit[T], args: Any) -> T:
        tx = Tx(self._queries)
        async with self._pool.acquire() as connection, connection.transaction():
            result = await _step(connection, unit(tx, *args))
            for what, which in tx.wakes:
                if what in BETWEEN_PROCESSES:
                    await connection.execute("SELECT pg_notify('thidua', $1)", f"{self._me} {what} {which}")
        for what, which in tx.wakes:
            self._call(what, which)
        return result

    def _call(self, what: str, which: str) -> None:
        for listener in self._listeners:
            listener(what, which)

    async def _hear(self) -> None:
        """Listen for other processes; a lost connection is made again, polling fills the gap."""
        while True:
            with contextlib.suppress(*_GONE):
                async with self._pool.acquire() as connection:
                    gone = asyncio.Event()
                    connection.add_termination_listener(lambda _, gone=gone: gone.set())
                    await connection.add_listener("thidua", self._heard)
                    try:
                        await gone.wait()
                    finally:
                        await connection.remove_listener("thidua", self._heard)
            await asyncio.sleep(1)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        sender, what, which = payload.split(" ", 2)
        if sender != self._me:
            self._call(what, which)


async def _as_it_is(_connection: Any) -> None:
    """Nothing to reset: a unit leaves nothing in its connection that its transaction does not end, and asking costs."""


async def _step(connection: Any, coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a unit to its end, awaiting each query it hands up."""
    answer: Any = None
    try:
        while True:
            query = coroutine.send(answer)
            if type(query) is not Query:
                raise NotAQueryError("only the database may be awaited in a unit of work")
            answer = await _answer(connection, query)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        coroutine.close()


async def _answer(connection: Any, query: Query) -> Any:
    match query.want:
        case Want.ALL:
            return await connection.fetch(query.sql, *query.args)
        case Want.ONE:
            return await connection.fetchrow(query.sql, *query.args)
        case Want.COUNT:
            status = await connection.execute(query.sql, *query.args)
            return int(status.rsplit(" ", 1)[-1])
        case Want.MANY:
            return await connection.executemany(query.sql, query.args) if query.args else None

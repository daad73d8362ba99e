"""A unit of work: a plain `async def` over a `tx`, carried out whole in one transaction.

What a unit awaits is a query, handed up to whoever steps the coroutine: on SQLite the writing thread, on PostgreSQL the
event loop. It can await nothing else, so network inside a transaction is impossible, not merely forbidden.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Sequence

    from storage.queries import Queries

T = TypeVar("T")
Row = Any
"""A row answers to row["column"], whichever database it came from."""


class StorageUnavailableError(Exception):
    """The database cannot be reached or is locked; nothing was written, and the same unit may be tried again later."""


class NotAQueryError(Exception):
    """A unit of work awaited something that is not a query."""


class Want(Enum):
    """What a query answers with."""

    ALL = auto()
    ONE = auto()
    COUNT = auto()
    MANY = auto()


class Query:
    """What a unit awaits: the statement, its parameters and what is wanted of it."""

    __slots__ = ("args", "sql", "want")

    def __init__(self, sql: str, args: Any, want: Want) -> None:
        self.sql, self.args, self.want = sql, args, want

    def __await__(self) -> Generator[Query, Any, Any]:
        return (yield self)


class Tx:
    """The hand a unit reaches the database with. Every statement is a named one from `storage/sql`."""

    __slots__ = ("_queries", "wakes")

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self.wakes: list[tuple[str, str]] = []

    def all(self, name: str, /, **args: Any) -> Query:
        """Every row of the answer, as a list."""
        return Query(*self._queries.bind(name, args), Want.ALL)

    def one(self, name: str, /, **args: Any) -> Query:
        """The first row, or None."""
        return Query(*self._queries.bind(name, args), Want.ONE)

    def run(self, name: str, /, **args: Any) -> Query:
        """How many rows were written."""
        return Query(*self._queries.bind(name, args), Want.COUNT)

    def many(self, name: str, rows: Sequence[dict[str, Any]]) -> Query:
        """The same statement for each of `rows`; answers None."""
        bound = [self._queries.bind(name, row) for row in rows]
        return Query(bound[0][0] if bound else "", [args for _, args in bound], Want.MANY)

    def wake(self, what: str, which: str = "") -> None:
        """After the commit, whoever listens for `what` is called with `which`."""
        self.wakes.append((what, which))


if TYPE_CHECKING:
    Unit = Callable[..., Coroutine[Any, Any, T]]
    Listener = Callable[[str, str], None]


class Database(Protocol):
    """Either database."""

    async def run(self, unit: Unit[T], *args: Any) -> T:
        """Carry out `unit(tx, *args)` in one transaction. Raises StorageUnavailableError, or what the unit raised."""

    async def read(self, unit: Unit[T], *args: Any) -> T:
        """Carry out a unit that only reads, beside the writing ones."""

    def listen(self, listener: Listener) -> None:
        """Call `listener(what, which)` on the event loop after each commit that woke somebody."""

    async def close(self) -> None:
        """Finish what runs and let the database go."""

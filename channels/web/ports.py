"""What the web chat needs of the outside: the transcript of each browser, one-time sign-in codes, room for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a transcript, the bot's or the person's own; `id` grows within an address.

    `at_micros` is business time in microseconds since 1970; `edits` names the entry whose place this one takes.
    """

    id: int
    key: str
    at_micros: int
    body: Mapping[str, Any]
    edits: int | None = None


class Transcript(Protocol):
    """The history of every browser's chat. All lists come oldest first.

    An entry becomes visible only after every entry with a smaller id of the same address: whoever has read up to an
    id has missed nothing before it.
    """

    async def append(self, address: str, key: str, body: Mapping[str, Any], edits: int | None) -> int:
        """Store a message and return its id; with a key that is there already, the id it has. Raises if it cannot."""

    async def after(self, address: str, last_id: int, limit: int) -> Sequence[Entry]:
        """The first `limit` entries after `last_id`."""

    async def latest(self, address: str, limit: int) -> Sequence[Entry]:
        """The last `limit` entries."""

    async def older(self, address: str, before_id: int, limit: int) -> Sequence[Entry]:
        """The last `limit` entries before `before_id`."""

    async def seen(self, address: str, upto_id: int) -> None:
        """The page has shown everything up to `upto_id`; an earlier or unknown id changes nothing."""

    async def wait(self, address: str, last_id: int, timeout_seconds: float) -> None:
        """Return when something after `last_id` may be there, or the time is over."""


class SignIn(Protocol):
    """One-time sign-in codes."""

    async def open(self, code: str, address: str) -> bool:
        """Redeem a code: the browser's address then belongs to its person. False if it is wrong, used or expired."""


class TooManyError(Exception):
    """Whoever sends this file has sent as many files, or bytes, as one person may for now."""


class VisitorError(Exception):
    """Whoever sends this file belongs to no unit, and so has nothing to hand in."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that has come: its ref for `open`, and when it began to come (business time, microseconds since 1970)."""

    ref: str
    began_at: int
    give_back: Callable[[], Awaitable[None]]
    """the message it came with could not be taken in: it shall not count as sent"""


class Uploads(Protocol):
    """Room for the files that people send, until somebody looks into them."""

    async def keep(self, address: str, size: int, chunks: AsyncIterator[bytes]) -> Stored:
        """Store the bytes durably, at most `size`, and count those that came. What `chunks` raises goes through.

        Raises VisitorError and TooManyError before anything is read, OSError if the disk refuses; then nothing is kept.
        """

    def open(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes again. Raises FileNotFoundError if they are not there (any more), OSError if they cannot be read."""

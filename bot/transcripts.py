"""The web chat's transcript and its sign-in codes, on the database."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from channels.web.ports import Entry
from storage import invites, people, transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from storage.units import Database, Row, Tx

WEB = "web"


class Transcripts:
    """Implements channels.web.ports.Transcript."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._now = database, now
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def ring(self, which: str) -> None:
        """Something new stands in the transcript of "web:<address>"."""
        for bell in self._bells.get(which.removeprefix(f"{WEB}:"), ()):
            bell.set()

    async def append(self, address: str, key: str, body: Mapping[str, Any], edits: int | None) -> int:
        """Store a message, once for its key; its id."""
        said = transcript.Said(key, self._now(), json.dumps(body, ensure_ascii=False), edits)
        return await self._database.run(transcript.add, WEB, address, said)

    async def after(self, address: str, last_id: int, limit: int) -> Sequence[Entry]:
        """The first entries after an id."""
        return [_entry(row) for row in await self._database.read(transcript.after, WEB, address, last_id, limit)]

    async def latest(self, address: str, limit: int) -> Sequence[Entry]:
        """The last entries."""
        return await self.older(address, transcript.NEWEST, limit)

    async def older(self, address: str, before_id: int, limit: int) -> Sequence[Entry]:
        """The last entries before an id."""
        return [_entry(row) for row in await self._database.read(transcript.before, WEB, address, before_id, limit)]

    async def seen(self, address: str, upto_id: int) -> None:
        """Everything up to an id was shown."""
        await self._database.run(transcript.seen, WEB, address, upto_id, self._now())

    async def wait(self, address: str, last_id: int, timeout_seconds: float) -> None:
        """Until something new may be there. The bell hangs before the look, so that nothing rings unheard."""
        bell = asyncio.Event()
        self._bells[address].add(bell)
        try:
            if not await self.after(address, last_id, 1):
                async with asyncio.timeout(timeout_seconds):
                    await bell.wait()
        except TimeoutError:
            return
        finally:
            self._bells[address].discard(bell)
            if not self._bells[address]:
                del self._bells[address]


class SignIns:
    """Implements channels.web.ports.SignIn."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._now = database, now

    async def open(self, code: str, address: str) -> bool:
        """Redeem a one-time code: the browser's address then belongs to its person."""
        tidy = invites.tidy_code(code)
        return tidy is not None and await self._database.run(_open, tidy, address, self._now())


async def _open(tx: Tx, code: str, address: str, now: int) -> bool:
    found = await invites.find(tx, code)
    if found is None or found["kind"] != invites.SIGN_IN:
        return False
    visitor = await people.at_address(tx, WEB, address, now)
    if visitor == found["member"] or await tx.all("memberships.of", member=visitor):
        return False
    return await invites.sign_in(tx, found, visitor, WEB, now)


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["key"], row["at"], json.loads(row["body"]), row["edits"])

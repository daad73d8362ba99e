"""The web chat's transcript and its sign-in codes, on the database."""

from __future__ import annotations

import asyncio
import contextlib
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
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._waiting: defaultdict[str, int] = defaultdict(int)

    def ring(self, which: str) -> None:
        """Something new stands in the transcript of "web:<address>"."""
        address = which.removeprefix(f"{WEB}:")
        if address in self._bells:
            self._bells[address].set()

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
        """Until something new may be there."""
        bell = self._bells[address]
        bell.clear()
        if await self.after(address, last_id, 1):
            return
        self._waiting[address] += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await bell.wait()
        self._waiting[address] -= 1
        if not self._waiting[address]:
            del self._waiting[address]
            self._bells.pop(address, None)


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
    if found is None or found["kind"] != invites.SIGN_IN or found["expires_at"] <= now:
        return False
    person = int(found["member"])
    if not await invites.use(tx, found["serial"], person, now):
        return False
    here = await people.at_address(tx, WEB, address, now)
    if here != person:
        await _take_over(tx, here, person, address)
    await people.audit(tx, now, person, "signed_in", WEB)
    return True


async def _take_over(tx: Tx, visitor: int, person: int, address: str) -> None:
    """A visitor becomes the person; a browser that was somebody else's only changes hands."""
    if await tx.all("memberships.of", member=visitor):
        await tx.run("addresses.take_over", channel=WEB, address=address, member=person)
    else:
        await people.link(tx, visitor, person)


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["key"], row["at"], json.loads(row["body"]), row["edits"])

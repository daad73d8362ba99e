"""One turn: a person's lowest waiting row, from the lock to the replies, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.session import Session, dump, load
from handlers import attaching, converse, noticed, results
from handlers.here import Here, Reply, SentFile, Site
from handlers.world import Worlds
from storage import failover, inbox, outbox, people
from texts.message import LASTING, lasting, line, say

if TYPE_CHECKING:
    from storage.units import Row, Tx

FLOOD = 60
"""Messages a minute from one person that are answered; what is more is put aside, and they are told once."""
_MINUTE = 60_000_000
_STAMPED = frozenset({"text", "file"})
"""what a messenger stamps; a tap carries no date of its own"""
_SILENT = frozenset({"left", "work"})
"""what is no contact: somebody who goes, and what slow work came to"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A raw update, understood by its channel. `kind` is the name of the contract's kind, or "work"."""

    kind: str
    text: str = ""
    action: str = ""
    tapped: str | None = None
    name: str | None = None
    language: str | None = None
    file: SentFile | None = None
    work: dict[str, Any] | None = None
    """what slow work came to: its kind, params and result"""


class UnreadableRowError(Exception):
    """No channel can understand this row."""


class TurnFailedError(Exception):
    """Something in a turn is wrong; `row` is the inbox row it was at, the cause says what."""

    def __init__(self, row: int) -> None:
        super().__init__(f"at inbox row {row}")
        self.row = row


class Turns:
    """Takes turns: holds what all turns share, and nothing of any one."""

    def __init__(self, read: Callable[[str, str], Heard], site: Site, worlds: Worlds, now: Callable[[], int]) -> None:
        """`read(channel, raw)` understands a row or raises UnreadableRowError; `now()` is business time."""
        self._read, self._site, self._now = read, site, now
        self._worlds = worlds

    async def take(self, tx: Tx, member_id: int) -> bool:
        """Take this person's next turn, if there is one and no other process is at it; True: another waits behind it."""
        loaded = await people.load(tx, member_id)
        row = await inbox.next_waiting(tx, member_id) if loaded else None
        if loaded is None or row is None:
            return False
        try:
            heard = self._heard(row)
        except UnreadableRowError as error:
            return await inbox.end(tx, row["id"], inbox.UNREADABLE, str(error))
        try:
            return await self._carry_out(await self._here(tx, row, loaded, heard), row, heard)
        except Exception as error:
            raise TurnFailedError(row["id"]) from error

    def _heard(self, row: Row) -> Heard:
        """Only the column tells what slow work has made: no channel is asked about it, and none can forge it."""
        if row["work"] is not None:
            return Heard("work", work=json.loads(row["raw"]))
        return self._read(row["channel"], row["raw"])

    async def _here(self, tx: Tx, row: Row, loaded: people.Loaded, heard: Heard) -> Here:
        world, session = await self._worlds.of(tx, loaded.content), load(loaded.session)
        return Here(
            tx, loaded.member, session, world, self._site, row["channel"], row["address"], self._now(), row["id"],
            self._filed_at(row, heard),
        )  # fmt: skip

    def _filed_at(self, row: Row, heard: Heard) -> int:
        stamp: int | None = row["stamped_at"] if self._site.trusts_stamps and heard.kind in _STAMPED else None
        taken: int = row["taken_at"]
        return taken if stamp is None else min(stamp, taken)

    async def _carry_out(self, here: Here, row: Row, heard: Heard) -> bool:
        if heard.kind == "work":
            await _save(here, row, heard, await _answer(here, heard))
            return await inbox.end(here.tx, row["id"], inbox.DONE)
        here = await _met(replace(here, session=_counted(here.session, here.at)), heard)
        over = here.session.in_minute - FLOOD
        if over > 0:
            told = (say(line("flood", most=FLOOD)),) if over == 1 else ()
            await _save(here, row, heard, Reply(told, here.session))
        else:
            await _save(here, row, heard, await _answer(here, heard))
        return await inbox.end(here.tx, row["id"], inbox.DONE, "too many in a minute" if over > 0 else None)


async def _met(here: Here, heard: Heard) -> Here:
    """Remember by what name the messenger shows them; at first contact speak English to whoever uses it in English."""
    member = here.member
    if heard.name and heard.name != member.shown_name:
        await here.tx.run("members.seen", id=member.id, now=here.at, shown_name=heard.name)
    if here.session.turn or not (heard.language or "").startswith("en") or member.language == "en":
        return here
    await here.tx.run("members.language", id=member.id, language="en")
    return replace(here, member=replace(member, language="en"))


async def _answer(here: Here, heard: Heard) -> Reply:
    match heard.kind:
        case "text":
            return await converse.typed(here, heard.text)
        case "tap":
            return await converse.tapped(here, heard.action.removeprefix(LASTING))
        case "file":
            return await attaching.sent(here, heard.file, heard.text)
        case "work":
            return await results.told(here, heard.work or {})
        case "unsupported" | "edited":
            return await converse.not_taken(here, heard.kind)
    return await _without_words(here, heard.kind)


async def _without_words(here: Here, kind: str) -> Reply:
    """What is not said to the bot: in a group, on leaving, of no concern."""
    if kind == "group" and here.session.turn == 0:
        return Reply((say(line("group")),), replace(here.session, turn=1))
    if kind == "left":
        await failover.lost(here.tx, here.channel, here.address, "blocked", here.at)
    return Reply((), here.session)


async def _save(here: Here, row: Row, heard: Heard, answered: Reply) -> None:
    member = here.member.id if answered.member is None else answered.member
    alone = len(answered.messages) == 1
    renewed = noticed.renews(heard.action)
    stays = heard.action.startswith(LASTING) and not renewed
    for number, message in enumerate(answered.messages):
        edits = heard.tapped if message.replaces and alone and not stays else None
        said = lasting(message) if message.attach or renewed else message
        await outbox.put_reply(here.tx, row, number, member, said, here.at, edits)
    body = json.dumps(dump(_dated(here, answered.session)), ensure_ascii=False, separators=(",", ":"))
    await here.tx.run("sessions.put", member=member, body=body, now=here.at)
    if heard.kind not in _SILENT:
        await here.tx.run("addresses.contact", channel=here.channel, address=here.address, now=here.at)


def _dated(here: Here, session: Session) -> Session:
    """The session, knowing when the open question was last what the person was shown."""
    opened = session.flow
    if opened is None or opened.doubtful is not None or session.is_aside or session.turn == here.session.turn:
        return session
    return replace(session, flow=replace(opened, shown_at=here.at))


def _counted(session: Session, at: int) -> Session:
    minute = at // _MINUTE
    return replace(session, minute=minute, in_minute=session.in_minute + 1 if session.minute == minute else 1)


async def failed(tx: Tx, member_id: int, row_id: int | None, reason: str, now: int) -> None:
    """A turn failed: its row counts the attempt, and at the third is parked, the person is told, the next goes on.

    `row_id`: the row it was at; None where that is not known, then the person's lowest.
    """
    row = await inbox.next_waiting(tx, member_id) if await people.load(tx, member_id) else None
    if row is None or row_id not in {None, row["id"]}:
        return
    if row["attempts"] + 1 < inbox.TRIES:
        await tx.run("inbox.failed", id=row["id"], reason=reason)
        return
    await inbox.end(tx, row["id"], inbox.PARKED, reason)
    await outbox.put_reply(tx, row, 0, member_id, say(line("parked")), now, None)

"""Links by which a person hands files to an open question from a browser: single-use, short-lived, bound to both.

Of a token only its SHA-256 is kept: whoever reads the database can open no link. A link is dead as soon as its person
has ended it or asked for a newer one, when its time is over, and when its address is no longer theirs (they had
everything erased) or takes nothing from us (they blocked the bot). What began to come while it was alive is still taken.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from storage import work

if TYPE_CHECKING:
    from storage.units import Tx

LASTS = 30 * 60 * 1_000_000
"""How long a link is good, in microseconds of business time."""
KEPT = 24 * 3600 * 1_000_000
"""How long it is remembered after that, so that whoever opens it is told that its time is over."""


class Taken(Enum):
    """What became of a file that came by a link."""

    YES = auto()
    """it is on its way to the conversation, or another came before under its key"""
    AGAIN = auto()
    """it came before, under the same key"""
    FULL = auto()
    """the link has taken as many files as it may"""
    DEAD = auto()
    """the link was dead when the file began to come"""


@dataclass(frozen=True, slots=True)
class Link:
    """A link whose person is still there: for which question, how many files it takes and how many came.

    Instants are business time in microseconds since 1970.
    """

    id: int
    member: int
    channel: str
    address: str
    flow: str
    question: str
    most: int
    files: int
    expires_at: int
    done_at: int | None

    def good(self, at: int) -> bool:
        """Whether it was alive at that instant."""
        return at < self.expires_at and (self.done_at is None or at < self.done_at)


@dataclass(frozen=True, slots=True)
class Question:
    """The open question a link is for: its flow, what tells this conversation from others, how many files it takes."""

    flow: str
    id: str
    most: int


async def issue(tx: Tx, token: str, member: int, channel: str, address: str, question: Question, now: int) -> int:
    """A new link takes the place of this person's older ones; when it ends. Within the person's turn."""
    await tx.run("upload_links.void", member=member, now=now)
    await tx.run(
        "upload_links.add", token_sha256=_hash(token), member=member, channel=channel, address=address,
        flow=question.flow, question=question.id, most=question.most, expires_at=now + LASTS,
    )  # fmt: skip
    return now + LASTS


async def find(tx: Tx, token: str) -> Link | None:
    """The link with this token, dead or alive; None: there is none, or its person is no longer there."""
    row = await tx.one("upload_links.find", token_sha256=_hash(token))
    return Link(**{name: row[name] for name in Link.__slots__}) if row else None


async def take(tx: Tx, token: str, key: str, kind: str, params: dict[str, Any], began_at: int, now: int) -> Taken:
    """A file that began to come at `began_at` is stored: have it looked into, once under one `key`, and told.

    `params`: those of the work, its `ref` among them; how to give its place back (`place_back`) is put in with them.
    The address is locked before its person is read, as when people are linked or erased: so the work is asked for
    whoever it belongs to now.
    """
    found = await find(tx, token)
    if found is None:
        return Taken.DEAD
    await tx.one("addresses.find", channel=found.channel, address=found.address)
    link = await find(tx, token)
    if link is None or not link.good(began_at):
        return Taken.DEAD
    if before := await tx.one("upload_links.has", key=key):
        return Taken.AGAIN if json.loads(before["params"])["ref"] == params["ref"] else Taken.YES
    if not await tx.run("upload_links.count", id=link.id):
        return Taken.FULL
    await work.ask(tx, key=key, kind=kind, member=link.member, channel=link.channel, address=link.address,
                   params={**params, "question": link.question, "link": link.id}, now=now)  # fmt: skip
    return Taken.YES


async def came(tx: Tx, key: str) -> bool:
    """Whether the file under this key has been taken before."""
    return await tx.one("upload_links.has", key=key) is not None


async def place_back(tx: Tx, link: int) -> None:
    """A file that had come was not what it should be: another may take its place on the link."""
    await tx.run("upload_links.place_back", id=link)


async def end(tx: Tx, token: str, now: int) -> Link | None:
    """Its person has handed in everything; the link as it was before. None as in `find`. One that is over stays so."""
    link = await find(tx, token)
    if link is not None:
        await tx.run("upload_links.done", id=link.id, now=now)
    return link


async def purge(tx: Tx, now: int) -> int:
    """Forget the links whose time has long been over; how many."""
    return int(await tx.run("upload_links.purge", before=now - KEPT))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

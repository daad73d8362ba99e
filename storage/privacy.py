"""What is kept about a person, forgotten when they say so; and what stays of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import notices

if TYPE_CHECKING:
    from storage.units import Tx

STAYS = "register_rows"
"""The kind of work that is carried on: its person has confirmed it, and its parameters name nobody."""
_OF_MEMBER = (
    "outbox.forget_member", "memberships.drop", "consents.drop", "drafts.drop_all", "imports.forget_member",
    "uploads.forget_member", "upload_links.forget_member", "sessions.drop", "invites.forget_member", "invites.drop_sign_ins",
    "extensions.forget_reasons", "extension_requests.forget_member", "preferences.forget",
)  # fmt: skip
"""Whatever is deleted, or emptied of what they wrote, by the person's number alone, after addresses and work. The reasons of
extensions go before the requests that they are told by."""


async def forget(tx: Tx, member: int, row: int) -> None:
    """Delete or empty what the law lets be erased, within this person's turn; `row` is the inbox row it answers.

    Work that was asked for is given up, even while it is being done: whoever does it finds its row gone, and tells
    nobody.
    Rows are locked in the order of those who tell a result: addresses, work, messages. So neither waits for the other.
    """
    addresses = await tx.all("addresses.of_member", member=member)
    await tx.run("addresses.drop_of_member", member=member)
    for one in addresses:
        await tx.run("transcript.forget", channel=one["channel"], address=one["address"])
    await tx.run("work.forget_member", member=member, stays=STAYS)
    await tx.run("privacy.results_told", member=member)
    await tx.run("inbox.forget_member", member=member, row=row)
    units = {row["unit"] for row in await tx.all("memberships.of", member=member)}
    for query in _OF_MEMBER:
        await tx.run(query, member=member)
    await notices.replan(tx, "somebody has left", member=member)
    for unit in sorted(units):
        await notices.replan(tx, "somebody has left", unit=unit)
    await tx.run("members.name", id=member, name=None)


async def dossiers(tx: Tx, member: int) -> list[str]:
    """The numbers of all dossiers of which this person handed in a version, newest first: they stay."""
    return [row["number"] for row in await tx.all("privacy.dossiers", member=member)]

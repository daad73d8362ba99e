"""What is kept about a person: shown, handed out, erased (Law 91/2025/QH15, Decree 356/2025/NĐ-CP)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows import engine
from flows.erase import ERASE
from flows.session import Session
from handlers import preferences
from handlers.here import Here, Reply, reply, to_menu
from storage import dossier_lists, people, privacy
from texts.message import Attachment, Choice, Line, Message, line, say

if TYPE_CHECKING:
    from flows.commands import EraseMe
    from flows.session import OpenFlow

MOST = 200
NAMED = 20
"""So many dossiers are named in a message; where there are more, all of them stand in a file beside it."""


_KEPT = {
    "addresses": "addresses.of_member", "consents": "consents.of", "drafts": "drafts.of", "messages": "inbox.of_member",
    "extensions_asked": "extension_requests.of_member", "upload_links": "upload_links.of_member",
    "preferences": "preferences.of", "told": "noticed.of_member", "broadcasts": "noticed.broadcasts_of_member",
    "acts": "audit.of",
}  # fmt: skip
"""What is kept under a person's number, each by the query that reads it."""


async def my_data(here: Here, *_: str) -> Reply:
    """Everything kept about this person, in short, and whole as a file."""
    kept = await _kept(here)
    file = Attachment("my_data", {"json": json.dumps(kept, ensure_ascii=False, indent=1)})
    choices = (Choice(line("privacy.erase.button"), "erase"), Choice(line("menu.open.button"), "menu"))
    told = [await preferences.kept(here)] if here.home else []
    shown = reply(here, say(line("privacy.head"), *_summary(kept), *told, line("privacy.rights"), choices=choices))
    return Reply((Message((line("privacy.file"),), attach=file), *shown.messages), shown.session)


async def _kept(here: Here) -> dict[str, Any]:
    me = here.member.id
    units = [{"unit": m.unit_name, "role": m.role.value} for m in here.member.memberships]
    rows = {name: await here.tx.all(query, member=me, most=MOST, now=here.at) for name, query in _KEPT.items()}
    rows["dossiers"] = await dossier_lists.of_person(here.tx, me, MOST)
    person = {"name": here.member.name, "name_in_messenger": here.member.shown_name, "language": here.member.language}
    return {"person": person, "units": units, **{k: [_readable(dict(r)) for r in v] for k, v in rows.items()}}


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    instants = {"at", "taken_at", "saved_at", "filed_at", "last_contact", "expires_at", "acknowledged_at", "ended_at"}
    return {
        k: datetime.fromtimestamp(v / 1e6, UTC).isoformat() if k in instants else v
        for k, v in row.items()
        if v is not None
    }


def _summary(kept: dict[str, Any]) -> list[Line]:
    person = kept["person"]
    units = "; ".join(f"{u['unit']}" for u in kept["units"])
    lines = [line("privacy.name", name=person["name"])] if person["name"] else [line("privacy.no_name")]
    lines += [line("privacy.units", units=units)] if units else []
    counts = {name: len(kept[name]) for name in ("addresses", "messages", "consents", "drafts")}
    others = {one: len(kept[one]) for one in ("dossiers", "extensions_asked", "upload_links", "told")}
    return [
        *lines,
        line("privacy.counts", **counts),
        *(line(f"privacy.{one}", number=n) for one, n in others.items() if n),
    ]


async def erase(here: Here, *_: str) -> Reply:
    """Ask before erasing."""
    turn = engine.begin(ERASE, here.session, {"kept": await kept_lines(here, None)})
    return Reply(turn.says, turn.session)


async def kept_lines(here: Here, _opened: OpenFlow | None) -> tuple[Line, ...]:
    """What would be erased, as lines."""
    return tuple(_summary(await _kept(here)))


async def erase_me(here: Here, _command: EraseMe) -> Reply:
    """Erase, and hand out the certificate. The address that speaks stays, as a visitor's, to take it."""
    me = here.member.id
    await privacy.forget(here.tx, me, here.row)
    await here.tx.run("members.seen", id=me, now=here.at, shown_name=None)
    await here.tx.run("addresses.add", channel=here.channel, address=here.address, member=me, now=here.at)
    number, stay = f"XD-{me}-{here.at // 1_000_000}", await privacy.dossiers(here.tx, me)
    await people.audit(here.tx, here.at, me, "erased", str(me))
    lines = (line("erase.certificate", number=number, at=here.now.replace(tzinfo=None)), *_stay(stay))
    certificate = Message(lines, to_menu(), attach=_listed(number, stay))
    return reply(replace(here, session=Session(turn=here.session.turn)), certificate)


def _stay(numbers: list[str]) -> list[Line]:
    """Which dossiers stay, and why."""
    if not numbers:
        return []
    more = [line("erase.dossiers_listed")] if len(numbers) > NAMED else []
    named = ", ".join(numbers[:NAMED]) + (", …" if more else "")
    return [line("erase.dossiers_stay", number=len(numbers), numbers=named), *more]


def _listed(certificate: str, numbers: list[str]) -> Attachment | None:
    """All of them as a file, where a message cannot name them all."""
    if len(numbers) <= NAMED:
        return None
    return Attachment("my_data", {"json": json.dumps({"certificate": certificate, "dossiers": numbers}, indent=1)})

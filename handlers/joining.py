"""Codes: an invite makes a visitor somebody's delegate, a sign-in code makes two addresses one person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.people import RANK, Act, Role, may
from flows import engine
from flows.join import JOIN
from flows.session import PAGE, load
from handlers import duties
from handlers.here import Here, Reply, reply, to_menu
from search.fold import fold
from storage import invites, notices, people
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from flows.commands import DeclineConsent, Join
    from flows.session import OpenFlow
    from storage.units import Row
    from texts.message import Line, Message

FELLOWS_LISTED = frozenset({Role.DELEGATE, Role.HEAD})
"""Whose fellows are few enough to be listed; an officer names whom they mean."""
TRIES = 5
TRY_AGAIN_AFTER = 3600 * 1_000_000
"""After so many wrong codes, none is looked at for an hour."""


async def redeem(here: Here, typed: str = "", *_: str) -> Reply:
    """A code was typed or came with a link."""
    if _locked(here):
        return reply(here, say(line("code.too_many_tries"), choices=to_menu()))
    code = invites.tidy_code(typed)
    invite = await invites.find(here.tx, code) if code else None
    if invite is None:
        return reply(here, say(await _count_wrong(here), choices=to_menu()))
    if refusal := _refusal(here, invite):
        return reply(here, say(refusal, choices=to_menu()))
    if invite["kind"] == invites.SIGN_IN:
        return await _ask_to_sign_in(here, invite, code or "")
    turn = engine.begin(JOIN, here.session, {"invite": invite}, {"serial": invite["serial"]})
    return Reply(turn.says, turn.session)


async def means_code(here: Here, said: str) -> bool:
    """Whether a typed code was meant: ten letters in several words may be a question, unless they are a real code."""
    code = invites.tidy_code(said)
    if code is None:
        return False
    like_words = " " in said.strip() and not any(c.isdigit() for c in said)
    return not like_words or await invites.find(here.tx, code) is not None


def _locked(here: Here) -> bool:
    return here.member.wrong_codes >= TRIES and here.at - here.member.wrong_since < TRY_AGAIN_AFTER


async def _count_wrong(here: Here) -> Line:
    fresh = here.at - here.member.wrong_since >= TRY_AGAIN_AFTER
    wrong = 1 if fresh else here.member.wrong_codes + 1
    since = here.at if fresh else here.member.wrong_since
    await here.tx.run("members.wrong_code", id=here.member.id, wrong_codes=wrong, wrong_since=since)
    return line("code.wrong", left=TRIES - wrong) if wrong < TRIES else line("code.too_many_tries")


def _refusal(here: Here, invite: Row) -> Line | None:
    if any(m.unit == invite["unit"] and m.role.value == invite["role"] for m in here.member.memberships):
        return line("code.already_in", unit=invite["unit_name"])
    if invite["used_at"] is not None:
        return line("code.used")
    if invite["expires_at"] <= here.at:
        return line("code.expired")
    return None


async def _ask_to_sign_in(here: Here, invite: Row, code: str) -> Reply:
    """A link may have been sent by anybody: nobody becomes somebody else without a tap."""
    if invite["member"] == here.member.id:
        return reply(here, say(line("code.you_already"), choices=to_menu()))
    if here.member.memberships:
        return reply(here, say(line("code.somebody_already"), choices=to_menu()))
    person = await people.load(here.tx, invite["member"])
    name = person.member.name if person else ""
    choices = (Choice(line("code.sign_in"), f"sign_in/{code}"), Choice(line("code.do_not"), "menu"))
    return reply(here, say(line("code.ask_to_sign_in", name=name or ""), choices=choices))


async def sign_in(here: Here, code: str = "", *_: str) -> Reply:
    """Two addresses become one person's; an open form of theirs goes on here."""
    invite = await invites.find(here.tx, invites.tidy_code(code) or "")
    visitor = not here.member.memberships and invite is not None and invite["member"] != here.member.id
    if (
        invite is None
        or not visitor
        or not await invites.sign_in(here.tx, invite, here.member.id, here.channel, here.at)
    ):
        return reply(here, say(line("code.used"), choices=to_menu()))
    loaded = await people.load(here.tx, invite["member"])
    assert loaded is not None
    now_them = replace(here, member=loaded.member, session=load(loaded.session))
    welcome = say(line("code.signed_in", name=loaded.member.name or ""))
    due = () if now_them.session.flow else (await duties.my_duties(now_them),)
    return replace(reply(now_them, welcome, *due), member=loaded.member.id)


async def load_invite(here: Here, opened: OpenFlow) -> Row | None:
    """The invite an open join flow rests on; None if it has been used or run out meanwhile."""
    invite = await here.tx.one("invites.by_serial", serial=opened.context["serial"])
    return None if invite is None or _refusal(here, invite) else invite


async def join(here: Here, command: Join) -> Reply:
    """Consent and name are given: the visitor becomes a member, and sees what is due for them."""
    invite = await here.tx.one("invites.by_serial", serial=command.serial)
    if not await invites.use(here.tx, command.serial, here.member.id, here.at):
        return reply(here, say(line("code.used"), choices=to_menu()))
    await _become_member(here, command, invite)
    loaded = await people.load(here.tx, here.member.id)
    assert loaded is not None
    joined = replace(here, member=loaded.member)
    welcome = line("join.welcome", name=command.name, unit=invite["unit_name"], role=line(f"role.{invite['role']}"))
    return reply(joined, say(welcome), await duties.my_duties(joined))


async def _become_member(here: Here, command: Join, invite: Row) -> None:
    me, unit, role = here.member.id, invite["unit"], invite["role"]
    await _consent(here, command.consent, given=True)
    await here.tx.run("members.name", id=me, name=command.name)
    await here.tx.run("memberships.add", member=me, unit=unit, role=role, position=invite["position"], since=here.at)
    await people.audit(here.tx, here.at, me, "joined", unit, role=role, serial=command.serial)
    await notices.replan(here.tx, "somebody has joined", unit=unit)


async def decline(here: Here, command: DeclineConsent) -> Reply:
    """No consent: they stay a visitor, nothing is kept but the answer, and the invite stays good."""
    await _consent(here, command.consent, given=False)
    return reply(here, say(line("join.declined"), choices=to_menu()))


async def _consent(here: Here, version: str, *, given: bool) -> None:
    await here.tx.run(
        "consents.add", member=here.member.id, version=version, given=int(given), at=here.at, channel=here.channel
    )


async def link(here: Here, *named: str) -> Reply:
    """A sign-in link and code for oneself (another messenger, a lost link), or for somebody `named`."""
    if here.home is None:
        return reply(here, say(line("link.not_a_member"), choices=to_menu()))
    others = await fellows(here)
    if named:
        return reply(here, _whom(others, "/".join(named)))
    choices = _for(others[:PAGE]) if here.role in FELLOWS_LISTED else ()
    hint = [line("link.name_them")] if choices or may(Act.SEE_TREE, here.role) else []
    return reply(here, say(*await new_link(here, here.member.id), *hint, choices=(*choices, *to_menu())))


def _whom(others: list[Row], name: str) -> Message:
    """Those of that name, accents aside, to choose from."""
    found = [row for row in others if fold(name) in fold(f"{row['name']} {row['unit_name']}")]
    return say(line("link.whom" if found else "link.nobody", name=name), choices=(*_for(found), *to_menu()))


def _for(rows: list[Row]) -> tuple[Choice, ...]:
    return tuple(
        Choice(line("link.for", name=row["name"], unit=row["unit_name"]), f"link_for/{row['id']}") for row in rows
    )


async def link_for(here: Here, member: str = "", *_: str) -> Reply:
    """A sign-in link for somebody who has lost theirs: of one's own unit, for an officer of the whole board."""
    fellow = next((row for row in await fellows(here) if str(row["id"]) == member), None)
    if fellow is None:
        return reply(here, say(line("link.not_yours"), choices=to_menu()))
    return reply(
        here, say(line("link.hand_over", name=fellow["name"]), *await new_link(here, fellow["id"]), choices=to_menu())
    )


async def fellows(here: Here) -> list[Row]:
    """Whom this person may issue a link for: never somebody who may do more, whose account the link would open."""
    home = here.home
    if home is None or not may(Act.ISSUE_LINK, home.role):
        return []
    of_board = may(Act.SEE_TREE, home.role)
    above = [role.value for role in RANK[RANK.index(home.role) + 1 :]] or [Role.ADMIN.value]
    scope = {"board": home.board} if of_board else {"unit": home.unit}
    query = "memberships.in_board" if of_board else "memberships.in_unit"
    rows = await here.tx.all(query, **scope, above=above[0], too=above[min(1, len(above) - 1)])
    return [row for row in rows if row["id"] != here.member.id and row["name"]]


async def new_link(here: Here, member: int) -> list[Line]:
    """A fresh sign-in link for that person, as lines."""
    new = invites.NewCode(invites.SIGN_IN, member=member)
    code = await invites.issue(here.tx, new, invites.new_serial(), here.site.secret, here.at, here.member.id)
    await people.audit(here.tx, here.at, here.member.id, "link_issued", str(member))
    links = [line("link.one", messenger=name, url=url) for name, url in here.site.links(invites.SIGN_IN, code)]
    return [line("link.head"), *links, line("link.code", code=invites.printed_code(code))]

"""Writing to many, by an officer: begun, looked at before it goes, confirmed, and agreed to by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.broadcast import BroadcastState
from domain.people import Act, may
from flows.broadcast import BROADCAST, DECLINE_BROADCAST, LAUNCH, PREVIEW, TEST
from handlers import audiences, broadcast_looks, broadcasts, coverage, launching
from handlers.broadcasts import name_of, named, not_yours
from handlers.facts import open_flow
from handlers.here import ZONE, Here, Reply, local, reply, to_menu
from handlers.interrupted import then_ask_again
from storage import broadcasts as stored
from storage import files, outbox, reach
from storage.broadcasts import FREE, Draft
from storage.broadcasts import LAUNCH as LAUNCHED
from texts.compose import plain
from texts.message import Choice, Message, line, say

if TYPE_CHECKING:
    from flows.commands import DeclineBroadcast, LookAtBroadcast, SendBroadcast
    from storage.broadcasts import Broadcast
    from storage.reach import Reach


async def new(here: Here, *_: str) -> Reply:
    """A message of the office's own."""
    return await _begin(here, BROADCAST.name)


async def launch(here: Here, *_: str) -> Reply:
    """The launch of a phase."""
    if may(Act.LAUNCH, here.role) and not await launching.launchable(here, None):
        return reply(here, say(line("launch.no_phase"), choices=to_menu()))
    return await _begin(here, LAUNCH.name)


async def _begin(here: Here, flow: str) -> Reply:
    if await audiences.board_of(here) is None:
        return reply(here, say(line("office.only"), choices=to_menu()))
    return await open_flow(here, flow, {})


async def look(here: Here, command: LookAtBroadcast) -> Reply:
    """Before it is confirmed: tried on oneself, seen as messengers show it, who cannot be reached; the review stands."""
    wanted = command.broadcast
    if await audiences.board_of(here) != wanted.recipients.board:
        return not_yours(here)
    if command.what == TEST:
        shown = await broadcast_looks.tried(here, wanted)
    elif command.what == PREVIEW:
        shown = reply(here, *await broadcast_looks.previews(here, wanted))
    else:
        shown = await coverage.ask_unreachable(here, wanted.recipients)
    return await then_ask_again(here, shown)


async def send(here: Here, wanted: SendBroadcast) -> Reply:
    """Confirmed: it goes out at its time, or when a second person has agreed to it."""
    if await audiences.board_of(here) != wanted.recipients.board:
        return not_yours(here)
    found = await audiences.reached(here, wanted.recipients, wanted.text)
    hindered = await launching.hindrances(here, found, wanted.text)
    if hindered:
        return reply(here, say(*hindered, choices=_onward()))
    draft = await _draft(here, wanted, found)
    number = await stored.create(here.tx, draft)
    if number is None:
        return await _was_launched(here, wanted)
    if wanted.file:
        await files.use(here.tx, wanted.file["sha256"], f"broadcast:{number}")
    return await _created(here, number, draft)


async def _draft(here: Here, wanted: SendBroadcast, found: Reach) -> Draft:
    now = await launching.moment(here, None)
    soon = now["now"] if wanted.at_once or now["works"] else now["next"]
    starts = datetime.fromisoformat(wanted.set_for) if wanted.set_for else soon
    starts_at = (
        max(int(starts.replace(tzinfo=ZONE).timestamp()) * 1_000_000, here.at) if starts > now["now"] else here.at
    )
    return Draft(
        board=wanted.recipients.board, kind=LAUNCHED if wanted.phase else FREE, author=here.member.id,
        body=outbox.packed(broadcast_looks.message(here, wanted)), audience=wanted.recipients.model_dump_json(),
        people=found.people, created_at=here.at, starts_at=starts_at, campaign=wanted.campaign, phase=wanted.phase,
        at_once=wanted.at_once, waits=launching.needs_agreement(here, found),
    )  # fmt: skip


async def _was_launched(here: Here, wanted: SendBroadcast) -> Reply:
    """Somebody was quicker: who, and when."""
    there = await reach.launched(here.tx, wanted.campaign, wanted.phase)
    if there is None:
        return reply(here, say(line("launch.again"), choices=_onward()))
    see = Choice(line("broadcast.see.button"), f"broadcast/{there.id}")
    return reply(here, say(launching.launched_by(there), choices=(see, *_onward())))


async def _created(here: Here, number: int, draft: Draft) -> Reply:
    see = Choice(line("broadcast.see.button"), f"broadcast/{number}")
    if not draft.waits:
        at_once = draft.starts_at <= here.at
        told = line(
            "broadcast.goes" if at_once else "broadcast.will_go", at=local(draft.starts_at), people=draft.people
        )
        return reply(here, say(told, choices=(see, *_onward())))
    names = ", ".join(await _asked(here, number, draft.board))
    return reply(here, say(line("broadcast.waits", names=names, people=draft.people), choices=(see, *_onward())))


async def _asked(here: Here, number: int, board: str) -> list[str]:
    """Everybody who may agree is asked; some of their names."""
    found = await stored.get(here.tx, number)
    assert found is not None
    asked, message = await reach.approvers(here.tx, board, here.member.id), _request(here, found)
    for member in asked:
        await outbox.put_notice(here.tx, f"approve:{number}:{member}", member, message, here.at)
    names = [await name_of(here.tx, member) for member in asked[: audiences.NAMED]]
    return [plain(name, "vi") for name in names]


def _request(here: Here, found: Broadcast) -> Message:
    """What a second person is asked: by whom, what, to how many; with the words that would go out."""
    who = here.member.name or line("dossier.history.somebody")
    ask = line("broadcast.request", author=who, what=named(here.world, found), people=found.people)
    see = Choice(line("broadcast.look.button"), f"broadcast/{found.id}")
    return say(ask, *broadcasts.read_out(found), choices=(*broadcasts.decisions(found.id), see))


async def yes(here: Here, number: str = "", *_: str) -> Reply:
    """A second person agrees, by one tap."""
    found = await broadcasts.to_decide(here, number)
    if found is None:
        return await _not_to_decide(here, number)
    if not await stored.approve(here.tx, found.id, here.member.id, here.at):
        return await _decided(here, found.id)
    await _tell_author(here, found, "broadcast.approved", None)
    return reply(here, say(line("broadcast.approved.done", what=named(here.world, found)), choices=_onward()))


async def no(here: Here, number: str = "", *_: str) -> Reply:
    """A second person does not want it sent: why?"""
    found = await broadcasts.to_decide(here, number)
    if found is None:
        return await _not_to_decide(here, number)
    if found.state is not BroadcastState.WAITING:
        return await _decided(here, found.id)
    return await open_flow(here, DECLINE_BROADCAST.name, {"broadcast": str(found.id)})


async def decline(here: Here, command: DeclineBroadcast) -> Reply:
    """They have said why."""
    found = await broadcasts.to_decide(here, str(command.broadcast))
    if found is None:
        return not_yours(here)
    if not await stored.decline(here.tx, found.id, here.member.id, here.at, command.reason):
        return await _decided(here, found.id)
    await _tell_author(here, found, "broadcast.declined", command.reason)
    return reply(here, say(line("broadcast.declined.done", what=named(here.world, found)), choices=_onward()))


async def _tell_author(here: Here, found: Broadcast, text: str, reason: str | None) -> None:
    who = here.member.name or line("dossier.history.somebody")
    why = [line("broadcast.why", reason=reason)] if reason else []
    see = Choice(line("broadcast.see.button"), f"broadcast/{found.id}")
    told = say(line(f"{text}.told", who=who, what=named(here.world, found)), *why, choices=(see,))
    await outbox.put_notice(here.tx, f"approve:{found.id}:answer", found.author, told, here.at)


async def _not_to_decide(here: Here, number: str) -> Reply:
    """The author agrees to nothing of their own; others learn nothing of it."""
    own = await broadcasts.mine(here, number)
    if own is None or own.author != here.member.id:
        return not_yours(here)
    return reply(here, say(line("broadcast.your_own"), choices=_onward()))


async def _decided(here: Here, number: int) -> Reply:
    """Somebody was quicker: how it stands now."""
    found = await stored.get(here.tx, number)
    assert found is not None
    shown = await broadcasts.shown(here, found)
    return reply(here, say(line("broadcast.decided"), *shown.messages[0].lines, choices=_onward()))


def _onward() -> tuple[Choice, ...]:
    return Choice(line("broadcasts.button"), "broadcasts"), *to_menu()

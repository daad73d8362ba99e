"""Messages to many as their officers see them: one with how far it has come, and who decides on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from domain.audience import Recipients
from domain.broadcast import BroadcastState
from domain.people import Act, may
from domain.reminders import may_go_out, next_hours
from flows.addressing import without_salutation
from handlers import audiences, words
from handlers import broadcast_progress as progress
from handlers.addressing import text_of
from handlers.here import Here, Reply, local, number_in, reply, to_menu
from storage import broadcasts as stored
from storage import reach
from texts.message import Choice, Line, Message, from_json, line, say

if TYPE_CHECKING:
    from flows.session import OpenFlow
    from handlers.world import World
    from storage.broadcasts import Broadcast
    from storage.units import Tx

SHOWN = 40
"""Characters of a message that stand for it in a list."""
_S = BroadcastState


def body_of(found: Broadcast) -> Message:
    """What goes out."""
    return from_json(json.loads(found.body))


def read_out(found: Broadcast) -> list[Line]:
    """What goes out, for an officer to read: its words, and where its file can be opened."""
    body = body_of(found)
    return [*body.lines, *_with_file(body)]


def folded(found: Broadcast) -> list[Line]:
    """The same where other things are to be seen first."""
    body = body_of(found)
    return [line("broadcast.folded", text=text_of(body)), *_with_file(body)]


def _with_file(body: Message) -> list[Line]:
    params = body.attach.params if body.attach else {}
    return [line("broadcast.with_file", name=params["name"], url=params["url"])] if params else []


def named(world: World, found: Broadcast) -> Line:
    """What it is called: the phase it launches, or how it begins."""
    campaign = world.campaign(found.campaign)
    phase = campaign.phase(found.phase) if campaign else None
    if campaign and phase:
        return line("broadcast.named.launch", phase=words.phase_name(phase), campaign=words.short_name(campaign))
    return line("broadcast.named.message", text=words.in_short(without_salutation(text_of(body_of(found))), SHOWN))


async def mine(here: Here, number: str) -> Broadcast | None:
    """The message of that id, if this person is an officer of the board it is of."""
    found = await stored.get(here.tx, number_in(number) or 0)
    of_board = found and any(m.board == found.board and may(Act.LAUNCH, m.role) for m in here.units)
    return found if of_board else None


async def to_decide(here: Here, number: str) -> Broadcast | None:
    """The message of that id, if this person is one of those asked whether it may go out."""
    found = await stored.get(here.tx, number_in(number) or 0)
    asked = await reach.approvers(here.tx, found.board, found.author) if found else []
    return found if here.member.id in asked else None


async def waiting(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The message to many that a second person is asked about; None: it is not for them to decide."""
    found = await to_decide(here, opened.context.get("broadcast", ""))
    if found is None:
        return None
    return {"id": found.id, "author": await name_of(here.tx, found.author), "what": named(here.world, found)}


async def name_of(tx: Tx, member: int | None) -> str | Line:
    """What somebody is called; they may have left."""
    row = await tx.one("members.shown", id=member) if member is not None else None
    return (row and (row["name"] or row["shown_name"])) or line("dossier.history.somebody")


def not_yours(here: Here) -> Reply:
    """There is no such message, or none of this person's board: the same words for both."""
    return reply(here, say(line("broadcast.not_yours"), choices=to_menu()))


async def one(here: Here, number: str = "", *_: str) -> Reply:
    """One message, how far it has come, and what can be done with it."""
    found = await mine(here, number) or await to_decide(here, number)
    return await shown(here, found) if found else not_yours(here)


async def shown(here: Here, found: Broadcast) -> Reply:
    """The same of one that is theirs to see."""
    counts = await stored.counts(here.tx, found.id)
    lines = [
        *await _head(here, found),
        _held(here, found) or progress.stands(found, here.at),
        *progress.progress(found, counts),
    ]
    ways = [*await _decisions(here, found), *progress.steps(found, counts)]
    back = Choice(line("broadcasts.button"), "broadcasts")
    text = Choice(line("broadcast.text.button"), f"broadcast_text/{found.id}")
    return reply(here, say(*lines, choices=(*ways, text, back), replaces=True))


async def _head(here: Here, found: Broadcast) -> list[Line]:
    author = await name_of(here.tx, found.author)
    whom = audiences.sentence(here.world, Recipients.model_validate_json(found.audience))
    lines = [
        line("broadcast.head", what=named(here.world, found)),
        line("broadcast.author", author=author, at=local(found.created_at)),
        line("reach.whom", whom=whom),
    ]
    agreed = [line("broadcast.agreed", who=await name_of(here.tx, found.approver))] if found.approver else []
    return [*lines, *agreed]


def _held(here: Here, found: Broadcast) -> Line | None:
    """It runs, and nothing goes at this hour: when it does."""
    now, calendar = here.now.replace(tzinfo=None), here.world.calendar
    if found.state is not _S.RUNNING or found.at_once or may_go_out(now, calendar):
        return None
    state = line(f"broadcast.state.{found.state}")
    return line("broadcast.stands.held", state=state, at=next_hours(now, calendar))


async def _decisions(here: Here, found: Broadcast) -> list[Choice]:
    if found.state is not _S.WAITING or await to_decide(here, str(found.id)) is None:
        return []
    return list(progress.decisions(found))


def onward(here: Here) -> tuple[Choice, ...]:
    """Where somebody goes on from a message to many; a head is asked about them, and has no list of them."""
    listed = (Choice(line("broadcasts.button"), "broadcasts"),) if may(Act.LAUNCH, here.role) else ()
    return *listed, *to_menu()


async def text(here: Here, number: str = "", *_: str) -> Reply:
    """What goes out, to the letter."""
    found = await mine(here, number) or await to_decide(here, number)
    if found is None:
        return not_yours(here)
    back = Choice(line("broadcast.back"), f"broadcast/{found.id}")
    return reply(here, say(*read_out(found), choices=(back,)))


async def received(here: Here, number: str = "", *_: str) -> Reply:
    """Somebody says that they have it."""
    which = number_in(number) or 0
    told = await stored.acknowledge(here.tx, which, here.member.id, here.at) if which else False
    if which and not told:
        return not_yours(here)
    return reply(here, say(line("broadcast.thanks" if told else "broadcast.trial_thanks"), choices=to_menu()))

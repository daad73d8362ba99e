"""Writing to many, by an officer: begun, looked at before it goes, and confirmed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from domain.people import Act, may
from flows.broadcast import BROADCAST, LAUNCH, PREVIEW, TEST
from handlers import agreeing, audiences, broadcast_looks, coverage, launching
from handlers.broadcasts import mine, name_of, not_yours, onward
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply, to_menu
from handlers.interrupted import with_way_back
from handlers.sending_times import starts_at
from storage import broadcasts as stored
from storage import files, outbox, reach
from storage.broadcasts import Draft
from texts.compose import plain
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from flows.commands import LookAtBroadcast, SendBroadcast
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


async def rewrite(here: Here, number: str = "", *_: str) -> Reply:
    """Another one, beginning with what one was answered with that did not go out, or has; but for when it goes."""
    found = await mine(here, number)
    if found is None:
        return not_yours(here)
    flow = LAUNCH if found.phase else BROADCAST
    kept = {name: value for name, value in json.loads(found.answers).items() if name != "when"}
    return await open_flow(here, flow.name, {}, kept)


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
    return await with_way_back(here, shown)


async def send(here: Here, wanted: SendBroadcast) -> Reply:
    """Confirmed: it goes out at its time, or when a second person has agreed to it."""
    if await audiences.board_of(here) != wanted.recipients.board:
        return not_yours(here)
    found = await audiences.reached(here, wanted.recipients, wanted.text)
    hindered = await launching.hindrances(here, found, wanted.text)
    if hindered:
        return reply(here, say(*hindered, choices=onward(here)))
    draft = _draft(here, wanted, found)
    number = await stored.create(here.tx, draft)
    if number is None:
        return await _was_launched(here, wanted)
    if wanted.file:
        await files.use(here.tx, wanted.file["sha256"], f"broadcast:{number}")
    return await _created(here, number, draft)


def _draft(here: Here, wanted: SendBroadcast, found: Reach) -> Draft:
    return Draft(
        board=wanted.recipients.board, author=here.member.id,
        body=outbox.packed(broadcast_looks.message(here, wanted)), audience=wanted.recipients.model_dump_json(),
        people=found.people, created_at=here.at, starts_at=starts_at(here, wanted.set_for, at_once=wanted.at_once),
        campaign=wanted.campaign, phase=wanted.phase, at_once=wanted.at_once, waits=launching.needs_agreement(here, found),
        answers=json.dumps(dict(here.answered), ensure_ascii=False),
    )  # fmt: skip


async def _was_launched(here: Here, wanted: SendBroadcast) -> Reply:
    """Somebody was quicker: who, and when."""
    there = await reach.launched(here.tx, wanted.campaign, wanted.phase)
    if there is None:
        return reply(here, say(line("launch.again"), choices=onward(here)))
    see = Choice(line("broadcast.see.button"), f"broadcast/{there.id}")
    return reply(here, say(launching.launched_by(there), choices=(see, *onward(here))))


async def _created(here: Here, number: int, draft: Draft) -> Reply:
    see = Choice(line("broadcast.see.button"), f"broadcast/{number}")
    if not draft.waits:
        at_once = draft.starts_at <= here.at
        told = line(
            "broadcast.goes" if at_once else "broadcast.will_go", at=local(draft.starts_at), people=draft.people
        )
        return reply(here, say(told, choices=(see, *onward(here))))
    found = await stored.get(here.tx, number)
    assert found is not None
    asked = await agreeing.ask(here.tx, here.world, found, here.at)
    names = ", ".join([plain(await name_of(here.tx, member), "vi") for member in asked[: audiences.NAMED]])
    return reply(here, say(line("broadcast.waits", names=names, people=draft.people), choices=(see, *onward(here))))

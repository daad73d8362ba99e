"""An open conversation and what comes between: the interruption is answered, then the open question is asked again."""

from __future__ import annotations

from dataclasses import replace

from flows import engine
from flows.catalogue import FLOWS
from flows.join import JOIN
from flows.session import dump
from handlers.facts import facts_for
from handlers.here import Here, Reply, reply, to_menu
from storage import drafts, people
from texts.message import Line, line, say


async def then_ask_again(here: Here, shown: Reply | None) -> Reply:
    """An interruption is answered, then the open question is asked again; a flow that another replaces is kept."""
    assert shown is not None
    if shown.member is not None and shown.session.flow is not None:
        return await _where_they_were(here, shown, shown.member)
    opened = here.session.flow
    if opened is None:
        return shown
    if shown.session.flow != opened:
        if shown.member is None:
            await put_aside(here)
        return shown
    return await asked_again(here, shown)


async def _where_they_were(here: Here, shown: Reply, member: int) -> Reply:
    """Somebody has just signed in here: the question they stand at elsewhere is asked here too."""
    loaded = await people.load(here.tx, member)
    assert loaded is not None
    return replace(await asked_again(replace(here, member=loaded.member), shown), member=member)


async def asked_again(here: Here, shown: Reply) -> Reply:
    """These messages, then the question that the session in them stands at."""
    opened = shown.session.flow
    facts = await facts_for(replace(here, session=shown.session), FLOWS[opened.name], opened) if opened else None
    if opened is None or facts is None:
        lost = await ground_lost(replace(here, session=shown.session))
        return replace(lost, messages=(*shown.messages, *lost.messages))
    turn = engine.again(FLOWS[opened.name], shown.session, facts)
    told = tuple(replace(m, choices=()) for m in shown.messages)
    return Reply((*told, *turn.says), turn.session)


async def ground_lost(here: Here) -> Reply:
    """What the open conversation rests on is gone: it ends here, and nothing that was answered in it is lost."""
    opened = here.session.flow
    kept = opened is not None and opened.name != JOIN.name and bool(opened.answers or opened.so_far)
    if kept:
        await put_aside(here)
    told = say(line("flow.ground_kept" if kept else "flow.no_ground"), choices=to_menu())
    return reply(replace(here, session=replace(here.session, flow=None, menu=())), told)


async def put_aside(here: Here) -> None:
    """Keep the open conversation as a draft."""
    assert here.session.flow is not None
    await drafts.put(here.tx, here.member.id, here.session.flow.name, dump(here.session), here.at)


async def beside(here: Here, *lines: Line) -> Reply:
    """Something is told that nobody has just asked about; the open question stands."""
    return await then_ask_again(here, reply(here, say(*lines, choices=to_menu())))

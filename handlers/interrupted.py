"""An open conversation and what comes between: a screen that keeps its choices and a way back, or the question again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import engine
from flows.addressing import without_salutation
from flows.catalogue import FLOWS
from flows.join import JOIN
from flows.session import PAGE, dump, load
from handlers.facts import facts_for
from handlers.here import RESUME, Here, Reply, number_in, reply, to_menu
from handlers.words import in_short
from storage import drafts, people
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


NAMED = 40
"""Characters of what names a conversation."""


async def with_way_back(here: Here, shown: Reply | None) -> Reply:
    """A screen opened in the middle of a conversation: its choices, and one more that leads back to the open question."""
    assert shown is not None
    opened = here.session.flow
    if opened is None or shown.member is not None or shown.session.flow != opened or not shown.messages:
        return await then_ask_again(here, shown)
    *before, last = shown.messages
    there = shown.session.menu if last.choices else ()
    back = Choice(title_of(opened.name, opened.answers), f"{RESUME}{opened.name}")
    choices = (*there[: PAGE - 1], back, *there[PAGE - 1 :])
    session = replace(shown.session, menu=choices) if last.choices else shown.session.shown(choices)
    return Reply((*before, replace(last, choices=session.on_page())), session)


def title_of(flow: str, answers: Mapping[str, Any]) -> Line:
    """What leads back to a conversation: its name, and whom or what it is about as far as that has been said."""
    what, name = line(f"flow.title.{flow}"), _named(answers)
    return line("flow.resume_named", what=what, name=name) if name else line("flow.resume", what=what)


def _named(answers: Mapping[str, Any]) -> str | None:
    """The name that was given, or how the text begins, or the first of the files."""
    file = next(iter(answers.get("files") or ()), None)
    said = answers.get("name") or without_salutation(answers.get("text", "")) or (file and file["name"])
    return in_short(said, NAMED) if isinstance(said, str) else None


async def then_ask_again(here: Here, shown: Reply) -> Reply:
    """What was no answer is answered, then the open question is asked again; a flow that another replaces is kept."""
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
    """Something is told that nobody has just asked about; an open question stands, and what was shown can be picked."""
    if here.session.flow is not None:
        return Reply((say(*lines),), here.session)
    return reply(here, say(*lines, choices=to_menu()))


async def resume(here: Here, draft: str = "", *_: str) -> Reply:
    """Go on with the open conversation, by its name, or take a draft up again; a flow that is open goes aside instead."""
    if here.session.flow is not None and draft == here.session.flow.name:
        return await asked_again(here, reply(here))
    named = next((one.id for one in await drafts.of(here.tx, here.member.id) if one.flow == draft), 0)
    kept = await drafts.take(here.tx, here.member.id, number_in(draft) or named)
    opened = load(kept).flow if kept else None
    if opened is None or opened.name not in FLOWS:
        return reply(here, say(line("flow.no_draft"), choices=to_menu()))
    if here.session.flow is not None:
        await put_aside(here)
    told = Reply((say(line("flow.resumed")),), replace(here.session, flow=opened))
    return await asked_again(here, told)

"""A file out of the blue: what it is taken for, whether it is a report at all, and where it waits meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.catalogue import FLOWS
from flows.report import MOST_FILES, REPORT, likeness
from flows.session import OpenFlow, Session, dump
from handlers import openings, reports
from handlers.facts import open_flow
from handlers.here import RESUME, Here, Reply, number_in, reply, to_menu
from handlers.interrupted import asked_again, beside, with_way_back
from storage import drafts
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.commands import DropFiles
    from storage.drafts import Draft


async def guess(here: Here, name: str) -> tuple[Line, ...]:
    """For which report a file of that name will be taken: what it is called like, else what is due next. None is no guess."""
    asked = [one for one in await reports.wanted(here) if one.may_be_handed_in]
    found = max(asked, key=lambda one: likeness(name, one.duty.title), default=None)
    if found is None or here.session.flow is not None:
        return ()
    return (line("report.guess", what=found.title, deadline=reports.brief(found, openings.filed_on(here))),)


async def drop(here: Here, command: DropFiles) -> Reply:
    """They are no report: nothing is handed in, and nothing is kept."""
    return reply(here, say(line("report.dropped", number=command.number), choices=to_menu()))


async def drop_kept(here: Here, draft: str = "", *_: str) -> Reply:
    """The same, of files that wait as a draft."""
    which = next((one.id for one in await _only_files_of(here) if one.id == number_in(draft)), None)
    body = await drafts.take(here.tx, here.member.id, which) if which else None
    if body is None:
        return reply(here, say(line("flow.no_draft"), choices=to_menu()))
    return reply(here, say(line("report.dropped", number=len(body["flow"]["answers"]["files"])), choices=to_menu()))


async def taken_up(here: Here, file: Mapping[str, Any], *, more: bool, strange: bool = False) -> Reply:
    """A file nobody has asked for: for which report is it? What another conversation keeps from being asked waits as a draft.

    `more`: others are under way. Of several the first is asked about, and the last is told with how many there are.
    `strange`: it was sent for another conversation than the open one.
    """
    opened = here.session.flow
    if not any(one.may_be_handed_in for one in await reports.wanted(here)):
        return await beside(here, line("attaching.nobody_asked", name=file["name"]))
    if opened is None:
        return await open_flow(here, REPORT.name, {}, {"files": [dict(file)]})
    if opened.name == REPORT.name and not strange:
        return await _added(here, opened, file, more=more)
    which, held = await _kept_aside(here, file)
    if more:
        return Reply((), here.session)
    told = say(line("report.waits", name=file["name"], n=held), choices=_ways(which))
    return await with_way_back(here, reply(here, told))


async def kept_aside(here: Here, file: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Keep a file as the beginning of a report, with those kept before it; the ways to go on with it, and to drop it."""
    which, _ = await _kept_aside(here, file)
    return _ways(which)


def _ways(draft: int) -> tuple[Choice, ...]:
    return Choice(line("report.take"), f"{RESUME}{draft}"), Choice(line("report.none"), f"not_a_report/{draft}")


async def _kept_aside(here: Here, file: Mapping[str, Any]) -> tuple[int, int]:
    """The draft's number, and how many files it holds."""
    before = next((one for one in await _only_files_of(here) if _has_room(one)), None)
    body = await drafts.take(here.tx, here.member.id, before.id) if before else None
    there = [one for one in body["flow"]["answers"]["files"] if one["sha256"] != file["sha256"]] if body else []
    begun = OpenFlow(REPORT.name, FLOWS[REPORT.name].version, "duty", {"files": [*there, dict(file)]}, {})
    which = await drafts.put(here.tx, here.member.id, REPORT.name, dump(Session(flow=begun)), here.at)
    return which, len(there) + 1


async def _only_files_of(here: Here) -> list[Draft]:
    """Drafts that are reports of which nothing is known but their files."""
    return [one for one in await drafts.of(here.tx, here.member.id) if _only_files(one.body["flow"])]


def _only_files(flow: Mapping[str, Any]) -> bool:
    return flow["name"] == REPORT.name and flow["step"] == "duty" and set(flow["answers"]) == {"files"}


def _has_room(draft: Draft) -> bool:
    return len(draft.body["flow"]["answers"]["files"]) < MOST_FILES


async def _added(here: Here, opened: OpenFlow, file: Mapping[str, Any], *, more: bool) -> Reply:
    """One more file for the report that is being handed in, whatever is asked just now."""
    asked = opened.step == "files"
    there = list((opened.so_far if asked else opened.answers.get("files")) or ())
    if len(there) >= MOST_FILES or any(one.get("sha256") == file["sha256"] for one in there):
        return await beside(here, line("report.there_already", name=file["name"]))
    now = [*there, dict(file)]
    grown = replace(opened, so_far=now) if asked else replace(opened, answers={**opened.answers, "files": now})
    session = replace(here.session, flow=grown)
    told = say(line("report.added", name=file["name"], n=len(now)))
    return Reply((), session) if more else await asked_again(here, Reply((told,), session))

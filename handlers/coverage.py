"""Workbooks about messages to many: asked for in a turn, made beside the turns, told when they are there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers import audiences, broadcasts
from handlers.here import Here, Reply, reply, to_menu
from handlers.interrupted import beside, with_way_back
from storage import people, work
from storage.broadcasts import about
from texts.message import Attachment, Choice, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.audience import Recipients

COVERAGE, UNREACHABLE = "coverage", "unreachable"
"""The kinds of work."""


async def of_broadcast(here: Here, number: str = "", *_: str) -> Reply:
    """Whom a message has reached, unit by unit, with a list of those to call."""
    found = await broadcasts.mine(here, number)
    if found is None:
        return broadcasts.not_yours(here)
    await people.audit(here.tx, here.at, here.member.id, "broadcast.coverage", about(found.id))
    await _ask(here, COVERAGE, {"broadcast": found.id, "language": here.member.language})
    return reply(here, say(line("coverage.making"), choices=to_menu()))


async def ask_unreachable(here: Here, recipients: Recipients) -> Reply:
    """Who of an audience cannot be written to: some by name at once, all of them in a workbook."""
    found = (await audiences.reached(here, recipients)).unreachable
    names = (line("reach.one", name=one.name or "–", unit=one.unit_name) for one in found[: audiences.LISTED])
    await people.audit(here.tx, here.at, here.member.id, "broadcast.unreachable", recipients.board)
    await _ask(here, UNREACHABLE, {"audience": recipients.model_dump_json(), "language": here.member.language})
    return reply(here, say(line("reach.missed", number=len(found)), *names, line("coverage.making")))


async def _ask(here: Here, kind: str, params: dict[str, Any]) -> None:
    await work.ask(here.tx, key=f"{kind}:{here.row}", kind=kind, member=here.member.id, channel=here.channel,
                   address=here.address, params=params, now=here.at)  # fmt: skip


async def made(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """Here it is."""
    if "file" not in result:
        return await beside(here, line("coverage.failed"))
    attach = Attachment("stored", {"sha256": result["file"], "name": f"coverage.name.{_name(params)}"})
    back = [Choice(line("broadcast.back"), f"broadcast/{params['broadcast']}")] if "broadcast" in params else []
    told = reply(here, say(line("coverage.made"), choices=(*back, *to_menu())))
    told = replace(told, messages=(replace(told.messages[0], attach=attach),))
    return await with_way_back(here, told)


def _name(params: Mapping[str, Any]) -> str:
    return COVERAGE if "broadcast" in params else UNREACHABLE

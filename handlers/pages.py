"""Photographs of pages: put together as one PDF once they are handed in, and how they are best sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.registration import files_of
from handlers.here import Here, Reply, reply, to_menu
from handlers.interrupted import beside, with_way_back
from storage import work
from texts.message import Attachment, Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.registration import Registration
    from flows.session import OpenFlow

KIND = "photo_pages"
PDF = "application/pdf"


async def ask(here: Here, number: str, version: int, registration: Registration) -> None:
    """Have the photographs of a version that was just handed in put together, if there are several."""
    if sum(file.media_type.startswith("image/") for file in files_of(registration)) > 1:
        await work.ask(here.tx, key=f"pages:{number}:{version}", kind=KIND, member=here.member.id, channel=here.channel,
                       address=here.address, params={"number": number, "version": version}, now=here.at)  # fmt: skip


async def made(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """They are one PDF now: here it is, or where it is if it is too large for this messenger."""
    number = params["number"]
    if "failed" in result:
        return await beside(here, line("pages.failed", number=number))
    told = line("pages.made", number=number, pages=result["pages"])
    if not here.site.sends(here.channel, result["size"]):
        ways = (Choice(line("dossier.back"), f"dossier/{number}"), *to_menu())
        return await with_way_back(here, reply(here, say(told, line("pages.not_here"), choices=ways)))
    answered = reply(here, say(told, choices=to_menu()))
    name = f"{number}-{params['version']}.pdf"
    attach = Attachment("stored", {"sha256": result["sha256"], "name": name, "media_type": PDF})
    return await with_way_back(here, replace(answered, messages=(replace(answered.messages[0], attach=attach),)))


def hint(opened: OpenFlow | None, params: Mapping[str, Any], file: Mapping[str, Any] | None) -> tuple[Line, ...]:
    """How to send pages in full quality, with the first stored file of an answer if its messenger has made it smaller.

    `opened`: the conversation before that file is taken in; the photographs of an album are told once.
    """
    if file is None or not (params["squeezed"] and file["media_type"].startswith("image/")):
        return ()
    others = [one for one in (opened and opened.so_far) or () if isinstance(one, dict)]
    return () if any("sha256" in one for one in others) else (line("pages.squeezed"),)

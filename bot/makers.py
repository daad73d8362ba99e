"""The files that go with messages, made when they are sent: timeline pictures, calendars, a person's own data."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING

from channels.contract import File
from documents.ics import calendar_file
from documents.timeline import timeline_png, timeline_text
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS
from domain.standing import nearest_first
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.standing import DutyToday
    from handlers.world import World, Worlds
    from storage.units import Database
    from texts.compose import Language
    from texts.message import Attachment, Line


class Files:
    """Makes files from the content in force; pictures in a thread, the event loop is never held."""

    def __init__(self, database: Database, worlds: Worlds) -> None:
        self._database, self._worlds = database, worlds

    async def world(self) -> World:
        """The content in force."""
        return await self._worlds.refresh(self._database)

    async def file(self, attachment: Attachment, language: Language) -> File | None:
        """The file an attachment stands for."""
        params = attachment.params
        if attachment.kind == "my_data":
            return File("du-lieu-cua-toi.json", "application/json", params["json"].encode())
        if attachment.kind == "calendar":
            at = datetime.fromisoformat(params["at"])
            return File("lich-thi-dua.ics", "text/calendar", await self.calendar(params["whose"], at, language))
        picture = await asyncio.to_thread(self._timeline, await self.world(), params, language)
        return File(f"{params['campaign']}.png", "image/png", picture) if picture else None

    async def lines(self, attachment: Attachment, language: Language) -> Sequence[Line]:
        """A timeline as text; of other files it is said that they cannot come here."""
        if attachment.kind != "timeline":
            return (line("file_not_here"),)
        content, today = await self.world(), date.fromisoformat(attachment.params["day"])
        found = content.campaign(attachment.params["campaign"])
        return timeline_text(found, _items(content, today, found.slug), today, language) if found else ()

    async def calendar(self, whose: str, at: datetime, language: Language) -> bytes:
        """Due dates as an iCalendar file: of a campaign, or of a board ("all": any) for an audience."""
        content = await self.world()
        items = _items(content, at.date(), whose)
        return await asyncio.to_thread(calendar_file, items, content.campaigns, at, language)

    def _timeline(self, content: World, params: dict[str, str], language: Language) -> bytes | None:
        found, today = content.campaign(params["campaign"]), date.fromisoformat(params["day"])
        return timeline_png(found, _items(content, today, found.slug), today, language) if found else None


def _items(content: World, today: date, whose: str) -> list[DutyToday]:
    board, _, audience = whose.partition("/")
    actors = ENTERPRISE_ACTORS if audience == "enterprise" else STAFF_ACTORS if audience else frozenset()
    found = [
        item for item in content.duties_on(today)
        if (item.campaign.slug == whose if not audience else board in {"all", item.campaign.board} and actors & set(item.duty.actors))
    ]  # fmt: skip
    return nearest_first(found)

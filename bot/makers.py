"""The files that go with messages, made when they are sent: timeline pictures, calendars, a person's own data."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING

from channels.contract import File
from documents.ics import calendar_file
from documents.receipt import Receipt, receipt_lines
from documents.timeline import timeline_png, timeline_text
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS
from domain.registration import canonical
from domain.standing import nearest_first
from handlers.described import proven
from handlers.here import ZONE
from handlers.shared_links import SHARED
from scheduler.bounded import bounded
from scheduler.receipt_child import draw_receipt
from storage import dossier_lists, dossiers
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.standing import DutyToday
    from handlers.world import World, Worlds
    from storage.dossier_lists import Version
    from storage.dossiers import Dossier
    from storage.files import FileStore
    from storage.units import Database, Tx
    from texts.compose import Language
    from texts.message import Attachment, Line

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Files:
    """Makes files from the content in force; pictures in a thread, receipts in a child: the event loop is never held."""

    def __init__(self, database: Database, worlds: Worlds, store: FileStore, public_url: str) -> None:
        self._database, self._worlds, self._store, self._public_url = database, worlds, store, public_url

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
        if attachment.kind == "duty_calendar":
            return File("han-nop.ics", "text/calendar", await self._duty_calendar(params, language))
        if attachment.kind in {"stored", SHARED}:
            content = await asyncio.to_thread(self._store.path(params["sha256"]).read_bytes)
            if "media_type" in params:
                return File(params["name"], params["media_type"], content)
            return File(plain(line(params["name"]), language), XLSX, content)
        if attachment.kind == "receipt":
            receipt = await self._receipt(params)
            return File(f"{receipt.number}.pdf", "application/pdf", await bounded(draw_receipt, receipt, language))
        picture = await asyncio.to_thread(self._timeline, await self.world(), params, language)
        return File(f"{params['campaign']}.png", "image/png", picture) if picture else None

    async def lines(self, attachment: Attachment, language: Language) -> Sequence[Line]:
        """A timeline as text; of other files it is said that they cannot come here."""
        if attachment.kind == "receipt":
            return receipt_lines(await self._receipt(attachment.params))
        if attachment.kind == SHARED:
            return (line("broadcast.file_link", name=attachment.params["name"], url=attachment.params["url"]),)
        if attachment.kind != "timeline":
            return (line("file_not_here"),)
        content, today = await self.world(), date.fromisoformat(attachment.params["day"])
        found = content.campaign(attachment.params["campaign"])
        return timeline_text(found, _items(content, today, found.slug), today, language) if found else ()

    async def _receipt(self, params: dict[str, str]) -> Receipt:
        """What the receipt of a version says; the state is the dossier's own now."""
        world = await self.world()
        found, version, filer = await self._database.read(_filed, params["number"], int(params["version"]))
        campaign, unit = world.campaign(found.campaign), world.units[found.unit].name
        assert campaign is not None
        return Receipt(
            found.number, line(f"dossier.kind.{found.kind}"), world.units[found.board].name, campaign.name,
            campaign.plan.number_printed, unit, filer, datetime.fromtimestamp(version.filed_at / 1e6, ZONE), version.late,
            found.state, version.version, version.sha256,
            proven(version.content["registration"], campaign, unit),
            f"{self._public_url}/kiem-tra/{found.number}", canonical(version.content),
        )  # fmt: skip

    async def calendar(self, whose: str, at: datetime, language: Language) -> bytes:
        """Due dates as an iCalendar file: of a campaign, or of a board ("all": any) for an audience."""
        content = await self.world()
        items = _items(content, at.date(), whose)
        return await asyncio.to_thread(calendar_file, items, content.campaigns, at, language)

    async def _duty_calendar(self, params: dict[str, str], language: Language) -> bytes:
        """One duty as an iCalendar file; `last` is a unit's own last day, where it has one."""
        content, at = await self.world(), datetime.fromisoformat(params["at"])
        campaign = content.campaign(params["campaign"])
        duty = campaign.duty(params["duty"]) if campaign else None
        assert campaign is not None
        assert duty is not None
        own = date.fromisoformat(params["last"]) if params["last"] else None
        item = content.for_unit(campaign, duty, at.date(), own)
        return await asyncio.to_thread(calendar_file, [item], (), at, language)

    def _timeline(self, content: World, params: dict[str, str], language: Language) -> bytes | None:
        found, today = content.campaign(params["campaign"]), date.fromisoformat(params["day"])
        return timeline_png(found, _items(content, today, found.slug), today, language) if found else None


async def _filed(tx: Tx, number: str, which: int) -> tuple[Dossier, Version, str]:
    """A dossier, a version of it, and who handed that in."""
    found, version = await dossiers.known(tx, number), await dossier_lists.version(tx, number, which)
    assert version is not None
    who = await tx.one("members.shown", id=version.member)
    return found, version, (who and (who["name"] or who["shown_name"])) or ""


def _items(content: World, today: date, whose: str) -> list[DutyToday]:
    board, _, audience = whose.partition("/")
    actors = ENTERPRISE_ACTORS if audience == "enterprise" else STAFF_ACTORS if audience else frozenset()
    found = [
        item for item in content.duties_on(today)
        if (item.campaign.slug == whose if not audience else board in {"all", item.campaign.board} and actors & set(item.duty.actors))
    ]  # fmt: skip
    return nearest_first(found)

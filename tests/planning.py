"""Notices without the rest of the app: plans and people in a database, a clock to turn, and whoever sends made short."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.seed import seed
from domain.campaign import Asks
from handlers import reminding
from handlers.here import ZONE
from handlers.world import Worlds
from scheduler.bundle import Bundle
from scheduler.plan_notices import PlanNotices
from storage import dossiers, notices
from storage.dossiers import New
from storage.units import Query, Want
from tests.app import rows
from tests.databases import opened
from texts.compose import compose
from texts.message import from_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from texts.message import Message

ENTERPRISE, OTHER, OFFICE = "kkt-hai-phong-dn-1", "kkt-hai-phong-dn-2", "kkt-hai-phong-van-phong"
HAIPHONG, R1, R2, R3 = "haiphong-2023", "r1", "r2", "r3"


@dataclass(frozen=True)
class Got:
    """A message that somebody got."""

    member: int
    at: datetime
    message: Message
    notices: list[notices.Notice]

    @property
    def text(self) -> str:
        return "".join(span.text for span in compose(self.message.lines, "vi"))

    @property
    def actions(self) -> list[str]:
        return [choice.action for choice in self.message.choices]


@dataclass
class Office:
    """Everything that plans and tells, at a time that a test turns."""

    database: Any
    at: datetime
    worlds: Worlds = field(default_factory=Worlds)
    got: list[Got] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    """people whose messenger takes nothing more"""

    looked: int = 0

    @property
    def now(self) -> int:
        """Business time, never twice the same."""
        self.looked += 1
        return int(self.at.replace(tzinfo=ZONE).timestamp() * 1_000_000) + self.looked

    async def world(self) -> Any:
        return await self.worlds.refresh(self.database)

    async def plan(self) -> dict[str, int]:
        return await PlanNotices(self.database, self.world, lambda: self.now)()

    async def bundle(self) -> dict[str, int]:
        return await Bundle(self.database, self.world, lambda: self.now)()

    async def turn(self, to: datetime | None = None) -> list[Got]:
        """The clock is at `to`, every tick has run once, and what waits has been sent: what people got."""
        self.at = to or self.at
        before = len(self.got)
        await self.plan()
        await self.bundle()
        await self.send()
        return self.got[before:]

    async def send(self) -> None:
        """Everything that waits is judged and sent, as the sender does."""
        waiting = await rows(
            self.database, "SELECT id, member, key, body FROM outbox WHERE state = 'ready' ORDER BY id"
        )
        world = await self.world()
        for row in waiting:
            state, told = await self.database.run(self._send, world, row)
            await written(self.database, f"UPDATE outbox SET state = '{state}' WHERE id = {row['id']}")
            self.got += [told] if told else []

    async def _send(self, tx: Any, world: Any, row: dict[str, Any]) -> tuple[str, Got | None]:
        if not row["key"].startswith("notices:"):
            message = from_json(json.loads(row["body"]))
            return "sent", Got(row["member"], self.at, message, [])
        due = await notices.of_message(tx, row["id"])
        worded = await reminding.worded(tx, world, row["member"], due, self.at)
        await notices.drop(tx, worded.dropped, self.now)
        state = "cancelled" if worded.message is None else "failed" if row["member"] in self.blocked else "sent"
        reason = "the person has blocked us" if state == "failed" else None
        await notices.settle(tx, row["id"], state, reason, self.now)
        if state != "sent" or worded.message is None:
            return state, None
        return state, Got(
            row["member"],
            self.at,
            worded.message,
            [n for n in due if n.state == "queued" and n.id not in worded.dropped],
        )

    async def seat(self, unit: str = ENTERPRISE, role: str = "delegate", *, reachable: bool = True) -> int:
        """Somebody who has joined; their id."""
        return int(await self.database.run(_seat, unit, role, reachable, self.now))

    async def rows(self, where: str = "1 = 1", columns: str = "*") -> list[dict[str, Any]]:
        """What is planned and was told."""
        return await rows(self.database, f"SELECT {columns} FROM notices WHERE {where} ORDER BY day, id")

    async def rungs(self, member: int, about: str = R1, state: str = "planned") -> list[str]:
        """The rungs of a duty that stand in that state for somebody, in the order of their days."""
        return [
            row["rung"] for row in await self.rows(f"member = {member} AND about = '{about}' AND state = '{state}'")
        ]

    async def ledger(self) -> set[tuple[Any, ...]]:
        """Everything that is or was planned, without why and when it was looked at."""
        columns = ("member", "board", "unit", "kind", "campaign", "about", "version", "rung", "day", "until", "state")
        return {tuple(row[one] for one in columns) for row in await self.rows()}


async def written(database: Any, sql: str) -> None:
    """A statement of the test's own."""
    await database.run(_write, sql, "Postgres" in type(database).__name__)


async def _write(_tx: Any, sql: str, postgres: bool) -> None:
    await Query(sql, [] if postgres else {}, Want.COUNT)


async def _seat(tx: Any, unit: str, role: str, reachable: bool, now: int) -> int:
    member = (await tx.one("members.add", name="Ai đó", shown_name=None, language="vi", now=now))["id"]
    if reachable:
        await tx.run("addresses.add", channel="phone", address=f"m{member}", member=member, now=now)
    await tx.run("memberships.add", member=member, unit=unit, role=role, position=None, since=now)
    await notices.replan(tx, "somebody has joined", unit=unit)
    return int(member)


@asynccontextmanager
async def office(url: str, at: datetime, *, confirmed: bool = True) -> AsyncIterator[Office]:
    """Plans and units are there, nobody has joined yet."""
    async with opened(url) as database:
        made = Office(database, at)
        await seed(database, made.now, confirmed=confirmed)
        yield made


async def filed(one: Office, member: int, unit: str = ENTERPRISE, about: str = R1) -> str:
    """That unit has handed in its report; its number."""
    return str(await one.database.run(_filed, member, unit, about, one.now))


async def _filed(tx: Any, member: int, unit: str, about: str, now: int) -> str:
    plan = await notices.plan_of(tx, HAIPHONG)
    assert plan
    body = {"kind": "report", "duty": about, "name": "Báo cáo", "files": [], "figures": []}
    new = New("kkt-hai-phong", HAIPHONG, 2023, Asks.REPORT, unit, about, "Báo cáo", body, member, now, late=False)
    number = (await dossiers.file(tx, new, "0123456789abcdef" * 2)).dossier.number
    await notices.filed(tx, plan, Asks.REPORT, unit, about, member, now)
    return number


def moment(text: str) -> datetime:
    """A moment here: "2023-04-24 08:00"."""
    return datetime.fromisoformat(text)


async def morning_by_morning(one: Office, until: datetime, hour: int = 9) -> None:
    """Every morning up to and including that day."""
    day = one.at
    while day <= until:
        await one.turn(day.replace(hour=hour, minute=0))
        day += timedelta(days=1)

"""The workbooks about a message to many, as slow work: whom it has reached, and whom it would not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from documents.coverage import Coverage, Person
from domain.audience import Recipients
from handlers import audiences, broadcasts, failures
from handlers.coverage import COVERAGE, UNREACHABLE
from handlers.here import local
from scheduler import coverage_child
from scheduler.bounded import bounded
from storage import broadcasts as stored
from storage import coverage, reach
from texts.compose import language_of, plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from handlers.world import World
    from scheduler.outcomes import Clocks
    from scheduler.slow_work import Reporter
    from storage.coverage import Covered
    from storage.files import FileStore
    from storage.units import Database, Tx
    from storage.work import Work
    from texts.compose import Language

__all__ = ["COVERAGE", "UNREACHABLE", "CoverageBooks"]
PAGE = 1000
MOST_PEOPLE = 200_000
"""More rows no spreadsheet of ours has; a board has far fewer people."""
SECONDS, MEGABYTES, MOST = 120, 1024, 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CoverageBooks:
    """Both kinds of work; each comes to the same when done twice. `world` is the content in force."""

    database: Database
    store: FileStore
    world: Callable[[], Awaitable[World]]
    clocks: Clocks

    async def of_broadcast(self, work: Work, report: Reporter) -> dict[str, Any]:
        """Params: `broadcast`, `language`. Result: `file`, or `failed`."""
        language, number = language_of(work.params["language"]), work.params["broadcast"]
        found = await self.database.read(stored.get, number)
        if found is None:
            return {"failed": "the broadcast is gone"}
        heading, now = _heading(await self.world(), found, language), self.clocks.business()
        units = await self.database.read(coverage.units, number)
        people = [_person(one, language) async for one in self._people(number)]
        book = Coverage(heading, tuple(units), tuple(people))
        book = replace(book, heading=(*heading, _so_far(found, book, now, language)))
        return {"file": await self._stored(await self._made(coverage_child.whole, book, language))}

    async def unreachable(self, work: Work, report: Reporter) -> dict[str, Any]:
        """Params: `audience`, `language`. Result: `file`."""
        language, world = language_of(work.params["language"]), await self.world()
        recipients = Recipients.model_validate_json(work.params["audience"])
        found = await self.database.read(_missed, world, recipients)
        heading = (plain(line("reach.whom", whom=audiences.sentence(world, recipients)), language),)
        people = tuple(
            Person(one.unit_name, one.name or "", "failed", _why(stored.UNREACHABLE, language)) for one in found
        )
        book = Coverage(heading, (), people)
        return {"file": await self._stored(await self._made(coverage_child.missed, book, language))}

    async def _people(self, number: int) -> AsyncIterator[Covered]:
        after, met = 0, 0
        while met < MOST_PEOPLE and (page := await self.database.read(coverage.people, number, after, PAGE)):
            for one in page:
                yield one
            after, met = page[-1].member, met + len(page)

    async def _made(self, make: Callable[..., bytes], book: Coverage, language: Language) -> bytes:
        made: bytes = await bounded(make, book, language, seconds=SECONDS, megabytes=MEGABYTES)
        return made

    async def _stored(self, content: bytes) -> str:
        async def once() -> AsyncIterator[bytes]:
            yield content

        return (await self.store.keep(once(), MOST)).sha256


async def _missed(tx: Tx, world: World, recipients: Recipients) -> tuple[reach.Missed, ...]:
    return (await audiences.reach_of(tx, world, recipients)).unreachable


def _heading(world: World, found: stored.Broadcast, language: Language) -> tuple[str, ...]:
    whom = audiences.sentence(world, Recipients.model_validate_json(found.audience))
    lines = (
        line("broadcast.head", what=broadcasts.named(world, found)),
        line("reach.whom", whom=whom),
        line("coverage.began", at=local(found.started_at or found.starts_at)),
    )
    return tuple(plain(one, language) for one in lines)


def _so_far(found: stored.Broadcast, book: Coverage, now: int, language: Language) -> str:
    """As of when the workbook is, and how far the message had come."""
    state, people = line(f"broadcast.state.{found.state}"), len(book.people)
    return plain(line("coverage.so_far", at=local(now), state=state, done=book.decided, people=people), language)


def _person(one: Covered, language: Language) -> Person:
    times = [local(at) if at else None for at in (one.ended_at, one.acknowledged_at)]
    why = _why(one.reason, language) if one.reason else ""
    return Person(one.unit_name or one.unit, one.name or "", one.state.value, why, *times)


def _why(reason: str, language: Language) -> str:
    return plain(failures.reason_line(reason), language)

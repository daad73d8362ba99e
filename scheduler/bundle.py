"""What is due for a person becomes one message, within working hours; what an outage has kept back is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from domain.reminders import Ended, may_go_out
from handlers import notice_counts, reminding
from handlers.here import ZONE
from storage import extensions, notice_bundle, notices, outbox
from storage.notice_bundle import BUNDLED_ON, UNREACHED_ON
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from handlers.world import World
    from storage.units import Database, Tx

AT_ONCE = 10
"""People in one transaction."""
LOOKED_UP = 1000
UNREACHED_FROM = time(9, 0)
"""From then on officers are told who cannot be reached: what was to go out in the morning has been tried."""
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The bundler: a tick. What it has done stands in the rows, so that it may end anywhere and run again."""

    database: Database
    world: Callable[[], Awaitable[World]]
    now: Callable[[], int]

    async def __call__(self) -> dict[str, int]:
        """Put together what is due; counts of messages and of notices by what became of them."""
        world, now = await self.world(), self.now()
        local = datetime.fromtimestamp(now / 1e6, UTC).astimezone(ZONE).replace(tzinfo=None)
        if not may_go_out(local, world.calendar):
            return {}
        await self._after_an_outage(world, local.date(), now)
        counts = await self._everybody(world, local, now)
        if local.time() >= UNREACHED_FROM:
            counts += await self._unreached(world, local.date(), now)
        return dict(counts)

    async def _after_an_outage(self, world: World, today: date, now: int) -> None:
        """If whole working days were missed, the officers get one line with the counts."""
        before = await self.database.read(notice_bundle.told_on, BUNDLED_ON)
        if before == today.isoformat():
            return
        if before is not None and before < world.calendar.last_working_day(today - timedelta(days=1)).isoformat():
            for board, late, ended in await self.database.read(notice_bundle.missed, today):
                lines = _outage(date.fromisoformat(before), late, ended)
                await self.database.run(_tell_officers, board, f"outage:{board}:{today}", lines, (), now)
        await self.database.run(notice_bundle.set_told_on, BUNDLED_ON, today)

    async def _everybody(self, world: World, local: datetime, now: int) -> Counter[str]:
        counts, after = Counter[str](), 0
        today, minute = local.date(), local.hour * 60 + local.minute
        while found := await self.database.read(notice_bundle.people, today, minute, after, LOOKED_UP):
            for start in range(0, len(found), AT_ONCE):
                counts += await self.database.run(bundle, world, found[start : start + AT_ONCE], today, now)
            after = found[-1]
        return counts

    async def _unreached(self, world: World, today: date, now: int) -> Counter[str]:
        """Once a day, for what people were to be told of that day: the officers are told whom nothing reaches."""
        if await self.database.read(notice_bundle.told_on, UNREACHED_ON) == today.isoformat():
            return Counter()
        counts: Counter[str] = Counter()
        for board in sorted({c.board for c in world.campaigns}):
            units = await self.database.read(notice_counts.unreached_today, world, board, today)
            if units:
                names = tuple(
                    line("notice.unreachable.one", unit=world.units[u].name) for u in units[: notice_counts.NAMED]
                )
                told = line("notice.unreached", n=len(units), units=names)
                button = Choice(line("notice.unreachable.button"), f"unreached/{board}")
                await self.database.run(_tell_officers, board, f"unreached:{board}:{today}", (told,), (button,), now)
                counts["unreached"] += len(units)
        await self.database.run(notice_bundle.set_told_on, UNREACHED_ON, today)
        return counts


async def bundle(tx: Tx, world: World, members: Sequence[int], today: date, now: int) -> Counter[str]:
    """One message for each of these people, of what still holds; counts."""
    counts: Counter[str] = Counter()
    for member in members:
        due = await notice_bundle.due_of(tx, member, today)
        told, dropped = await reminding.judged(tx, world, member, due, today)
        held = [one.notice for one in told]
        if held and not await notice_bundle.queue(tx, member, held, now):
            dropped |= {one.id: (FAILED, Ended.UNREACHABLE.value) for one in held}
            held = []
        await notices.drop(tx, dropped, now)
        counts += Counter(messages=bool(held), queued=len(held))
        counts += Counter(state for state, _ in dropped.values())
    return counts


def _outage(since: date, late: int, ended: int) -> tuple[Line, ...]:
    return (
        line("notice.outage", since=since),
        *([line("notice.sent_late", n=late)] if late else []),
        *([line("notice.not_sent", n=ended)] if ended else []),
    )


async def _tell_officers(
    tx: Tx, board: str, key: str, told: tuple[Line, ...], choices: tuple[Choice, ...], now: int
) -> None:
    """Every officer of the board, once for that key."""
    for officer in await extensions.officers(tx, board):
        await outbox.put_notice(tx, f"{key}:{officer}", officer, say(*told, choices=choices), now)

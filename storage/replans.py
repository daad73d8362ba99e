"""What the planner of notices has to look at again, and when it has looked at everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.reminders import MOVED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from storage.units import Tx

PLANNED_ON = "planned_on"


@dataclass(frozen=True, slots=True)
class Replan:
    """What has to be looked at again, and why; what is empty means all of it."""

    id: int = 0
    board: str = ""
    campaign: str = ""
    about: str = ""
    unit: str = ""
    member: int | None = None
    why: str = ""

    @property
    def what(self) -> tuple[str | int | None, ...]:
        """The same for two that are looked at in the same way."""
        return self.board, self.campaign, self.about, self.unit, self.member, self.why == MOVED

    @property
    def is_everything(self) -> bool:
        """Whether all of everybody's is looked at."""
        return not (self.board or self.campaign or self.about or self.unit) and self.member is None


async def changes(tx: Tx, most: int) -> list[Replan]:
    """What has to be looked at again, oldest first."""
    rows = await tx.all("replans.waiting", most=most)
    return [Replan(r["id"], r["board"], r["campaign"], r["about"], r["unit"], r["member"], r["why"]) for r in rows]


async def looked_at(tx: Tx, ids: Sequence[int]) -> None:
    """These changes have been looked at."""
    await tx.many("replans.done", [{"id": one} for one in ids])


async def planned_on(tx: Tx) -> str | None:
    """The last day on which everything was looked at."""
    row = await tx.one("settings.get", name=PLANNED_ON)
    return row["value"] if row else None


async def set_planned_on(tx: Tx, day: date) -> None:
    """Everything has been looked at on that day."""
    await tx.run("settings.put", name=PLANNED_ON, value=day.isoformat())

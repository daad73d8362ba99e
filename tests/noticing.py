"""The whole app in a test whose clock is turned: everything that is due then is planned, put together and sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.lifecycle import _ticks
from handlers.here import ZONE
from tests.extending import everybody
from tests.registering import FAR_OFFICE, seat

if TYPE_CHECKING:
    from tests.app import Running

R1 = "haiphong-2023/r1"
"""Hải Phòng's report on phase 1: before 01/5/2023, three working days are left on the evening of the 25th of April."""
D3 = datetime(2023, 4, 25, 9, tzinfo=ZONE)
"""a working day on which it is reminded of"""


async def offices(running: Running) -> None:
    """A unit with delegate, head and member, a delegate of another, two officers; and an officer far away."""
    await everybody(running)
    await seat(running, "far", FAR_OFFICE, "officer", "Lê Thị Xa")


async def turned(running: Running, to: datetime | None = None) -> None:
    """The clock is at that moment, every tick has run, and what was due has been sent."""
    if to:
        await running.move_to(to)
    for tick in _ticks(running.app):
        await tick.do()
    await running.settled()


def action(running: Running, who: str, begins: str) -> str:
    """What the button of that person's last message with buttons carries that begins so; "" where there is none."""
    buttons = running.phone.buttons(who)
    return next((one for _, one in buttons if one.lstrip("+").startswith(begins)), "")


async def notices(running: Running, where: str = "1 = 1") -> list[dict[str, Any]]:
    """Rows of the plan."""
    found: list[dict[str, Any]] = await running.rows(f"SELECT * FROM notices WHERE {where} ORDER BY id")
    return found

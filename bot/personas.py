"""The people of the demo, all made up: whom one can be at each board, and hundreds of delegates of one board."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from bot.sample_phones import ADDRESS
from channels.telegram.channel import TelegramChannel
from domain.people import Role, Unit, UnitKind
from storage import content, people
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from storage.units import Tx

ROLES = ("visitor", "staff", "enterprise", "officer", "head")
_WHERE = {
    "staff": ((UnitKind.ROOM, UnitKind.SERVICE, UnitKind.OFFICE), Role.DELEGATE),
    "enterprise": ((UnitKind.ENTERPRISE,), Role.DELEGATE),
    "officer": ((UnitKind.OFFICE,), Role.OFFICER),
    "head": ((UnitKind.BOARD,), Role.HEAD),
}
"""In a unit of which kind each stands, and as what."""
CROWDED = "kkt-hai-phong"
"""The board with hundreds of enterprises: the one whose plan is live when the demo begins."""
CROWD = 400


async def seed_personas(tx: Tx, now: int) -> int:
    """Make the personas that are not there yet; how many."""
    rows = await tx.all("units.all")
    boards: dict[str, list[Unit]] = {}
    for row in rows:
        boards.setdefault(row["board"], []).append(people.unit_of(row))
    made = 0
    for board, units in boards.items():
        for role in _WHERE:
            if where := place(units, role):
                made += await _seed(tx, persona_address(board, role), role, where, now)
    return made


def place(units: list[Unit], role: str) -> tuple[Unit, Role] | None:
    """Where among a board's units a persona stands, and as what; None for a visitor, or where there is no such unit."""
    kinds, as_role = _WHERE.get(role, ((), Role.MEMBER))
    return next(((unit, as_role) for kind in kinds for unit in units if unit.kind is kind), None)


async def _seed(tx: Tx, address: str, role: str, where: tuple[Unit, Role], now: int) -> int:
    if await tx.one("addresses.find", channel="web", address=address):
        return 0
    unit, as_role = where
    member = await people.at_address(tx, "web", address, now)
    await tx.run("members.name", id=member, name=plain(line(f"demo.name.{role}"), "vi"))
    await tx.run("memberships.add", member=member, unit=unit.slug, role=as_role.value, position=None, since=now)
    await tx.run("consents.add", member=member, version="demo", given=1, at=now, channel="web")
    return 1


def persona_address(board: str, role: str) -> str:
    """The web address of a persona; a visitor's board is only what the panel shows."""
    return f"demo_{board}_{role}".ljust(24, "_")


async def seed_crowd(tx: Tx, now: int) -> int:
    """Give one board its hundreds of enterprises with a delegate each, those that are not there yet; how many."""
    zones = [
        row["slug"] for row in await tx.all("units.all") if row["board"] == CROWDED and row["kind"] == UnitKind.ZONE
    ]
    made = 0
    for number in range(1, CROWD + 1):
        address, parent = ADDRESS.format(number=number), zones[number % len(zones)]
        if await tx.one("addresses.find", channel=TelegramChannel.name, address=address):
            continue
        unit = Unit(
            slug=f"{CROWDED}-mau-{number}",
            name=enterprise(number),
            kind=UnitKind.ENTERPRISE,
            parent=parent,
            sample=True,
        )
        await people.put_unit(tx, unit, CROWDED)
        member = await people.at_address(tx, TelegramChannel.name, address, now)
        await tx.run("members.name", id=member, name=delegate(number))
        await tx.run(
            "memberships.add", member=member, unit=unit.slug, role=Role.DELEGATE.value, position=None, since=now
        )
        await tx.run("consents.add", member=member, version="demo", given=1, at=now, channel=TelegramChannel.name)
        made += 1
    if made:
        await content.changed(tx)
    return made


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads(resources.files("bot").joinpath("sample_people.toml").read_text(encoding="utf-8"))


def enterprise(number: int) -> str:
    """The name of the enterprise of that number; those of 1 to 400 differ."""
    known = _names()
    trade, name = divmod(number - 1, len(known["names"]))
    trades: list[str] = known["trades"]
    return str(known["enterprise"]).format(trade=trades[trade % len(trades)], name=known["names"][name])


def delegate(number: int) -> str:
    """The name of its delegate."""
    known = _names()
    return " ".join(known[part][number % len(known[part])] for part in ("families", "middles", "given"))

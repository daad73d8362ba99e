"""Whom a message to many would reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.audience import Addressee
from domain.broadcast import AHEAD
from domain.campaign import Audience
from domain.people import UnitKind, audience_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from storage.units import Row, Tx


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody none of whose messengers can be written to."""

    unit_name: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a message would reach: people once each, whichever of their places it is for."""

    people: int
    units: int
    by_channel: tuple[tuple[str, int], ...]
    """how many by the messenger of their best address, most first"""
    unreachable: tuple[Missed, ...]
    """by unit and name"""
    empty: tuple[str, ...] = ()
    """slugs of the units in which it is for nobody, in order"""
    named: Mapping[str, Sequence[Addressee]] = field(default_factory=dict)
    """by messenger how each who can be reached is named, where that was asked for"""


@dataclass(frozen=True, slots=True)
class Launched:
    """A phase that is launched already, or about to be: by whom (None: they have left) and when (microseconds)."""

    id: int
    author_name: str | None
    created_at: int
    ahead: bool
    """nothing of it has gone out yet"""


async def of_board(
    tx: Tx, board: str, units: Collection[str], roles: Collection[str], *, by_name: bool = False
) -> Reach:
    """Whom of a board it would reach: people of these units (slugs) in these roles.

    Boards have ten thousand people: of those who can be reached nothing is kept but their number and, only `by_name`,
    how each is named.
    """
    met: dict[int, str] = {}
    there: set[str] = set()
    channels: Counter[str] = Counter()
    missed = []
    rows = [row for row in await tx.all("reach.of_board", board=board) if row["unit"] in units and row["role"] in roles]
    for row in rows:
        there.add(row["unit"])
        if row["member"] not in met:
            met[row["member"]] = row["unit"]
            if row["channel"] is None:
                missed.append(Missed(row["unit_name"], row["name"]))
            else:
                channels[row["channel"]] += 1
    missed.sort(key=lambda one: (one.unit_name, one.name or ""))
    return Reach(
        len(met), len(set(met.values())), tuple(channels.most_common()), tuple(missed), tuple(sorted({*units} - there)),
        _by_messenger(rows) if by_name else {},
    )  # fmt: skip


def _by_messenger(rows: Sequence[Row]) -> dict[str, list[Addressee]]:
    people, found = _addressees(rows), defaultdict[str, list[Addressee]](list)
    for member, channel in {row["member"]: row["channel"] for row in rows if row["channel"]}.items():
        found[channel].append(people[member])
    return found


async def addressees(tx: Tx, broadcast: int, roles: Collection[str]) -> dict[int, Addressee]:
    """How each person is named whose message is on its way at this moment: by what they are called now."""
    rows = await tx.all("reach.addressees", broadcast=broadcast, roles=f" {' '.join(sorted(roles))} ")
    return _addressees(rows)


def _addressees(rows: Iterable[Row]) -> dict[int, Addressee]:
    """From one row for each of a person's places."""
    places: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        places[row["member"]].append(row)
    return {member: _addressee(of_one) for member, of_one in places.items()}


def _addressee(places: Sequence[Row]) -> Addressee:
    staff = all(audience_of(UnitKind(row["kind"])) is Audience.STAFF for row in places)
    return Addressee(places[0]["name"], tuple(sorted({row["unit_name"] for row in places})), staff)


async def approvers(tx: Tx, board: str, author: int) -> list[int]:
    """Who may agree to what `author` wants to send: the other officers; where there is none, the board's heads."""
    rows = [row for row in await tx.all("reach.approvers", board=board) if row["member"] != author]
    officers = sorted({row["member"] for row in rows if row["officer"]})
    return officers or sorted({row["member"] for row in rows})


async def launched(tx: Tx, campaign: str, phase: str) -> Launched | None:
    """The launch of a phase that has been sent or is to be."""
    row = await tx.one("reach.launched", campaign=campaign, phase=phase)
    return Launched(row["id"], row["name"], row["created_at"], row["state"] in AHEAD) if row else None

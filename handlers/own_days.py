"""What conversations about extensions need to know: whose last day for what may be moved, and how it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.extension import can_be_extended
from domain.people import Act, Role, UnitKind, actors_of, may
from domain.standing import nearest_first
from handlers import openings, words
from handlers.here import key_of, number_in
from storage import extensions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.campaign import Campaign, Duty
    from domain.people import Unit
    from domain.standing import DutyToday
    from flows.session import OpenFlow
    from handlers.here import Here
    from storage.extensions import Place, Request
    from storage.people import Membership


@dataclass(frozen=True, slots=True)
class Asking:
    """A unit that somebody speaks for, and the duty for which it may ask for a later day, as it stands for it."""

    unit: Membership
    item: DutyToday


async def of_unit(here: Here, campaign: str, duty: str, unit: str) -> DutyToday | None:
    """How a duty stands today for that unit; None: there is no such duty."""
    found = here.world.campaign(campaign)
    shown = found.duty(duty) if found else None
    if found is None or shown is None:
        return None
    own = await extensions.of_units(here.tx, [unit])
    return openings.for_unit(here, found, shown, unit, here.now.date(), own)


async def asking(here: Here, context: Mapping[str, str]) -> Asking | None:
    """What somebody may ask for: `campaign`, `duty` and the place of one of their units; None: not they, or not that."""
    place = number_in(context.get("unit", ""))
    unit = here.units[place] if place is not None and place < len(here.units) else None
    item = await of_unit(here, context["campaign"], context["duty"], unit.unit) if unit else None
    if unit is None or item is None or not can_be_extended(item, here.now.date()):
        return None
    meant = openings.addresses(item.campaign, item.duty, unit, unit.board)
    return Asking(unit, item) if meant and may(Act.FILE_FOR_OTHERS, unit.role) else None


async def extension(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The unit and duty an extension is asked for."""
    found = await asking(here, opened.context)
    if found is None:
        return None
    slugs = {"campaign": found.item.campaign.slug, "duty": found.item.duty.id, "unit": found.unit.unit}
    return {**slugs, "unit_name": found.unit.unit_name, **_told(found.item)}


async def to_answer(here: Here, request: str, *, locked: bool = False) -> Request | None:
    """The request of that id, if this person is of the office it was made to."""
    number = number_in(request) or 0
    found = await (extensions.lock if locked else extensions.get)(here.tx, number)
    mine = found and any(m.board == found.board and may(Act.EXTEND, m.role) for m in here.units)
    return found if mine else None


async def extension_request(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """The request an officer is answering; where somebody was quicker, they read so at the end."""
    found = await to_answer(here, opened.context.get("request", ""))
    told = await about(here, found.place) if found else None
    return {"id": found.id, "wished": found.wished, **told} if found and told else None


async def about(here: Here, place: Place) -> dict[str, Any] | None:
    """A unit's duty in words, and its last day as it stands for the unit; None: there is no such duty any more."""
    item = await of_unit(here, place.campaign, place.duty, place.unit)
    return {"unit_name": here.world.units[place.unit].name, **_told(item)} if item else None


def _told(item: DutyToday) -> dict[str, Any]:
    return {
        "title": words.duty_title(item.duty), "campaign_name": words.short_name(item.campaign),
        "when": words.when(item), "last_day": item.last_day,
    }  # fmt: skip


async def extendable(here: Here, _opened: OpenFlow) -> dict[str, Any] | None:
    """Every duty of the officer's board whose last day can be moved, nearest first, and the board's units."""
    home, today = here.home, here.now.date()
    if home is None or not may(Act.EXTEND, home.role):
        return None
    mine: tuple[Campaign, ...] = tuple(c for c in here.world.campaigns if c.board == home.board)
    units = tuple(_units(here, home.board))
    acting = {actor for unit in units for actor in unit["actors"]}
    items = (d for d in here.world.duties_on(today, mine) if acting & set(d.duty.actors))
    duties = tuple(_duty(d) for d in nearest_first(d for d in items if can_be_extended(d, today)))
    return {"duties": duties, "units": units} if duties else None


def units_of(here: Here, campaign: Campaign, duty: Duty) -> list[Unit]:
    """Every unit of the campaign's board that a duty addresses."""
    found = _of_board(here, campaign.board)
    return [one for one in found if openings.addresses(campaign, duty, one, campaign.board)]


def _duty(item: DutyToday) -> dict[str, Any]:
    slug, duty = item.campaign.slug, item.duty
    return {"key": key_of(slug, duty.id), "campaign": slug, "duty": duty.id, "actors": duty.actors, **_told(item)}


def _units(here: Here, board: str) -> list[dict[str, Any]]:
    return [
        {"key": key_of(one.slug), "slug": one.slug, "name": one.name, "actors": tuple(actors_of(one.kind, Role.MEMBER))}
        for one in _of_board(here, board)
    ]


def _of_board(here: Here, board: str) -> list[Unit]:
    """The board's units by name; the board itself and its zones are places, which hand nothing in."""
    units = (u for u in here.world.units.values() if u.kind not in {UnitKind.BOARD, UnitKind.ZONE})
    return sorted((u for u in units if here.world.board_of(u.slug) == board), key=lambda u: (u.name, u.slug))

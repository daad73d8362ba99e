"""Audiences of messages to many: what they come to, as a sentence, and whom of them a message would reach."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from domain.audience import Recipients, roles_of, units_of
from domain.campaign import Actor
from domain.people import Act, UnitKind, may
from domain.reminders import kinds_acting
from domain.standing import CampaignStanding, Standing, campaign_standing, nearest_first
from flows import audience
from flows.addressing import named
from handlers import words
from handlers.here import key_of
from storage import notices, reach
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.campaign import Campaign
    from domain.people import Unit
    from domain.standing import DutyToday
    from flows.session import OpenFlow
    from handlers.here import Here
    from handlers.world import World
    from storage.reach import Reach
    from storage.units import Tx

NAMED = 3
"""So many units, or people who cannot be reached, are named; the others are counted."""
LISTED = 20
"""So many, where somebody has asked to see them."""
MINUTE = 60


async def board_of(here: Here) -> str | None:
    """The board this person may write to."""
    home = here.home
    return home.board if home and may(Act.LAUNCH, home.role) else None


async def meant(tx: Tx, world: World, recipients: Recipients) -> list[str]:
    """The slugs of the units that an audience comes to now, in order; none where what they lack is asked for no more."""
    found = recipients.missing
    campaign = world.campaign(found.campaign) if found else None
    duty = campaign.duty(found.duty) if found and campaign else None
    if found and duty is None:
        return []
    done = await notices.came_in(tx, duty, campaign.slug) if duty and campaign else {}
    slugs = units_of(recipients, world.units, done.keys())
    return [slug for slug in slugs if world.units[slug].kind in kinds_acting(duty)] if duty else slugs


async def choosable(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    """What an audience and a button can be chosen from; None: this person writes to nobody."""
    board = await board_of(here)
    if board is None:
        return None
    picking = audience.UNITS in opened.answers.get("whom", ())
    return {
        "board": board,
        "zones": _units(here, board, {UnitKind.ZONE}),
        # boards have thousands of them: only where somebody picks among them
        "units": _units(here, board, frozenset(UnitKind) - {UnitKind.ZONE}) if picking else (),
        "duties": tuple(_duty(one) for one in _duties(here, board)),
        "buttons": _buttons(here, board),
    }


def _units(here: Here, board: str, kinds: Iterable[UnitKind]) -> tuple[dict[str, Any], ...]:
    """The board's units of these kinds: its own first, then the enterprises, by name."""
    of_kinds = [u for u in here.world.units.values() if u.kind in kinds]
    found = units_of(Recipients(board=board, units=tuple(u.slug for u in of_kinds)), here.world.units)
    units = sorted((here.world.units[slug] for slug in found), key=lambda u: (u.kind is UnitKind.ENTERPRISE, u.name))
    return tuple({"key": key_of(one.slug), "slug": one.slug, "name": _short(one)} for one in units)


def _short(unit: Unit) -> str:
    return unit.short_name or unit.name


def campaigns_of(here: Here, board: str) -> list[Campaign]:
    """The board's campaigns that are not over, those that run in front."""
    today = here.now.date()
    found = [(campaign_standing(c, today), c) for c in here.world.campaigns if c.board == board]
    found = [(how, c) for how, c in found if how is not CampaignStanding.CLOSED]
    found.sort(key=lambda one: (one[0] is not CampaignStanding.CURRENT, one[1].days.last, one[1].slug))
    return [c for _, c in found]


def _duties(here: Here, board: str) -> list[DutyToday]:
    """What units of the board are to hand in and may be asked for: each person's own registrations are not a unit's."""
    items = here.world.duties_on(here.now.date(), tuple(campaigns_of(here, board)))
    quiet = {Standing.MUTED, Standing.TENTATIVE}
    return nearest_first(
        d for d in items if d.duty.asks and {*d.duty.actors} - {Actor.INDIVIDUAL} and d.standing not in quiet
    )


def _duty(item: DutyToday) -> dict[str, Any]:
    slug, duty = item.campaign.slug, item.duty
    actors = tuple(actor for actor in duty.actors if actor is not Actor.INDIVIDUAL)
    return {
        "key": key_of(slug, duty.id), "campaign": slug, "duty": duty.id, "actors": actors,
        "title": words.duty_title(duty), "campaign_name": words.short_name(item.campaign),
    }  # fmt: skip


def _buttons(here: Here, board: str) -> tuple[dict[str, Any], ...]:
    screens = [{"key": one, "action": one, "label": line(f"{one}.button")} for one in ("reports", "register")]
    return (
        *screens,
        *(
            {"key": key_of(c.slug), "action": f"campaign/{c.slug}", "label": _opens(c)}
            for c in campaigns_of(here, board)
        ),
    )


def _opens(campaign: Campaign) -> Line:
    """A button that opens a campaign, as it reads, and which campaign."""
    return line("broadcast.opens", reads=line("broadcast.campaign.button"), campaign=words.short_name(campaign))


def sentence(world: World, recipients: Recipients) -> Line:
    """An audience in words."""
    role = recipients.roles[0] if recipients.roles else audience.EVERYONE
    places = [*(line(f"recipients.of.{group}") for group in recipients.groups), *_named(world, recipients)]
    where = _listed(places) if places else line("recipients.of.everyone")
    told = line("recipients.sentence", who=line(f"recipients.who.{role}"), where=where)
    campaign = world.campaign(recipients.missing.campaign) if recipients.missing else None
    duty = campaign.duty(recipients.missing.duty) if recipients.missing and campaign else None
    if recipients.missing and duty is None:
        return line("recipients.lacking_gone", whom=told)
    return line("recipients.lacking", whom=told, title=words.duty_title(duty)) if duty else told


def _named(world: World, recipients: Recipients) -> list[Line]:
    slugs = (*recipients.zones, *recipients.units)
    names = [line("recipients.of.named", name=_short(world.units[s])) for s in slugs if s in world.units]
    more = len(names) - NAMED
    return [*names[:NAMED], line("recipients.of.others", number=more)] if more > 1 else names


def _listed(places: Sequence[Line]) -> Line:
    """Several places in one phrase."""
    first, *rest = places
    for place in rest:
        first = line("recipients.and", first=first, then=place)
    return first


async def reached(here: Here, recipients: Recipients, text: str = "") -> Reach:
    """Whom an audience comes to now; by name where `text` names them."""
    return await reach_of(here.tx, here.world, recipients, text)


async def reach_of(tx: Tx, world: World, recipients: Recipients, text: str = "") -> Reach:
    """The same, outside a turn."""
    units = set(await meant(tx, world, recipients))
    return await reach.of_board(tx, recipients.board, units, roles_of(recipients), by_name=bool(named(text)))


def seconds(here: Here, found: Reach) -> int:
    """How long sending takes at the pace of the slowest messenger."""
    known = here.site.messengers()
    paced = ((known[name].rate, n) for name, n in found.by_channel if name in known)
    return max((ceil(n / rate) for rate, n in paced if rate), default=0)


def lines_of(here: Here, recipients: Recipients, found: Reach) -> tuple[Line, ...]:
    """What the review says of an audience: whom, how many, by which messenger, who not, how long."""
    whom, numbers, *missed = in_short(here.world, recipients, found)
    lasts = seconds(here, found)
    long = line("reach.minutes", minutes=ceil(lasts / MINUTE)) if lasts > MINUTE else line("reach.soon")
    return whom, numbers, *_by_messenger(here, found), *missed, *([long] if found.people else [])


def in_short(world: World, recipients: Recipients, found: Reach) -> tuple[Line, ...]:
    """An audience with its numbers; below it whom the message does not reach."""
    whom = line("reach.whom", whom=sentence(world, recipients))
    numbers = line("reach.numbers", people=found.people, units=found.units)
    return whom, numbers, *_not_reached(found), *_empty(world, found)


def _by_messenger(here: Here, found: Reach) -> list[Line]:
    known, lines = here.site.messengers(), []
    for name, number in found.by_channel:
        there = known.get(name)
        lines.append(line("reach.by", messenger=there.label if there else name, number=number))
        if there and there.monthly:
            lines.append(line("reach.quota", number=number, monthly=there.monthly))
        if there and there.price:
            lines.append(line("reach.cost", cost=number * there.price))
    return lines


def _not_reached(found: Reach) -> list[Line]:
    missed = found.unreachable
    names = "; ".join(f"{one.name or '–'} ({one.unit_name})" for one in missed[:NAMED])
    more = line("reach.others", number=len(missed) - NAMED) if len(missed) > NAMED else ""
    return [line("reach.unreachable", number=len(missed), names=names, more=more)] if missed else []


def _empty(world: World, found: Reach) -> list[Line]:
    """The units that nobody of gets it; the board itself and its zones are places, in which nobody need be."""
    units = (world.units[slug] for slug in found.empty)
    names = sorted(_short(one) for one in units if one.kind not in {UnitKind.BOARD, UnitKind.ZONE})
    more = line("reach.other_units", number=len(names) - NAMED) if len(names) > NAMED else ""
    return [line("reach.empty", number=len(names), names="; ".join(names[:NAMED]), more=more)] if names else []

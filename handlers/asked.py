"""A free question: answered from the plans for whoever asks, with dates as officers and extensions have set them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.campaign import Audience
from domain.people import Role, audience_of
from handlers import answers, duties
from handlers.here import Here, Reply, reply
from search.answer import Asker, DutyItem, PhaseItem
from search.ask import ask
from storage import extensions

if TYPE_CHECKING:
    from handlers.openings import OwnDays
    from search.answer import Item


async def answered(here: Here, text: str) -> Reply:
    """The answer to what somebody typed, for whoever they are, on the day it is."""
    world, today = here.world, here.now.date()
    found = ask(world.index, text, asker(here), today, world.calendar, world.is_confirmed)
    own = await extensions.of_units(here.tx, [one.unit for one in here.units])
    stands = replace(found, items=tuple(_as_it_stands(here, one, own) for one in found.items))
    return reply(here, answers.message(stands, today))


def knows_nothing(answered: Reply) -> bool:
    """Whether that answer only says that the plans have none, or only takes note of a word of assent."""
    return answered.messages[0].lines[0].key in {"ask.unknown", "ask.unknown_yet", "ask.courtesy.ok"}


def asker(here: Here) -> Asker:
    """Who asks, as far as it matters to an answer: a visitor may have said as whom they look."""
    if here.home is None:
        chosen = here.member.choice
        return Asker(Audience(chosen) if chosen in set(Audience) else None)
    return Asker(audience_of(here.home.kind), here.role in {Role.OFFICER, Role.ADMIN}, here.home.board)


def _as_it_stands(here: Here, item: Item, own: OwnDays) -> Item:
    """The plan says it; since then an officer may have moved or confirmed it, or given this unit a day of its own."""
    if isinstance(item, DutyItem):
        return replace(item, today=duties.for_my_units(here, item.campaign, item.today.duty, own))
    if isinstance(item, PhaseItem) and here.world.tells_of(item.campaign, item.phase):
        return replace(item, phase=item.phase.model_copy(update={"to_confirm": False}))
    return item

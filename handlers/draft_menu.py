"""What somebody has begun and put aside: the way back to it in the menu, and all of it where that is much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.here import RESUME, Here, Reply, local, reply, to_menu
from handlers.interrupted import title_of
from storage import drafts
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from storage.drafts import Draft

FEW = 2
"""So many stand in the menu; of more the latest, and one button for all."""


async def in_menu(here: Here) -> list[Choice]:
    """What the menu offers first."""
    kept = await drafts.of(here.tx, here.member.id)
    if len(kept) <= FEW:
        return [_choice(one) for one in kept]
    return [_choice(kept[0]), Choice(line("drafts.button", number=len(kept)), "drafts")]


async def of_flows(here: Here, *flows: str) -> list[Choice]:
    """The latest of these conversations."""
    kept = [one for one in await drafts.of(here.tx, here.member.id) if one.flow in flows]
    return [_choice(one) for one in kept[:FEW]]


async def listed(here: Here, *_: str) -> Reply:
    """Every draft, the latest first, each with when it was put aside."""
    kept = await drafts.of(here.tx, here.member.id)
    if not kept:
        return reply(here, say(line("flow.no_draft"), choices=to_menu()))
    choices = (
        Choice(line("drafts.one", what=_choice(one).label, at=local(one.saved_at)), f"{RESUME}{one.id}") for one in kept
    )
    return reply(here, say(line("drafts.head", number=len(kept)), choices=(*choices, *to_menu()), replaces=True))


def _choice(one: Draft) -> Choice:
    return Choice(title_of(one.flow, one.body["flow"]["answers"]), f"{RESUME}{one.id}")

"""The office's own settings: what is open until when, and its rules for titles. A minimum; more of the office follows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Audience
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS, Act, may
from domain.title_rules import TitleRule
from handlers.facts import open_flow
from handlers.here import Here, Reply, reply, to_menu
from storage import openings, title_rules
from storage.openings import ByHand
from texts.message import line, say

if TYPE_CHECKING:
    from flows.commands import OpenRegistration, SetTitleRule

_ACTORS = {Audience.STAFF: STAFF_ACTORS, Audience.ENTERPRISE: ENTERPRISE_ACTORS}


async def open_by_hand(here: Here, *_: str) -> Reply:
    """An officer opens a kind of registration, or sets how it is open."""
    return await _asked_of_the_office(here, "open_registration")


async def title_rule(here: Here, *_: str) -> Reply:
    """An officer sets the board's rule for a title."""
    return await _asked_of_the_office(here, "title_rule")


async def _asked_of_the_office(here: Here, flow: str) -> Reply:
    if not may(Act.SET_RULES, here.role):
        return _not_the_office(here)
    return await open_flow(here, flow, {})


def _not_the_office(here: Here) -> Reply:
    return reply(here, say(line("office.only"), choices=to_menu()))


async def open_registration(here: Here, command: OpenRegistration) -> Reply:
    """What an officer has opened holds instead of the plan's own day for it."""
    campaign = here.world.campaign(command.campaign)
    if not may(Act.SET_RULES, here.role) or campaign is None or here.home is None or campaign.board != here.home.board:
        return _not_the_office(here)
    actors = frozenset(actor for audience in command.audience for actor in _ACTORS[audience])
    last = date.fromisoformat(command.last_day) if command.last_day else None
    opened = ByHand(actors, last, command.after)
    await openings.open_(here.tx, campaign.slug, command.asks, opened, here.at, here.member.id)
    return reply(here, say(line("office.opened", what=line(f"asks.{command.asks}")), choices=to_menu()))


async def set_title_rule(here: Here, command: SetTitleRule) -> Reply:
    """Ratios warn, needs refuse."""
    if not may(Act.SET_RULES, here.role) or here.home is None:
        return _not_the_office(here)
    rule = TitleRule(command.code, command.ratio, command.needs)
    await title_rules.put(here.tx, here.home.board, rule, here.at, here.member.id)
    return reply(here, say(line("office.rule_set"), choices=to_menu()))

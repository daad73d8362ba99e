"""Greeting, menu, help, language."""

from __future__ import annotations

from typing import get_args

from domain.people import Act, may
from handlers import draft_menu, duties, joining, lookup
from handlers.here import Here, Reply, reply, to_menu
from texts.compose import Language
from texts.message import Choice, line, say

WAYS = {
    "register": "register.button", "reports": "reports.button", "extensions": "extension.button",
    "progress_all": "progress_all.button", "dates_of_plans": "dates_of_plans.button", "dossiers": "dossiers.button", "broadcasts": "broadcasts.button", "duties_mine": "duties.button",
    "campaigns": "lookup.campaigns.button", "calendar": "lookup.ics.button", "preferences": "preferences.button",
    "help": "help.button", "language": "language.button", "my_data": "privacy.button", "link": "link.button",
}  # fmt: skip
"""Screens of the main menu, each with the text of its button."""
OFFICE = ("progress_all", "dossiers", "broadcasts", "dates_of_plans")
REST = ("help", "language", "my_data")


async def start(here: Here, payload: str = "", *_: str) -> Reply:
    """First contact: with a code its invite, without one what this is and what runs now."""
    if payload:
        return await joining.redeem(here, payload)
    shown = await lookup.campaigns(here)
    hello = line("start.hello_member", name=here.member.name or "") if here.home else line("start.hello_visitor")
    return Reply((say(hello), *shown.messages), shown.session)


async def menu(here: Here, *_: str) -> Reply:
    """The main menu: what was begun, what one comes for most on the first page, the rest behind it."""
    choices = (*await draft_menu.in_menu(here), *(Choice(line(WAYS[one]), one) for one in _wanted(here)))
    return reply(here, say(line("menu.head"), choices=choices, replaces=True))


def _wanted(here: Here) -> tuple[str, ...]:
    if here.home is None:
        return ("campaigns", "duties_mine", "calendar", *REST)
    if may(Act.LAUNCH, here.role):
        return (*OFFICE, "register", "reports", "campaigns", "duties_mine", "calendar", *REST, "link")
    asks = ("extensions",) if may(Act.FILE_FOR_OTHERS, here.role) else ()
    own = ("register", "reports", *asks, "dossiers", "duties_mine", "campaigns", "preferences")
    return (*own, *REST, "calendar", "link")


async def help_(here: Here, *_: str) -> Reply:
    """What the bot can do and how to talk to it."""
    office = [line("help.office")] if may(Act.LAUNCH, here.role) else []
    return reply(here, say(line("help.text"), *office, choices=to_menu()))


async def language(here: Here, wanted: str = "", *_: str) -> Reply:
    """Choose Vietnamese or English."""
    if wanted not in get_args(Language):
        choices = tuple(Choice(line(f"language.{one}"), f"language/{one}") for one in get_args(Language))
        return reply(here, say(line("language.ask"), choices=choices, replaces=True))
    await here.tx.run("members.language", id=here.member.id, language=wanted)
    return reply(here, say(line("language.done"), choices=to_menu()))


async def calendar(here: Here, slug: str = "", *_: str) -> Reply:
    """Due dates for a calendar: a file, and a link that stays up to date."""
    found = here.world.campaign(slug)
    if found is None and here.home is None and here.member.choice is None:
        return await duties.mine(here)
    whose = slug if found else f"{here.home.board if here.home else 'all'}/{duties.audience(here)}"
    return reply(here, duties.calendar_message(here, whose))

"""My, my unit's and the office's dossiers: the lists, from which each is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people import Act, may
from handlers import dossiers
from handlers.here import Here, Reply, number_in, reply, to_menu
from storage import dossier_lists, drafts
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from storage.dossier_lists import Entry

LISTS = ("mine", "unit", "office")
PAGE = 7
"""Dossiers on one screen; the eighth choice leads to older ones."""


async def listed(here: Here, first: str = "", second: str = "", *_: str) -> Reply:
    """My dossiers ("mine"), my unit's ("unit") or those that wait for the office ("office"); a number opens that one."""
    if first and first not in LISTS:
        return await dossiers.one(here, first)
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    whose = first or ("unit" if may(Act.SEE_UNIT, here.role) else "mine")
    skip = number_in(second) or 0
    found = await _entries(here, whose, skip)
    head = line(f"dossiers.{whose}.head" if found else f"dossiers.{whose}.none", unit=here.home.unit_name)
    choices = [Choice(_entry(here, e, whose), f"dossier/{e.number}") for e in found[:PAGE]]
    if len(found) > PAGE:
        choices.append(Choice(line("dossiers.older"), f"dossiers/{whose}/{skip + PAGE}"))
    lines = [head, *await _drafts(here, whose, skip)]
    return reply(here, say(*lines, choices=(*choices, *_lists(here, whose), *to_menu()), replaces=True))


async def _entries(here: Here, whose: str, skip: int) -> list[Entry]:
    assert here.home is not None
    if whose == "office" and may(Act.JUDGE, here.role):
        return await dossier_lists.waiting(here.tx, here.home.board, skip, PAGE + 1)
    if whose == "unit" and may(Act.SEE_UNIT, here.role):
        return await dossier_lists.of_unit(here.tx, here.home.unit, skip, PAGE + 1)
    return await dossier_lists.mine(here.tx, here.member.id, skip, PAGE + 1)


async def _drafts(here: Here, whose: str, skip: int) -> list[Line]:
    number = len(await drafts.of(here.tx, here.member.id)) if whose != "office" and not skip else 0
    return [line("dossiers.drafts", number=number)] if number else []


def _lists(here: Here, shown: str) -> list[Choice]:
    others = ["mine", *(["unit"] if may(Act.SEE_UNIT, here.role) else [])]
    others += ["office"] if may(Act.JUDGE, here.role) else []
    return [Choice(line(f"dossiers.{name}.button"), f"dossiers/{name}") for name in others if name != shown]


def _entry(here: Here, entry: Entry, whose: str) -> Line:
    """A dossier in few words; to the office, which has those of many units, with the unit and whether it is late."""
    what = line(f"dossier.kind.{entry.kind}")
    if whose != "office":
        return line("dossiers.one", label=entry.label, what=what, state=dossiers.state_line(entry.state))
    late = line("dossiers.waits_late") if entry.late else ""
    return line("dossiers.waits", label=entry.label, what=what, unit=here.world.units[entry.unit].name, late=late)

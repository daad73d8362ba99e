"""Registering: what is open to this person, the conversation's facts, and what is handed in at its end."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.campaign import Asks
from domain.dossier import takes
from domain.opening import Stage
from domain.people import Act, may
from domain.registration import REGISTRATIONS, as_data
from flows.asking import REVIEW
from flows.catalogue import FLOW_OF, FLOWS
from flows.identity import answers_of, label_of, subject_of
from flows.session import OpenFlow, dump
from handlers import dossiers as shown
from handlers import openings
from handlers.facts import open_flow
from handlers.here import Here, Reply, number_in, reply, to_menu
from storage import dossiers, drafts, notices
from storage.dossiers import Conflict, New, Why
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.opening import Opening
    from domain.registration import Registration
    from flows.commands import Register
    from storage.dossiers import Dossier
    from storage.people import Membership


async def register(here: Here, *_: str) -> Reply:
    """What is open to be registered, for each of this person's units."""
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    today = openings.filed_on(here)
    found = [(n, o) for n, unit in enumerate(here.units) for o in await openings.open_to(here, unit, today)]
    lines = [line("register.head" if any(_takes(o, here) for _, o in found) else "register.nothing")]
    lines += [line("register.one", what=openings.title(o), deadline=openings.deadline(here, o)) for _, o in found]
    if not found:
        lines.append(line("register.next"))
    choices = [
        Choice(_label(here, o, n), f"opening/{o.campaign.slug}/{o.asks}/{n}") for n, o in found if _takes(o, here)
    ]
    ways = (Choice(line("dossiers.button"), "dossiers"), Choice(line("duties.button"), "duties_mine"))
    return reply(here, say(*lines, choices=(*choices, *ways), replaces=True))


def _takes(opening: Opening, here: Here) -> bool:
    return opening.stage(openings.filed_on(here)) in {Stage.OPEN, Stage.LATE}


def _label(here: Here, opening: Opening, unit: int) -> Line:
    title = openings.title(opening)
    return line("register.for_unit", what=title, unit=here.units[unit].unit_name) if len(here.units) > 1 else title


async def opening(here: Here, campaign: str = "", asks: str = "", unit: str = "0", *_: str) -> Reply:
    """One kind of registration: begin, or take the workbook for many people."""
    found = await _opening(here, {"campaign": campaign, "kind": asks, "unit": unit})
    if found is None or not _takes(found, here):
        return await register(here)
    if asks != Asks.TITLE or not may(Act.FILE_FOR_OTHERS, unit_of(here, unit).role):
        return await begin(here, campaign, asks, unit)
    place = f"{campaign}/{asks}/{unit}"
    choices = (
        Choice(line("register.begin"), f"register_one/{place}"),
        Choice(line("register.workbook"), f"workbook/{campaign}/{unit}"),
    )
    lines = (line("register.chosen", what=openings.title(found)), openings.deadline(here, found))
    return reply(here, say(*lines, choices=(*choices, *to_menu()), replaces=True))


async def begin(here: Here, campaign: str = "", asks: str = "", unit: str = "0", *_: str) -> Reply:
    """Open the conversation."""
    context = {"campaign": campaign, "kind": asks, "unit": unit}
    found = await _opening(here, context)
    if found is None or not _takes(found, here):
        return await register(here)
    return await open_flow(here, FLOW_OF[found.asks], context)


def unit_of(here: Here, place: str) -> Membership:
    """The membership a context names by its place; the first where there is none of that number."""
    number = number_in(place) or 0
    return here.units[number] if number < len(here.units) else here.units[0]


async def _opening(here: Here, context: Mapping[str, str]) -> Opening | None:
    if not here.units or context.get("kind") not in set(REGISTRATIONS):
        return None
    unit, kind = unit_of(here, context["unit"]), Asks(context["kind"])
    return await openings.find(here, context["campaign"], kind, unit, over_too="dossier" in context)


async def hand_in(here: Here, command: Register) -> Reply:
    """The conversation's end: a new dossier or a new version of one; whatever keeps it from being one, no answer is lost."""
    found = await _opening(here, here.context)
    if found is None:
        return await _kept_as_draft(here, command, found)
    new = _new(here, command.registration, found)
    if command.dossier:
        return await _renew(here, command, new, found)
    if not takes(found.after, late=new.late, there=None):
        return await _kept_as_draft(here, command, found)
    filed = await dossiers.file(here.tx, new, secrets.token_hex(16))
    if not filed.fresh:
        return await _met_another(here, command, filed.dossier.number, filed.dossier.version)
    await _came_in(here, found, filed.dossier.unit)
    return shown.receipt_message(here, filed.dossier, line("register.done"))


def _new(here: Here, registration: Registration, found: Opening) -> New:
    unit, campaign = unit_of(here, here.context["unit"]), found.campaign
    late = openings.is_late_now(here, found)
    return New(
        unit.board, campaign.slug, campaign.year, found.asks, unit.unit, subject_of(registration),
        label_of(registration), as_data(registration), here.member.id, here.filed_at, late,
    )  # fmt: skip


async def _renew(here: Here, command: Register, new: New, found: Opening) -> Reply:
    before = await shown.mine_to_change(here, command.dossier or "")
    if before is None:
        return await shown.refused(here)
    if not takes(found.after, late=new.late, there=before.state):
        return await _kept_as_draft(here, command, found)
    new = replace(new, unit=before.unit)
    outcome = await dossiers.renew(here.tx, before.number, command.version or 0, new, secrets.token_hex(16))
    if isinstance(outcome, Conflict):
        return await _hindered(here, command, outcome)
    assert outcome is not None
    if not outcome.changed:
        return shown.receipt_message(here, outcome.dossier, line("register.same"))
    return await _changed(here, before, outcome.dossier, found)


async def _hindered(here: Here, command: Register, conflict: Conflict) -> Reply:
    stale, there = conflict.why is not Why.STATE, conflict.dossier
    return await _met_another(here, command, there.number, there.version) if stale else await shown.refused(here)


async def _changed(here: Here, before: Dossier, now: Dossier, found: Opening) -> Reply:
    await _came_in(here, found, now.unit)
    await shown.tell_filer(here, before, "dossier.told.changed")
    return shown.receipt_message(here, now, line("register.changed"))


async def _came_in(here: Here, found: Opening, unit: str) -> None:
    """Nobody is reminded of it any more."""
    await notices.filed(here.tx, found.campaign, found.asks, unit, "", here.member.id, here.at)


async def _met_another(here: Here, command: Register, number: str, version: int) -> Reply:
    """Somebody was quicker: the answers stand, and confirming them makes a new version of what is there."""
    answers = answers_of(command.registration, here.member.name)
    return await shown.with_answers(here, command.registration.kind, number, version, answers)


async def _kept_as_draft(here: Here, command: Register, found: Opening | None) -> Reply:
    """Too late, or closed meanwhile: nothing is handed in, and nothing that was answered is lost."""
    answers = answers_of(command.registration, here.member.name)
    flow = FLOWS[FLOW_OF[command.registration.kind]]
    opened = OpenFlow(flow.name, flow.version, REVIEW, answers, dict(here.context))
    await drafts.put(here.tx, here.member.id, flow.name, dump(replace(here.session, flow=opened)), here.at)
    board = here.world.units[here.home.board].name if here.home else ""
    why = line("register.too_late", last=found.last_day) if found else line("register.closed")
    return reply(here, say(why, line("register.whom_to_ask", board=board), choices=to_menu()))

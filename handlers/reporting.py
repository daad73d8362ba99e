"""Handing reports in: what is due, the conversation, and what is handed in at its end."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.campaign import Asks
from domain.dossier import takes
from domain.people import Act, may
from domain.registration import as_data
from flows.asking import REVIEW
from flows.report import REPORT
from flows.session import OpenFlow, dump
from handlers import dossiers as shown
from handlers import openings, pages, reports, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply, to_menu
from storage import dossier_lists, dossiers, drafts, extensions, notices, outbox
from storage.dossiers import Conflict, New, Why
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from domain.registration import Report
    from flows.commands import HandInReport
    from handlers.reports import Wanted
    from storage.dossiers import Dossier

SAME = "register.same"
"""The text for what was handed in before to the letter: the receipt that is there, and nothing else happens."""


async def due(here: Here, *key: str) -> Reply:
    """The reports due from this person's units, nearest first, each with what has been handed in; a key opens that one."""
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    if len(key) > 1:
        return await begin(here, *key)
    found = await reports.wanted(here)
    lines = [line("reports.head" if found else "reports.none")]
    lines += _listed(here, found)
    if found and not any(may(Act.FILE_FOR_OTHERS, one.unit.role) for one in found):
        lines.append(line("reports.by_delegate"))
    choices = [Choice(_label(here, one), f"report/{one.key}") for one in found if one.may_be_handed_in]
    choices += [Choice(line("extension.button"), "extensions")] if any(map(_may_be_extended, found)) else []
    ways = (Choice(line("dossiers.button"), "dossiers"), Choice(line("duties.button"), "duties_mine"))
    return reply(here, say(*lines, choices=(*choices, *ways, *to_menu()), replaces=True))


def _may_be_extended(one: Wanted) -> bool:
    """Whether it is still missing and has a last day that could be moved."""
    return one.may_be_handed_in and not one.is_in and one.opening.last_day is not None


def _listed(here: Here, found: list[Wanted]) -> list[Line]:
    """Each with how it stands; each run of one campaign under its name."""
    lines, above = [], ""
    for one in found:
        if one.opening.campaign.slug != above:
            lines.append(line("duties.of", campaign=words.short_name(one.opening.campaign)))
        above = one.opening.campaign.slug
        lines.append(line("reports.one", what=one.title, state=_state(here, one)))
    return lines


def _label(here: Here, one: Wanted) -> Line:
    what = line("report.for_unit", what=one.title, unit=one.unit.unit_name) if len(here.units) > 1 else one.title
    again = "reports.again" if one.there else "reports.hand_in"
    return line("reports.replace" if one.is_in else again, what=what)


def _state(here: Here, one: Wanted) -> Line:
    there = one.there
    if there is None:
        return reports.until(here, one)
    state = line(f"dossier.state.{there.state}")
    who = there.filer or line("dossier.history.somebody")
    if not one.is_in:
        return line("reports.back", number=there.number, n=there.version, state=state, until=reports.until(here, one))
    told = "reports.in_late" if there.late else "reports.in"
    return line(told, n=there.version, at=local(there.filed_at), who=who, number=there.number, state=state)


async def begin(here: Here, *key: str) -> Reply:
    """The conversation, for one report; an unknown key leads to the list."""
    found = await reports.find(here, "/".join(key))
    if found is None or not found.may_be_handed_in:
        return await due(here)
    return await open_flow(here, REPORT.name, {"duty": found.key})


async def hand_in(here: Here, command: HandInReport) -> Reply:
    """The conversation's end: the unit's report, or a new version of it; whatever keeps it from that, no answer is lost."""
    here = replace(here, filed_at=reports.counts_from(here, here.answered.get("files") or ()))
    found = await reports.find(here, command.duty, here.context.get("dossier"))
    if found is None or found.duty.id != command.report.duty or not may(Act.FILE_FOR_OTHERS, found.unit.role):
        return await _kept(here, line("register.closed"))
    late = openings.is_late_now(here, found.opening)
    if not takes(found.opening.after, late=late, there=found.there.state if found.there else None):
        return await _kept(here, line("register.too_late", last=found.opening.last_day))
    outcome = await _filed(here, _new(here, found, command.report, late=late))
    if isinstance(outcome, Conflict):
        return await _met_another(here, outcome)
    dossier, text = outcome
    if text != SAME:
        await _after(here, found, dossier, command.report)
    return shown.receipt_message(here, dossier, line(text))


def _new(here: Here, found: Wanted, report: Report, *, late: bool) -> New:
    unit, campaign = found.unit, found.opening.campaign
    return New(
        unit.board, campaign.slug, campaign.year, Asks.REPORT, unit.unit, report.duty, found.duty.title,
        as_data(report), here.member.id, here.filed_at, late,
    )  # fmt: skip


async def _after(here: Here, found: Wanted, dossier: Dossier, report: Report) -> None:
    """What follows from a new version: nobody is reminded, no extension is waited for, photographs become one PDF, the others are told."""
    await extensions.void(here.tx, found.unit.unit, dossier.campaign, found.duty.id, here.at, here.member.id)
    plan = found.opening.campaign
    await notices.filed(here.tx, plan, Asks.REPORT, dossier.unit, found.duty.id, here.member.id, here.at)
    await pages.ask(here, dossier.number, dossier.version, report)
    await _tell_others(here, dossier, found)


async def _filed(here: Here, new: New) -> tuple[Dossier, str] | Conflict:
    """The dossier, and the text that says what became of it.

    Two at once make two versions; who changes what is there changes the version they have seen, or nothing.
    """
    nonce = secrets.token_hex(16)
    filed = await dossiers.file(here.tx, new, nonce)
    if filed.fresh:
        return filed.dossier, "report.done"
    there, seen = filed.dossier, here.context.get("version") if "dossier" in here.context else None
    outcome = await dossiers.renew(here.tx, there.number, int(seen or there.version), new, nonce)
    assert outcome is not None, "the dossier that stood in the way is locked"
    if isinstance(outcome, Conflict):
        return outcome
    return outcome.dossier, "report.changed" if outcome.changed else SAME


async def _met_another(here: Here, outcome: Conflict) -> Reply:
    """Decided on by the office: kept as a draft. Changed by a colleague: the answers stand, and are looked at once more."""
    there = outcome.dossier
    if outcome.why is not Why.STALE:
        return await _kept(here, line("report.decided"))
    return await shown.with_answers(here, Asks.REPORT, there.number, there.version, dict(here.answered))


async def _tell_others(here: Here, dossier: Dossier, found: Wanted) -> None:
    """Who else speaks for the unit reads who has handed in, and when."""
    who = here.member.name or line("dossier.history.somebody")
    text = "report.told_again" if dossier.version > 1 else "report.told"
    told = line(text, what=found.title, unit=found.unit.unit_name, who=who, at=local(dossier.filed_at),
                n=dossier.version)  # fmt: skip
    message = say(told, choices=(Choice(line("dossier.back"), f"dossier/{dossier.number}"),))
    for member in await dossier_lists.who_speak_for(here.tx, dossier.unit):
        if member != here.member.id:
            key = f"report:{dossier.number}:{dossier.version}:{member}"
            await outbox.put_notice(here.tx, key, member, message, here.at)


async def _kept(here: Here, why: Line) -> Reply:
    """Not taken: nothing is handed in, and nothing that was answered is lost."""
    opened = OpenFlow(REPORT.name, REPORT.version, REVIEW, dict(here.answered), dict(here.context))
    await drafts.put(here.tx, here.member.id, REPORT.name, dump(replace(here.session, flow=opened)), here.at)
    board = here.world.units[here.home.board].name if here.home else ""
    return reply(here, say(why, line("register.whom_to_ask", board=board), choices=to_menu()))

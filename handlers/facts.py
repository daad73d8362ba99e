"""What conversations need to know of the world, each fact by its name; None from one means that a flow has lost its ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import campaigns
from domain.campaign import Asks
from domain.people import Act, may
from flows import engine
from flows.catalogue import FLOWS
from flows.session import OpenFlow
from handlers import (
    audiences,
    broadcasts,
    chase_ahead,
    joining,
    launching,
    moving,
    openings,
    own_days,
    privacy,
    reports,
    sending_times,
)
from handlers.here import Here, Reply, number_in, reply, to_menu
from storage import dossier_lists, dossiers
from texts.message import line, say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.calendar import Calendar
    from domain.opening import Opening
    from flows.flow import Flow
    from storage.people import Membership

    Loader = Callable[[Here, OpenFlow], Awaitable[Any]]

YEARS_AFTER = 1
"""Days in a registration may lie so many years after its campaign's."""


async def facts_for(here: Here, flow: Flow, opened: OpenFlow) -> dict[str, Any] | None:
    """Every fact a flow needs; None: its ground is lost."""
    facts = {name: await FACTS[name](here, opened) for name in flow.needs}
    return None if any(value is None for value in facts.values()) else facts


async def open_flow(here: Here, flow: str, context: dict[str, str], answers: dict[str, Any] | None = None) -> Reply:
    """A conversation at its first question that is not answered yet."""
    opened = OpenFlow(flow, FLOWS[flow].version, "", answers or {}, context)
    facts = await facts_for(here, FLOWS[flow], opened)
    if facts is None:
        return reply(here, say(line("flow.no_ground"), choices=to_menu()))
    turn = engine.begin(FLOWS[flow], here.session, facts, context, answers)
    return Reply(turn.says, turn.session)


def unit_of(here: Here, opened: OpenFlow) -> Membership | None:
    """The unit a registration is for: the place in the context, among this person's units."""
    place = number_in(opened.context.get("unit", "0"))
    return here.units[place] if place is not None and place < len(here.units) else None


async def _me(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    unit = unit_of(here, opened)
    if unit is None:
        return None
    others = may(Act.FILE_FOR_OTHERS, unit.role)
    return {
        "name": here.member.name,
        "position": unit.position,
        "unit": unit.unit,
        "unit_name": unit.unit_name,
        "for_others": others,
    }


async def found_opening(here: Here, opened: OpenFlow) -> Opening | None:
    """The opening a registration rests on. A dossier that is there may be changed although nothing is open any more."""
    unit = unit_of(here, opened)
    if unit is None:
        return None
    kind, there_already = Asks(opened.context["kind"]), "dossier" in opened.context
    return await openings.find(here, opened.context["campaign"], kind, unit, over_too=there_already)


async def _opening(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    found = await found_opening(here, opened)
    if found is None:
        return None
    campaign = found.campaign
    board = here.world.units[campaign.board].name
    return {
        "campaign": campaign.slug, "campaign_name": campaign.short_name, "board_name": board, "year": campaign.year,
        "deadline": openings.deadline(here, found), "late": openings.is_late_now(here, found),
        "first": date(campaign.year, 1, 1), "last": date(campaign.year + YEARS_AFTER, 12, 31),
    }  # fmt: skip


async def _today(here: Here, _opened: OpenFlow) -> date:
    return here.now.date()


async def _calendar(here: Here, _opened: OpenFlow) -> Calendar:
    return here.world.calendar


async def _titles(here: Here, opened: OpenFlow) -> Any:
    """The catalogue of the campaign's period of law: a registration for 2020 offers what the law of 2020 had."""
    found = here.world.campaign(opened.context["campaign"]) if "campaign" in opened.context else None
    day = min(here.now.date(), max(p.end for p in found.phases)) if found else here.now.date()
    return campaigns.titles().titles_on(day)


async def _rules(here: Here, _opened: OpenFlow) -> Any:
    return here.world.rules_of(here.home.board) if here.home else {}


async def _alike(here: Here, opened: OpenFlow) -> Any:
    """Dossiers of the same name as the one being filled in; none before it has been said."""
    unit = unit_of(here, opened)
    name = next(
        (opened.answers[key] for key in ("name", "collective") if isinstance(opened.answers.get(key), str)), None
    )
    if unit is None or name is None:
        return ()
    kind, own = Asks(opened.context["kind"]), opened.context.get("dossier")
    found = await dossier_lists.alike(here.tx, opened.context["campaign"], kind, unit.unit, name)
    return tuple(
        {"number": one.number, "label": one.label, "name": one.name, "position": one.position,
         "staff_number": one.staff_number, "state": one.state.value} for one in found if one.number != own
    )  # fmt: skip


async def _counts(here: Here, opened: OpenFlow) -> Any:
    unit = unit_of(here, opened)
    if unit is None:
        return None
    by_title, everyone = await dossier_lists.counts_by_title(here.tx, opened.context["campaign"], unit.unit)
    own = await dossiers.get(here.tx, opened.context["dossier"]) if "dossier" in opened.context else None
    if own and own.content.get("subject") == "individual":
        by_title = {code: n - (code in own.content["titles"]) for code, n in by_title.items()}
        everyone -= 1
    return {"by_title": by_title, "all": everyone}


async def _initiatives(here: Here, opened: OpenFlow) -> Any:
    unit, campaign = unit_of(here, opened), opened.context["campaign"]
    if unit is None:
        return None
    found = await dossier_lists.alike(here.tx, campaign, Asks.INITIATIVE, unit.unit)
    own = opened.context.get("dossier")
    named = await dossier_lists.initiatives_named(here.tx, campaign, unit.unit, own) if found else {}
    return tuple({"number": one.number, "name": one.name, "used": named.get(one.name, 0)} for one in found)


async def _editing(_here: Here, opened: OpenFlow) -> dict[str, Any]:
    context = opened.context
    return {"number": context["dossier"], "version": int(context["version"])} if "dossier" in context else {}


async def _dossier(here: Here, opened: OpenFlow) -> dict[str, Any] | None:
    found = await dossiers.get(here.tx, opened.context.get("dossier", ""))
    if found is None:
        return None
    return {"number": found.number, "label": found.label, "state": found.state.value, "kind": found.kind.value}


async def _reports(here: Here, opened: OpenFlow) -> Any:
    """The reports this person can hand in, and the one that is being handed in, decided on or not; None where it is gone.

    As on the moment that would count if they were confirmed now.
    """
    here = replace(here, filed_at=reports.counts_from(here, opened.answers.get("files") or ()))
    found, meant = await reports.wanted(here, opened.context.get("dossier")), opened.answers.get("duty")
    mine = [one for one in found if may(Act.FILE_FOR_OTHERS, one.unit.role)]
    shown = [reports.as_fact(here, one) for one in mine if one.may_be_handed_in or one.key == meant]
    return tuple(shown) if shown and (not meant or any(one["key"] == meant for one in shown)) else None


async def _aimed(here: Here, opened: OpenFlow) -> dict[str, str]:
    """The report the conversation was opened for; empty where that is still to be said."""
    if "dossier" not in opened.context:
        return opened.context
    number = opened.context["dossier"]
    there = (one.key for one in await reports.wanted(here, number) if one.there and one.there.number == number)
    return {"duty": next(there, "")}


async def _campaigns(here: Here, _opened: OpenFlow) -> Any:
    board = here.home.board if here.home else None
    return tuple({"slug": c.slug, "name": c.short_name} for c in here.world.campaigns if c.board == board) or None


FACTS: dict[str, Loader] = {
    "invite": joining.load_invite,
    "kept": privacy.kept_lines,
    "me": _me,
    "reports": _reports,
    "aimed": _aimed,
    "opening": _opening,
    "today": _today,
    "calendar": _calendar,
    "titles": _titles,
    "rules": _rules,
    "alike": _alike,
    "counts": _counts,
    "initiatives": _initiatives,
    "editing": _editing,
    "dossier": _dossier,
    "campaigns": _campaigns,
    "extension": own_days.extension,
    "extension_request": own_days.extension_request,
    "extendable": own_days.extendable,
    "choosable": audiences.choosable,
    "launchable": launching.launchable,
    "moment": sending_times.moment,
    "reach": launching.reach_of,
    "broadcast_waiting": broadcasts.waiting,
    "broadcast_ahead": sending_times.ahead,
    "due_date": moving.due_date,
    "chase": chase_ahead.to_chase,
}

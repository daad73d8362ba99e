"""Registering many people by workbook: given out, checked when it comes back, registered when the person says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import takes
from domain.opening import Stage
from domain.people import Act, may
from handlers import openings, reports, unasked
from handlers.here import Here, Reply, number_in, reply, to_menu
from handlers.interrupted import beside, put_aside, with_way_back
from storage import imports, people, work
from texts.message import Attachment, Choice, Line, Message, from_json, line, say, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.opening import Opening
    from storage.people import Membership

MAKE, CHECK, REGISTER = "make_workbook", "check_workbook", "register_rows"
NAMED = 5
"""So many names stand in a message; the rest is a number."""


async def workbook(here: Here, campaign: str = "", unit: str = "0", *_: str) -> Reply:
    """The workbook of a campaign, made beside the turns."""
    found = [
        (m, o)
        for m, o in await _may_fill(here)
        if o.campaign.slug == campaign and here.units.index(m) == number_in(unit)
    ]
    if not found:
        return reply(here, say(line("import.not_open"), choices=to_menu()))
    params = {"for": _form(here, *found[0]), "language": here.member.language}
    await _ask(here, MAKE, f"make:{here.row}", params)
    return reply(here, say(line("import.making"), choices=to_menu()))


async def _may_fill(here: Here) -> list[tuple[Membership, Opening]]:
    """The units this person may register people of by workbook, each with the campaign's opening for titles."""
    today = openings.filed_on(here)
    return [
        (unit, one) for unit in here.units if may(Act.FILE_FOR_OTHERS, unit.role)
        for one in await openings.open_to(here, unit, today)
        if one.asks is Asks.TITLE and one.stage(today) in {Stage.OPEN, Stage.LATE}
    ]  # fmt: skip


def _form(here: Here, unit: Membership, found: Opening) -> dict[str, Any]:
    campaign = found.campaign
    return {
        "campaign": campaign.slug, "campaign_name": campaign.name, "year": campaign.year, "unit": unit.unit,
        "unit_name": unit.unit_name, "board": campaign.board, "board_name": here.world.units[campaign.board].name,
        "deadline": to_json(say(openings.deadline(here, found))),
        "day": min(here.now.date(), max(p.end for p in campaign.phases)).isoformat(),
    }  # fmt: skip


async def _ask(here: Here, kind: str, key: str, params: dict[str, Any]) -> None:
    await work.ask(here.tx, key=key, kind=kind, member=here.member.id, channel=here.channel, address=here.address,
                   params=params, now=here.at)  # fmt: skip


async def made(here: Here, _params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """Here it is, and how to fill it in."""
    if "failed" in result:
        return await beside(here, line("import.failed"))
    return await _with_file(here, (line("import.form"), line("import.how")), "import.name.form", result["file"])


async def came_back(here: Here, file: Mapping[str, Any]) -> Reply:
    """A workbook was sent: it is checked beside the turns; what is none of ours may be a report."""
    forms = [_form(here, unit, found) for unit, found in await _may_fill(here)]
    if not forms:
        return await _perhaps_a_report(here, file, line("import.not_open"))
    params = {"sha256": file["sha256"], "forms": forms, "language": here.member.language, "file": dict(file)}
    await _ask(here, CHECK, f"check:{file['id']}", params)
    return Reply((), here.session)


async def _perhaps_a_report(here: Here, file: Mapping[str, Any], *why: Line) -> Reply:
    """Why it is no workbook that can be taken; where reports can be handed in it may be one, and is kept for that."""
    if not any(one.may_be_handed_in for one in await reports.wanted(here)):
        return await beside(here, *why)
    ways = (*await unasked.kept_aside(here, file), *to_menu())
    return await with_way_back(here, reply(here, say(*why, line("report.perhaps"), choices=ways)))


async def checked(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """What stands in it: counts, what is wrong, what to look at; nothing is registered before the person says so."""
    if "refused" in result:
        return await _perhaps_a_report(here, params["file"], *from_json(result["refused"]).lines)
    if "failed" in result:
        return await beside(here, line("import.failed"))
    counts, which = result["counts"], result["import"]
    good = counts["new"] + counts["changed"]
    lines = [line("import.counts", **{k: counts[k] for k in ("new", "changed", "same", "wrong")})]
    lines += _notes(counts)
    lines += [line("import.some_wrong" if result["copy"] else "import.all_good")]
    ways = (Choice(line("import.confirm", number=good), f"import/{which}"),) if good else ()
    ways = (*ways, Choice(line("import.decline"), f"import_no/{which}"))
    lines += [] if good else [line("import.nothing_to_do")]
    return await _with_file(here, tuple(lines), "import.name.copy", result["copy"], ways)


def _notes(counts: Mapping[str, Any]) -> list[Line]:
    """Namesakes, rows against a rule of the board, ratios."""
    lines = [
        line(f"import.{what}", number=len(counts[what]), names=_named(counts[what]))
        for what in ("namesakes", "barred") if counts[what]
    ]  # fmt: skip
    return lines + [
        line("import.ratio", code=one["code"], chosen=one["chosen"], all=one["all"], ratio=one["ratio"])
        for one in counts["ratios"]
    ]


def _named(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")


async def confirm(here: Here, which: str = "", *_: str) -> Reply:
    """The person's word: filed from now, whenever it is carried out."""
    found = await imports.head(here.tx, number_in(which) or 0)
    if found is None or found.member != here.member.id or found.state != imports.CHECKED:
        return reply(here, say(line("import.over"), choices=to_menu()))
    wanted = (found.form["unit"], found.form["campaign"])
    fits = [o for m, o in await _may_fill(here) if (m.unit, o.campaign.slug) == wanted]
    late = bool(fits) and openings.is_late_now(here, fits[0])
    if not fits or not takes(fits[0].after, late=late, there=None):
        return reply(here, say(line("import.not_open"), choices=to_menu()))
    await imports.move(here.tx, found.id, imports.CHECKED, imports.REGISTERING)
    params = {"import": found.id, "filed_at": here.filed_at, "late": late, "language": here.member.language}
    await _ask(here, REGISTER, f"register:{found.id}", params)
    await people.audit(here.tx, here.at, here.member.id, "import.confirmed", str(found.id), form=found.form["campaign"])
    return reply(here, say(line("import.registering"), choices=to_menu()))


async def decline(here: Here, which: str = "", *_: str) -> Reply:
    """Nothing of it is registered; what was confirmed before stays so."""
    found = await imports.head(here.tx, number_in(which) or 0)
    mine = found is not None and found.member == here.member.id
    dropped = mine and await imports.move(here.tx, number_in(which) or 0, imports.CHECKED, imports.DROPPED)
    return reply(here, say(line("import.dropped" if dropped else "import.over"), choices=to_menu()))


async def registered(here: Here, _params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """What was registered, with every number."""
    if "failed" in result:
        return await beside(here, line("import.failed"))
    counts, conflicts = result["counts"], result["conflicts"]
    lines = [line("import.done", **{k: counts.get(k, 0) for k in ("new", "changed", "same")})]
    lines += [line("import.conflicts", number=len(conflicts), names=_named(conflicts))] if conflicts else []
    ways = (Choice(line("dossiers.button"), "dossiers"),)
    return await _with_file(here, tuple(lines), "import.name.numbers", result["file"], ways)


async def _with_file(
    here: Here, lines: tuple[Line, ...], name: str, sha256: str | None, ways: tuple[Choice, ...] = ()
) -> Reply:
    """These lines with a stored file. An open question goes aside where they ask one."""
    opened = here.session.flow
    if opened and ways:
        await put_aside(here)
        here, lines = replace(here, session=replace(here.session, flow=None)), (*lines, line("import.put_aside"))
    answered = reply(here, say(*lines, choices=(*ways, *to_menu())))
    told = answered.messages[0]
    attach = Attachment("stored", {"sha256": sha256, "name": name}) if sha256 else None
    with_file = Message(told.lines, told.choices, attach=attach)
    return await with_way_back(here, Reply((with_file,), answered.session))

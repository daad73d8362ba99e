"""How far a board has come (/tinhhinh): for each duty who has handed in and who has not, and who has been reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people import Act, may
from handlers import tally, words
from handlers.here import Here, Reply, local, number_in, reply, to_menu
from handlers.tally import Part
from storage import content, notices, people
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from handlers.tally import Tally
    from storage.notices import Chased

LISTED = 20
"""Units on one page of a list."""
UNSENT = frozenset({"failed", "unknown", "queued"})
"""Ends of a reminder that are said beside it; the others speak for themselves."""


async def every_duty(here: Here, *_: str) -> Reply:
    """Each duty of the board that asks for something, in numbers."""
    if not tally.boards(here):
        return reply(here, say(line("office.only"), choices=to_menu()))
    found = await tally.of_boards(here)
    plans = {one.item.campaign.slug: words.short_name(one.item.campaign) for one in found}
    lines = [line("progress.head" if found else "progress.nothing", today=here.now.date())]
    for slug, name in plans.items():
        lines += [line("progress.plan", name=name)]
        lines += [_in_list(one) for one in found if one.item.campaign.slug == slug]
    choices = [
        Choice(_named(one), f"progress/{one.key}") for slug in plans for one in found if one.item.campaign.slug == slug
    ]
    return reply(here, say(*lines, choices=(*choices, *_settings(here), *to_menu()), replaces=True))


def _in_list(one: Tally) -> Line:
    return line("progress.item", title=words.duty_title(one.item.duty), when=words.when(one.item), counts=_counts(one))


def _named(one: Tally) -> Line:
    """A duty on a button, with how many of its units have handed in."""
    numbers = one.numbers()
    return line("progress.button", title=words.duty_title(one.item.duty), came=numbers["came"], asked=numbers["asked"])


def _in_numbers(one: Tally) -> Line:
    title, campaign = words.duty_title(one.item.duty), words.short_name(one.item.campaign)
    return line("progress.one", title=title, campaign=campaign, when=words.when(one.item), counts=_counts(one))


def _counts(one: Tally) -> Line:
    numbers = one.numbers()
    if not numbers["asked"]:
        return line("progress.nobody_asked")
    late, longer = (
        words.some("progress.counted_late", numbers["late"]),
        words.some("progress.counted_longer", numbers["extended"]),
    )
    text = "progress.counts" if numbers["missing"] else "progress.complete"
    return line(text, **{**numbers, "late": late, "extended": longer})


def _settings(here: Here) -> list[Choice]:
    """Whether heads are told as well, of each board; and whom nobody could be told."""
    mine = tally.boards(here)
    heads = (
        Choice(
            line("progress.heads_off" if board in here.world.escalating else "progress.heads_on"), _switch(here, board)
        )
        for board in mine
    )
    return [*(Choice(line("progress.unreached"), f"unreached/{board}") for board in mine), *heads]


def _switch(here: Here, board: str) -> str:
    return f"escalate/{board}/{'off' if board in here.world.escalating else 'on'}"


async def one_duty(here: Here, slug: str = "", name: str = "", *_: str) -> Reply:
    """One duty: its numbers, its lists, and the ways to remind who is missing."""
    found = await tally.find(here, slug, name)
    return (
        _not_yours(here) if found is None else reply(here, say(_in_numbers(found), choices=_ways(found), replaces=True))
    )


def _ways(found: Tally) -> tuple[Choice, ...]:
    numbers, missing = found.numbers(), len(found.parts[Part.MISSING])
    lists = [
        Choice(line(f"progress.part.{part}", number=numbers[part.value]), f"progress_units/{found.key}/{part}/0")
        for part in Part
        if numbers[part.value]
    ]
    chase = [Choice(line("chase.all.button", number=missing), f"chase_all/{found.key}"),
             Choice(line("chase.some"), f"chase/{found.key}")]  # fmt: skip
    return (*(chase if missing else ()), *lists, Choice(line("progress.back"), "progress_all"), *to_menu())


async def units(here: Here, slug: str = "", name: str = "", part: str = "", page: str = "", *_: str) -> Reply:
    """The units of one list by name, a page at a time; the missing with how often they were reminded."""
    found = await tally.find(here, slug, name)
    if found is None or part not in set(Part):
        return _not_yours(here)
    named = tally.by_name(here, found.parts[Part(part)])
    last = max(0, (len(named) - 1) // LISTED)
    at = min(number_in(page) or 0, last)
    shown = named[at * LISTED : (at + 1) * LISTED]
    head = line(f"progress.units.{part}", title=words.duty_title(found.item.duty), number=len(named))
    pages = [line("progress.page", page=at + 1, pages=last + 1)] if last else []
    choices = (*_turning(found, part, at, last), Choice(line("progress.duty"), f"progress/{found.key}"))
    return reply(
        here, say(head, *await _entries(here, found, Part(part), shown), *pages, choices=choices, replaces=True)
    )


def _turning(found: Tally, part: str, at: int, last: int) -> list[Choice]:
    onward = [Choice(line("progress.next"), f"progress_units/{found.key}/{part}/{at + 1}")] if at < last else []
    back = [Choice(line("progress.previous"), f"progress_units/{found.key}/{part}/{at - 1}")] if at else []
    chase = (
        [Choice(line("chase.some"), f"chase/{found.key}")] if part == Part.MISSING and found.parts[Part.MISSING] else []
    )
    return [*onward, *back, *chase]


async def _entries(here: Here, found: Tally, part: Part, shown: list[str]) -> list[Line]:
    if part in {Part.CAME, Part.LATE}:
        return [line("progress.came_late" if found.came[u] else "progress.came", unit=_name(here, u)) for u in shown]
    reminded = await notices.chased(here.tx, found.item.campaign.slug, found.item.duty.id, shown)
    return [
        line(
            "progress.missing",
            unit=_name(here, unit),
            longer=_longer(found, unit),
            reminded=reminded_line(reminded[unit]),
        )
        for unit in shown
    ]


def _name(here: Here, unit: str) -> str:
    return here.world.units[unit].name


def _longer(found: Tally, unit: str) -> Line | str:
    day = found.longer.get(unit)
    return line("progress.longer", last=day) if day else ""


def reminded_line(one: Chased) -> Line:
    """How often a unit has been reminded, when last, and what came of it."""
    if not one.times:
        return line(f"progress.reminded.only.{one.state}" if one.state in UNSENT else "progress.reminded.never")
    if one.acknowledged_at:
        return line("progress.reminded.got", times=one.times, at=local(one.acknowledged_at))
    state = line(f"progress.reminded.state.{one.state}") if one.state in UNSENT else ""
    at = local(one.last) if one.last else ""
    return line("progress.reminded.times", times=one.times, at=at, state=state)


async def escalate(here: Here, board: str = "", switch: str = "", *_: str) -> Reply:
    """Whether the heads of units are told as well, one working day before and when it is overdue."""
    if board not in {m.board for m in here.units if may(Act.CHASE, m.role)} or switch not in {"on", "off"}:
        return _not_yours(here)
    if (board in here.world.escalating) != (switch == "on"):
        await content.escalate(here.tx, board, on=switch == "on")
        await people.audit(here.tx, here.at, here.member.id, f"escalation.{switch}", board)
        await notices.replan(here.tx, f"escalation {switch}", board=board)
    back = (Choice(line("progress.back"), "progress_all"), *to_menu())
    return reply(here, say(line(f"progress.escalation.{switch}"), choices=back))


def _not_yours(here: Here) -> Reply:
    """There is no such duty, or none of this person's board: the same words for both."""
    return reply(here, say(line("progress.not_yours"), choices=to_menu()))

"""The dates of a plan (/hannop): officers say which were read right, correct and move them, or have nobody reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.campaign import Duty
from domain.dossier import After
from domain.people import Act, may
from domain.standing import campaign_standing
from flows.due_dates import CORRECT_DATE, MOVE_DATE
from handlers import dated, moving, words
from handlers.facts import open_flow
from handlers.here import Here, Reply, reply, to_menu
from storage import due_dates, openings
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.campaign import Campaign
    from flows.commands import SetLastDay
    from handlers.dated import Date


async def plans(here: Here, *_: str) -> Reply:
    """The plans of this officer's board, the running ones first, each with how many dates wait for a word."""
    boards = dated.boards(here)
    if not boards:
        return reply(here, say(line("office.only"), choices=to_menu()))
    today = here.now.date()
    mine = [one for one in here.world.campaigns if one.board in boards]
    found = sorted(mine, key=lambda c: (campaign_standing(c, today) != "current", -c.year, c.slug))
    if len(found) == 1:
        return await of_plan(here, found[0].slug)
    choices = [await _plan(here, one) for one in found]
    return reply(
        here, say(line("dates.plans" if found else "dates.no_plan"), choices=(*choices, *to_menu()), replaces=True)
    )


async def _plan(here: Here, campaign: Campaign) -> Choice:
    waits = len(dated.waiting(await dated.of_campaign(here, campaign.slug) or ()))
    label = "dates.plan_waits" if waits else "dates.plan"
    return Choice(line(label, name=words.short_name(campaign), number=waits), f"dates/{campaign.slug}")


async def of_plan(here: Here, slug: str = "", *_: str) -> Reply:
    """Every date of one plan, those that wait for a word first."""
    found = await dated.of_campaign(here, slug)
    return _not_yours(here) if found is None else reply(here, _list(here, slug, found))


def _list(here: Here, slug: str, found: list[Date], *told: Line) -> Any:
    campaign, waits = here.world.campaign(slug), len(dated.waiting(found))
    assert campaign is not None
    head = line("dates.list", name=words.short_name(campaign))
    state = line("dates.waiting" if waits else "dates.all_confirmed", number=waits)
    every = [Choice(line("dates.all.button", number=waits), f"dates_all/{slug}")] if waits > 1 else []
    choices = (*every, *(Choice(one.title, f"date/{one.action}") for one in found), *to_menu())
    return say(*told, head, state, *(dated.brief(one) for one in found), choices=choices, replaces=True)


async def one(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str) -> Reply:
    """One date: its printed words, the sentence, how it was read, and what can be done about it."""
    found = await dated.find(here, slug, kind, name)
    return reply(here, _one(here, found)) if found else _not_yours(here)


def _one(here: Here, found: Date, *told: Line) -> Any:
    ways = (*_ways(here, found), Choice(line("dates.back"), f"dates/{found.campaign.slug}"), *to_menu())
    return say(*told, *dated.whole(here, found), choices=ways, replaces=True)


def _ways(here: Here, found: Date) -> Iterable[Choice]:
    named = {"correct": "dates.set"} if found.has_no_day else {}
    return (Choice(line(named.get(way, f"dates.{way}")), f"date_{way}/{found.action}") for way in _able(here, found))


def _able(here: Here, found: Date) -> Iterator[str]:
    """What can be done about it."""
    judged, duty = found.judged, isinstance(found.of, Duty)
    alive = duty and not found.was_past
    rule = dated.after(here, found) if alive else None
    able = {
        "right": judged.confirmed_at is None and not found.was_past, "correct": duty,
        "move": alive and not found.has_no_day, "restore": judged.last_day is not None,
        "mute": alive and not judged.muted, "unmute": judged.muted,
        "refuse": rule is After.LATE, "take": rule is After.REFUSE,
    }  # fmt: skip
    return (way for way, is_able in able.items() if is_able)


async def right(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str) -> Reply:
    """It was read right; the next one that waits is shown at once."""
    found = await dated.find(here, slug, kind, name)
    if found is None:
        return _not_yours(here)
    first = await due_dates.confirm(here.tx, found.dated, here.member.id, here.at)
    return await _then(here, found, "dates.confirmed" if first else "dates.confirmed_before")


async def _then(here: Here, done: Date, text: str, **more: Any) -> Reply:
    """What was done, and the next date that waits; where none does (or this one did not), the one it was done to."""
    found = await dated.of_campaign(here, done.campaign.slug) or []
    told, waits = line(text, title=done.title, **more), dated.waiting(found)
    if done.waits and waits:
        return reply(here, _one(here, waits[0], told, line("dates.waiting", number=len(waits))))
    now = next(one for one in found if one.dated == done.dated)
    return reply(here, _one(here, now, told))


async def mute(here: Here, *name: str) -> Reply:
    """Nobody is reminded of it."""
    return await _mute(here, *name, muted=True)


async def unmute(here: Here, *name: str) -> Reply:
    """They are again."""
    return await _mute(here, *name, muted=False)


async def _mute(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str, muted: bool) -> Reply:
    found = await dated.find(here, slug, kind, name)
    if found is None or kind != "duty":
        return _not_yours(here)
    await due_dates.mute(here.tx, found.dated, here.member.id, here.at, muted=muted)
    return await _then(here, found, "dates.muted" if muted else "dates.unmuted")


async def refuse(here: Here, *name: str) -> Reply:
    """Nothing is taken after its last day."""
    return await _after(here, *name, rule=After.REFUSE)


async def take(here: Here, *name: str) -> Reply:
    """What comes after its last day is taken, and marked late."""
    return await _after(here, *name, rule=After.LATE)


async def _after(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str, rule: After) -> Reply:
    found = await dated.find(here, slug, kind, name)
    if found is None or dated.after(here, found) is None:
        return _not_yours(here)
    await openings.set_after(here.tx, slug, name, rule, here.at, here.member.id)
    world = replace(here.world, afterwards={**here.world.afterwards, (slug, name): rule})
    return await _then(replace(here, world=world), found, f"dates.after.{rule}")


async def restore(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str) -> Reply:
    """The plan's own date is to hold again: where people have been told of another, whom that concerns is said first."""
    found = await dated.find(here, slug, kind, name)
    if found is None or kind != "duty":
        return _not_yours(here)
    plan = found.campaign.window(found.of) if isinstance(found.of, Duty) else None
    if not found.judged.moved_why or plan is None:
        return await restore_yes(here, slug, kind, name)
    yes = Choice(line("dates.restore_yes"), f"date_restore_yes/{found.action}")
    back = Choice(line("dates.back_to_one"), f"date/{found.action}")
    told = await moving.concerned(here, found, plan.last)
    asked = line("dates.restore_ask", title=found.title, moved=found.judged.last_day, last=plan.last)
    return reply(here, say(asked, *told, choices=(yes, back, *to_menu()), replaces=True))


async def restore_yes(here: Here, slug: str = "", kind: str = "", name: str = "", *_: str) -> Reply:
    """It holds again."""
    found = await dated.find(here, slug, kind, name)
    if found is None or kind != "duty":
        return _not_yours(here)
    await due_dates.restore(here.tx, found.dated, here.member.id, here.at)
    return await _then(here, found, "dates.restored_told" if found.judged.moved_why else "dates.restored")


async def every(here: Here, slug: str = "", *_: str) -> Reply:
    """All that wait, each with its sentence and how it was read, before they are confirmed together."""
    found = await dated.of_campaign(here, slug)
    if found is None:
        return _not_yours(here)
    waits = dated.waiting(found)
    if not waits:
        return reply(here, _list(here, slug, found))
    return reply(here, _every(slug, waits))


def _every(slug: str, waits: list[Date], *told: Line) -> Any:
    shown = [part for n, one in enumerate(waits, 1) for part in _shortly(n, one)]
    yes = Choice(line("dates.all.yes", number=len(waits)), f"dates_all_yes/{slug}/{dated.digest(waits)}")
    back = Choice(line("dates.back"), f"dates/{slug}")
    return say(*told, line("dates.all.head", number=len(waits)), *shown, choices=(yes, back, *to_menu()))


def _shortly(number: int, one: Date) -> list[Line]:
    return [line("dates.all.one", number=number, title=one.title, when=dated.stated(one)), *dated.read(one)[-2:]]


async def every_yes(here: Here, slug: str = "", shown: str = "", *_: str) -> Reply:
    """All of those that were shown; where they are others by now, they are shown again."""
    found = await dated.of_campaign(here, slug)
    if found is None:
        return _not_yours(here)
    waits = dated.waiting(found)
    if not waits:
        return reply(here, _list(here, slug, found))
    if dated.digest(waits) != shown:
        return reply(here, _every(slug, waits, line("dates.all.changed")))
    for one in waits:
        await due_dates.confirm(here.tx, one.dated, here.member.id, here.at)
    done = line("dates.all.done", number=len(waits))
    return reply(here, _list(here, slug, await dated.of_campaign(here, slug) or [], done))


async def correct(here: Here, *name: str) -> Reply:
    """It was read wrong: which day is meant?"""
    return await _ask(here, CORRECT_DATE.name, *name)


async def move(here: Here, *name: str) -> Reply:
    """It is to be another day from now on: until when, and why?"""
    return await _ask(here, MOVE_DATE.name, *name)


async def _ask(here: Here, flow: str, slug: str = "", kind: str = "", name: str = "", *_: str) -> Reply:
    if kind != "duty" or await dated.find(here, slug, kind, name) is None:
        return _not_yours(here)
    return await open_flow(here, flow, {"campaign": slug, "duty": name})


async def set_last_day(here: Here, command: SetLastDay) -> Reply:
    """The end of both conversations."""
    found = await dated.find(here, command.campaign, "duty", command.duty)
    if found is None or not may(Act.SET_DATES, here.role):
        return _not_yours(here)
    day = date.fromisoformat(command.last_day)
    if command.reason and day < here.now.date():
        return await _then(here, found, "dates.day_over", last=day)
    if not await due_dates.set_last_day(here.tx, found.dated, day, command.reason, here.member.id, here.at):
        return await _then(here, found, "dates.no_change", last=day)
    return await _then(here, found, "dates.moved" if command.reason else "dates.corrected", last=day)


def _not_yours(here: Here) -> Reply:
    """There is no such date, or none of this person's board: the same words for both."""
    return reply(here, say(line("dates.not_yours"), choices=to_menu()))

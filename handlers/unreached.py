"""Units nobody could be told of, by name, each with words and a link that an officer passes on by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people import Role
from domain.reminders import To, in_own_name
from handlers import joining, notice_words, tally, words
from handlers.here import Here, Reply, key_of, number_in, reply, to_menu
from handlers.own_days import of_unit
from handlers.tally import Part
from storage import invites, notice_bundle, notice_facts, people
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from domain.standing import DutyToday

LISTED = 6
"""Units on one page: each has a button."""


async def listed(here: Here, board: str = "", page: str = "0", *_: str) -> Reply:
    """By name, a page at a time."""
    if board not in tally.boards(here):
        return _not_yours(here)
    owed = await _owed(here, board)
    units = tally.by_name(here, owed)
    if not units:
        return reply(
            here, say(line("unreached.none"), choices=(Choice(line("progress.back"), "progress_all"), *to_menu()))
        )
    return reply(
        here,
        _page(
            here, board, units, {unit: len(_begun(here, items)) for unit, items in owed.items()}, number_in(page) or 0
        ),
    )


def _page(here: Here, board: str, units: list[str], owed: dict[str, int], page: int) -> Message:
    last = (len(units) - 1) // LISTED
    at = min(page, last)
    named = [(unit, here.world.units[unit].name) for unit in units[at * LISTED : (at + 1) * LISTED]]
    lines = [line("unreached.one", unit=name, number=owed[unit]) for unit, name in named]
    copies = [Choice(line("unreached.copy", unit=name), f"pass_on/{board}/{key_of(unit)}") for unit, name in named]
    ways = (*copies, *_turning(board, at, last), Choice(line("progress.back"), "progress_all"))
    return say(line("unreached.head", number=len(units)), *lines, choices=ways)


def _turning(board: str, at: int, last: int) -> list[Choice]:
    onward = [Choice(line("progress.next"), f"unreached/{board}/{at + 1}")] if at < last else []
    return [*onward, *([Choice(line("progress.previous"), f"unreached/{board}/{at - 1}")] if at else [])]


async def _owed(here: Here, board: str) -> dict[str, list[DutyToday]]:
    """What each unit of the board owes of which nobody could be told; nearest first."""
    owed: dict[str, list[DutyToday]] = {}
    reached: dict[bool, set[str]] = {}
    for one in await tally.of_boards(here):
        item, own = one.item, in_own_name(one.item.duty)
        if item.campaign.board == board and here.world.rungs_of(item):
            if own not in reached:
                reached[own] = await notice_bundle.reached(here.tx, board, item.duty)
            for unit in one.parts[Part.MISSING] - reached[own]:
                owed.setdefault(unit, []).append(item)
    return owed


async def pass_on(here: Here, board: str = "", key: str = "", *_: str) -> Reply:
    """What to copy into Zalo: what is due until when, and a fresh link; the words alone in a message of their own."""
    if board not in tally.boards(here):
        return _not_yours(here)
    owed = await _owed(here, board)
    unit = next((one for one in owed if key_of(one) == key), None)
    if unit is None:
        return reply(here, say(line("unreached.reached"), choices=_back(board)))
    items = [await of_unit(here, d.campaign.slug, d.duty.id, unit) or d for d in _begun(here, owed[unit])]
    head = line("unreached.to", unit=here.world.units[unit].name, board=here.world.units[board].name)
    copied = Message((head, *_due(here, items), *await _way_in(here, unit, items[0])))
    return reply(here, copied, say(line("unreached.how"), choices=_back(board)))


def _begun(here: Here, items: list[DutyToday]) -> list[DutyToday]:
    """What people have begun to be reminded of; where nothing is so near, the nearest."""
    today = here.now.date()
    begun = [d for d in items if any(r.to is To.ACTING and r.day <= today for r in here.world.rungs_of(d))]
    return begun or items[:1]


def _due(here: Here, items: list[DutyToday]) -> list[Line]:
    now = here.now.replace(tzinfo=None)
    return [
        part for item in items
        for part in (line("unreached.due", title=words.duty_title(item.duty), when=words.stated(item)),
                     *notice_words.left(here.world, item, now))
    ]  # fmt: skip


async def _way_in(here: Here, unit: str, item: DutyToday) -> list[Line]:
    """A sign-in link for whoever speaks for the unit; an invite where there is nobody to whom this officer may open one."""
    known = {row["id"] for row in await joining.fellows(here)}
    acting = [one for one in await notice_facts.acting(here.tx, item.duty, unit) if one in known]
    if acting:
        return await joining.new_link(here, acting[0])
    new, serial = invites.NewCode(invites.INVITE, unit, Role.DELEGATE.value), invites.new_serial()
    code = await invites.issue(here.tx, new, serial, here.site.secret, here.at, here.member.id)
    await people.audit(here.tx, here.at, here.member.id, "invited", unit, role=Role.DELEGATE.value, serial=serial)
    links = [line("link.one", messenger=name, url=url) for name, url in here.site.links(invites.INVITE, code)]
    return [line("unreached.invite"), *links, line("unreached.code", code=invites.printed_code(code))]


def _back(board: str) -> tuple[Choice, ...]:
    return Choice(line("progress.unreached"), f"unreached/{board}"), *to_menu()


def _not_yours(here: Here) -> Reply:
    return reply(here, say(line("progress.not_yours"), choices=to_menu()))

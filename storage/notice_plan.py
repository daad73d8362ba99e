"""Planning notices, set-based: what has to be told is inserted, what no longer follows is cancelled, for many at once.

Both may be done as often as one likes, in any order: a row is there once, and stands as the last look has found it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.reminders import MOVED, Ended, To, in_own_name, whom
from storage import content
from storage.notices import DUTY, PHASE, asked_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from domain.campaign import Campaign, Duty
    from domain.reminders import Rung
    from storage.units import Tx

CHUNK = 60
"""How many ids of people one transaction covers: it takes some ten milliseconds, and others write in between."""
A_PIECE = 20
"""What an occasion costs by itself, in people."""
ALL = 2**62
"""A bound behind every id."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom it is about: people whose id is more than `after` and at most `upto`, in one unit (empty: in all).

    `there`: whether there may be anybody to plan for; else there is only something to cancel.
    """

    after: int = 0
    upto: int = ALL
    unit: str = ""
    there: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """A duty, or a phase (`duty` is None), of which people are told; `about` is its id.

    `base`: the last valid day of everybody who has not been given a longer one; empty where there is none. `printed`:
    the plan's. `rungs`: by deadline; `gone`: why there are none. `moved`: by deadline, a rung for those alone who
    were told of another last. `moved_at`: when an officer moved it (0: nobody has, or it is back): whoever was there before
    and has been told of none knows the printed one.
    """

    campaign: Campaign
    about: str
    duty: Duty | None
    base: str
    printed: str
    rungs: Mapping[str, Sequence[Rung]]
    gone: Ended = Ended.GONE
    moved: Mapping[str, Rung] = field(default_factory=dict)
    moved_at: int = 0

    def named(self) -> dict[str, Any]:
        """As the queries name it."""
        kind = DUTY if self.duty else PHASE
        return {"kind": kind, "board": self.campaign.board, "campaign": self.campaign.slug, "about": self.about}

    def done(self) -> dict[str, str]:
        """How it is told that somebody has handed in what it asks for."""
        if self.duty is None or not self.duty.asks:
            return {"done": "", "asks": ""}
        return {"done": "person" if in_own_name(self.duty) else "unit", "asks": asked_kinds(self.duty)}

    def who(self, to: To) -> dict[str, Any]:
        """Whom a rung is for: kinds of unit, roles, and whether others stand in for delegates who are not there."""
        found = whom(to, self.campaign, self.duty)
        return {"kinds": _listed(found.kinds), "roles": _listed(found.roles), "stand_in": int(found.stand_in)}


Piece = tuple[Occasion, Scope]


class OutdatedError(Exception):
    """What was to be reconciled follows from content that is not in force any more."""


@dataclass(frozen=True, slots=True)
class Look:
    """When and why it is looked at, and which content it was seen with; `why` is written down with what is planned."""

    content: str | None
    today: date
    why: str
    now: int


def together(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces of work, as many in one transaction as keeps it short."""
    some: list[Piece] = []
    weight = 0
    for occasion, scope in pieces:
        more = A_PIECE + (min(scope.upto - scope.after, CHUNK) if scope.there else 0)
        if some and weight + more > A_PIECE + CHUNK:
            yield some
            some, weight = [], 0
        some.append((occasion, scope))
        weight += more
    if some:
        yield some


async def reconcile(tx: Tx, pieces: Sequence[Piece], look: Look) -> tuple[int, int]:
    """Plan what is missing for these people and cancel what no longer follows; how many of each.

    Only what is for today or later is planned. OutdatedError: another has changed the content since it was looked at, so
    that an older plan would be put over a newer one.
    """
    if not await content.hold(tx, look.content):
        raise OutdatedError
    planned = cancelled = 0
    for occasion, scope in pieces:
        cancelled += await _cancel(tx, occasion, scope, look.now)
        if scope.there:
            planned += await _plan_all(tx, occasion, scope, look)
    return planned, cancelled


async def _plan_all(tx: Tx, occasion: Occasion, scope: Scope, look: Look) -> int:
    planned = 0
    for version, rungs in occasion.rungs.items():
        for rung in (*rungs, *([occasion.moved[version]] if version in occasion.moved else [])):
            if rung.day >= look.today and (version == occasion.base or rung.to.of_units):
                which = {"version": version, "today": look.today.isoformat(), "why": look.why, "now": look.now}
                planned += await _plan(tx, occasion, scope, rung, which)
    return planned


async def _plan(tx: Tx, occasion: Occasion, scope: Scope, rung: Rung, which: dict[str, Any]) -> int:
    done = occasion.done() if rung.to.of_units else {"done": "", "asks": ""}
    planned: int = await tx.run(
        "notice_plan.insert", **occasion.named(), **occasion.who(rung.to), **done, **_people(scope), **which,
        of_units=int(rung.to.of_units), base=occasion.base, rung=rung.name, day=rung.day.isoformat(),
        until=rung.until.isoformat(), moved=int(rung.name == MOVED), printed=occasion.printed,
        moved_at=occasion.moved_at, known_from=_known_from(occasion, which["version"]),
    )  # fmt: skip
    return planned


def _known_from(occasion: Occasion, version: str) -> str:
    """From which last day on, up to `version`, somebody was told enough.

    Who gives a unit a longer time tells it so: by its own deadline only one that has come nearer is told.
    """
    return version if version == occasion.base else ""


async def _cancel(tx: Tx, occasion: Occasion, scope: Scope, now: int) -> int:
    named, people, done = occasion.named(), _people(scope), occasion.done()
    count: int = 0
    if done["done"]:
        count += await tx.run(
            "notice_plan.cancel_done", **named, **people, **done, now=now, reason=Ended.HANDED_IN.value
        )
    for version, rungs in occasion.rungs.items():
        count += await tx.run("notice_plan.cancel_gone", **named, **people, version=version, now=now,
                              rungs=_listed([r.name for r in rungs] + [MOVED] * bool(rungs)),
                              reason=(Ended.GONE if rungs else occasion.gone).value)  # fmt: skip
    count += await tx.run("notice_plan.cancel_moved", **named, **people, base=occasion.base, now=now,
                          reason=Ended.MOVED.value)  # fmt: skip
    for to, names in _by_who(occasion).items():
        count += await tx.run("notice_plan.cancel_left", **named, **people, **occasion.who(to), rungs=_listed(names),
                              now=now, reason=Ended.LEFT.value)  # fmt: skip
    return count


def _by_who(occasion: Occasion) -> dict[To, set[str]]:
    found: dict[To, set[str]] = {}
    for rung in (rung for rungs in occasion.rungs.values() for rung in rungs):
        found.setdefault(rung.to, {MOVED} if rung.to is To.ACTING else set()).add(rung.name)
    return found


async def count(tx: Tx) -> None:
    """Let the database see how much there is by now."""
    await tx.all("notice_plan.count")


async def own_deadlines(tx: Tx, campaign: str, duty: str, base: str, unit: str) -> list[str]:
    """The last days behind `base` that units have been given of their own, each once."""
    rows = await tx.all("notice_plan.extended", campaign=campaign, about=duty, base=base, unit=unit)
    return [row["last_day"] for row in rows]


async def people_of(tx: Tx, board: str, unit: str = "") -> list[int]:
    """The ids of everybody in a board, or in one unit of it."""
    return [row["member"] for row in await tx.all("notice_plan.people", board=board, unit=unit)]


def scopes(people: Sequence[int]) -> list[Scope]:
    """These people (ids in order) in chunks, and what lies between them: whoever is none of them any more."""
    found: list[Scope] = []
    for one in people:
        if found and found[-1].there and one - found[-1].after <= CHUNK:
            found[-1] = Scope(found[-1].after, one)
        else:
            last = found[-1].upto if found else 0
            found += [Scope(last, one - 1, there=False)] if one - 1 > last else []
            found.append(Scope(one - 1, one))
    return [*found, Scope(found[-1].upto if found else 0, there=False)]


def _people(scope: Scope) -> dict[str, Any]:
    return {"unit": scope.unit, "after": scope.after, "upto": scope.upto}


def _listed(names: Iterable[str]) -> str:
    """Names as the queries compare them."""
    return f",{','.join(sorted(names))},"

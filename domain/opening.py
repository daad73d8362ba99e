"""What is open to be registered: which campaign asks whom for what, until when, and what happens afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.dossier import After
from domain.registration import REGISTRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from domain.campaign import Actor, Asks, Campaign
    from domain.standing import DutyToday


class Stage(StrEnum):
    """Where an opening stands on a day."""

    AHEAD = "ahead"
    OPEN = "open"
    LATE = "late"
    """its last day is over; what comes is marked late"""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """One kind of registration in one campaign, or one report. Days are None where nothing names them.

    `duty`: the id of the duty that asks for it; None where an officer has opened it by hand.
    """

    campaign: Campaign
    asks: Asks
    actors: frozenset[Actor]
    duty: str | None = None
    opens: date | None = None
    last_day: date | None = None
    printed: str | None = None
    """the due date as the plan prints it"""
    after: After = After.LATE

    def stage(self, today: date) -> Stage:
        """Where it stands on that day."""
        if self.opens and today < self.opens:
            return Stage.AHEAD
        if self.last_day is None or today <= self.last_day:
            return Stage.OPEN
        return Stage.LATE if self.after is After.LATE else Stage.CLOSED


def of_duty(item: DutyToday, after: After, kinds: Iterable[Asks] = REGISTRATIONS) -> list[Opening]:
    """The openings a duty makes: one for each of these kinds that it asks for.

    A last day that no officer has confirmed makes nobody late: the printed words alone are shown.
    """
    return [
        Opening(
            item.campaign,
            asks,
            frozenset(item.duty.actors),
            item.duty.id,
            item.opens if item.confirmed else None,
            item.last_day if item.confirmed else None,
            item.duty.due.printed,
            after,
        )
        for asks in item.duty.asks
        if asks in kinds
    ]


def one_of_each(openings: Iterable[Opening], today: date) -> list[Opening]:
    """One opening of each kind in each campaign: what an officer has opened, else the one that asks soonest."""
    best: dict[tuple[str, Asks], Opening] = {}
    for one in openings:
        key = (one.campaign.slug, one.asks)
        if key not in best or _rank(one, today) < _rank(best[key], today):
            best[key] = one
    return list(best.values())


_STAGES = (Stage.OPEN, Stage.AHEAD, Stage.LATE, Stage.CLOSED)


def _rank(one: Opening, today: date) -> tuple[bool, bool, int, int]:
    """Smaller is better: opened by hand, with a date, open rather than over, the nearest date."""
    day = one.last_day.toordinal() if one.last_day else 0
    return one.duty is not None, one.last_day is None, _STAGES.index(one.stage(today)), day

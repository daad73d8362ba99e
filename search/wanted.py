"""What a question says of the duty it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from domain.campaign import Actor, Asks
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS
from search.reading import matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.reading import NamedDay, NamedPhase, Reading

REGISTRATIONS = frozenset({Asks.TITLE, Asks.INITIATIVE, Asks.WORK})


@dataclass(frozen=True)
class Wanted:
    """What a question says of the duty it means. Empty fields say nothing."""

    asks: frozenset[Asks] = frozenset()
    topic: str = ""
    """what to call it when a plan has none: a key under ask.silent"""
    phase: NamedPhase | None = None
    by_name: bool = False
    """whether the plan itself must use the word for the phase: not where the question says which plan it means"""
    interim: bool = False
    final: bool = False
    months: frozenset[int] = frozenset()
    days: tuple[NamedDay, ...] = ()
    span: tuple[date, date] | None = None
    actors: frozenset[Actor] = frozenset()
    words: tuple[str, ...] = ()
    """the terms left over, to be found in the duty's own words"""

    @property
    def is_told(self) -> bool:
        """Whether anything but words tells which duty it is."""
        return bool(self.asks or self.phase or self.interim or self.final or self.months or self.days or self.span)


def wanted(reading: Reading, residue: tuple[str, ...], today: date) -> Wanted:
    """What `reading` says of the duty it means; `residue` are the terms that say nothing of the kind."""
    asks, topic = _asks(reading)
    interim = "interim" in reading
    return Wanted(
        asks=asks,
        topic=topic or ("interim" if interim else "final" if "final" in reading else ""),
        phase=reading.phase,
        interim=interim,
        final="final" in reading and not interim,
        months=reading.months,
        days=reading.days,
        span=_span(reading.relative, today),
        actors=_actors(reading),
        words=_joined(residue, reading.text),
    )


def _joined(residue: Sequence[str], text: str) -> tuple[str, ...]:
    """Syllables that stand together mean one thing: "thành lập" is neither "hoàn thành" nor "xác lập"."""
    single = [term for term in residue if " " not in term]
    pairs = [(one, two) for one, two in pairwise(single) if matches(text, f"{one} {two}")]
    joined = {syllable for pair in pairs for syllable in pair}
    return (*(term for term in residue if term not in joined), *map(" ".join, pairs))


def _asks(reading: Reading) -> tuple[frozenset[Asks], str]:
    for topic in ("initiative", "work", "title"):
        if topic in reading and "council" not in reading:
            return frozenset({Asks(topic)}), topic
    if "register" in reading:
        return REGISTRATIONS, "register"
    return (frozenset({Asks.REPORT}), "report") if "report" in reading else (frozenset(), "")


def _actors(reading: Reading) -> frozenset[Actor]:
    if "enterprise" in reading and "staff" not in reading:
        return ENTERPRISE_ACTORS
    return STAFF_ACTORS if "staff" in reading and "enterprise" not in reading else frozenset()


def _span(relative: str | None, today: date) -> tuple[date, date] | None:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    second = (after + timedelta(days=32)).replace(day=1)
    return {
        "today": (today, today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "this_week": (monday, monday + timedelta(days=6)),
        "next_week": (monday + timedelta(days=7), monday + timedelta(days=13)),
        "this_month": (first, after - timedelta(days=1)),
        "next_month": (after, second - timedelta(days=1)),
    }.get(relative or "")

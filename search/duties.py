"""Which duties a question means: by what they ask for, their phase, their time, whom they address, and their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.campaign import Actor, Asks, Audience
from domain.people import ENTERPRISE_ACTORS, STAFF_ACTORS
from search.reading import LAST_PHASE, MONTHS, RUNNING_PHASE, between_blanks, matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.campaign import Campaign, Duty, Phase
    from domain.due import Window
    from search.index import Index
    from search.reading import NamedDay, NamedPhase
    from search.wanted import Wanted

ACTORS_OF = {None: frozenset[Actor](), Audience.STAFF: STAFF_ACTORS, Audience.ENTERPRISE: ENTERPRISE_ACTORS}
TITLE_WORDS, OTHER_WORDS = 1.0, 0.45
"""How much a word of the question counts that stands in a duty's title or among who must act, or elsewhere about it."""
ENOUGH = 0.5
"""From this share of its words on, a question without any other hint means the duty."""
SOME = 0.3
"""Less than this share of the words that are left speaks against a duty that the other hints point to."""
OWN_AUDIENCE, LITERAL = 0.2, 0.15
"""What it adds that a duty is the asker's own kind's, and that its title uses the very word of the question."""
WORD_OF = {
    "title": "danh hieu",
    "initiative": "sang kien",
    "work": "cong trinh",
    "report": "bao cao",
    "register": "dang ky",
}
INTERIM_MONTHS, FINAL_MONTHS = frozenset({6, 7, 8}), frozenset({11, 12, 1, 2})


@dataclass(frozen=True, slots=True)
class Match:
    """A duty that may be meant; the higher the score, the surer. `loose`: the nearest there is, not quite what was asked."""

    duty: Duty
    score: float
    loose: bool = False


def matching(
    index: Index, campaign: Campaign, want: Wanted, audience: Audience | None, today: date, *, exactly: bool = True
) -> list[Match]:
    """The duties of `campaign` that fit, best first; `exactly`: not those that fit clearly worse than the best."""
    found = [m for d in campaign.duties if (m := _match(index, campaign, d, want, today))]
    own = ACTORS_OF[audience]
    found = [Match(m.duty, m.score + OWN_AUDIENCE * bool(own & set(m.duty.actors)), m.loose) for m in found]
    if any(not m.loose for m in found):
        found = [m for m in found if not m.loose]
    best = max((m.score for m in found), default=0.0)
    return sorted((m for m in found if m.score >= best - SOME or not exactly), key=lambda m: -m.score)


def in_order(campaign: Campaign, duty: Duty, today: date) -> tuple[int, int]:
    """Sorts duties: those still ahead, nearest first; then those that are past, latest first; then those without a day."""
    window = campaign.window(duty)
    if window is None or duty.due.kind == "tentative":
        return 2, 0
    return (0, window.last.toordinal()) if is_ahead(campaign, duty, today) else (1, -window.last.toordinal())


def is_ahead(campaign: Campaign, duty: Duty, today: date) -> bool:
    """Whether a day named for it is still to come."""
    window = campaign.window(duty)
    return window is not None and duty.due.kind != "tentative" and not duty.standing_duty and window.last >= today


def phase_named(campaign: Campaign, named: NamedPhase, today: date) -> Phase | None:
    """The phase of `campaign` that a question names by its number, or the one that runs."""
    phases = sorted(campaign.phases, key=lambda p: p.start)
    if named.number == RUNNING_PHASE:
        return next((p for p in phases if p.start <= today <= p.end), None)
    if named.number == LAST_PHASE:
        return phases[-1]
    return phases[named.number - 1] if len(phases) > 1 and named.number <= len(phases) else None


def is_called(phase: Phase, named: NamedPhase) -> bool:
    """Whether the plan itself uses that word for its phases (đợt, giai đoạn, quý)."""
    return matches(between_blanks(phase.name), named.word)


def _match(index: Index, campaign: Campaign, duty: Duty, want: Wanted, today: date) -> Match | None:
    if duty.standing_duty or (want.actors and not want.actors & set(duty.actors)):
        return None
    asked = _asked(index, campaign, duty, want)
    if want.asks and not asked:
        return None
    points = [*_time_points(campaign, duty, want, today), *_review_points(campaign, duty, want)]
    if 0.0 in points:
        return None
    counted = [t for t in want.words if not want.is_told or index.is_of_a_duty(t)]
    share = _share(index, campaign, duty, counted)
    if counted and share < (SOME if want.is_told else ENOUGH):
        return None
    literal = LITERAL * matches(index.duty_words[campaign.slug, duty.id][0], WORD_OF.get(want.topic, "?"))
    return Match(duty, asked + literal + sum(points) + share, loose=SOME in points)


def _asked(index: Index, campaign: Campaign, duty: Duty, want: Wanted) -> float:
    """1 if it asks for what is wanted, half if only its title speaks of it: registering with others, completing works."""
    if want.asks & set(duty.asks):
        return 1.0
    title = index.duty_words[campaign.slug, duty.id][0]
    return float(want.topic == "register" and matches(title, "dang ky")) / 2


def _time_points(campaign: Campaign, duty: Duty, want: Wanted, today: date) -> Iterator[float]:
    """One figure for each hint at a time: 0 speaks against the duty."""
    window = campaign.window(duty)
    if want.phase:
        phase = phase_named(campaign, want.phase, today)
        called = phase is not None and is_called(phase, want.phase)
        yield (1.0 + called) * _belongs(duty, window, phase) * (called or not want.by_name) if phase else 0.0
    if want.months:
        yield float(bool(want.months & _months_of(duty, window)))
    for day in want.days:
        yield float(_is_on(duty, window, day))
    if want.span:
        first, last = want.span
        yield float(window is not None and first <= window.last and (window.opens or window.last) <= last)


def _belongs(duty: Duty, window: Window | None, phase: Phase) -> bool:
    return duty.phase == phase.id if duty.phase else window is not None and phase.start <= window.last <= phase.end


def _printed_day(duty: Duty) -> date | None:
    return getattr(duty.due, "day", None)


def _months_of(duty: Duty, window: Window | None) -> set[int]:
    if window is None:
        return set()
    day, months = window.opens or window.last, set[int]()
    while day.replace(day=1) <= window.last and len(months) < MONTHS:
        months.add(day.month)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    printed = _printed_day(duty)
    return months | ({printed.month} if printed else set())


def _is_on(duty: Duty, window: Window | None, named: NamedDay) -> bool:
    if window is None:
        return False
    days = {window.opens, window.last, _printed_day(duty)}
    return any(d and (d.day, d.month) == (named.day, named.month) and named.year in {None, d.year} for d in days)


def _review_points(campaign: Campaign, duty: Duty, want: Wanted) -> Iterator[float]:
    """One figure for each hint at the interim or final review: 0 speaks against the duty, SOME is the nearest there is."""
    title = between_blanks(duty.title)
    for is_meant, known, literal, months in (
        (want.interim, campaign.interim_review, ("so ket", "6 thang"), INTERIM_MONTHS),
        (want.final, campaign.final_review, ("tong ket", "cuoi nam"), FINAL_MONTHS),
    ):
        if not is_meant:
            continue
        window = campaign.window(duty)
        named = duty.id == known or any(matches(title, word) for word in literal)
        near = Asks.REPORT in want.asks and window is not None and window.last.month in months
        yield 1.0 if named else SOME if near else 0.0


def _share(index: Index, campaign: Campaign, duty: Duty, terms: Sequence[str]) -> float:
    title, rest = index.duty_words[campaign.slug, duty.id]
    total = sum(map(index.term_weight, terms)) or 1.0
    held = (TITLE_WORDS if matches(title, t) else OTHER_WORDS * matches(rest, t) for t in terms)
    return sum(part * index.term_weight(t) for part, t in zip(held, terms, strict=True)) / total

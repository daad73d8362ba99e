"""Finds what a question is after, campaign by campaign, and decides which campaigns the answer speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Audience, Part
from domain.people import ENTERPRISE_ACTORS
from domain.standing import CampaignStanding, campaign_standing, duty_today
from search import facts
from search.answer import (
    Answer,
    CampaignItem,
    DutyItem,
    FactItem,
    Item,
    Kind,
    PassageItem,
    PhaseItem,
    Ref,
    SilentItem,
    TitleItem,
)
from search.duties import ACTORS_OF, ENOUGH, Wanted, in_order, is_ahead, matching, wanted
from search.reading import between_blanks, matches
from search.topics import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.campaign import Campaign, Duty
    from search.answer import Setting
    from search.index import Index
    from search.reading import Reading
    from search.scope import Scope

CURRENT_BONUS = 1.25
"""A campaign that runs is preferred to an equal one that does not."""
EQUAL = 0.85
"""Campaigns that answer at least so well as the best one answer too."""
SAID_IN_PART = 0.9
"""How well a campaign answers whose plan has passages on the matter, but not what they should hold."""
MOST_CAMPAIGNS, MOST_DUTIES, MOST_LISTED = 2, 3, 6
COVERED = 0.55
"""A passage answers by itself if it holds this much of the question."""

Found = tuple[float, list[Item]]


@dataclass(frozen=True)
class Question:
    """A question with everything needed to answer it; `residue` are the terms that say what it is about."""

    index: Index
    reading: Reading
    setting: Setting
    where: Scope
    residue: tuple[str, ...]

    def answer(self, kind: Kind, items: list[Item], score: float, topic: str = "") -> Answer:
        """An answer of these items, with what there is to open next."""
        return Answer(kind, topic, tuple(items), refs(items), min(1.0, score), english=self.reading.english)

    def duty(self, campaign: Campaign, duty: Duty) -> DutyItem:
        """A duty on the day of the question."""
        setting = self.setting
        confirmed = setting.confirmed(campaign.slug, duty.id)
        return DutyItem(duty_today(campaign, duty, setting.today, setting.calendar, confirmed=confirmed), _quotes(duty))

    def is_current(self, campaign: Campaign) -> bool:
        """Whether the campaign runs on the day of the question."""
        return campaign_standing(campaign, self.setting.today) is CampaignStanding.CURRENT


def find(asked: Question, what: Topic, name: str) -> Answer:
    """The answer to what is asked; kind UNKNOWN if there is none."""
    match what:
        case Topic.FACT:
            return _gathered(asked, Kind.FACT, name, lambda c: _told(facts.FACTS[name](c)))
        case Topic.SEND:
            return _gathered(asked, Kind.FACT, "send", lambda c: _send(asked, c))
        case Topic.AUDIENCE:
            return _gathered(asked, Kind.FACT, "audience", lambda c: _told(facts.audience(c, asked.reading)))
        case Topic.PART:
            return _gathered(asked, Kind.PASSAGES, name, lambda c: _part(asked, c, Part(name)))
        case Topic.PHASES:
            return _gathered(asked, Kind.PHASES, "phases", lambda c: _phases(asked, c))
        case Topic.DUTIES:
            return _gathered(asked, Kind.DUTIES, "duties", lambda c: _duties(asked, c))
        case Topic.DATES:
            return _dates(asked)
        case Topic.CAMPAIGNS:
            return _campaigns(asked)
        case Topic.TITLES if asked.index.catalogue:
            return _titles(asked)
    return _passages(asked)


def refs(items: list[Item]) -> tuple[Ref, ...]:
    """What can be opened from these items, each once: duties and parts, then the campaigns themselves."""
    exact: list[Ref] = []
    whole: list[Ref] = []
    for item in items:
        match item:
            case DutyItem(today=today):
                exact.append(Ref(today.campaign, duty=today.duty.id))
            case PassageItem(campaign=campaign, part=part):
                exact.append(Ref(campaign, part=part))
            case TitleItem():
                continue
        whole.append(Ref(item.campaign))
    return once([*exact, *whole])


def once(found: Iterable[Ref]) -> tuple[Ref, ...]:
    """Each of these once, in their order."""
    return tuple({ref.action: ref for ref in reversed(list(found))}.values())[::-1]


def _gathered(asked: Question, kind: Kind, topic: str, resolve: Callable[[Campaign], Found]) -> Answer:
    """One answer from what each campaign says: the named ones', or the ones that say most, those that run first."""
    found = [
        (strength, campaign, items) for campaign in asked.where.campaigns for strength, items in (resolve(campaign),)
    ]
    told = [one for one in found if one[0] > 0]
    if not told:
        chosen = (
            found[:1]
            if asked.where.narrow
            else ([f for f in found if asked.is_current(f[1])] or found)[:MOST_CAMPAIGNS]
        )
        return asked.answer(Kind.SILENT, [item for _, _, items in chosen for item in items], 0.5, topic)
    if asked.where.narrow:
        chosen = [*([found[0]] if found[0][0] <= 0 else []), *told[:MOST_CAMPAIGNS]]
    else:
        weighed = [(s * (CURRENT_BONUS if asked.is_current(c) else 1), c, items) for s, c, items in told]
        best = max(s for s, _, _ in weighed)
        chosen = [one for one in weighed if one[0] >= EQUAL * best]
        chosen = sorted(chosen, key=lambda one: (not asked.is_current(one[1]), -one[0]))[:MOST_CAMPAIGNS]
    return asked.answer(kind, [item for _, _, items in chosen for item in items], max(s for s, _, _ in chosen), topic)


def _told(items: list[Item]) -> Found:
    silent = [item for item in items if isinstance(item, SilentItem)]
    return (0.0 if len(silent) == len(items) else SAID_IN_PART if silent else 1.0), items


def _part(asked: Question, campaign: Campaign, part: Part) -> Found:
    return _told(facts.part(asked.index, campaign, part, asked.reading, asked.residue))


def _phases(asked: Question, campaign: Campaign) -> Found:
    named = asked.reading.phase
    strength, items = _told(facts.phases(campaign, asked.reading, asked.setting.today))
    called = [
        i for i in items if isinstance(i, PhaseItem) and named and matches(between_blanks(i.phase.name), named.word)
    ]
    return strength + len(called) * (strength == 1), items


def _audience(asked: Question) -> Audience | None:
    return asked.setting.asker.audience


def _want(asked: Question) -> Wanted:
    return wanted(asked.reading, asked.residue, asked.setting.today)


def _dates(asked: Question) -> Answer:
    want = _want(asked)
    if not want.is_told:
        answer = _gathered(asked, Kind.DATES, "date", lambda c: _dated(asked, c, want))
        return answer if answer.kind is Kind.DATES else _undated(asked)
    return _gathered(asked, Kind.DATES, want.topic or "date", lambda c: _dated(asked, c, want))


def _dated(asked: Question, campaign: Campaign, want: Wanted) -> Found:
    found = matching(asked.index, campaign, want, _audience(asked), asked.setting.today)
    named = {m.duty.id for m in found}
    kept = [m for m in found if not named & set(m.duty.dated_by)]
    if not kept:
        return 0.0, _silent_on(asked, campaign, want)
    return kept[0].score, [asked.duty(campaign, m.duty) for m in kept[:MOST_DUTIES]]


def _silent_on(asked: Question, campaign: Campaign, want: Wanted) -> list[Item]:
    """What to say where a plan has no such duty: that it has none, and the nearest thing it does have."""
    today = asked.setting.today
    if want.actors and not _addresses(campaign, want):
        return [SilentItem(campaign, "not_for_enterprises", campaign.audience_note)]
    near: list[Item] = []
    for easier in (
        Wanted(asks=want.asks, topic=want.topic, phase=want.phase),
        Wanted(interim=want.interim, final=want.final),
        Wanted(asks=want.asks, topic=want.topic),
    ):
        if easier.is_told and not near and (found := matching(asked.index, campaign, easier, None, today)):
            near = [asked.duty(campaign, found[0].duty)]
    topic = "phase" if want.phase and not want.topic else want.topic or "date"
    return [SilentItem(campaign, topic), *near]


def _addresses(campaign: Campaign, want: Wanted) -> bool:
    return want.actors != ENTERPRISE_ACTORS or Audience.ENTERPRISE in campaign.audience


def _undated(asked: Question) -> Answer:
    """A date is asked of something no duty is about: the passage that speaks of it, and that no date stands there."""
    answer = _passages(asked)
    if answer.kind is Kind.UNKNOWN:
        return answer
    first = answer.campaigns[0]
    return asked.answer(Kind.SILENT, [SilentItem(first, "date"), *answer.items], answer.score, "date")


def _duties(asked: Question, campaign: Campaign) -> Found:
    want, today = _want(asked), asked.setting.today
    actors = want.actors or ACTORS_OF[_audience(asked)]
    plain = Wanted(phase=want.phase, months=want.months, days=want.days, span=want.span, actors=actors)
    every = [m.duty for m in matching(asked.index, campaign, plain, None, today, exactly=False)]
    if not every:
        return 0.0, _silent_on(asked, campaign, want)
    if "ahead" in asked.reading and not (want.span or want.months):
        every = [d for d in every if is_ahead(campaign, d, today)]
        if not every:
            return 0.0, [SilentItem(campaign, "nothing_ahead")]
    note: list[Item] = [] if any(d.asks for d in every) else [SilentItem(campaign, "hand_in")]
    every.sort(key=lambda d: (not d.asks, in_order(campaign, d, today)))
    return 1.0, [*note, *(asked.duty(campaign, d) for d in every[:MOST_LISTED])]


def _send(asked: Question, campaign: Campaign) -> Found:
    want = Wanted(asks=_want(asked).asks, phase=asked.reading.phase)
    found = (
        [m.duty for m in matching(asked.index, campaign, want, _audience(asked), asked.setting.today)]
        if want.is_told
        else [d for d in campaign.duties if d.asks and not d.standing_duty]
    )
    told = {d.to: d for d in reversed(found) if d.to}
    if told:
        return 1.0, [FactItem(campaign, "send", to, (duty.title,)) for to, duty in list(told.items())[:MOST_DUTIES]]
    return 0.0, [SilentItem(campaign, "send"), *facts.office(campaign)]


def _campaigns(asked: Question) -> Answer:
    today = asked.setting.today
    every = [CampaignItem(c, campaign_standing(c, today)) for c in asked.where.campaigns]
    running = [i for i in every if i.standing is CampaignStanding.CURRENT]
    items: list[Item] = [*(running or every)[:MOST_LISTED]]
    return asked.answer(Kind.CAMPAIGNS, items, 1.0, "running" if running else "none_running")


def _titles(asked: Question) -> Answer:
    catalogue = asked.index.catalogue
    assert catalogue
    years = asked.reading.years
    day = date(max(years), 12, 31) if years else asked.setting.today
    law = catalogue.law_on(day)
    named = [
        (len(t.name), t)
        for t in catalogue.titles_on(day)
        if matches(asked.reading.text, between_blanks(t.name).strip())
    ]
    short = [(0, t) for t in catalogue.titles_on(day) if matches(between_blanks(t.name), _named_title(asked.reading))]
    items: list[Item] = [TitleItem(t, law) for _, t in sorted(named or short, key=lambda n: -n[0])[:MOST_DUTIES] if law]
    return asked.answer(Kind.TITLES, items, 1.0, "titles") if items else _passages(asked)


def _named_title(reading: Reading) -> str:
    return max(reading.said.get("named_title", ()), key=len, default="?")


def _passages(asked: Question) -> Answer:
    hits = asked.index.search(asked.residue, asked.where.campaigns)
    good = [hit for hit in hits[:MOST_DUTIES] if hit.coverage >= COVERED and hit.score >= EQUAL * hits[0].score]
    items: list[Item] = []
    for hit in good:
        entry = hit.entry
        if entry.duty and (duty := entry.campaign.duty(entry.duty)):
            items.append(asked.duty(entry.campaign, duty))
        elif entry.part:
            items.append(PassageItem(entry.campaign, entry.part, (entry.quote,), entry.about))
        else:
            items.append(FactItem(entry.campaign, "passage", quotes=(entry.quote,)))
    kind = Kind.PASSAGES if items else Kind.UNKNOWN
    return asked.answer(kind, items, good[0].coverage if good else 0.0, "passages")


def _quotes(duty: Duty) -> tuple[str, ...]:
    """The sentence with its date, and before it the one that says what it is about."""
    title = set(between_blanks(duty.title).split())
    shares = [(len(title & set(between_blanks(quote).split())) / len(title), quote) for quote in duty.quotes[:-1]]
    share, about = max(shares, default=(0.0, ""), key=lambda one: one[0])
    return (about, duty.quotes[-1]) if share >= ENOUGH else duty.quotes[-1:]

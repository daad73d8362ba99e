"""Finds what a question is after, campaign by campaign, and decides which campaigns the answer speaks of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Audience, Part
from domain.standing import CampaignStanding, campaign_standing
from search import due, facts
from search.answer import (
    Answer,
    CampaignItem,
    FactItem,
    Item,
    Kind,
    PassageItem,
    PhaseItem,
    SilentItem,
    TitleItem,
)
from search.due import MOST_DUTIES, MOST_LISTED, Found
from search.reading import between_blanks, matches
from search.topics import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.campaign import Campaign
    from search.index import Entry
    from search.question import Question
    from search.reading import Reading

CURRENT_BONUS = 1.25
"""A campaign that runs is preferred to an equal one that does not."""
EQUAL = 0.85
"""Campaigns that answer at least so well as the best one answer too."""
SAID_IN_PART = 0.9
"""How well a campaign answers whose plan has passages on the matter, but not what they should hold."""
MOST_CAMPAIGNS = 2
COVERED = 0.55
"""A passage answers by itself if it holds this much of the question."""

KINDS = {Topic.PART: Kind.PASSAGES, Topic.PHASES: Kind.PHASES, Topic.DUTIES: Kind.DUTIES} | dict.fromkeys(
    (Topic.FACT, Topic.SEND, Topic.AUDIENCE), Kind.FACT
)


def find(asked: Question, what: Topic, name: str) -> Answer:
    """The answer to what is asked; kind UNKNOWN if there is none."""
    match what:
        case Topic.DATES:
            return _dates(asked)
        case Topic.CAMPAIGNS:
            return _campaigns(asked)
        case Topic.CITED:
            return _cited(asked)
        case Topic.TITLES if asked.index.catalogue:
            return _titles(asked)
        case Topic.TITLES | Topic.SEARCH:
            return _passages(asked)
    return _gathered(asked, KINDS[what], name or what, lambda campaign: _said_of(asked, what, name, campaign))


def _said_of(asked: Question, what: Topic, name: str, campaign: Campaign) -> Found:
    """What one campaign says on a matter that every campaign may speak of."""
    match what:
        case Topic.SEND:
            return due.sent_to(asked, campaign)
        case Topic.AUDIENCE:
            return _told(facts.audience(campaign, asked.reading))
        case Topic.PART:
            return _part(asked, campaign, Part(name))
        case Topic.PHASES:
            return _phases(asked, campaign)
        case Topic.DUTIES:
            return due.listed(asked, campaign)
    return _told(facts.FACTS[name](campaign))


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
    """What a part says; a plan that speaks of just what is asked counts twice one that speaks of the matter only."""
    strength, items = _told(facts.part(asked.index, campaign, part, asked.reading, asked.residue))
    said = between_blanks(" ; ".join(quote for item in items if isinstance(item, PassageItem) for quote in item.quotes))
    held = [matches(said, term) for term in asked.residue]
    return strength * (1 + sum(held) / max(1, len(held))), items


def _phases(asked: Question, campaign: Campaign) -> Found:
    named = asked.reading.phase
    strength, items = _told(facts.phases(campaign, asked.reading, asked.setting.today))
    called = [
        i for i in items if isinstance(i, PhaseItem) and named and matches(between_blanks(i.phase.name), named.word)
    ]
    return strength + len(called) * (strength == 1), items


def _dates(asked: Question) -> Answer:
    want = due.want_of(asked)
    if not want.is_told:
        answer = _gathered(asked, Kind.DATES, "date", lambda c: due.dated(asked, c, want))
        return answer if answer.kind is Kind.DATES else _undated(asked)
    return _gathered(asked, Kind.DATES, want.topic or "date", lambda c: due.dated(asked, c, want))


def _undated(asked: Question) -> Answer:
    """A date is asked of something no duty is about: the passage that speaks of it, and that no date stands there."""
    answer = _passages(asked)
    if answer.kind is Kind.UNKNOWN:
        return answer
    first = answer.campaigns[0]
    return asked.answer(Kind.SILENT, [SilentItem(first, "date"), *answer.items], answer.score, "date")


def _campaigns(asked: Question) -> Answer:
    today = asked.setting.today
    meant = {Audience.ENTERPRISE} if "enterprise" in asked.reading else set()
    every = [CampaignItem(c, campaign_standing(c, today)) for c in asked.where.campaigns if meant <= set(c.audience)]
    if asked.where.narrow and ("campaigns" not in asked.reading or len(every) == 1):
        return asked.answer(Kind.CAMPAIGNS, [*every[:MOST_CAMPAIGNS]], 1.0, "one")
    running = [i for i in every if i.standing is CampaignStanding.CURRENT]
    topic = "all" if asked.where.narrow else "running" if running else "none_running"
    return asked.answer(Kind.CAMPAIGNS, [*(every if topic == "all" else running or every)[:MOST_LISTED]], 1.0, topic)


def _titles(asked: Question) -> Answer:
    catalogue = asked.index.catalogue
    assert catalogue
    years = asked.reading.years
    day = date(max(years), 12, 31) if years else asked.setting.today
    law = catalogue.law_on(day)
    every = catalogue.titles_on(day)
    named = [t for t in every if matches(asked.reading.text, between_blanks(t.name.split("(")[0]).strip())]
    short = [t for t in every if matches(between_blanks(t.name), _named_title(asked.reading))]
    found = sorted(named or short, key=lambda t: -len(t.name))[:MOST_DUTIES]
    items: list[Item] = [TitleItem(t, law) for t in found if law]
    return asked.answer(Kind.TITLES, items, 1.0, "titles") if items else _passages(asked)


def _named_title(reading: Reading) -> str:
    return max(reading.said.get("named_title", ()), key=len, default="?")


def _cited(asked: Question) -> Answer:
    """A document by its number: the plan that carries it, or the sentences that cite it."""
    known = asked.where.known
    entries = [
        e for e in asked.index.entries for n in asked.reading.cited if matches(e.folded, n) and e.campaign in known
    ]
    own = [
        CampaignItem(c, campaign_standing(c, asked.setting.today)) for c in asked.where.campaigns if asked.where.narrow
    ]
    items: list[Item] = [_as_item(asked, entry) for entry in entries[:MOST_CAMPAIGNS]] or [*own]
    kind = Kind.UNKNOWN if not items else Kind.PASSAGES if entries else Kind.CAMPAIGNS
    return asked.answer(kind, items, 1.0, "one" if own and not entries else "passages")


def _as_item(asked: Question, entry: Entry) -> Item:
    duty = entry.campaign.duty(entry.duty) if entry.duty else None
    if duty:
        return asked.duty(entry.campaign, duty)
    if entry.part:
        return PassageItem(entry.campaign, entry.part, (entry.quote,), entry.about)
    if entry.fact == "signer":
        return facts.signer(entry.campaign)[0]
    return FactItem(entry.campaign, entry.fact or "passage", quotes=(entry.quote,))


def _passages(asked: Question) -> Answer:
    hits = asked.index.search(asked.residue, asked.reading.text, asked.where.campaigns)
    good = [hit for hit in hits[:MOST_DUTIES] if hit.coverage >= COVERED and hit.score >= EQUAL * hits[0].score]
    fresh = {(hit.entry.campaign.slug, hit.entry.quote): hit.entry for hit in reversed(good)}
    items = [_as_item(asked, entry) for entry in reversed(fresh.values())]
    kind = Kind.PASSAGES if items else Kind.UNKNOWN
    return asked.answer(kind, items, good[0].coverage if good else 0.0, "passages")

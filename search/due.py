"""Which duties of one campaign answer a question, and what to say where none does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.campaign import Audience
from domain.people import ENTERPRISE_ACTORS
from search import facts
from search.answer import FactItem, Item, SilentItem
from search.duties import ACTORS_OF, in_order, is_ahead, matching
from search.wanted import REGISTRATIONS, Wanted, wanted

if TYPE_CHECKING:
    from domain.campaign import Campaign, Duty
    from search.question import Question

MOST_DUTIES, MOST_LISTED = 3, 6
Found = tuple[float, list[Item]]
"""How well a campaign answers (0: its plan does not say), and with what."""


def _audience(asked: Question) -> Audience | None:
    return asked.setting.asker.audience


def want_of(asked: Question) -> Wanted:
    """What the question says of the duty it means."""
    want = wanted(asked.reading, asked.residue, asked.setting.today)
    return replace(want, by_name=not asked.where.narrow)


def dated(asked: Question, campaign: Campaign, want: Wanted) -> Found:
    """The duties of a campaign that are meant; where there is none, that the plan does not say, and the nearest."""
    found = matching(asked.index, campaign, want, _audience(asked), asked.setting.today)
    named = {m.duty.id for m in found}
    kept = [m for m in found if not named & set(m.duty.dated_by)]
    if not kept:
        return 0.0, _silent(asked, campaign, want)
    return kept[0].score, [asked.duty(campaign, m.duty) for m in kept[:MOST_DUTIES]]


def _silent(asked: Question, campaign: Campaign, want: Wanted) -> list[Item]:
    """What to say where a plan has no such duty: that it has none, and the nearest thing it does have."""
    today = asked.setting.today
    if not _addresses(asked, campaign, want):
        return [SilentItem(campaign, "not_for_enterprises", campaign.audience_note)]
    topic = "phase" if want.phase and not want.topic else want.topic or "date"
    if want.actors and (found := matching(asked.index, campaign, replace(want, actors=frozenset()), None, today)):
        return [SilentItem(campaign, "for_others"), asked.duty(campaign, found[0].duty)]
    asks = REGISTRATIONS if want.asks & REGISTRATIONS else want.asks
    for easier in (
        Wanted(asks=want.asks, topic=want.topic, phase=want.phase),
        Wanted(interim=want.interim, final=want.final),
        Wanted(asks=asks, topic=want.topic),
    ):
        if easier.is_told and (found := matching(asked.index, campaign, easier, None, today)):
            return [SilentItem(campaign, topic), asked.duty(campaign, found[0].duty)]
    return [SilentItem(campaign, topic)]


def _addresses(asked: Question, campaign: Campaign, want: Wanted) -> bool:
    """Whether the plan speaks to those who are asked about; an enterprise that names nobody asks about itself."""
    asks_for_itself = _audience(asked) is Audience.ENTERPRISE and not want.actors
    return Audience.ENTERPRISE in campaign.audience or not (asks_for_itself or want.actors == ENTERPRISE_ACTORS)


def listed(asked: Question, campaign: Campaign) -> Found:
    """What is to be done in a campaign, by those and in the time asked about; what is to be handed in first."""
    want, today = want_of(asked), asked.setting.today
    every, named = _meant(asked, campaign, want)
    if not every:
        return 0.0, _silent(asked, campaign, want)
    if ("ahead" in asked.reading or "when" in asked.reading) and not (want.span or want.months):
        every = [d for d in every if is_ahead(campaign, d, today)]
        if not every:
            return 0.0, [SilentItem(campaign, "nothing_ahead")]
    note: list[Item] = [] if any(d.asks for d in every) else [SilentItem(campaign, "hand_in")]
    every.sort(key=lambda d: (not d.asks, in_order(campaign, d, today)))
    return 1.0 + named, [*note, *(asked.duty(campaign, d) for d in every[:MOST_LISTED])]


def _meant(asked: Question, campaign: Campaign, want: Wanted) -> tuple[list[Duty], bool]:
    """The duties of those and of the time asked about; of whom the question names, where any duty is theirs."""
    plain = replace(
        want, asks=frozenset(), interim=False, final=False, actors=want.actors or ACTORS_OF[_audience(asked)]
    )
    for words in (want.words, ()):
        found = matching(asked.index, campaign, replace(plain, words=words), None, asked.setting.today, exactly=False)
        if found:
            break
    return [m.duty for m in found], bool(words)


def sent_to(asked: Question, campaign: Campaign) -> Found:
    """Where things are sent; where the plan does not say, who is responsible."""
    want = replace(want_of(asked), words=())
    matched = matching(asked.index, campaign, want, _audience(asked), asked.setting.today) if want.is_told else []
    found = (
        [m.duty for m in matched] if want.is_told else [d for d in campaign.duties if d.asks and not d.standing_duty]
    )
    told: dict[str, Duty] = {}
    for duty in found:
        told.setdefault(duty.to or "", duty)
    told.pop("", None)
    if told:
        return 1.0, [FactItem(campaign, "send", to, (duty.title,)) for to, duty in list(told.items())[:MOST_DUTIES]]
    return 0.0, [SilentItem(campaign, "send"), *facts.office(campaign)]

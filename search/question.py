"""A question with everything that is needed to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.standing import CampaignStanding, campaign_standing, duty_today
from search.answer import Answer, DutyItem, Item, Kind, PassageItem, Ref, TitleItem
from search.duties import ENOUGH
from search.reading import between_blanks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.campaign import Campaign, Duty
    from search.answer import Setting
    from search.index import Index
    from search.reading import Reading
    from search.scope import Scope


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
        return DutyItem(
            duty_today(campaign, duty, setting.today, setting.calendar, confirmed=confirmed), quotes_of(duty)
        )

    def is_current(self, campaign: Campaign) -> bool:
        """Whether the campaign runs on the day of the question."""
        return campaign_standing(campaign, self.setting.today) is CampaignStanding.CURRENT


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
    return tuple({ref.action: ref for ref in found}.values())


def quotes_of(duty: Duty) -> tuple[str, ...]:
    """The sentence with its date, and before it the one that says what it is about."""
    title = set(between_blanks(duty.title).split())
    shares = [(len(title & set(between_blanks(quote).split())) / len(title), quote) for quote in duty.quotes[:-1]]
    share, about = max(shares, default=(0.0, ""), key=lambda one: one[0])
    return (about, duty.quotes[-1]) if share >= ENOUGH else duty.quotes[-1:]

"""Which campaigns a question is about: the ones it names by place or year, else the asker's board's, else all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.standing import CampaignStanding, campaign_standing
from search.fold import fold
from search.reading import matches
from search.words import words

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign
    from search.answer import Setting
    from search.index import Index
    from search.reading import Reading

_YEARS_FROM_NOW = {"this_year": 0, "last_year": -1, "next_year": 1}


@dataclass(frozen=True, slots=True)
class Scope:
    """The campaigns to answer from, the likeliest first.

    `narrow`: the question or the asker's board says which, so that "this plan does not say" is an answer. `missing` is
    the place or the year asked for of which there is no plan here. `used` are the terms that said all this. `known` are
    all campaigns that can be spoken of that day: what nobody can know yet, only where its year is named.
    """

    campaigns: tuple[Campaign, ...]
    narrow: bool
    missing: str = ""
    used: frozenset[str] = frozenset()
    known: tuple[Campaign, ...] = ()


def scope(index: Index, reading: Reading, setting: Setting) -> Scope:
    """The campaigns `reading` is about."""
    today = setting.today
    known = tuple(c for c in index.campaigns if _can_be_known(c, reading, today))
    every = [c for c in index.campaigns if matches(reading.text, index.places[c.slug]) or _is_numbered(c, reading)]
    named = [c for c in every if c in known]
    used = _used(index, reading)
    place = _elsewhere(index, reading) if not every else "" if _of_kind(reading, every, named) else _place(every[0])
    if place:
        return Scope((), narrow=True, missing=place, used=used | {place}, known=known)
    found = named or [c for c in known if setting.asker.board and c.board == setting.asker.board]
    narrow = bool(found)
    found = found or list(known)
    found = _of_kind(reading, found, found)
    years = _years(reading, today)
    if years and (named or not narrow or any(_speaks_of(c, years) for c in known)):
        wanted = [c for c in found if _speaks_of(c, years)] or ([] if named else _of_years(known, years))
        if not wanted:
            missing = " ".join(map(str, sorted(years)))
            return Scope(tuple(found), narrow=True, missing=missing, used=used, known=known)
        found, narrow = wanted, True
    likeliest = tuple(sorted(found, key=lambda c: _likeliest(c, years, today)))
    return Scope(likeliest, narrow, used=used, known=known)


def _can_be_known(campaign: Campaign, reading: Reading, today: date) -> bool:
    return campaign.year in reading.years or campaign_standing(campaign, today) is not CampaignStanding.AHEAD


def _place(campaign: Campaign) -> str:
    return campaign.plan.place or campaign.plan.issuer


def _is_numbered(campaign: Campaign, reading: Reading) -> bool:
    number = campaign.plan.number
    return bool(number) and number in {*reading.terms, *(cited.split()[0] for cited in reading.cited)}


def _of_years(known: tuple[Campaign, ...], years: frozenset[int]) -> list[Campaign]:
    return [c for c in known if c.year in years] or [c for c in known if _speaks_of(c, years)]


def _of_kind(reading: Reading, every: list[Campaign], known: list[Campaign]) -> list[Campaign]:
    """A city's plan and a board's can share their place: the question's word for the issuer tells them apart.

    `every` are all campaigns of the place, `known` those of them that can be spoken of.
    """
    if all(map(_is_city, every)) or not any(map(_is_city, every)):
        return known
    if "board_kind" in reading:
        return [c for c in known if not _is_city(c)]
    return [c for c in known if _is_city(c)] if "city_kind" in reading else known


def _is_city(campaign: Campaign) -> bool:
    return any(word in fold(campaign.plan.issuer) for word in ("ubnd", "uy ban nhan dan"))


def _elsewhere(index: Index, reading: Reading) -> str:
    """A province the question names that no plan speaks of."""
    named = (place for place in words().places if matches(reading.text, place))
    return next((place for place in named if place not in index.postings), "")


def _years(reading: Reading, today: date) -> frozenset[int]:
    shift = _YEARS_FROM_NOW.get(reading.relative or "")
    return reading.years | (frozenset() if shift is None else frozenset({today.year + shift}))


def _speaks_of(campaign: Campaign, years: frozenset[int]) -> bool:
    windows = (campaign.window(duty) for duty in campaign.duties)
    return not years.isdisjoint({campaign.year} | {w.last.year for w in windows if w})


def _likeliest(campaign: Campaign, years: frozenset[int], today: date) -> tuple[bool, bool, int, str]:
    standing = campaign_standing(campaign, today)
    away = abs((campaign.days.last - today).days)
    return (bool(years) and campaign.year not in years, standing is not CampaignStanding.CURRENT, away, campaign.slug)


def _used(index: Index, reading: Reading) -> frozenset[str]:
    text = [place for place in index.places.values() if matches(reading.text, place)]
    kinds = words().signals["board_kind"] + words().signals["city_kind"]
    said = {term for pattern in kinds for group in pattern for term in group}
    numbers = {c.plan.number for c in index.campaigns if c.plan.number}
    return frozenset(t for t in reading.terms if t in said | numbers or any(matches(f" {p} ", t) for p in text))

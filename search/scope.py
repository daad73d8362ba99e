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
    the place or the year asked for of which there is no plan here. `used` are the terms that said all this.
    """

    campaigns: tuple[Campaign, ...]
    narrow: bool
    missing: str = ""
    used: frozenset[str] = frozenset()


def scope(index: Index, reading: Reading, setting: Setting) -> Scope:
    """The campaigns `reading` is about."""
    here = {c.slug for c in index.campaigns if matches(reading.text, index.places[c.slug]) or _is_numbered(c, reading)}
    used = _used(index, reading)
    if not here and (place := _elsewhere(index, reading)):
        return Scope((), narrow=True, missing=place, used=used | {place})
    found = [c for c in index.campaigns if c.slug in here] or _of_board(index, setting)
    narrow = bool(found)
    found = _of_kind(reading, found or list(index.campaigns))
    years = _years(reading, setting.today)
    if years and (here or not narrow or any(_speaks_of(c, years) for c in index.campaigns)):
        wanted = [c for c in found if _speaks_of(c, years)] or ([] if here else _of_years(index, years))
        if not wanted:
            return Scope(tuple(found), narrow=True, missing=" ".join(map(str, sorted(years))), used=used)
        found, narrow = wanted, True
    return Scope(tuple(sorted(found, key=lambda c: _likeliest(c, years, setting.today))), narrow, used=used)


def _is_numbered(campaign: Campaign, reading: Reading) -> bool:
    number = campaign.plan.number
    return bool(number) and number in {*reading.terms, *(cited.split()[0] for cited in reading.cited)}


def _of_board(index: Index, setting: Setting) -> list[Campaign]:
    return [c for c in index.campaigns if setting.asker.board and c.board == setting.asker.board]


def _of_years(index: Index, years: frozenset[int]) -> list[Campaign]:
    return [c for c in index.campaigns if c.year in years] or [c for c in index.campaigns if _speaks_of(c, years)]


def _of_kind(reading: Reading, found: list[Campaign]) -> list[Campaign]:
    """A city's plan and a board's can share their place: its own word for the issuer tells them apart."""
    city = [c for c in found if _is_city(c)]
    boards = [c for c in found if not _is_city(c)]
    if not city or not boards:
        return found
    if "board_kind" in reading:
        return boards
    return city if "city_kind" in reading else found


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
    return frozenset(t for t in reading.terms if t in said or any(matches(f" {p} ", t) for p in text))

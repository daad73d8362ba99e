"""The boards' working calendar as the house delivers it: the `holidays` package, with its gaps filled from calendar.toml.

Every special day keeps its source, so that an officer can see why a day is off, and correct it for their own board.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

import holidays

from domain.calendar import SATURDAY, SpecialDay

if TYPE_CHECKING:
    from collections.abc import Iterable


def special_days(years: Iterable[int]) -> list[SpecialDay]:
    """The days of `years` that differ from their weekday, in order of date; a correction outweighs the package.

    A holiday on a weekend is kept (its name is worth showing); a weekend that is worked stands as such.
    """
    years = set(years)
    found = {day.day: day for day in _from_package(years)}
    corrections = [SpecialDay(**one) for one in _data()["days"]]
    found |= {day.day: day for day in corrections if day.day.year in years}
    return [found[day] for day in sorted(found)]


def confirmed_years() -> frozenset[int]:
    """The years whose holidays were checked against a document; the others are counted but said to be unconfirmed."""
    return frozenset(one["year"] for one in _data()["confirmed"])


def _from_package(years: set[int]) -> list[SpecialDay]:
    words = _data()["package"]
    source = words["source"].format(version=metadata.version("holidays"))
    table = holidays.country_holidays("VN", years=years, language="vi")
    off = [SpecialDay(day, works=False, name=name, source=source) for day, name in table.items()]
    worked = [day for day in table.weekend_workdays if day.year in years and day.weekday() >= SATURDAY]
    return off + [SpecialDay(day, works=True, name=words["make_up_day"], source=source) for day in worked]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("campaigns").joinpath("calendar.toml").read_text(encoding="utf-8"))

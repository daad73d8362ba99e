"""The field's data, read once: the five real plans, the title catalogue, the boards' units and the working calendar."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from campaigns.working_days import confirmed_years, special_days
from domain.calendar import Calendar
from domain.campaign import Campaign
from domain.people import Unit
from domain.titles import Catalogue

NOT_CAMPAIGNS = frozenset({"calendar.toml", "titles.toml", "units.toml"})
CALENDAR_YEARS = range(2019, 2031)
"""The years of the default calendar: from the year before the oldest plan, so that reminders can count back into it."""


@cache
def campaigns() -> tuple[Campaign, ...]:
    """Every campaign file, the latest year first; raises pydantic's ValidationError for a file that says too little."""
    files = [f for f in resources.files("campaigns").iterdir() if f.name.endswith(".toml")]
    found = [Campaign.model_validate(read(f.name)) for f in files if f.name not in NOT_CAMPAIGNS]
    return tuple(sorted(found, key=lambda c: (-c.year, c.slug)))


@cache
def titles() -> Catalogue:
    """The title catalogue, by period of law."""
    return Catalogue.model_validate(read("titles.toml"))


@cache
def units() -> tuple[Unit, ...]:
    """The boards with their rooms, zones and sample enterprises; a parent always stands before its children."""
    return tuple(Unit.model_validate(one) for one in read("units.toml")["units"])


@cache
def calendar() -> Calendar:
    """The working calendar as the house knows it; a board's own corrections are laid over it elsewhere."""
    return Calendar.of(special_days(CALENDAR_YEARS), confirmed_years())


def read(name: str) -> dict[str, Any]:
    """The data file `name` of this folder as plain data."""
    return tomllib.loads(resources.files("campaigns").joinpath(name).read_text(encoding="utf-8"))

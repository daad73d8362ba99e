"""The signed plan a campaign comes from: its passages to the letter, its header and foot, its date as far as printed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.due import Value


class Passage(Value):
    """One passage of the plan, to the letter, with the points printed under it."""

    text: str
    points: tuple[str, ...] = ()
    about: Literal["staff", "enterprise", "collective", "individual"] | None = None
    """whom it is about, where the plan divides a part by readers"""


class PrintedDate(Value):
    """A date as far as it is printed: a blank day or month is nothing, never the first."""

    printed: str | None = None
    year: int | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @property
    def earliest(self) -> date | None:
        """The first day it can mean, or None if not even the year is printed."""
        return date(self.year, self.month or 1, self.day or 1) if self.year else None


class Signer(Value):
    """Who signed, as printed."""

    name: str
    role: str
    signs_for: str | None = None


class Plan(Value):
    """The signed document: header and foot."""

    issuer: str
    issuer_today: str | None = None
    """the body that succeeded the issuer (boards merged on 01/7/2025)"""
    parent: str | None = None
    place: str | None = None
    number_printed: str | None = None
    number: str | None = None
    symbol: str | None = None
    dated: PrintedDate = PrintedDate()
    not_before: date | None = None
    """the day of the latest document it cites as its basis: it cannot be older"""
    title: str
    based_on: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    signer: Signer | None = None
    remarks: tuple[str, ...] = ()
    """what is odd in the copy and how it is read, in Vietnamese, for officers"""

    @property
    def issued_from(self) -> date | None:
        """The earliest day on which it can have been issued; None if nothing tells."""
        known = [day for day in (self.dated.earliest, self.not_before) if day]
        return max(known) if known else None

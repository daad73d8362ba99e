"""Words in a message to many that stand for whom it goes to, filled in for each: {người nhận}, {đơn vị}, {tên}. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from search.fold import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

RECIPIENT, UNIT, NAME = "recipient", "unit", "name"
"""The unit for enterprises, the person for staff; the unit; the person."""
_MEANT = {
    "nguoi nhan": RECIPIENT, "recipient": RECIPIENT,
    "don vi": UNIT, "ten don vi": UNIT, "unit": UNIT,
    "ten": NAME, "ho ten": NAME, "ho va ten": NAME, "ten nguoi nhan": NAME, "name": NAME,
}  # fmt: skip
"""How they may be typed, folded."""
_BRACED = re.compile(r"\{([^{}]*)\}|\{\w*|\}")
SHOWN = 40
"""Characters of an unknown one that are shown."""


def unknown(text: str) -> str | None:
    """The first thing in braces, or single brace, that stands for nobody; None: each stands for somebody."""
    strange = (found.group() for found in _BRACED.finditer(text) if _meant(found) is None)
    return next((one[:SHOWN] for one in strange), None)


def named(text: str) -> Counter[str]:
    """How often each of them stands in a text."""
    return Counter(meant for found in _BRACED.finditer(text) if (meant := _meant(found)))


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text for one recipient; what is filled in is not looked at again, whatever it holds."""
    return _BRACED.sub(lambda found: names[meant] if (meant := _meant(found)) else found.group(), text)


def without_salutation(text: str) -> str:
    """What is said to everybody alike: the text without a first line that names whom it goes to."""
    first, _, rest = text.partition("\n")
    return rest.strip() if named(first) and rest.strip() else text


def _meant(found: re.Match[str]) -> str | None:
    return _MEANT.get(fold(found.group(1) or ""))

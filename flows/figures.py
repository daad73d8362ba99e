"""A kind of answer: a short form of figures, asked one after another, each of which may be passed over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.registration import WHOLE
from flows.answers import SKIP, skip, tidy
from flows.flow import Accepted, At, Growing, Plain, Refused, Said, Typing, Understood
from search.fold import fold
from texts.compose import LANGUAGES, catalogue
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Answers, Facts

PER_CENT = "%"
_TYPED = re.compile(r"(-?[0-9]{1,12})(?:[.,]([0-9]{1,4}))?\s*(?:%|[^\W\d_].*)?")
_GROUPED = re.compile(r"(?<=[0-9])[.\s](?=[0-9]{3}(?![0-9]))")
"""between thousands, as people in Việt Nam write them"""


@dataclass(frozen=True, slots=True)
class Figures(Plain):
    """Figures by id, as text with a point for the decimals; None for one that was passed over.

    `asked`: what is asked for, each with "id", "name" (a line), "unit" and "target" (None: none is set).
    """

    asked: Callable[[Answers, Facts], tuple[dict[str, Any], ...]]

    def typing(self, at: At) -> Typing:
        """A number is the answer, 0 too."""
        return Typing.NUMBER

    def shown(self, at: At) -> tuple[Line, ...]:
        """The figures so far, and the one that is asked for."""
        wanted = self._wanted(at)
        target = (line("figures.target", target=wanted["target"]),) if wanted["target"] else ()
        place = {"n": len(at.so_far or {}) + 1, "all": len(self.asked(at.answers, at.facts))}
        asks = line("figures.asks", name=wanted["name"], unit=wanted["unit"], **place)
        return (*self._told(at.so_far or {}, at), asks, *target)

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The way past it."""
        return (skip(),)

    def accept(self, said: Said, at: At) -> Understood:
        """The figure that is asked for."""
        so_far, wanted = dict(at.so_far or {}), self._wanted(at)
        words = {fold(catalogue()["flow.skip"][language]) for language in LANGUAGES}
        if said.value == SKIP or fold(said.text) in words:
            value = None
        else:
            found = _TYPED.fullmatch(_GROUPED.sub("", tidy(said.text)))
            if found is None:
                return Refused("not_a_figure")
            value = ".".join(part for part in found.groups() if part)
            if wanted["unit"] == PER_CENT and not 0 <= float(value) <= WHOLE:
                return Refused("no_per_cent")
        filled = {**so_far, wanted["id"]: value}
        asked = self.asked(at.answers, at.facts)
        return Accepted(filled) if all(one["id"] in filled for one in asked) else Growing(filled)

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """Every figure that was given on a line of its own."""
        return tuple(line("flow.attached", file=one) for one in self._told(value, at)) or line("flow.nothing")

    def _told(self, given: dict[str, Any], at: At) -> tuple[Line, ...]:
        return tuple(
            line("figures.one", name=one["name"], value=given[one["id"]].replace(".", ","), unit=one["unit"])
            for one in self.asked(at.answers, at.facts) if given.get(one["id"])
        )  # fmt: skip

    def _wanted(self, at: At) -> dict[str, Any]:
        there = at.so_far or {}
        return next(one for one in self.asked(at.answers, at.facts) if one["id"] not in there)

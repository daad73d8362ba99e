"""A kind of answer: a short form of figures, asked one after another, each of which may be passed over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from domain.registration import WHOLE
from flows.answers import DONE, SKIP, pick, skip, tidy
from flows.flow import Accepted, At, Growing, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from search.fold import fold
from texts.compose import LANGUAGES, catalogue
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Answers, Facts

PER_CENT = "%"
_AGAIN = "again."
_TYPED = re.compile(r"(-?[0-9]{1,12})(?:[.,]([0-9]{1,4}))?\s*(%|[^\W\d_].*)?")
_SPELLED = frozenset({"phan tram", "per cent", "percent"})
"""how "%" is typed in words, folded"""
_GROUPED = re.compile(r"(?<=[0-9])[.\s](?=[0-9]{3}(?![0-9]))")
"""between thousands, as people in Việt Nam write them"""


@dataclass(frozen=True, slots=True)
class Figures(Plain):
    """Figures by id, as text with a point for the decimals; None for one that was passed over.

    `asked`: what is asked for, each with "id", "name" (a line), "unit" and "target" (None: none is set).
    """

    asked: Callable[[Answers, Facts], tuple[dict[str, Any], ...]]

    def typing(self, at: At) -> Typing:
        """A number is the answer, 0 too; where every figure is there, which one to correct."""
        return Typing.NUMBER if self._wanted(at) else Typing.CHOICE

    def part(self, at: At) -> str | None:
        """Where every figure is there it is another question: which one to correct."""
        return None if self._wanted(at) else "whole"

    def shown(self, at: At) -> tuple[Line, ...]:
        """The figures so far, and the one that is asked for."""
        wanted, told = self._wanted(at), self._told(at.so_far or {}, at)
        if wanted is None:
            return told
        target = (line("figures.target", target=wanted["target"]),) if wanted["target"] else ()
        asked = self.asked(at.answers, at.facts)
        place = {"n": asked.index(wanted) + 1, "all": len(asked)}
        return (*told, line("figures.asks", name=wanted["name"], unit=wanted["unit"], **place), *target)

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The way past it; where every figure is there, to keep them or to correct one."""
        if self._wanted(at):
            return (skip(),)
        asked = self.asked(at.answers, at.facts)
        fixes = (Choice(line("flow.fix", label=one["name"]), f"{_AGAIN}{one['id']}") for one in asked)
        return (Choice(line("flow.keep"), DONE), *fixes)

    def accept(self, said: Said, at: At) -> Understood:
        """The figure that is asked for."""
        wanted = self._wanted(at)
        if wanted is None:
            return self._kept_or_corrected(said, at)
        value = self._figure(said, wanted, at)
        if isinstance(value, Refused):
            return value
        filled = {**(at.so_far or {}), wanted["id"]: value}
        return Growing(filled) if self._wanted(replace(at, so_far=filled)) else Accepted(filled)

    def _figure(self, said: Said, wanted: dict[str, Any], at: At) -> str | Refused | None:
        """What was given for it; None: it is passed over."""
        words = {fold(catalogue()["flow.skip"][language]) for language in LANGUAGES}
        if said.value == SKIP or fold(said.text) in words:
            return None
        found = _TYPED.fullmatch(_GROUPED.sub("", tidy(said.text)))
        if found is None:
            return Refused("not_a_figure")
        value = ".".join(part for part in found.groups()[:2] if part)
        if self._is_of_another(found[3] or "", wanted["unit"], at):
            return Refused("other_unit", {"unit": wanted["unit"]})
        if wanted["unit"] == PER_CENT and not 0 <= float(value) <= WHOLE:
            return Refused("no_per_cent")
        return Refused("below_0") if value.startswith("-") else value

    def _is_of_another(self, typed: str, unit: str, at: At) -> bool:
        """Whether the word behind a figure is the unit of another one; behind a percentage no word but its own will do."""
        meant, others = _unit(typed), {_unit(one["unit"]) for one in self.asked(at.answers, at.facts)}
        if not meant or meant == _unit(unit):
            return False
        return unit == PER_CENT or meant in others | {PER_CENT}

    def _kept_or_corrected(self, said: Said, at: At) -> Understood:
        found = pick(said.text, self.choices(at)) if said.value is None else None
        value, there = said.value or (found.action if found else ""), dict(at.so_far or {})
        if value == DONE:
            return Accepted(there)
        kept = {name: one for name, one in there.items() if value != f"{_AGAIN}{name}"}
        return Growing(kept) if len(kept) < len(there) else NotAnAnswer()

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """Every figure that was given on a line of its own."""
        return tuple(line("flow.attached", file=one) for one in self._told(value, at)) or line("flow.nothing")

    def _told(self, given: dict[str, Any], at: At) -> tuple[Line, ...]:
        return tuple(
            line("figures.one", name=one["name"], value=given[one["id"]].replace(".", ","), unit=one["unit"])
            for one in self.asked(at.answers, at.facts) if given.get(one["id"])
        )  # fmt: skip

    def _wanted(self, at: At) -> dict[str, Any] | None:
        """The figure that is asked for; None: every one is there."""
        there = at.so_far or {}
        return next((one for one in self.asked(at.answers, at.facts) if one["id"] not in there), None)


def _unit(typed: str) -> str:
    """A unit as it is compared."""
    folded = fold(typed)
    return PER_CENT if typed.strip() == PER_CENT or folded in _SPELLED else folded

"""A board's own settings for a title: a ratio, which only ever warns, and what it cannot be asked for without."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.registration import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.registration import TitleRegistration


class Need(StrEnum):
    """What a board can make a registration bring; without it, it is refused."""

    INITIATIVE = "initiative"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class TitleRule:
    """`ratio`: for how many per cent of a unit's individuals at most the title should be asked; None: no such setting."""

    code: str
    ratio: int | None = None
    needs: frozenset[Need] = frozenset()


def over_ratio(rule: TitleRule, chosen: int, everyone: int) -> bool:
    """Whether `chosen` of `everyone` are more than the rule's ratio; exactly the ratio is not."""
    return rule.ratio is not None and chosen * WHOLE > rule.ratio * everyone


def at_most(rule: TitleRule, everyone: int) -> int | None:
    """How many of `everyone` the ratio stands for; None: there is no ratio."""
    return None if rule.ratio is None else rule.ratio * everyone // WHOLE


def lacking(rules: Iterable[TitleRule], registration: TitleRegistration) -> frozenset[Need]:
    """What the rules of the titles asked for need and the registration does not bring."""
    needed = frozenset(need for rule in rules if rule.code in registration.titles for need in rule.needs)
    brought = {Need.INITIATIVE: bool(registration.initiative), Need.EVIDENCE: bool(registration.files)}
    return frozenset(need for need in needed if not brought[need])

"""Whether what was chosen still can be: a review may stand overnight while units, phases and duties come and go. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flows.answers import PickMany, PickOne
from flows.day import Day

if TYPE_CHECKING:
    from flows.flow import Answers, Facts, Step


def gone(step: Step, answers: Answers, facts: Facts) -> bool:
    """Whether the answer to a step that applies is none that could be given now."""
    value = answers.get(step.name)
    if value is None or not step.when(answers, facts):
        return False
    return _outside(step.kind, value, answers, facts) or step.refuses(value, answers, facts) is not None


def _outside(kind: Any, value: Any, answers: Answers, facts: Facts) -> bool:
    if isinstance(kind, PickOne | PickMany):
        offered = {one.action for one in kind.options(answers, facts)}
        return not {value} <= offered if isinstance(value, str) else not {*value} <= offered
    if isinstance(kind, Day):
        first, last = kind.between(answers, facts)
        return not first <= date.fromisoformat(value) <= last
    return False

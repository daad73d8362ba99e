"""A board's own setting for a title: a ratio, which warns and never refuses, and what it cannot be asked for without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.registration import WHOLE
from domain.title_rules import Need, TitleRule
from domain.titles import Subject
from flows import registering
from flows.answers import PickMany, PickOne
from flows.commands import SetTitleRule
from flows.flow import Flow, Step
from flows.title_choice import name_of
from flows.typed import Number
from texts.message import Choice, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def _titles(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(name_of(title), title.code) for title in facts["titles"])


def _is_for_individuals(answers: Answers, facts: Facts) -> bool:
    """A ratio is one of people."""
    return any(title.open_to(Subject.INDIVIDUAL) for title in facts["titles"] if title.code == answers.get("title"))


def _whole(_answers: Answers, _facts: Facts) -> int:
    return WHOLE


def _now(answers: Answers, facts: Facts) -> TitleRule:
    rule: TitleRule | None = facts["rules"].get(answers["title"])
    return rule or TitleRule(answers["title"])


def _ratio_now(answers: Answers, facts: Facts) -> dict[str, Any]:
    ratio = _now(answers, facts).ratio
    return {"now": line("title_rule.ratio.none") if ratio is None else line("title_rule.ratio.some", ratio=ratio)}


def _needs_now(answers: Answers, facts: Facts) -> dict[str, Any]:
    needs = tuple(line("flow.item", value=line(f"title_rule.needs.{n}")) for n in sorted(_now(answers, facts).needs))
    return {"now": needs or line("flow.nothing")}


def _ratio_kept(answers: Answers, facts: Facts) -> tuple[int, ...]:
    ratio = _now(answers, facts).ratio
    return () if ratio is None else (ratio,)


def _needs(_answers: Answers, _facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"title_rule.needs.{one}"), one.value) for one in Need)


def _set(answers: Answers, _facts: Facts) -> SetTitleRule:
    return SetTitleRule(answers["title"], answers.get("ratio"), frozenset(map(Need, answers["needs"])))


TITLE_RULE = Flow(
    "title_rule",
    version=1,
    needs=("titles", "rules"),
    steps=(
        Step("title", PickOne(_titles), ask=registering.words),
        Step(
            "ratio",
            Number(1, most=_whole, offered=_ratio_kept, optional=True),
            when=_is_for_individuals,
            ask=_ratio_now,
        ),
        Step("needs", PickMany(_needs, least=0), ask=_needs_now),
    ),
    done=_set,
)

"""Two flows that no product needs: all that the engine can do, in few questions. Their texts exist in tests alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.answers import PickOne
from flows.flow import Flow, Step
from flows.typed import ShortText
from texts.compose import catalogue
from texts.message import Choice, line

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Done:
    answers: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Left:
    answers: tuple[tuple[str, Any], ...]


def _sizes(_answers: Any, facts: Any) -> tuple[Choice, ...]:
    return tuple(Choice(line(f"trial.size.{size}"), size) for size in facts["sizes"])


TRIAL = Flow(
    "trial",
    version=1,
    needs=("sizes",),
    steps=(
        Step("agree", PickOne(lambda _a, _f: (Choice(line("trial.yes"), "yes"), Choice(line("trial.no"), "no"))),
             ends=lambda answer: answer == "no", reviewed=False),
        Step("size", PickOne(_sizes)),
        Step("reason", ShortText(), when=lambda answers, _facts: answers.get("size") == "large"),
        Step("name", ShortText(person=True, suggested=lambda _a, facts: (facts["known"],) if facts.get("known") else ())),
        Step("note", ShortText(shortest=0, longest=20)),
    ),
    done=lambda answers, _facts: Done(tuple(sorted(answers.items()))),
    left=lambda answers, _facts: Left(tuple(sorted(answers.items()))),
)  # fmt: skip
LATER = replace(TRIAL, version=2, carry=lambda _version, answers: {k: v for k, v in answers.items() if k != "note"})
"""the same form a year on: a person's note is asked for anew, the rest is carried forward"""
BROKEN = replace(TRIAL, version=3)
"""a form so changed that nothing can be carried"""
TEXTS = {
    "trial.yes": "Đồng ý", "trial.no": "Không đồng ý", "trial.size.small": "Nhỏ", "trial.size.large": "Lớn",
    "trial.size.huge": "Rất lớn", "trial.review.ask": "Anh/chị xem lại", "trial.review.confirm": "Đúng rồi, gửi đi",
    **{f"trial.{step.name}.ask": f"{step.name} là gì" for step in TRIAL.steps},
    **{f"trial.{step.name}.label": f"Mục {step.name}" for step in TRIAL.steps},
    **{f"trial.{step.name}.{why}": f"{step.name} {why}" for step in TRIAL.steps for why in ("too_short", "too_long", "not_a_name")},
}  # fmt: skip


@contextmanager
def trial_texts() -> Iterator[None]:
    """The catalogue with the texts of these flows."""
    known = catalogue()
    known.update({key: {"vi": text, "en": text} for key, text in TEXTS.items()})
    try:
        yield
    finally:
        for key in TEXTS:
            del known[key]

"""Flows that no product needs: all that the engine can do, in few questions. Their texts exist in tests alone.

`TRIAL` is short and simple; `EVERY` has every kind of answer and every feature of a flow in use.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flows.answers import PickMany, PickOne
from flows.day import Day
from flows.flow import Flow, Step
from flows.lists import Files, ListOf
from flows.typed import LongText, Number, ShortText
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


def _of(fact: str) -> Any:
    """The choices that a fact lists."""
    return lambda _answers, facts: tuple(Choice(line(f"every.{fact}.{one}"), one) for one in facts[fact])


def _left_over(answers: Any, _facts: Any) -> int:
    return 100 - sum(int(entry["share"]) for entry in answers["entries"])


AUTHORS = ListOf(
    (("name", ShortText(person=True)), ("share", Number(1, _left_over, lambda a, f: (_left_over(a, f),)))),
    item="every.author",
    whole=lambda entries: sum(entry["share"] for entry in entries) == 100,
    most=3,
)
TITLES = tuple(f"t{n}" for n in range(1, 13))
EVERY_FACTS: dict[str, Any] = {
    "units": ("u1", "u2"), "titles": TITLES, "extras": ("e1", "e2"), "today": date(2023, 4, 10),
    "place": "Phòng Đầu tư", "asks_more": False, "barred": False,
}  # fmt: skip
EVERY = Flow(
    "every",
    version=1,
    needs=tuple(EVERY_FACTS),
    steps=(
        Step("unit", PickOne(_of("units")), resets=("titles",)),
        Step("titles", PickMany(_of("titles"), least=2, every=True)),
        Step("extras", PickMany(_of("extras"), least=0)),
        Step("authors", AUTHORS),
        Step("files", Files(most=2)),
        Step("since", Day(lambda _a, _f: (date(2022, 1, 1), date(2024, 12, 31)), optional=True)),
        Step("text", LongText(least_words=4)),
        Step("more", LongText(optional=True), when=lambda _a, facts: facts["asks_more"]),
        Step("staff", Number(0, lambda _a, _f: 500, optional=True)),
        Step("position", ShortText(optional=True, suggested=lambda _a, _f: ("Trưởng phòng", "Kế toán"))),
        Step("place", ShortText(), known=lambda _a, facts: facts["place"]),
    ),
    done=lambda answers, _facts: Done(tuple(sorted(answers.items()))),
    carry=lambda _version, answers: {k: v for k, v in answers.items() if k != "text"},
    warns=lambda answers, _facts: () if answers["files"] else (line("every.warning"),),
    bars=lambda _answers, facts: (line("every.bar"),) if facts["barred"] else (),
    looks_up=frozenset({"unit"}),
)
GOOD: dict[str, Any] = {
    "unit": "u1", "titles": ["t1", "t10"], "extras": [], "files": [], "since": "2023-04-15", "staff": 0, "more": None,
    "authors": [{"name": "Nguyễn Hoa", "share": 60}, {"name": "Lê Bảy", "share": 40}],
    "text": "Máy mới chạy tốt hơn", "position": "Kế toán", "place": "Phòng Đầu tư",
}  # fmt: skip
"""an answer that stands, for each of its questions"""
_NUMBERED = {f"every.{fact}.{one}": f"{what} {one}" for fact, what in (("units", "Đơn vị"), ("extras", "Thêm mục"))
             for one in EVERY_FACTS[fact]}  # fmt: skip
_ASKED = ("authors.name", "authors.share", "authors.whole", "files")
TEXTS = {
    "flow.title.trial": "Thử", "flow.title.every": "Tất cả",
    "trial.yes": "Đồng ý", "trial.no": "Không đồng ý", "trial.size.small": "Nhỏ", "trial.size.large": "Lớn",
    "trial.size.huge": "Rất lớn", "trial.review.ask": "Anh/chị xem lại", "trial.review.confirm": "Đúng rồi, gửi đi",
    **{f"trial.{step.name}.ask": f"{step.name} là gì" for step in TRIAL.steps},
    **{f"trial.{step.name}.label": f"Mục {step.name}" for step in TRIAL.steps},
    **{f"trial.{step.name}.{why}": f"{step.name} {why}" for step in TRIAL.steps for why in ("too_short", "too_long", "not_a_name")},
    "every.review.ask": "Anh/chị xem lại", "every.review.confirm": "Đúng rồi, gửi đi", "every.author": "{name} {share} %",
    "every.warning": "Chưa có tệp", "every.bar": "Chưa gửi được", **_NUMBERED,
    **{f"every.titles.t{n}": f"Danh hiệu {n}" for n in range(1, 13)},
    **{f"every.{name}.ask": f"{name} là gì" for name in (*(step.name for step in EVERY.steps), *_ASKED)},
    **{f"every.{name}.more": f"{name} nữa" for name in _ASKED},
    **{f"every.{step.name}.label": f"Mục {step.name}" for step in EVERY.steps},
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

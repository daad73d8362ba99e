"""The titles a subject can be registered for, and their conditions as a checklist: each with its source, none a bar."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from domain.title_rules import Need, TitleRule
from domain.titles import Subject
from flows.answers import PickMany
from flows.flow import Accepted, Growing
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from domain.titles import Condition, Title
    from flows.flow import Answers, At, Facts, Said, Understood

_LABEL = 48
"""Characters of a condition that its button shows; the question shows it whole."""
_MARK = 12
"""Signs of a digest that tell the conditions of one form apart."""


def open_titles(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    """What the subject can be registered for, in the catalogue's order."""
    subject = Subject(answers["subject"])
    return tuple(Choice(name_of(title), title.code) for title in facts["titles"] if title.open_to(subject))


def name_of(title: Title) -> Line:
    """A title's name in the reader's language."""
    return line("either", vi=title.name, en=title.name_en)


def law(_answers: Answers, facts: Facts) -> dict[str, Any]:
    """The period of law that the titles offered belong to."""
    return {"law": next((title.law for title in facts["titles"]), "")}


def chosen(answers: Answers, facts: Facts) -> tuple[Title, ...]:
    """The titles asked for, as far as the catalogue has them."""
    return tuple(title for title in facts["titles"] if title.code in (answers.get("titles") or ()))


def unknown(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The codes asked for that cannot be asked for (any more)."""
    known = {choice.action for choice in open_titles(answers, facts)}
    return tuple(code for code in answers.get("titles") or () if code not in known)


def rules(answers: Answers, facts: Facts) -> tuple[tuple[Title, TitleRule], ...]:
    """The titles asked for, each with the board's rule for it."""
    return tuple((title, facts["rules"].get(title.code, TitleRule(title.code))) for title in chosen(answers, facts))


def wants_initiative(answers: Answers, facts: Facts) -> bool:
    """Whether a title asked for rests on an initiative, by law or by the board's rule, or may; one given is kept."""
    asked = any(
        title.initiative_required or title.initiative_helps or Need.INITIATIVE in rule.needs
        for title, rule in rules(answers, facts)
    )
    return asked or bool(answers.get("initiative"))


def has_conditions(answers: Answers, facts: Facts) -> bool:
    """Whether the catalogue names a condition for a title asked for."""
    return bool(_conditions(answers, facts))


def whole_checklist(answers: Answers, facts: Facts) -> dict[str, Any]:
    """The conditions title by title, to the letter, each followed by its source or by the one it shares."""
    lines: list[Line] = []
    for title in chosen(answers, facts):
        if title.conditions:
            lines.append(line("register_title.conditions.of", title=name_of(title)))
        for source, some in groupby(title.conditions, key=lambda one: one.source):
            lines += [line("register_title.conditions.one", text=whole(one)) for one in some]
            lines.append(line("register_title.conditions.source", source=source))
    return {"conditions": tuple(lines)}


def whole(condition: Condition) -> Line:
    """A condition in the reader's language."""
    return line("either", vi=condition.text, en=condition.text_en)


@dataclass(frozen=True, slots=True)
class Checklist(PickMany):
    """Every condition of the titles asked for, once: one that two titles share is ticked for both.

    The answer is what was *not* ticked, as the catalogue words it: that is what is kept with the registration.
    """

    def accept(self, said: Said, at: At) -> Understood:
        """What is left unticked."""
        understood = self.understood(said, at)
        if isinstance(understood, Accepted):
            return Accepted(_unticked(understood.value, at))
        return Growing(_unticked(understood.so_far, at)) if isinstance(understood, Growing) else understood

    def read_back(self, value: Any, at: At) -> tuple[Line, ...]:
        """Every condition whole, with its mark, and what else was kept as missing."""
        known = _conditions(at.answers, at.facts).values()
        lines = [line(f"register_title.conditions.{_state(one, value)}", text=whole(one)) for one in known]
        others = set(value) - {one.text for one in known}
        return (*lines, *(line("register_title.conditions.unmet", text=one) for one in value if one in others))

    def _chosen(self, at: At) -> list[str]:
        if at.so_far is None:
            return []
        return [mark for mark, one in _conditions(at.answers, at.facts).items() if one.text not in at.so_far]


def checklist() -> Checklist:
    """The conditions of the titles asked for, to be ticked."""
    return Checklist(_to_tick, least=0, every=True)


def _to_tick(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    return tuple(Choice(_short(one), mark) for mark, one in _conditions(answers, facts).items())


def _unticked(ticked: list[str], at: At) -> list[str]:
    return [one.text for mark, one in _conditions(at.answers, at.facts).items() if mark not in ticked]


def _state(condition: Condition, missing: list[str]) -> str:
    return "unmet" if condition.text in missing else "met"


def _conditions(answers: Answers, facts: Facts) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    for title in chosen(answers, facts):
        for one in title.conditions:
            found.setdefault(hashlib.sha256(one.text.encode()).hexdigest()[:_MARK], one)
    return found


def _short(condition: Condition) -> Line:
    return line("either", vi=_bounded(condition.text), en=_bounded(condition.text_en))


def _bounded(text: str) -> str:
    return text if len(text) <= _LABEL else text[:_LABEL].rsplit(" ", 1)[0].rstrip(" ,;") + "…"

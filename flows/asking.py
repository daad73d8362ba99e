"""How a question and the review look: their lines and choices, each choice with its place in the conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.flow import At, Typing
from texts.compose import catalogue
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from flows.flow import Answers, Facts, Flow, Refused, Step
    from flows.session import OpenFlow

Shown = Line | str | tuple[Line, ...]
"""An answer as it is read back."""
REVIEW = "review"
CANCEL, SAVE, CONFIRM, CORRECT, KEEP = "cancel", "save", "confirm", "correct", "keep"
FIX = "fix."
FEW = 4
"""So many corrections are offered beside the confirmation; more of them stand behind one button."""


def at(step: Step, opened: OpenFlow, facts: Facts) -> At:
    """Where that step's answer is wanted; what there is already only counts at the open question."""
    return At(opened.answers, facts, opened.so_far if opened.step == step.name else None)


def question(flow: Flow, opened: OpenFlow, facts: Facts) -> Message:
    """The open question."""
    step = flow.step(opened.step)
    where = at(step, opened, facts)
    asked = Line(f"{_named(flow, step, where)}.ask", step.ask(opened.answers, facts))
    shown = step.kind.shown(where)
    if shown:
        asked = replace(asked, key=_first_known(asked.key.removesuffix("ask") + "more", asked.key))
    stays = keeping(flow, opened, facts)
    now = [in_review(line("flow.now"), step.kind.read_back(opened.answers[step.name], where))] if stays else []
    return say(*shown, asked, *now, choices=(*([stays] if stays else []), *step.kind.choices(where)))


def keeping(flow: Flow, opened: OpenFlow, facts: Facts) -> Choice | None:
    """The way on with what was answered before, where it would have to be typed again."""
    if opened.step == REVIEW or opened.step not in opened.answers:
        return None
    kind, where = flow.step(opened.step).kind, at(flow.step(opened.step), opened, facts)
    shown = kind.typing(where) is Typing.CHOICE or kind.shown(where)
    return None if shown else Choice(line("flow.keep"), KEEP)


def is_numeric(flow: Flow, opened: OpenFlow, facts: Facts) -> bool:
    """Whether the open question wants a number."""
    if opened.step == REVIEW:
        return False
    step = flow.step(opened.step)
    return step.kind.typing(at(step, opened, facts)) is Typing.NUMBER


def refusal(flow: Flow, step: Step, where: At, refused: Refused) -> Line:
    """Why an answer cannot stand: the step's own words where it has some, else those every step shares."""
    own = f"{_named(flow, step, where)}.{refused.reason}"
    return Line(_first_known(own, f"answer.{refused.reason}"), dict(refused.params))


def review(flow: Flow, opened: OpenFlow, facts: Facts) -> Message:
    """All answers read back, what is to be said about them, and the ways on."""
    lines = [Line(f"{flow.name}.review.ask", flow.about(opened.answers, facts))]
    lines += [in_review(label, value) for label, value in read_back(flow, opened.answers, facts)]
    lines += [*flow.warns(opened.answers, facts), *flow.bars(opened.answers, facts)]
    fixes = corrections(flow, opened, facts)
    offered = fixes if len(fixes) <= FEW else (Choice(line("flow.correct"), CORRECT),)
    ways = (*_confirm(flow, opened, facts), *besides(flow, opened, facts), *offered, *_leaving())
    return say(*lines, choices=ways)


def read_back(flow: Flow, answers: Answers, facts: Facts) -> tuple[tuple[Line, Shown], ...]:
    """Label and value of every answer that is read back, in order."""
    steps = [step for step in flow.asked(answers, facts) if step.reviewed]
    return tuple(
        (line(f"{flow.name}.{step.name}.label"), step.kind.read_back(answers[step.name], At(answers, facts)))
        for step in steps
    )


def in_review(label: Line, value: Shown) -> Line:
    """One answer as a line of a message; what has several lines stands below its label."""
    return line("flow.review_lines" if isinstance(value, tuple) else "flow.review_line", label=label, value=value)


def corrections(flow: Flow, opened: OpenFlow, facts: Facts) -> tuple[Choice, ...]:
    """One choice for each answer that can be corrected."""
    fixable = [s for s in flow.asked(opened.answers, facts) if s.reviewed]
    return tuple(Choice(line("flow.fix", label=line(f"{flow.name}.{s.name}.label")), f"{FIX}{s.name}") for s in fixable)


def what_to_correct(flow: Flow, opened: OpenFlow, facts: Facts) -> Message:
    """Which answer is to be corrected."""
    back = Choice(line("flow.to_review"), REVIEW)
    return say(line("flow.correct_which"), choices=(*corrections(flow, opened, facts), back))


def review_choices(flow: Flow, opened: OpenFlow, facts: Facts) -> tuple[Choice, ...]:
    """Everything that can be said at the review, shown or not."""
    which, back = Choice(line("flow.correct"), CORRECT), Choice(line("flow.to_review"), REVIEW)
    fixes = corrections(flow, opened, facts)
    named = (Choice(one.label.params["label"], one.action) for one in fixes)
    ways = (*_confirm(flow, opened, facts), *besides(flow, opened, facts))
    return (*ways, which, *fixes, *named, back, *_leaving())


def besides(flow: Flow, opened: OpenFlow, facts: Facts) -> tuple[Choice, ...]:
    """What can be looked at or tried before it is confirmed."""
    return tuple(Choice(line(f"{flow.name}.review.{one}"), one) for one in flow.beside(opened.answers, facts))


def addressed(choice: Choice, opened: OpenFlow) -> Choice:
    """A choice as it is tapped: with flow, step and turn, so that a late or foreign tap can be told."""
    return replace(choice, action=f"={opened.name}.{opened.step}.{opened.asked}:{choice.action}")


def is_confirmation(choice: Choice) -> bool:
    """Whether tapping it hands in, sends or changes what was read back."""
    return choice.action.endswith(f":{CONFIRM}")


def _confirm(flow: Flow, opened: OpenFlow, facts: Facts) -> tuple[Choice, ...]:
    barred = flow.bars(opened.answers, facts)
    return () if barred else (Choice(line(f"{flow.name}.review.confirm"), CONFIRM),)


def _leaving() -> tuple[Choice, ...]:
    return Choice(line("flow.save"), SAVE), Choice(line("flow.cancel"), CANCEL)


def _named(flow: Flow, step: Step, where: At) -> str:
    part = step.kind.part(where)
    return f"{flow.name}.{step.name}.{part}" if part else f"{flow.name}.{step.name}"


def _first_known(*keys: str) -> str:
    return next((key for key in keys if key in catalogue()), keys[-1])

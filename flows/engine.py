"""The conversation engine: one turn of a guided conversation, as a pure function.

`resume` takes the flow, the session, what was said and the facts, and gives the next session, what to say, and at the
end one command. It knows no messenger, awaits nothing and reads no clock, so any interleaving can be tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.answers import pick, typed_number
from flows.flow import Accepted, NotAnAnswer, Refused, Said
from flows.session import OpenFlow, Session
from search.reserved import reads_like_question
from texts.message import Choice, Line, Message, line, say

if TYPE_CHECKING:
    from flows.flow import Facts, Flow, Step

REVIEW = "review"
BACK, CANCEL, SAVE, CONFIRM = "back", "cancel", "save", "confirm"
AS_ANSWER, AS_QUESTION = "as_answer", "as_question"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn comes to."""

    session: Session
    says: tuple[Message, ...]
    command: Any = None
    saved: OpenFlow | None = None
    """a draft that was put aside"""
    asks_elsewhere: str | None = None
    """what was said is no answer but perhaps a question: answer it, then ask again"""


def begin(flow: Flow, session: Session, facts: Facts, context: dict[str, str] | None = None) -> Turn:
    """Open a flow at its first question."""
    opened = OpenFlow(flow.name, flow.version, "", {}, context or {})
    return _ask_next(flow, replace(session, flow=opened), facts)


def again(flow: Flow, session: Session, facts: Facts) -> Turn:
    """Ask the open question once more (after an interruption, a late tap, a restart); carries an old form forward."""
    opened = session.flow
    assert opened is not None
    if opened.version != flow.version:
        carried = flow.carry(opened.version, opened.answers) if flow.carry else None
        if carried is None:
            restarted = begin(flow, session, facts, opened.context)
            return replace(restarted, says=(say(line("flow.changed")), *restarted.says))
        return _ask_next(flow, replace(session, flow=replace(opened, version=flow.version, answers=carried)), facts)
    return _ask_next(flow, session, facts) if _astray(flow, opened, facts) else _ask(flow, session, facts)


def resume(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    """One turn at the open question. What was said is a tapped value or text; commands never come here."""
    opened = session.flow
    assert opened is not None
    if opened.version != flow.version or _astray(flow, opened, facts):
        return again(flow, session, facts)
    said = _numbered(session, said)
    if said.value in {BACK, CANCEL, SAVE}:
        return _leave(flow, session, said.value or "", facts)
    if opened.step == REVIEW:
        return _review_turn(flow, session, said, facts)
    step = next(s for s in flow.steps if s.name == opened.step)
    if said.value == AS_QUESTION and opened.doubtful is not None:
        return Turn(replace(session, flow=replace(opened, doubtful=None)), (), asks_elsewhere=opened.doubtful)
    if said.value == AS_ANSWER and opened.doubtful is not None:
        said = Said(opened.doubtful)
    elif step.kind.free and reads_like_question(said.text):
        return _which_was_it(replace(session, flow=replace(opened, doubtful=said.text)))
    return _take_answer(flow, session, step, said, facts)


def _astray(flow: Flow, opened: OpenFlow, facts: Facts) -> bool:
    """Whether facts have changed under the open question: it no longer applies, or the review lacks an answer."""
    asked = {step.name for step in flow.asked(opened.answers, facts)}
    return not asked <= opened.answers.keys() if opened.step == REVIEW else opened.step not in asked


def _take_answer(flow: Flow, session: Session, step: Step, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    answer = step.kind.accept(said, opened.answers, facts)
    if isinstance(answer, NotAnAnswer):
        return Turn(session, (), asks_elsewhere=said.text)
    if isinstance(answer, Refused):
        reason = say(Line(f"{flow.name}.{step.name}.{answer.reason}", dict(answer.params)))
        asked = _ask(flow, session, facts)
        return replace(asked, says=(_joined(reason, asked.says[0]),))
    return _accepted(flow, session, step, answer, facts)


def _accepted(flow: Flow, session: Session, step: Step, answer: Accepted, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    opened = replace(opened, doubtful=None)
    answers = {**opened.answers, step.name: answer.value}
    if step.ends_with is not None and answer.value == step.ends_with:
        command = flow.left(answers, facts) if flow.left else None
        return Turn(replace(session, flow=None, menu=()), (), command)
    return _ask_next(flow, replace(session, flow=replace(opened, answers=answers)), facts)


def _review_turn(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    meant = pick(said.text, _review_choices(flow, opened, facts))
    picked = said.value or (meant.action if meant else "")
    if picked == CONFIRM:
        # an answer to a question that no longer applies is kept for a change of mind, but was not read back
        shown = {s.name: opened.answers[s.name] for s in flow.asked(opened.answers, facts)}
        return Turn(replace(session, flow=None, menu=()), (), flow.done(shown, facts))
    if picked in {BACK, CANCEL, SAVE}:
        return _leave(flow, session, picked, facts)
    corrected = picked.removeprefix("fix.")
    if any(s.name == corrected for s in flow.asked(opened.answers, facts)):
        return _ask(flow, replace(session, flow=replace(opened, step=corrected, correcting=True)), facts)
    return Turn(session, (), asks_elsewhere=said.text)


def _which_was_it(session: Session) -> Turn:
    """At a free-text step something that reads like a question: the person says which it was."""
    opened = session.flow
    assert opened is not None
    choices = (Choice(line("flow.was_answer"), AS_ANSWER), Choice(line("flow.was_question"), AS_QUESTION))
    shown = session.shown(tuple(_addressed(c, opened, session.turn + 1) for c in choices))
    return Turn(shown, (say(line("flow.answer_or_question", said=opened.doubtful), choices=shown.menu),))


def _leave(flow: Flow, session: Session, word: str, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    if word == BACK:
        steps = [s.name for s in flow.asked(opened.answers, facts)]
        place = steps.index(opened.step) if opened.step in steps else len(steps)
        if place > 0 and not opened.correcting:
            return _ask(flow, replace(session, flow=replace(opened, step=steps[place - 1])), facts)
        return _ask(
            flow, replace(session, flow=replace(opened, step=REVIEW if opened.correcting else opened.step)), facts
        )
    closed = replace(session, flow=None, menu=())
    saved = opened if word == SAVE else None
    return Turn(closed, (say(line("flow.saved" if saved else "flow.cancelled")),), saved=saved)


def _ask_next(flow: Flow, session: Session, facts: Facts) -> Turn:
    """The first applying question without an answer; the review when there is none."""
    opened = session.flow
    assert opened is not None
    missing = (s.name for s in flow.asked(opened.answers, facts) if s.name not in opened.answers)
    return _ask(flow, replace(session, flow=replace(opened, step=next(missing, REVIEW), correcting=False)), facts)


def _ask(flow: Flow, session: Session, facts: Facts) -> Turn:
    assert session.flow is not None
    opened = replace(session.flow, doubtful=None)
    if opened.step == REVIEW:
        message = _review(flow, opened, facts)
    else:
        step = next(s for s in flow.steps if s.name == opened.step)
        question = Line(f"{flow.name}.{step.name}.ask", step.ask(opened.answers, facts))
        message = say(question, choices=step.kind.choices(opened.answers, facts))
    choices = tuple(_addressed(c, opened, session.turn + 1) for c in message.choices)
    shown = replace(session, flow=opened).shown(choices)
    return Turn(shown, (replace(message, choices=shown.menu),))


def _review(flow: Flow, opened: OpenFlow, facts: Facts) -> Message:
    lines = [Line(f"{flow.name}.review.ask", flow.about(opened.answers, facts))]
    for step in flow.asked(opened.answers, facts):
        if step.reviewed:
            value = step.kind.read_back(opened.answers[step.name], opened.answers, facts)
            lines.append(line("flow.review_line", label=line(f"{flow.name}.{step.name}.label"), value=value))
    return say(*lines, choices=_review_choices(flow, opened, facts))


def _review_choices(flow: Flow, opened: OpenFlow, facts: Facts) -> tuple[Choice, ...]:
    fixable = [s for s in flow.asked(opened.answers, facts) if s.reviewed]
    return (
        Choice(line(f"{flow.name}.review.confirm"), CONFIRM),
        *(Choice(line("flow.fix", label=line(f"{flow.name}.{s.name}.label")), f"fix.{s.name}") for s in fixable),
        Choice(line("flow.cancel"), CANCEL),
    )


def _addressed(choice: Choice, opened: OpenFlow, turn: int) -> Choice:
    """A choice as it is tapped: with flow, step and turn, so that a late or foreign tap can be told."""
    return replace(choice, action=f"={opened.name}.{opened.step}.{turn}:{choice.action}")


def tapped(session: Session, action: str) -> Said | None:
    """What a tap on an answer means now; None if it belongs to another flow, step or turn, or was tampered with."""
    opened = session.flow
    place, _, value = action.removeprefix("=").partition(":")
    if opened is None or place != f"{opened.name}.{opened.step}.{session.turn}" or not value:
        return None
    return Said(value=value)


def _numbered(session: Session, said: Said) -> Said:
    """A typed number is the choice with that number on the page shown; with no choices it is an answer like any other.

    The labels of "is this an answer or a question?" are understood here too: the step behind it wants free text.
    """
    if said.value is not None or not session.menu:
        return said
    number = typed_number(said.text)
    choice = session.picked(number) if number is not None else None
    if session.flow and session.flow.doubtful is not None:
        choice = choice or pick(said.text, session.menu)
    return (tapped(session, choice.action) or said) if choice else said


def _joined(first: Message, second: Message) -> Message:
    """One outbound message a question: a refusal stands above the question it repeats."""
    return replace(second, lines=(*first.lines, *second.lines))

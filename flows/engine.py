"""The conversation engine: one turn of a guided conversation, as a pure function.

`resume` takes the flow, the session, what was said and the facts, and gives the next session, what to say, and at the
end one command. It knows no messenger, awaits nothing and reads no clock, so any interleaving can be tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows import asking
from flows.answers import pick, typed_number
from flows.asking import CANCEL, CONFIRM, CORRECT, FIX, REVIEW, SAVE
from flows.flow import Accepted, Growing, NotAnAnswer, Refused, Said, Typing
from flows.lists import Files
from flows.session import OpenFlow, Session
from search.reserved import reads_like_question
from texts.message import Choice, Message, line, say

if TYPE_CHECKING:
    from flows.flow import Facts, Flow, Step

BACK = "back"
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
    look_up: bool = False
    """an answer has changed what is to be known: load the facts again, then `go_on`"""


def begin(
    flow: Flow,
    session: Session,
    facts: Facts,
    context: dict[str, str] | None = None,
    answers: dict[str, Any] | None = None,
) -> Turn:
    """Open a flow at its first question that is not answered yet; with all `answers` given, at the review."""
    opened = OpenFlow(flow.name, flow.version, "", answers or {}, context or {})
    turn = go_on(flow, replace(session, flow=opened), facts)
    return replace(turn, says=(_joined(say(*(() if answers else flow.head(facts))), turn.says[0]),))


def again(flow: Flow, session: Session, facts: Facts) -> Turn:
    """Ask the open question once more (after an interruption, a late tap, a restart); carries an old form forward."""
    opened = session.flow
    assert opened is not None
    if opened.version != flow.version:
        carried = flow.carry(opened.version, opened.answers) if flow.carry else None
        if carried is None:
            restarted = begin(flow, session, facts, opened.context)
            return replace(restarted, says=(say(line("flow.changed")), *restarted.says))
        return go_on(flow, replace(session, flow=replace(opened, version=flow.version, answers=carried)), facts)
    return go_on(flow, session, facts) if _astray(flow, opened, facts) else _ask(flow, session, facts, once_more=True)


def go_on(flow: Flow, session: Session, facts: Facts) -> Turn:
    """Ask the first applying question without an answer; the review when there is none. What is known is filled in."""
    opened = session.flow
    assert opened is not None
    answers = dict(opened.answers)
    for step in flow.steps:
        if step.name not in answers and step.when(answers, facts):
            known = step.known(answers, facts)
            if known is None:
                return _ask_for(flow, replace(session, flow=replace(opened, answers=answers)), step.name, facts)
            answers[step.name] = known
    return _ask_for(flow, replace(session, flow=replace(opened, answers=answers)), REVIEW, facts)


def resume(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    """One turn at the open question. What was said is a tapped value, a file or text; commands never come here."""
    opened = session.flow
    assert opened is not None
    said = _numbered(session, said)
    if said.value not in {CANCEL, SAVE} and (opened.version != flow.version or _astray(flow, opened, facts)):
        return again(flow, session, facts)
    if said.value in {BACK, CANCEL, SAVE}:
        return _leave(flow, session, said.value or "", facts)
    if opened.step == REVIEW:
        return _review_turn(flow, session, said, facts)
    step = flow.step(opened.step)
    if said.value == AS_QUESTION and opened.doubtful is not None:
        return Turn(replace(session, flow=replace(opened, doubtful=None)), (), asks_elsewhere=opened.doubtful)
    if said.value == AS_ANSWER and opened.doubtful is not None:
        said = Said(opened.doubtful)
    elif step.kind.typing(asking.at(step, opened, facts)) is Typing.TEXT and reads_like_question(said.text):
        return _which_was_it(replace(session, flow=replace(opened, doubtful=said.text)))
    return _take_answer(flow, session, step, said, facts)


def _astray(flow: Flow, opened: OpenFlow, facts: Facts) -> bool:
    """Whether facts have changed under the open question: it no longer applies, or the review lacks an answer."""
    asked = {step.name for step in flow.asked(opened.answers, facts)}
    return not asked <= opened.answers.keys() if opened.step == REVIEW else opened.step not in asked


def _take_answer(flow: Flow, session: Session, step: Step, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    if said.file is not None and not isinstance(step.kind, Files):
        return Turn(session, (), asks_elsewhere="")
    where = replace(asking.at(step, opened, facts), page=tuple(_parted(one.action)[1] for one in session.on_page()))
    match step.judged(step.kind.accept(said, where), where):
        case Accepted(str(value)) if value == BACK and step.kind.typing(where) is Typing.CHOICE:
            return _leave(flow, session, value, facts)
        case NotAnAnswer():
            return Turn(session, (), asks_elsewhere=said.text)
        case Refused() as refused:
            asked = _ask(flow, session, facts)
            return replace(asked, says=(_joined(say(asking.refusal(flow, step, where, refused)), asked.says[0]),))
        case Growing(so_far):
            grown = _ask(flow, replace(session, flow=replace(opened, so_far=so_far)), facts)
            return replace(grown, says=tuple(replace(one, replaces=True) for one in grown.says))
        case Accepted(value):
            return _accepted(flow, session, step, value, facts)


def _accepted(flow: Flow, session: Session, step: Step, value: Any, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    changed = step.name in opened.answers and opened.answers[step.name] != value
    kept = {k: v for k, v in opened.answers.items() if not (changed and k in step.resets)}
    answers = {**kept, step.name: value}
    if step.ends is not None and step.ends(value):
        command = flow.left(answers, facts) if flow.left else None
        return Turn(replace(session, flow=None, menu=()), (), command)
    answered = replace(session, flow=replace(opened, answers=answers))
    if step.name in flow.looks_up:
        # nothing is filled in from facts that no longer hold
        return replace(_ask_for(flow, answered, step.name, facts), look_up=True)
    return go_on(flow, answered, facts)


def _review_turn(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    choices = asking.review_choices(flow, opened, facts)
    meant = pick(said.text, choices) if said.value is None else None
    picked = said.value or (meant.action if meant else "")
    if picked in {BACK, CANCEL, SAVE}:
        return _leave(flow, session, picked, facts)
    if picked == REVIEW:
        return _ask(flow, session, facts)
    if picked not in {choice.action for choice in choices}:
        return Turn(session, (), asks_elsewhere=said.text)
    # an answer to a question that no longer applies is kept for a change of mind, but was not read back
    shown = {s.name: opened.answers[s.name] for s in flow.asked(opened.answers, facts)}
    if picked == CONFIRM:
        return Turn(replace(session, flow=None, menu=()), (), flow.done(shown, facts))
    if flow.aside and picked in flow.beside(opened.answers, facts):
        return Turn(session, (), flow.aside(picked, shown, facts))
    if picked == CORRECT:
        return _said(session, replace(opened, correcting=True), asking.what_to_correct(flow, opened, facts))
    return _ask_for(flow, session, picked.removeprefix(FIX), facts, correcting=True)


def _which_was_it(session: Session) -> Turn:
    """At a free-text step something that reads like a question: the person says which it was."""
    opened = session.flow
    assert opened is not None
    choices = (Choice(line("flow.was_answer"), AS_ANSWER), Choice(line("flow.was_question"), AS_QUESTION))
    return _said(session, opened, say(line("flow.answer_or_question", said=opened.doubtful), choices=choices))


def _leave(flow: Flow, session: Session, word: str, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    if word == BACK:
        if opened.correcting:
            return go_on(flow, session, facts)
        steps = [s.name for s in flow.asked(opened.answers, facts)]
        place = steps.index(opened.step) if opened.step in steps else len(steps)
        return _ask_for(flow, session, steps[place - 1], facts) if place > 0 else _ask(flow, session, facts)
    told, saved = ("flow.saved", opened) if word == SAVE else ("flow.cancelled", None)
    return Turn(replace(session, flow=None, menu=()), (say(line(told)),), saved=saved)


def _ask_for(flow: Flow, session: Session, step: str, facts: Facts, *, correcting: bool = False) -> Turn:
    """Move to that step (or the review) and ask; an answer given before is what there is already."""
    assert session.flow is not None
    so_far = session.flow.answers.get(step)
    opened = replace(session.flow, step=step, correcting=correcting, so_far=so_far)
    return _ask(flow, replace(session, flow=opened), facts)


def _ask(flow: Flow, session: Session, facts: Facts, *, once_more: bool = False) -> Turn:
    """The open question. `once_more`: nothing was answered since it was asked, so what was shown then can be tapped too."""
    assert session.flow is not None
    reviewing = session.flow.step == REVIEW
    opened = replace(session.flow, doubtful=None, correcting=session.flow.correcting and not reviewing)
    opened = replace(opened, numeric=asking.is_numeric(flow, opened, facts))
    asks = asking.review if reviewing else asking.question
    return _said(session, opened, asks(flow, opened, facts), opened.asked if once_more else 0)


def _said(session: Session, opened: OpenFlow, message: Message, asked: int = 0) -> Turn:
    """This message, its choices to be tapped or typed as numbers, a page at a time; `asked`: as they were at that turn."""
    opened = replace(opened, asked=asked or session.turn + 1)
    choices = tuple(asking.addressed(c, opened) for c in message.choices)
    shown = replace(session, flow=opened).shown(choices)
    return Turn(shown, (replace(message, choices=shown.on_page()),))


def tapped(session: Session, action: str) -> Said | None:
    """What a tap on an answer means now; None if it belongs to another flow, step or turn, or was tampered with."""
    opened = session.flow
    place, value = _parted(action)
    if opened is None or place != f"{opened.name}.{opened.step}.{opened.asked}" or not value:
        return None
    return Said(value=value)


def _numbered(session: Session, said: Said) -> Said:
    """A typed number is the choice with that number on the page shown; with no choices it is an answer like any other.

    The labels of "is this an answer or a question?" are understood here too: the step behind it wants free text.
    """
    opened = session.flow
    if said.value is not None or said.file is not None or not session.menu or opened is None:
        return said
    doubtful = opened.doubtful is not None
    number = typed_number(said.text) if doubtful or not opened.numeric else None
    choice = session.picked(number) if number is not None else None
    if doubtful:
        choice = choice or pick(said.text, session.menu)
    return (tapped(session, choice.action) or said) if choice else said


def _parted(action: str) -> tuple[str, str]:
    place, _, value = action.removeprefix("=").partition(":")
    return place, value


def _joined(first: Message, second: Message) -> Message:
    """One outbound message a question: a refusal stands above the question it repeats."""
    return replace(second, lines=(*first.lines, *second.lines))

"""The conversation engine: one turn of a guided conversation, as a pure function.

`resume` takes the flow, the session, what was said and the facts, and gives the next session, what to say, and at the
end one command. It knows no messenger, awaits nothing and reads no clock, so any interleaving can be tested.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows import asking
from flows.answers import pick, typed_number
from flows.asking import CANCEL, CONFIRM, CORRECT, FIX, KEEP, REVIEW, SAVE
from flows.flow import Accepted, Growing, NotAnAnswer, Refused, Said, Typing
from flows.lists import Files
from flows.session import OpenFlow, Session
from flows.turn import (
    AS_ANSWER,
    AS_QUESTION,
    GIVE_UP,
    GO_ON,
    Turn,
    are_you_sure,
    ask,
    ask_for,
    is_dear,
    joined,
    show,
    which_was_it,
    with_files_kept,
)
from search.reserved import reads_like_question
from texts.message import line, say

if TYPE_CHECKING:
    from flows.flow import At, Facts, Flow, Step

BACK = "back"
_WAYS_OUT = frozenset({CANCEL, SAVE, GIVE_UP})


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
    return replace(turn, says=(joined(say(*(() if answers else flow.head(facts))), turn.says[0]),))


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
    return go_on(flow, session, facts) if _astray(flow, opened, facts) else ask(flow, session, facts, once_more=True)


def go_on(flow: Flow, session: Session, facts: Facts) -> Turn:
    """Ask the first applying question without an answer; the review when there is none. What is known is filled in."""
    opened = session.flow
    assert opened is not None
    answers = dict(opened.answers)
    for step in flow.steps:
        if step.name not in answers and step.when(answers, facts):
            known = step.known(answers, facts)
            if known is None:
                return ask_for(flow, replace(session, flow=replace(opened, answers=answers)), step.name, facts)
            answers[step.name] = known
    return ask_for(flow, replace(session, flow=replace(opened, answers=answers)), REVIEW, facts)


def resume(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    """One turn at the open question. What was said is a tapped value, a file or text; commands never come here."""
    opened = session.flow
    assert opened is not None
    said = _numbered(session, said)
    if said.value not in _WAYS_OUT and (opened.version != flow.version or _astray(flow, opened, facts)):
        return again(flow, session, facts)
    if said.value == BACK or said.value in _WAYS_OUT:
        return _leave(flow, session, said.value or "", facts)
    if said.value == GO_ON:
        return ask(flow, session, facts, once_more=True)
    if _is_sure_asked(session) and said.value is None and said.file is None:
        return are_you_sure(flow, session)
    if opened.step == REVIEW:
        return _review_turn(flow, session, said, facts)
    return _step_turn(flow, session, said, facts)


def _step_turn(flow: Flow, session: Session, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    step, stays = flow.step(opened.step), asking.keeping(flow, opened, facts)
    if stays and (said.value == KEEP or pick(said.text if said.value is None else "", (stays,))):
        return _accepted(flow, session, step, opened.answers[step.name], facts)
    if said.value == AS_QUESTION and opened.doubtful is not None:
        asked = replace(session, flow=replace(opened, doubtful=None))
        return Turn(asked, (), asks_elsewhere=opened.doubtful, is_question=True)
    if said.value == AS_ANSWER and opened.doubtful is not None:
        said = Said(opened.doubtful)
    elif _is_doubtful(step, said, asking.at(step, opened, facts)):
        return which_was_it(flow, session, facts, said)
    return _take_answer(flow, session, step, said, facts)


def _is_doubtful(step: Step, said: Said, where: At) -> bool:
    """Whether what was typed is perhaps no answer: it reads like a question, or the question was asked long ago."""
    typing = step.kind.typing(where)
    if said.late and said.value is None and said.file is None and typing is not Typing.CHOICE:
        return pick(said.text, step.kind.choices(where)) is None
    return typing is Typing.TEXT and reads_like_question(said.text)


def _astray(flow: Flow, opened: OpenFlow, facts: Facts) -> bool:
    """Whether facts have changed under the open question: it no longer applies, or the review lacks an answer."""
    asked = {step.name for step in flow.asked(opened.answers, facts)}
    return not asked <= opened.answers.keys() if opened.step == REVIEW else opened.step not in asked


def _take_answer(flow: Flow, session: Session, step: Step, said: Said, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    if said.file is not None and not isinstance(step.kind, Files):
        return Turn(session, (), asks_elsewhere="")
    page = () if session.is_aside else tuple(_parted(one.action)[1] for one in session.on_page())
    where = replace(asking.at(step, opened, facts), page=page)
    match step.judged(step.kind.accept(said, where), where):
        case Accepted(str(value)) if value == BACK and step.kind.typing(where) is Typing.CHOICE:
            return _leave(flow, session, value, facts)
        case NotAnAnswer():
            return Turn(session, (), asks_elsewhere=said.text)
        case Refused() as refused:
            asked = ask(flow, session, facts)
            return replace(asked, says=(joined(say(asking.refusal(flow, step, where, refused)), asked.says[0]),))
        case Growing(so_far):
            grown = ask(flow, replace(session, flow=replace(opened, so_far=so_far)), facts)
            return replace(grown, says=tuple(replace(one, replaces=True) for one in grown.says))
        case Accepted(value):
            return _accepted(flow, session, step, value, facts)


def _accepted(flow: Flow, session: Session, step: Step, value: Any, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    changed = step.name in opened.answers and opened.answers[step.name] != value
    gone = step.resets if changed else ()
    answers = {**{k: v for k, v in opened.answers.items() if k not in gone}, step.name: value}
    if step.ends is not None and step.ends(value):
        command = flow.left(answers, facts) if flow.left else None
        return Turn(replace(session, flow=None, menu=()), (), command)
    answered = replace(session, flow=replace(opened, answers=answers))
    if step.name in flow.looks_up:
        # nothing is filled in from facts that no longer hold
        return replace(ask_for(flow, answered, step.name, facts), look_up=True)
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
        return ask(flow, session, facts)
    if picked not in {choice.action for choice in choices}:
        return Turn(session, (), asks_elsewhere=said.text)
    # an answer to a question that no longer applies is kept for a change of mind, but was not read back
    shown = {s.name: opened.answers[s.name] for s in flow.asked(opened.answers, facts)}
    if picked == CONFIRM:
        return Turn(replace(session, flow=None, menu=()), (), flow.done(shown, facts))
    if flow.aside and picked in flow.beside(opened.answers, facts):
        return Turn(session, (), flow.aside(picked, shown, facts))
    if picked == CORRECT:
        return show(session, replace(opened, correcting=True), asking.what_to_correct(flow, opened, facts))
    return ask_for(flow, session, picked.removeprefix(FIX), facts, correcting=True)


def _leave(flow: Flow, session: Session, word: str, facts: Facts) -> Turn:
    opened = session.flow
    assert opened is not None
    if word == BACK:
        session = with_files_kept(flow, session)
        if opened.correcting:
            return go_on(flow, session, facts)
        steps = [s.name for s in flow.asked(opened.answers, facts)]
        place = steps.index(opened.step) if opened.step in steps else len(steps)
        return ask_for(flow, session, steps[place - 1], facts) if place > 0 else ask(flow, session, facts)
    if word == CANCEL and is_dear(flow, opened, facts) and not _is_sure_asked(session):
        return are_you_sure(flow, session)
    told, saved = ("flow.saved", opened) if word == SAVE else ("flow.cancelled", None)
    return Turn(replace(session, flow=None, menu=()), (say(line(told)),), saved=saved)


def tapped(session: Session, action: str) -> Said | None:
    """What a tap on an answer means now; None if it belongs to another flow, step or turn, or was tampered with."""
    opened = session.flow
    place, value = _parted(action)
    if opened is None or place != f"{opened.name}.{opened.step}.{opened.asked}" or not value:
        return None
    return Said(value=value)


def _numbered(session: Session, said: Said) -> Said:
    """A typed number is the choice with that number on the page shown; with no choices it is an answer like any other.

    The labels of a question about what was said are understood here too: the step behind it may want free text.
    """
    opened = session.flow
    if said.value is not None or said.file is not None or not session.menu or opened is None:
        return said
    between = opened.doubtful is not None or _is_sure_asked(session)
    number = typed_number(said.text) if between or not opened.numeric else None
    choice = session.picked(number) if number is not None else None
    if between:
        choice = choice or pick(said.text, session.menu)
    return (tapped(session, choice.action) or said) if choice else said


def _is_sure_asked(session: Session) -> bool:
    """Whether the person was just asked if all this is to be dropped."""
    return any(_parted(one.action)[1] == GIVE_UP for one in session.menu)


def _parted(action: str) -> tuple[str, str]:
    place, _, value = action.removeprefix("=").partition(":")
    return place, value

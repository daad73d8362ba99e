"""What one turn of a conversation comes to, and the questions it can end in: the open one, and two about what was said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows import asking
from flows.asking import REVIEW, SAVE
from flows.lists import Files
from flows.typed import LongText
from texts.message import Choice, Message, line, say

if TYPE_CHECKING:
    from flows.flow import Facts, Flow, Said, Step
    from flows.session import OpenFlow, Session

AS_ANSWER, AS_QUESTION = "as_answer", "as_question"
GIVE_UP, GO_ON = "give_up", "go_on"
FEW_ANSWERS, SHORT = 2, 20
"""So many answers, and a text of so many characters, are dropped without asking; they are given again in no time."""


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
    is_question: bool = False
    """the person has said so of `asks_elsewhere`"""
    look_up: bool = False
    """an answer has changed what is to be known: load the facts again, then `go_on`"""


def ask_for(flow: Flow, session: Session, step: str, facts: Facts, *, correcting: bool = False) -> Turn:
    """Move to that step (or the review) and ask; an answer given before is what there is already."""
    assert session.flow is not None
    so_far = session.flow.answers.get(step)
    opened = replace(session.flow, step=step, correcting=correcting, so_far=so_far)
    return ask(flow, replace(session, flow=opened), facts)


def ask(flow: Flow, session: Session, facts: Facts, *, once_more: bool = False) -> Turn:
    """The open question. `once_more`: nothing was answered since it was asked, so what was shown then can be tapped too."""
    assert session.flow is not None
    reviewing = session.flow.step == REVIEW
    opened = replace(session.flow, doubtful=None, correcting=session.flow.correcting and not reviewing)
    opened = replace(opened, numeric=asking.is_numeric(flow, opened, facts))
    asks = asking.review if reviewing else asking.question
    return show(session, opened, asks(flow, opened, facts), opened.asked if once_more else 0)


def show(session: Session, opened: OpenFlow, message: Message, asked: int = 0) -> Turn:
    """This message, its choices to be tapped or typed as numbers, a page at a time; `asked`: as they were at that turn."""
    opened = replace(opened, asked=asked or session.turn + 1)
    choices = tuple(asking.addressed(c, opened) for c in message.choices)
    shown = replace(session, flow=opened).shown(choices)
    return Turn(shown, (replace(message, choices=shown.on_page()),))


def which_was_it(flow: Flow, session: Session, facts: Facts, said: Said) -> Turn:
    """An answer or something else? The person says; what was asked long ago stands above it."""
    assert session.flow is not None
    opened = replace(session.flow, doubtful=said.text)
    yes, asked = Choice(line("flow.was_answer"), AS_ANSWER), line("flow.answer_or_question", said=said.text)
    if not said.late:
        return show(session, opened, say(asked, choices=(yes, Choice(line("flow.was_question"), AS_QUESTION))))
    head = line("flow.long_ago", what=line(f"flow.title.{flow.name}"))
    lines = (head, *asking.question(flow, opened, facts).lines, line("flow.answer_or_other", said=said.text))
    return show(session, opened, say(*lines, choices=(yes, Choice(line("flow.was_other"), AS_QUESTION))))


def with_files_kept(flow: Flow, session: Session) -> Session:
    """What was sent is not lost by going back: files that are there are the answer. Anything else half given is dropped."""
    opened = session.flow
    assert opened is not None
    if opened.step == REVIEW or not isinstance(flow.step(opened.step).kind, Files):
        return session
    there = [one for one in opened.so_far or () if "sha256" in one]
    answers = {name: value for name, value in opened.answers.items() if name != opened.step}
    return replace(session, flow=replace(opened, answers={**answers, **({opened.step: there} if there else {})}))


def is_dear(flow: Flow, opened: OpenFlow, facts: Facts) -> bool:
    """Whether there is something in it that nobody wants to lose by a slip: a file, or more than a few answers."""
    answered = [step for step in flow.steps if opened.answers.get(step.name)]
    given = [step for step in answered if step.known(opened.answers, facts) != opened.answers[step.name]]
    dear = any(isinstance(step.kind, Files) or _is_written(step, opened) for step in given)
    return bool(opened.so_far) or dear or len(given) > FEW_ANSWERS


def _is_written(step: Step, opened: OpenFlow) -> bool:
    """Whether it is a text that took its time to type."""
    return isinstance(step.kind, LongText) and len(opened.answers[step.name]) > SHORT


def are_you_sure(flow: Flow, session: Session) -> Turn:
    """Before it is dropped."""
    assert session.flow is not None
    ways = (("flow.give_up", GIVE_UP), ("flow.go_on", GO_ON), ("flow.save", SAVE))
    asked = line("flow.sure", what=line(f"flow.title.{flow.name}"))
    return show(session, session.flow, say(asked, choices=tuple(Choice(line(key), value) for key, value in ways)))


def joined(first: Message, second: Message) -> Message:
    """One outbound message a question: a refusal stands above the question it repeats."""
    return replace(second, lines=(*first.lines, *second.lines))

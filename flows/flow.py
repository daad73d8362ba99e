"""What a guided conversation is: ordered steps, each a name and a kind of answer. No sentence, no messenger, no I/O.

Sentences hang on names: a step asks with the text `<flow>.<step>.ask` and refuses with `<flow>.<step>.<reason>`; where
its kind asks for one part after another, `<flow>.<step>.<part>.ask` and `<flow>.<step>.<part>.<reason>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from texts.message import Choice, Line

Answers = Mapping[str, Any]
Facts = Mapping[str, Any]
"""What a flow needs to know of the world, loaded before the turn by the names in `Flow.needs`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the person answered: typed text, the value of a tapped choice, or a file (as plain data).

    `late`: so long after the question that it is perhaps said of something else.
    """

    text: str = ""
    value: str | None = None
    file: Mapping[str, Any] | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """Where an answer is wanted: what has been answered, what is known, and what of this answer there is already.

    `page`: the values of the choices on the page shown last, in the order of their numbers.
    """

    answers: Answers
    facts: Facts
    so_far: Any = None
    page: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer understood; `value` survives JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Growing:
    """A part of an answer that is built up in several turns; the question is asked again with it."""

    so_far: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that cannot stand; `reason` names the text that says why and what to do."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """At a step with choices: none of them was meant; it may be a question."""


Understood = Accepted | Growing | Refused | NotAnAnswer


class Typing(Enum):
    """What something typed means at a question."""

    CHOICE = auto()
    """the number or the label of a choice; else it is perhaps a question"""
    TEXT = auto()
    """the answer, unless it is the number of a choice or reads like a question"""
    NUMBER = auto()
    """a number is itself the answer, 0 too"""


class Kind(Protocol):
    """A kind of answer."""

    def typing(self, at: At) -> Typing:
        """What something typed means here."""

    def part(self, at: At) -> str | None:
        """Which part of the answer is asked for; None where it has no parts."""

    def shown(self, at: At) -> tuple[Line, ...]:
        """What of the answer there is already, above the choices."""

    def choices(self, at: At) -> tuple[Choice, ...]:
        """What can be picked now, each action being the bare value; empty where one types."""

    def accept(self, said: Said, at: At) -> Understood:
        """Understand what was said."""

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """The answer as the review shows it."""


class Plain:
    """What most kinds of answer have in common: one question, nothing to show beforehand, typed freely."""

    __slots__ = ()

    def typing(self, at: At) -> Typing:
        """Typed freely."""
        return Typing.TEXT

    def part(self, at: At) -> str | None:
        """No parts."""
        return None

    def shown(self, at: At) -> tuple[Line, ...]:
        """Nothing."""
        return ()


def _always(_answers: Answers, _facts: Facts) -> bool:
    return True


def _nothing(_answers: Answers, _facts: Facts) -> dict[str, Any]:
    return {}


def _unknown(_answers: Answers, _facts: Facts) -> Any:
    return None


def _no_lines(_answers: Answers, _facts: Facts) -> tuple[Line, ...]:
    return ()


def _none_beside(_answers: Answers, _facts: Facts) -> tuple[str, ...]:
    return ()


def _no_head(_facts: Facts) -> tuple[Line, ...]:
    return ()


def _stands(_value: Any, _answers: Answers, _facts: Facts) -> Refused | None:
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    Args:
        name: its name in texts, taps and stored answers.
        kind: what it wants.
        when: whether it is asked at all.
        ask: what the placeholders of its text stand for.
        known: the answer, where it is known already: then it is not asked, but stands in the review to be corrected.
        ends: whether this answer ends the flow at once, with the flow's `left` command (declining consent).
        resets: steps whose answers rest on this one: they fall when it changes.
        refuses: why an answer that its kind takes cannot stand at this step; None where it can.
        reviewed: whether the review reads it back.

    """

    name: str
    kind: Kind
    when: Callable[[Answers, Facts], bool] = _always
    ask: Callable[[Answers, Facts], dict[str, Any]] = _nothing
    known: Callable[[Answers, Facts], Any] = _unknown
    ends: Callable[[Any], bool] | None = None
    resets: tuple[str, ...] = ()
    refuses: Callable[[Any, Answers, Facts], Refused | None] = _stands
    reviewed: bool = True

    def judged(self, understood: Understood, at: At) -> Understood:
        """What its kind has understood, unless the step itself refuses it."""
        refused = self.refuses(understood.value, at.answers, at.facts) if isinstance(understood, Accepted) else None
        return refused or understood


@dataclass(frozen=True, slots=True)
class Flow:
    """A guided conversation: its steps, then a review, then one command.

    Args:
        name: its name in texts, taps and stored sessions.
        version: raised when stored answers would no longer fit; `carry` then takes old answers along, or None restarts.
        needs: names of the facts it must be given.
        steps: the questions, in order.
        done: makes the command from the answers.
        left: makes the command for an answer that ends the flow early.
        head: what is said once, above the first question, when it begins with nothing answered yet.
        about: what the review's head line needs.
        warns: what the review warns of; it keeps nobody from confirming.
        bars: what keeps the answers from being confirmed as they are.
        looks_up: steps whose answer changes the facts: they are loaded again before the next question.
        beside: what can be looked at or tried in the review before it is confirmed, by the names of its texts there.
        aside: makes the command for one of these; the review stands.

    """

    name: str
    version: int
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    done: Callable[[Answers, Facts], Any]
    left: Callable[[Answers, Facts], Any] | None = None
    head: Callable[[Facts], tuple[Line, ...]] = _no_head
    about: Callable[[Answers, Facts], dict[str, Any]] = _nothing
    carry: Callable[[int, dict[str, Any]], dict[str, Any] | None] | None = None
    warns: Callable[[Answers, Facts], tuple[Line, ...]] = _no_lines
    bars: Callable[[Answers, Facts], tuple[Line, ...]] = _no_lines
    looks_up: frozenset[str] = frozenset()
    beside: Callable[[Answers, Facts], tuple[str, ...]] = _none_beside
    aside: Callable[[str, Answers, Facts], Any] | None = None

    def asked(self, answers: Answers, facts: Facts) -> list[Step]:
        """The steps that apply, given the answers so far."""
        return [step for step in self.steps if step.when(answers, facts)]

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

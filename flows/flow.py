"""What a guided conversation is: ordered steps, each a name and a kind of answer. No sentence, no messenger, no I/O.

Sentences hang on names: a step asks with the text `<flow>.<step>.ask` and refuses with `<flow>.<step>.<reason>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from texts.message import Choice, Line

Answers = Mapping[str, Any]
Facts = Mapping[str, Any]
"""What a flow needs to know of the world, loaded before the turn by the names in `Flow.needs`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the person answered: typed text, or the value of a tapped choice."""

    text: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer understood; `value` survives JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that cannot stand; `reason` names the text that says why and what to do."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """At a step with choices: none of them was meant; it may be a question."""


class Kind(Protocol):
    """A kind of answer. `free`: anything typed may be the answer, so that a question must be asked about."""

    @property
    def free(self) -> bool:
        """Whether one types freely here."""

    def choices(self, answers: Answers, facts: Facts) -> tuple[Choice, ...]:
        """What can be picked, each action being the bare value; empty where one types."""

    def accept(self, said: Said, answers: Answers, facts: Facts) -> Accepted | Refused | NotAnAnswer:
        """Understand what was said."""

    def read_back(self, value: Any, answers: Answers, facts: Facts) -> Line | str:
        """The answer as the review shows it."""


def _always(_answers: Answers, _facts: Facts) -> bool:
    return True


def _nothing(_answers: Answers, _facts: Facts) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `when`: whether it is asked at all; `ask`: what its text's placeholders stand for.

    `ends_with`: this answer ends the flow at once, with the flow's `left` command (declining consent).
    `reviewed`: whether the review reads it back.
    """

    name: str
    kind: Kind
    when: Callable[[Answers, Facts], bool] = _always
    ask: Callable[[Answers, Facts], dict[str, Any]] = _nothing
    ends_with: Any = None
    reviewed: bool = True


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
        about: what the review's head line needs.

    """

    name: str
    version: int
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    done: Callable[[Answers, Facts], Any]
    left: Callable[[Answers, Facts], Any] | None = None
    about: Callable[[Answers, Facts], dict[str, Any]] = _nothing
    carry: Callable[[int, dict[str, Any]], dict[str, Any] | None] | None = None

    def asked(self, answers: Answers, facts: Facts) -> list[Step]:
        """The steps that apply, given the answers so far."""
        return [step for step in self.steps if step.when(answers, facts)]

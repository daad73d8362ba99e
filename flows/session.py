"""A person's conversation between two messages: what was shown last, and the flow that is open. Survives JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from texts.message import Choice, from_json, line, say, to_json

PAGE = 8
"""Choices on one page; a ninth line leads to the next."""
MORE = "more:"
"""The action of that line: no choice, but the way to the next page."""


@dataclass(frozen=True, slots=True)
class OpenFlow:
    """A flow in the middle: where it stands and what has been answered. `step` is a step's name or "review"."""

    name: str
    version: int
    step: str
    answers: dict[str, Any] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)
    """what it was opened with (an invite code's serial), for loading its facts again"""
    correcting: bool = False
    """an answer is picked in the review, or was: back there once it is given"""
    doubtful: str | None = None
    """an answer that reads like a question, until the person says which it was"""
    so_far: Any = None
    """what of the open question's answer there is already"""
    numeric: bool = False
    """the open question wants a number: 0 is an answer, not the menu"""
    asked: int = 0
    """the turn at which the open question was first asked as it stands: what its choices are tapped by"""
    shown_at: int = 0
    """when it was last what the person was shown, in microseconds of business time"""


@dataclass(frozen=True, slots=True)
class Session:
    """Everything remembered of a conversation. `turn` numbers what was shown, so that a late tap can be told."""

    turn: int = 0
    menu: tuple[Choice, ...] = ()
    page: int = 0
    flow: OpenFlow | None = None
    minute: int = 0
    """the minute of the last message (business time), and how many came in it"""
    in_minute: int = 0

    def shown(self, choices: tuple[Choice, ...], page: int = 0) -> Session:
        """The session after a message with these choices."""
        return replace(self, turn=self.turn + 1, menu=choices, page=page)

    def picked(self, number: int) -> Choice | None:
        """The choice that a typed number means on the page last shown; None if there is none."""
        on_page = self.menu[self.page * PAGE : (self.page + 1) * PAGE]
        return on_page[number - 1] if 1 <= number <= len(on_page) else None

    @property
    def is_aside(self) -> bool:
        """Whether a screen was opened in the middle of a conversation: numbers and labels mean that screen's choices."""
        return self.flow is not None and any(not one.action.startswith("=") for one in self.menu)

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return (self.page + 1) * PAGE < len(self.menu)

    def on_page(self) -> tuple[Choice, ...]:
        """The choices of the page it stands on, and the way to the next."""
        shown = self.menu[self.page * PAGE : (self.page + 1) * PAGE]
        more = Choice(line("menu.more.button"), f"{MORE}{self.turn}:{self.page + 1}")
        return (*shown, more) if self.has_more else shown


def dump(session: Session) -> dict[str, Any]:
    """A session as plain data."""
    flow = session.flow
    return {
        "turn": session.turn,
        "menu": to_json(say(choices=session.menu)).get("choices", []),
        "page": session.page,
        "minute": [session.minute, session.in_minute],
        "flow": {name: getattr(flow, name) for name in OpenFlow.__slots__} if flow else None,
    }


def load(data: dict[str, Any] | None) -> Session:
    """The session that `dump` made; a new one for None."""
    if data is None:
        return Session()
    menu = from_json({"lines": [], "choices": data["menu"]}).choices
    flow = OpenFlow(**data["flow"]) if data["flow"] else None
    return Session(data["turn"], menu, data["page"], flow, *data["minute"])

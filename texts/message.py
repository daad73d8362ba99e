"""What the bot says, before it has words: keys with parameters, and the choices that go with them.

A message is stored and passed on in this form and composed in the reader's language only when it is sent, so that a
notice can be worded from the clock at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One text by its key, with what its placeholders stand for; a parameter may itself be a line or several."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)


def line(key: str, **params: Any) -> Line:
    """A line, written short."""
    return Line(key, params)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap or to type the number of. `action` comes back from the tap: at most 64 bytes of UTF-8."""

    label: Line
    action: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made when the message is sent: `kind` names the maker, `params` is what it needs."""

    kind: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its lines (each on a line of its own), its choices, perhaps a file.

    `replaces`: it takes the place of the message whose button was tapped, where the messenger can edit.
    """

    lines: tuple[Line, ...]
    choices: tuple[Choice, ...] = ()
    replaces: bool = False
    attach: Attachment | None = None


def say(*lines: Line, choices: tuple[Choice, ...] = (), replaces: bool = False) -> Message:
    """A message of these lines."""
    return Message(lines, choices, replaces)


LASTING = "+"
"""What an action begins with whose message stays where it is when it is tapped."""


def lasting(message: Message) -> Message:
    """The same, never replaced by what its buttons lead to: a notice, a message with a file."""
    kept = (replace(one, action=LASTING + one.action.removeprefix(LASTING)) for one in message.choices)
    return replace(message, choices=tuple(kept))


def to_json(message: Message) -> dict[str, Any]:
    """A message as plain data, for a row of the outbox."""
    out: dict[str, Any] = {"lines": [_pack(one) for one in message.lines]}
    if message.choices:
        out["choices"] = [[_pack(c.label), c.action] for c in message.choices]
    if message.replaces:
        out["replaces"] = True
    if message.attach:
        out["attach"] = [message.attach.kind, message.attach.params]
    return out


def from_json(data: dict[str, Any]) -> Message:
    """The message that `to_json` packed."""
    return Message(
        tuple(_unpack(one) for one in data["lines"]),
        tuple(Choice(_unpack(label), action) for label, action in data.get("choices", ())),
        data.get("replaces", False),
        Attachment(*data["attach"]) if "attach" in data else None,
    )


def _pack(value: Any) -> Any:
    match value:
        case Line(key=key, params=params):
            return {"$": key, **{name: _pack(one) for name, one in params.items()}}
        case datetime():
            return {"$time": value.isoformat()}
        case date():
            return {"$day": value.isoformat()}
        case tuple() | list():
            return [_pack(one) for one in value]
        case _:
            return value


def _unpack(value: Any) -> Any:
    match value:
        case {"$": key, **params}:
            return Line(str(key), {str(name): _unpack(one) for name, one in params.items()})
        case {"$time": text}:
            return datetime.fromisoformat(text)
        case {"$day": text}:
            return date.fromisoformat(text)
        case list():
            return tuple(_unpack(one) for one in value)
        case _:
            return value

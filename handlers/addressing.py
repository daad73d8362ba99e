"""A message to many that names whom it goes to, in the words for one of them; its words stand once, with places in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.audience import Addressee
from flows.addressing import NAME, RECIPIENT, UNIT, filled, named
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from texts.compose import Language
    from texts.message import Message

MOST = 3
"""So many units of one person are named; the others are counted."""
UNNAMED = Addressee(None, (), staff=False)
"""Somebody of whom nothing is known any more."""


def text_of(message: Message) -> str:
    """The words of a message to many as they were confirmed."""
    return str(message.lines[0].params.get("text", ""))


def names_somebody(message: Message) -> bool:
    """Whether its words differ from one recipient to another."""
    return bool(named(text_of(message)))


def for_one(message: Message, to: Addressee, language: Language) -> Message:
    """The message as one recipient gets it."""
    head, *rest = message.lines
    params = {**head.params, "text": worded(text_of(message), to, language)}
    return replace(message, lines=(replace(head, params=params), *rest))


def worded(text: str, to: Addressee, language: Language) -> str:
    """The text as one recipient reads it."""
    unit = _units(to.units, language)
    name = to.name or plain(line("broadcast.to.nameless"), language)
    person = plain(line("broadcast.to.person", name=name) if to.name else line("broadcast.to.somebody"), language)
    return filled(text, {RECIPIENT: person if to.staff else unit, UNIT: unit, NAME: name})


def room(text: str) -> Callable[[Addressee], int] | None:
    """About how many characters somebody's names take in the text; None: it names nobody."""
    times = named(text)

    def taken(to: Addressee) -> int:
        unit, name = sum(map(len, to.units[:MOST])), len(to.name or "")
        return times[UNIT] * unit + times[NAME] * name + times[RECIPIENT] * (name if to.staff else unit)

    return taken if times else None


def _units(units: tuple[str, ...], language: Language) -> str:
    if not units:
        return plain(line("broadcast.to.unit"), language)
    names, more = ", ".join(units[:MOST]), len(units) - MOST
    return plain(line("broadcast.to.others", names=names, number=more), language) if more > 0 else names

"""A message to many that names whom it goes to, in the words for one of them; its words stand once, with places in them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from domain.audience import Addressee
from flows.addressing import NAME, RECIPIENT, UNIT, filled, named
from texts.compose import LANGUAGES, plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return filled(text, names_for(to, language))


def names_for(to: Addressee, language: Language) -> dict[str, str]:
    """What is filled in for one recipient."""
    unit = _units(to.units, language)
    name = to.name or _words("broadcast.to.nameless", language)
    person = (
        _words("broadcast.to.person", language).format(name=to.name)
        if to.name
        else _words("broadcast.to.somebody", language)
    )
    return {RECIPIENT: person if to.staff else unit, UNIT: unit, NAME: name}


def longest(text: str, people: Iterable[Addressee]) -> Addressee | None:
    """Whose names take most room in the text, in whichever language they take more: a recipient may read either."""
    times = named(text)

    def room(to: Addressee) -> int:
        each = (names_for(to, language) for language in LANGUAGES)
        return max(sum(n * len(names[what]) for what, n in times.items()) for names in each)

    return max(people, key=room, default=None)


def length(text: str, to: Addressee) -> int:
    """How long the text is for one recipient, in whichever language it is longer."""
    return max(len(worded(text, to, language)) for language in LANGUAGES)


def _units(units: tuple[str, ...], language: Language) -> str:
    if not units:
        return _words("broadcast.to.unit", language)
    names, more = ", ".join(units[:MOST]), len(units) - MOST
    return _words("broadcast.to.others", language).format(names=names, number=more) if more > 0 else names


@cache
def _words(key: str, language: Language) -> str:
    """A text with its places left in it, composed once: a board has ten thousand people."""
    return plain(line(key, name="{name}", names="{names}", number="{number}"), language)

"""What a messenger shows somebody, in one form for all, and how it is read from the lines of a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from texts.compose import LANGUAGES, plain
from texts.message import line

_HOW = tuple(plain(line("fitting.numbered.how"), language) for language in LANGUAGES)
_WORDED = re.compile(f"(?:{'|'.join(plain(line('fitting.worded', label=''), one) for one in LANGUAGES)})(.+)")
_NUMBERED = re.compile(r"(\d+)\. (.+)")


@dataclass(frozen=True)
class Shown:
    """One message as somebody sees it: its words, its choices (label, and what picking it sends), its file."""

    seat: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    ref: str = ""
    """the messenger's name for it; an edit has that of the message it replaces"""


def on_a_terminal(seat: str, text: str) -> Shown:
    """A message and its numbered choices; picking one is typing its number."""
    lines = text.rstrip("\n").split("\n")
    if _WORDED.fullmatch(lines[-1]):
        return _worded(seat, lines)
    if lines[-1] not in _HOW:
        return Shown(seat, "\n".join(lines).strip())
    choices: list[tuple[str, str]] = []
    lines = lines[:-2]
    while found := _NUMBERED.fullmatch(lines[-1]):
        choices.insert(0, (found[2], found[1]))
        lines.pop()
    assert [number for _, number in choices] == [str(n) for n in range(1, len(choices) + 1)], text
    return Shown(seat, "\n".join(lines).strip(), tuple(choices))


def _worded(seat: str, lines: list[str]) -> Shown:
    """A message nobody asked for, and its choices; picking one is typing its words."""
    choices: list[tuple[str, str]] = []
    while found := _WORDED.fullmatch(lines[-1]):
        choices.insert(0, (found[1], found[1]))
        lines.pop()
    return Shown(seat, "\n".join(lines).strip(), tuple(choices))

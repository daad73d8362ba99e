"""Fits a text and its buttons to what a messenger can show: split where it is too long, numbered where nothing is tapped.

Everything works on spans, before a messenger escapes or marks anything, so no cut can fall inside an escape or a tag.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from texts.compose import Span, Text, compose
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from texts.compose import Language

_BREAKS = tuple(re.compile(p) for p in (r"\n\s*\n", r"\n", r"(?<=[.!?…;:])\s", r"\s"))
"""where a text may be cut, best first: between paragraphs, lines, sentences, words"""
NAME_LIMIT = 255
"""characters of a file's name that are kept"""
_ENDING = 16
"""the last of them, where a name is cut"""
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's controls, format marks (those that turn the direction among them), halves of pairs, line ends"""


def split(text: Text, limit: int, measure: Callable[[str], int] = len) -> list[Text]:
    """Cut `text` into pieces that measure at most `limit` each, styles kept.

    A cut falls between paragraphs, else lines, else sentences, as long as the piece is at least half full; else between
    words; inside a word only where one word alone is too long. White space at a cut is dropped, nothing else is.

    Args:
        text: what to cut; one that fits comes back as it is, one of white space alone as no piece at all.
        limit: the most a piece may measure; must hold any single character.
        measure: how long a run of characters is to the messenger: at least 1 for each, more for a longer run.

    """
    whole = plain(text)
    if not whole.strip():
        return []
    if measure(whole) <= limit:
        return [text]
    return [tuple(_between(text, start, end)) for start, end in _pieces(whole, limit, measure)]


def numbered(text: Text, buttons: Sequence[tuple[str, str]], language: Language) -> Text:
    """The text with its buttons as numbered lines below, and how to answer, for a messenger without buttons.

    The numbers follow the order of `buttons`, from 1; 0 is always the menu.
    """
    if not buttons:
        return text
    choices = "".join(f"\n{number}. {label}" for number, (label, _) in enumerate(buttons, 1))
    return (*text, Span(f"\n{choices}\n\n"), *compose((line("fitting.numbered.how"),), language))


def worded(text: Text, buttons: Sequence[tuple[str, str]], language: Language) -> Text:
    """The text with the words of its buttons below, to be typed, for a message that nobody has asked for."""
    if not buttons:
        return text
    return (*text, Span("\n\n"), *compose(tuple(line("fitting.worded", label=label) for label, _ in buttons), language))


def plain(text: Text) -> str:
    """The characters alone, without styles."""
    return "".join(span.text for span in text)


def file_name(given: str, otherwise: str) -> str:
    """A file's name as people may see it: never refused, for nothing is decided by it.

    Folders, characters nobody sees and those that turn the direction of reading are left out; what is too long loses
    from its middle, so that its ending stays. `otherwise` where nothing is left.
    """
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(one for one in last if unicodedata.category(one) not in _UNSEEN_KINDS)
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    if len(name) > NAME_LIMIT:
        ending = name[-_ENDING:]
        name = f"{name[: NAME_LIMIT - len(ending) - 1]}…{ending}"
    return name or otherwise


def _pieces(whole: str, limit: int, measure: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    start, last = 0, len(whole.rstrip())
    while (start := start + _blank(whole[start:last])) < last:
        end = _furthest(whole, start, last, limit, measure)
        if end < last:
            end = _cut(whole, start, end)
        yield start, start + len(whole[start:end].rstrip())
        start = end


def _furthest(whole: str, start: int, last: int, limit: int, measure: Callable[[str], int]) -> int:
    """How far from `start` a piece can reach; at least one character, or nothing would ever end."""
    # each character measures 1 or more, so `limit` of them are the most to look at
    ends = range(start + 1, min(last, start + limit) + 1)
    return start + max(1, bisect_right(ends, limit, key=lambda end: measure(whole[start:end])))


def _cut(whole: str, start: int, end: int) -> int:
    # one character further: white space right behind a full piece is where it may end
    for kind in _BREAKS:
        found = [m.start() for m in kind.finditer(whole, start + 1, end + 1)]
        if found and (kind is _BREAKS[-1] or found[-1] - start >= (end - start) / 2):
            return found[-1]
    return end


def _blank(run: str) -> int:
    return len(run) - len(run.lstrip())


def _between(text: Text, start: int, end: int) -> Iterator[Span]:
    edges = [0]
    for span in text:
        edges.append(edges[-1] + len(span.text))
    for span, (first, last) in zip(text, pairwise(edges), strict=True):
        if first < end and last > start:
            yield Span(span.text[max(start - first, 0) : end - first], span.style)

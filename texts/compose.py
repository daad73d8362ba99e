"""Words for keys: texts are data (`texts/*.toml`), composed in the reader's language into spans a messenger can style.

A text may mark **bold**; one that starts with "> " is a quotation, with ">> " a long one, which a messenger folds where it
can. Placeholders stand in braces: {name}. What is filled in is never read as markup, so a name may hold any character.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from texts.message import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
Style = Literal["", "bold", "quote", "fold"]
_MARKS: dict[str, Style] = {"> ": "quote", ">> ": "fold"}
_TOKEN = re.compile(r"\*\*|\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one style."""

    text: str
    style: Style = ""


Text = tuple[Span, ...]


def language_of(code: Any) -> Language:
    """The language that is stored, or that somebody's messenger speaks, if we speak it; else Vietnamese."""
    return "en" if code == "en" else "vi"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text by its key, in every language."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(resources.files("texts").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for key, words in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
                if key in found:
                    raise ValueError(f"text {key} stands twice")
                found[key] = words
    return found


def compose(lines: Iterable[Line], language: Language) -> Text:
    """The lines in words, one below the other."""
    spans: list[Span] = []
    for number, one in enumerate(lines):
        if number:
            spans.append(Span("\n"))
        spans.extend(_spans(one, language, ""))
    return tuple(spans)


def plain(value: Any, language: Language) -> str:
    """A parameter or a line as plain characters, without any style."""
    match value:
        case Line():
            return "".join(span.text for span in _spans(value, language, ""))
        case tuple():
            return "\n".join(plain(one, language) for one in value)
        case datetime():
            return f"{value:%H:%M} {plain(value.date(), language)}"
        case date():
            return (
                f"{value.day:02d}/{value.month:02d}/{value.year}" if language == "vi" else f"{value.day} {value:%B %Y}"
            )
        case _:
            return str(value)


def _spans(one: Line, language: Language, style: Style) -> Iterator[Span]:
    template = catalogue()[one.key][language]
    bold, last = False, 0
    for mark, means in _MARKS.items():
        if template.startswith(mark):
            template, style = template.removeprefix(mark), means
    for token in _TOKEN.finditer(template):
        now: Style = "bold" if bold else style
        if token.start() > last:
            yield Span(template[last : token.start()], now)
        last = token.end()
        if token.group(1) is None:
            bold = not bold
            continue
        yield from _filled(one.params[token.group(1)], language, now)
    if last < len(template):
        yield Span(template[last:], "bold" if bold else style)


def _filled(value: Any, language: Language, style: Style) -> Iterator[Span]:
    if isinstance(value, Line):
        yield from _spans(value, language, style)
    elif isinstance(value, tuple) and value and isinstance(value[0], Line):
        for number, one in enumerate(value):
            if number:
                yield Span("\n", style)
            yield from _spans(one, language, style)
    else:
        yield Span(plain(value, language), style)


def _flat(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in tree.items():
        key = f"{path}.{name}" if path else name
        if set(value) == set(LANGUAGES) and all(isinstance(v, str) for v in value.values()):
            yield key, value
        else:
            yield from _flat(value, key)

"""The texts as data, and every place where code asks for one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import flows
from flows.figures import Figures
from flows.flow import Flow, Step
from flows.lists import Files, ListOf
from tests.house.source import modules, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house.source import Module

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_KEY = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
GROWS = (Files, ListOf)
"""Kinds of answer that show what there is already: what they ask then has words of its own, where it needs them."""
_MAKERS = {"texts.message.line", "texts.message.Line"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text: where it stands and its words by language."""

    key: str
    place: str
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that asks for a text: the keys it may mean, and the names it fills in (None: not to be seen here)."""

    place: str
    keys: re.Pattern[str]
    literal: bool
    """whether it names one key to the letter"""
    written: str
    params: frozenset[str] | None


@cache
def sentences() -> dict[str, Sentence]:
    """Every text of `texts/*.toml` by its key."""
    found = {}
    for path, text in texts().items():
        if re.fullmatch(r"texts/\w+\.toml", path):
            for key, words in _leaves(tomllib.loads(text)):
                found[key] = Sentence(key, f"{path}:{_line_of(text, key)}", words)
    return found


@cache
def asked() -> tuple[Asked, ...]:
    """Every call of `line` or `Line` whose key, or a part of it, stands there."""
    return tuple(a for module in modules() for a in _asked_in(module))


@cache
def guided() -> tuple[Flow, ...]:
    """Every guided conversation that is declared in `flows/`."""
    found: dict[str, Flow] = {}
    for info in pkgutil.iter_modules(flows.__path__, "flows."):
        here = vars(importlib.import_module(info.name)).values()
        found |= {value.name: value for value in here if isinstance(value, Flow)}
    return tuple(found.values())


def flow_keys() -> Iterator[tuple[str, str]]:
    """The texts that the engine asks for by a flow's names, each with the flow that wants it."""
    for flow in guided():
        for step in flow.steps:
            yield from ((f"{place}.ask", flow.name) for place in _asked_at(flow, step))
            if step.reviewed:
                yield f"{flow.name}.{step.name}.label", flow.name
        yield from ((f"{flow.name}.review.{part}", flow.name) for part in ("ask", "confirm"))


def _asked_at(flow: Flow, step: Step) -> Iterator[str]:
    """What the texts of a step hang on: its name; where it asks for one part after another, the name of each part."""
    parts = [*(name for name, _ in step.kind.fields), "whole"] if isinstance(step.kind, ListOf) else []
    yield from (f"{flow.name}.{step.name}.{part}" for part in parts)
    if not parts:
        yield f"{flow.name}.{step.name}"
    if isinstance(step.kind, Figures):
        yield f"{flow.name}.{step.name}.whole"


@cache
def used() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What counts as using a text: keys that stand somewhere to the letter, and patterns of keys put together."""
    plain = {text for module in modules() for _, text in module.strings()} | {key for key, _ in flow_keys()}
    for path, text in texts().items():
        if path.endswith((".html", ".js")) or (path.endswith(".toml") and not path.startswith("texts/")):
            plain |= set(_KEY.findall(text))
    patterns = [a.keys for a in asked() if not a.literal]
    patterns += [_pattern(n) for m in modules() for n in m.nodes if isinstance(n, ast.JoinedStr) and _names_a_part(n)]
    patterns += [
        re.compile(re.escape(text) + r"[\w.]+") for text in plain if re.fullmatch(r"[a-z0-9_.]+\.(\w+_)?", text)
    ]
    reasons = "|".join(sorted(_reasons())) or "-"
    for flow, step in [(each, step) for each in guided() for step in each.steps]:
        more = "|more" if isinstance(step.kind, GROWS) else ""
        patterns += [re.compile(rf"{re.escape(place)}\.({reasons}{more})") for place in _asked_at(flow, step)]
    return frozenset(plain), tuple(patterns)


def _reasons() -> set[str]:
    """Why answers are refused: what `Refused(...)` is called with."""
    calls = [n for m in modules("flows", "handlers") for n in m.nodes if isinstance(n, ast.Call) and n.args]
    refused = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Refused"]
    return {a.value for a in refused if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def _asked_in(module: Module) -> Iterator[Asked]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and module.dotted(node.func) in _MAKERS and node.args:
            for key in _either(node.args[0]):
                literal = isinstance(key, ast.Constant)
                if literal or (isinstance(key, ast.JoinedStr) and _names_a_part(key)):
                    place = f"{module.path}:{node.lineno}"
                    yield Asked(
                        place, _pattern(key), literal, ast.unparse(key).removeprefix("f")[1:-1], _params(module, node)
                    )


def _either(key: ast.expr) -> Iterator[ast.expr]:
    """The keys of `"a" if x else "b"`."""
    if isinstance(key, ast.IfExp):
        yield from (*_either(key.body), *_either(key.orelse))
    else:
        yield key


def _pattern(key: ast.expr) -> re.Pattern[str]:
    pieces = key.values if isinstance(key, ast.JoinedStr) else [key]
    return re.compile("".join(_piece(p.value if isinstance(p, ast.FormattedValue) else p) for p in pieces))


def _piece(piece: ast.expr) -> str:
    """A piece of a key as a pattern: its letters, one of two, or anything."""
    either = [p.value if isinstance(p, ast.Constant) else None for p in _either(piece)]
    letters = [re.escape(p) for p in either if isinstance(p, str)]
    return f"({'|'.join(letters)})" if len(letters) == len(either) else r"[\w.]+"


def _names_a_part(key: ast.JoinedStr) -> bool:
    """Whether an f-string names at least one part of a key: "standing.", ".ask"; not just dots between braces."""
    pieces = [p.value for p in key.values if isinstance(p, ast.Constant)]
    whole = "".join(p if isinstance(p, str) else "" for p in pieces)
    return bool(re.fullmatch(r"[a-z0-9_.]+", whole)) and "." in whole and whole.strip(".") != ""


def _params(module: Module, call: ast.Call) -> frozenset[str] | None:
    """The placeholders a call fills; None where they are put together elsewhere."""
    if module.dotted(call.func).endswith(".line"):
        names = [keyword.arg for keyword in call.keywords]
        return None if None in names else frozenset(n for n in names if n)
    given = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords), None)
    if given is None:
        return frozenset()
    if not isinstance(given, ast.Dict) or not all(isinstance(k, ast.Constant) for k in given.keys):
        return None
    return frozenset(k.value for k in given.keys if isinstance(k, ast.Constant) and isinstance(k.value, str))


def _leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A table that holds a string is a text, whatever else it lacks."""
    for name, value in tree.items():
        key = f"{path}.{name}" if path else name
        if not isinstance(value, dict) or any(isinstance(v, str) for v in value.values()):
            yield key, value if isinstance(value, dict) else {"": str(value)}
        else:
            yield from _leaves(value, key)


def _line_of(text: str, key: str) -> int:
    head = re.search(rf"^\s*\[\s*{re.escape(key)}\s*\]|^\s*{re.escape(key.rsplit('.', 1)[-1])}\s*=", text, re.MULTILINE)
    return text[: head.start()].count("\n") + 1 + head.group().count("\n") if head else 1

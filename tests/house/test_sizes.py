"""Habit 3: small enough to read at once."""

from __future__ import annotations

import ast
from statistics import median
from typing import TYPE_CHECKING

from tests.house.source import modules, tell

if TYPE_CHECKING:
    from tests.house.source import Function, Module

MODULE, MODULE_AT_MOST = 250, 400
FUNCTION, HANDLER, HANDLER_MEDIAN = 30, 15, 8
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Modules over 250 lines, each with why it is one room."""


def test_modules_are_short() -> None:
    lengths = {m.path: len(m.text.splitlines()) for m in modules()}
    tell(
        f"{path}:{length}: longer than {MODULE} lines"
        for path, length in lengths.items()
        if length > MODULE and not (path in LONGER_FOR_A_REASON and length <= MODULE_AT_MOST)
    )
    tell(f"{path}:1: no reason needed any more" for path in LONGER_FOR_A_REASON if lengths.get(path, 0) <= MODULE)


def test_no_test_is_a_warehouse() -> None:
    lengths = {m.path: len(m.text.splitlines()) for m in modules("tests", "bench")}
    tell(f"{p}:{n}: longer than {MODULE_AT_MOST} lines" for p, n in lengths.items() if n > MODULE_AT_MOST)


def test_functions_are_short() -> None:
    tell(
        f"{module.path}:{function.lineno}: {function.name} has {length} lines of code, not {_most(module)}"
        for module in modules()
        for function in module.functions()
        if (length := _lines(module, function)) > _most(module)
    )


def test_most_handlers_are_very_short() -> None:
    lengths = [_lines(module, function) for module in modules("handlers") for function in module.functions()]
    assert median(lengths or [0]) <= HANDLER_MEDIAN


def _most(module: Module) -> int:
    return HANDLER if module.path.startswith("handlers/") else FUNCTION


def _lines(module: Module, function: Function) -> int:
    """Lines of code of a function from its `def`, without docstring, comments and blank lines."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    if not body:
        return 1
    first = function.body[0]
    prose = range(first.lineno, (first.end_lineno or 0) + 1) if body is not function.body else range(0)
    lines = module.text.splitlines()
    code = (n for n in range(function.lineno, (function.end_lineno or 0) + 1) if n not in prose)
    return sum(bool(text := lines[n - 1].strip()) and not text.startswith("#") for n in code)

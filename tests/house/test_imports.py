"""Habits 1 and 2: imports point one way, few places know the outside, nobody reads a clock."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch

from tests.house.source import ROOT, files, modules, packages, settings, tell

ONLY_IN = {
    "telegram": "channels/telegram/*",
    "apscheduler": "scheduler/timetable.py",
    "sqlite3": "storage/*",
    "aiosqlite": "storage/*",
    "asyncpg": "storage/*",
}
CLOCK_EDGES = ("bot/clock.py", "bot/cli*.py")
CLOCKS = {f"time.{n}" for n in ("time", "monotonic", "perf_counter", "process_time", "localtime", "gmtime", "ctime")}
CLOCKS |= {f"{clock}_ns" for clock in CLOCKS} | {"datetime.date.today"}
CLOCKS |= {f"datetime.datetime.{n}" for n in ("now", "utcnow", "today")}
PURE = ("domain", "flows", "search", "texts", "documents")
SQL = re.compile(
    r"""\s*(select\s.+\sfrom\s | insert\s+(or\s+\w+\s+)?into\s | update\s+\w+\s+set\s | delete\s+from\s
        | (create|drop|alter)\s+(unique\s+)?(table|index)\s | with\s+\w+\s+as\s*\( | pragma\s+\w | begin\s+immediate)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def test_the_import_rules_cover_every_package() -> None:
    """The contracts themselves are checked by `tests.check`; here, that nothing escapes them."""
    there = {name.split("/")[0] for name in files() if re.fullmatch(r"\w+/__init__\.py", name)} - {"tests", "bench"}
    layers = settings()["tool"]["importlinter"]["contracts"][0]["layers"]
    layered = {name for layer in layers for name in re.split(r"[\s:|]+", layer)}
    tell(f"{p}/__init__.py:1: {p} has no place in the layers of pyproject.toml" for p in sorted(there - layered))
    assert set(packages()) == layered


def test_few_places_know_the_outside() -> None:
    tell(
        f"{module.path}:{line}: {name} is imported only in {ONLY_IN[name.split('.')[0]]}"
        for module in modules()
        for line, name in module.imported()
        if name.split(".")[0] in ONLY_IN and not fnmatch(module.path, ONLY_IN[name.split(".")[0]])
    )


def test_sql_lives_in_storage() -> None:
    elsewhere = [m for m in modules() if not m.path.startswith("storage/")]
    found = [f"{m.path}:{line}" for m in elsewhere for line, text in m.strings() if SQL.match(text)]
    found += [f"{name}:1" for name in files() if name.endswith(".sql") and not name.startswith("storage/")]
    tell(f"{place}: SQL outside storage/" for place in found)


def test_nobody_reads_a_clock() -> None:
    inside = [m for m in modules() if not any(fnmatch(m.path, edge) for edge in CLOCK_EDGES)]
    tell(
        f"{module.path}:{node.lineno}: {ast.unparse(node)} reads a clock; time is passed in"
        for module in inside
        for node in module.nodes
        if isinstance(node, ast.Attribute | ast.Name) and _is_clock(module.dotted(node), ast.unparse(node))
    )


def test_what_is_pure_never_awaits() -> None:
    waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    tell(
        f"{module.path}:{node.lineno}: {module.path.split('/')[0]} is pure and never awaits"
        for module in modules(*PURE)
        for node in module.nodes
        if isinstance(node, waits)
    )


def test_no_utils() -> None:
    vague = {"utils", "helpers", "common", "misc"}
    tell(f"{f}:1: name it for what it is about" for f in files() if (ROOT / f).stem in vague)


def _is_clock(dotted: str, written: str) -> bool:
    return dotted in CLOCKS or re.search(r"loop(\(\))?\.time$", written) is not None

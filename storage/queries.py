"""Named queries: `storage/sql/*.sql`, one text for both databases, loaded once.

A query starts at `-- name: inbox.next`. Where the dialects must differ, `-- sqlite` and `-- postgres` part its lines.
Parameters stand as `:name`; PostgreSQL gets them as `$1 …`, in order of first use.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any, Literal

Dialect = Literal["sqlite", "postgres"]
_NAME = re.compile(r"^-- name: (\S+)$")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Queries:
    """All named queries in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._texts = _all(dialect)

    def bind(self, name: str, args: dict[str, Any]) -> tuple[str, Any]:
        """The statement and its parameters as the driver wants them. KeyError: no such query or parameter."""
        sql, names = self._texts[name]
        return sql, (args if self.dialect == "sqlite" else [args[one] for one in names])


@cache
def texts() -> dict[str, str]:
    """Every query as it stands in the files, by name."""
    found: dict[str, list[str]] = {}
    for file in sorted(resources.files("storage").joinpath("sql").iterdir(), key=lambda f: f.name):
        lines: list[str] = []
        for line in file.read_text(encoding="utf-8").splitlines():
            if heading := _NAME.match(line):
                lines = found.setdefault(heading.group(1), [])
                if lines:
                    raise ValueError(f"query {heading.group(1)} stands twice")
            else:
                lines.append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


@cache
def _all(dialect: Dialect) -> dict[str, tuple[str, list[str]]]:
    """Every query in that dialect: its statement, and its parameters in order."""
    return {name: _spoken(text, dialect) for name, text in texts().items()}


def for_dialect(text: str, dialect: Dialect) -> str:
    """Only the lines meant for this dialect: those outside any `-- sqlite` or `-- postgres` block, and its own."""
    kept, now = [], ""
    for line in text.splitlines():
        if line.strip() in {"-- sqlite", "-- postgres", "-- both"}:
            now = line.strip()[3:]
        elif now in {"", "both", dialect} and not line.lstrip().startswith("--"):
            kept.append(line)
    return "\n".join(kept)


def _spoken(text: str, dialect: Dialect) -> tuple[str, list[str]]:
    sql = " ".join(for_dialect(text, dialect).split())
    names = list(dict.fromkeys(_PARAMETER.findall(sql)))
    if dialect == "postgres":
        sql = _PARAMETER.sub(lambda m: f"${names.index(m.group(1)) + 1}", sql)
    return sql, names

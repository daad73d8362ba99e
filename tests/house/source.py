"""The repository as the house tests read it: every file once, every module parsed once."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {"__pycache__", "var", "build", "dist"}
_TEXT = {".py", ".md", ".toml", ".sql", ".html", ".css", ".js", ".svg", ".txt", ".yaml", ".yml", ".cfg", ".lock", ""}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file: its path from the root, its text, its tree."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of its tree."""
        return list(ast.walk(ast.parse(self.text, self.path)))

    @cached_property
    def prose(self) -> set[int]:
        """Ids of the string constants that are docstrings: strings that stand alone as statements."""
        return {id(n.value) for n in self.nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}

    @cached_property
    def names(self) -> dict[str, str]:
        """What imported names stand for, dotted: {"now": "datetime.datetime.now"}."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {
                    a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
                }
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        return found

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string constant that is not a docstring, with its line; an f-string gives its constant pieces."""
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in self.prose:
                yield node.lineno, node.value

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        yield from (n for n in self.nodes if isinstance(n, Function))

    def imported(self) -> Iterator[tuple[int, str]]:
        """Every module it imports, with the line."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, a.name) for a in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, node.module or ""

    def dotted(self, node: ast.AST) -> str:
        """What an expression like `datetime.now` refers to, through the imports; "" where it is no plain name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.names.get(node.id, node.id), *reversed(parts)])


@cache
def settings() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def packages() -> tuple[str, ...]:
    """The packages of the product, as the import rules name them."""
    return tuple(settings()["tool"]["importlinter"]["root_packages"])


@cache
def files() -> dict[str, Path]:
    """Every file of the repository by its path from the root, without what is installed, built or cached."""
    return {str(path.relative_to(ROOT)): path for path in sorted(_walk(ROOT))}


@cache
def texts() -> dict[str, str]:
    """Every text file, read."""
    return {name: path.read_text(encoding="utf-8") for name, path in files().items() if path.suffix in _TEXT}


@cache
def modules(*under: str) -> tuple[Module, ...]:
    """The Python files under these folders; the product's where none is named."""
    wanted = tuple(f"{folder}/" for folder in under or packages())
    return tuple(m for m in _parsed() if m.path.startswith(wanted))


def tell(findings: Iterable[str]) -> None:
    """Fail with one finding a line."""
    if found := list(findings):
        pytest.fail("\n".join(found), pytrace=False)


@cache
def _parsed() -> tuple[Module, ...]:
    return tuple(Module(name, text) for name, text in texts().items() if name.endswith(".py"))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore"}
        if hidden or path.name in _NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path

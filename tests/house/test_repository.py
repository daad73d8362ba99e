"""Habit 12: the repository explains itself, and the explanation holds."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import PurePosixPath

from tests.house.source import ROOT, files, tell, texts

PAGE = 60
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_LOCAL = re.compile(r"^(?!\w+:)([^#]*)(?:#(.+))?$")
_DOC = re.compile(r"\bdocs/[\w/.-]+\.md\b")
_NAMED = re.compile(r"`([\w./-]+)`")
_FILE = re.compile(r"/|\.(py|md|toml|sql)$")

# Patterns are written so that they do not find themselves.
UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|NotImplemented[E]rror)\b")
MACHINE = re.compile(
    r"/(?:w[o]rk|f[a]rm|r[o]ot|[U]sers/\w+|h[o]me/\w+)/[\w.]"  # somebody's folders
    r"|b[a]sh_jobs|\.libr[a]ry/|shar[e]d/\w+\.md|\b(?:DESI[G]N|FIE[L]D|ANCHO[R]S|MESSENGE[R]S)(?:\.md| \d)"
    r"|[i]ndex-url|--[i]ndex |f[i]nd-links|\"resolve[d]\": *\"https?:|registr[y] *= *\"?https?:|pyth[o]nhosted"
)
SECRET = re.compile(r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}|BEGIN [A-Z ]*PRIVATE KEY")
ASKS_FOR_NO_ADDRESS = re.compile(r"--no-emit-[\w-]+")
"""The lock files are made without download addresses; the options that see to it name what they leave out."""


def test_readme_gives_the_commands() -> None:
    readme = texts()["README.md"]
    tell(f"README.md:1: does not give `{c}`" for c in ("make demo", "make test") if c not in readme)


def test_every_make_target_explains_itself() -> None:
    lines = list(enumerate(texts()["Makefile"].splitlines(), 1))
    targets = {m[1]: (n, line) for n, line in lines if (m := re.match(r"([a-z]+):(?!=)", line))}
    phony = next(line for _, line in lines if line.startswith(".PHONY:")).split()[1:]
    found = [f"Makefile:{n}: {name} has no help line" for name, (n, line) in targets.items() if "## " not in line]
    found += [f"Makefile:{n}: {name} is not in .PHONY" for name, (n, _) in targets.items() if name not in phony]
    tell(found)
    assert set(phony) == set(targets)


def test_make_commands_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):(?!=)", texts()["Makefile"], re.MULTILINE))
    named = [(p, n, re.findall(r"`make ([a-z]+)|^make ([a-z]+)", line)) for p, n, line in _lines(".md")]
    wanted = [(f"{path}:{number}", "".join(found)) for path, number, all_found in named for found in all_found]
    tell(f"{place}: no target {target}" for place, target in wanted if target not in targets)


def test_links_resolve() -> None:
    links = [(p, n, target) for p, n, line in _lines(".md") for target in map("".join, _LINK.findall(line))]
    found = [
        f"{path}:{number}: {target} leads nowhere"
        for path, number, target in links
        if (local := _LOCAL.match(target)) and not _is_there(path, local[1], local[2])
    ]
    named = [(f"{path}:{number}", name) for path, number, line in _lines("") for name in _DOC.findall(line)]
    tell(found + [f"{place}: there is no {name}" for place, name in named if name not in files()])


def test_decisions_are_one_page_and_say_what_enforces_them() -> None:
    pages = {path: text for path, text in texts().items() if re.match(r"docs/decisions/\d{4}-", path)}
    found = []
    for path, text in pages.items():
        length, last = len(text.splitlines()), text.rpartition("\n## ")[2]
        named = _NAMED.findall(last)
        if length > PAGE:
            found.append(f"{path}:{length}: longer than a page of {PAGE} lines")
        if not last.startswith("What enforces it\n") or not any(map(_FILE.search, named)):
            found.append(f"{path}:{length}: does not end with what enforces it, by file")
        found += [f"{path}:{length}: names {name}, which is not there" for name in named if not _stands(name)]
    assert pages
    tell(found)


def test_nothing_of_one_machine_and_no_secrets() -> None:
    tell(
        f"{path}:{number}: {found.group()!r} is of one machine, or of papers that are not here"
        for path, number, line in _lines("")
        if (found := MACHINE.search(ASKS_FOR_NO_ADDRESS.sub("", line)))
        or (not path.startswith("tests/") and (found := SECRET.search(line)))
    )


def test_nothing_is_left_unfinished() -> None:
    tell(f"{path}:{n}: {found.group()}" for path, n, line in _lines("") if (found := UNFINISHED.search(line)))


def test_changelog_has_a_place_for_the_next_change() -> None:
    assert re.search(r"^## \[Unreleased\]$", texts()["CHANGELOG.md"], re.MULTILINE)


def test_continuous_integration_runs_what_a_developer_runs() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert re.search(r"^make test$", texts()[".ci/run"], re.MULTILINE)


def _lines(suffix: str) -> list[tuple[str, int, str]]:
    """Every line of every text file with that suffix, with its place; the lock files' hashes aside."""
    return [
        (path, number, line)
        for path, text in texts().items()
        if path.endswith(suffix)
        for number, line in enumerate(text.splitlines(), 1)
        if not line.startswith("    --hash=")
    ]


def _stands(name: str) -> bool:
    """Whether a file, or a name in the code, that a page speaks of exists."""
    return (ROOT / name).exists() if _FILE.search(name) else name.rsplit(".", 1)[-1] in _words()


@cache
def _words() -> frozenset[str]:
    return frozenset(word for _, _, line in _lines(".py") for word in re.findall(r"\w+", line))


def _is_there(page: str, target: str, heading: str | None) -> bool:
    path = os.path.normpath(PurePosixPath(page).parent / target) if target else page
    if not (ROOT / path).exists():
        return False
    headings = re.findall(r"^#+ (.+)$", texts().get(path, ""), re.MULTILINE)
    return heading is None or heading in {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}

"""Lint, layout, types and import rules, all at once: `python -m tests.check`, which `make check` and `make test` call.

One line a tool; what a failing tool said follows in full, and the exit code is 1.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = {
    "lint": ["ruff", "check", "--quiet", "."],
    "layout": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary"],
    "imports": ["lint-imports"],
}


class Result(NamedTuple):
    """How one tool ended."""

    name: str
    fine: bool
    seconds: float
    said: str


def run(name: str, command: list[str], root: Path = ROOT) -> Result:
    """Run one tool of this virtual environment in `root`."""
    began = time.monotonic()
    program = Path(sys.executable).parent / command[0]
    ended = subprocess.run([program, *command[1:]], cwd=root, capture_output=True, text=True, check=False)
    return Result(name, ended.returncode == 0, time.monotonic() - began, ended.stdout + ended.stderr)


def main() -> int:
    """Run all tools side by side; 0 when every one is content."""
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(run, TOOLS, TOOLS.values()))
    lines = [f"{name:<8} {'ok' if fine else 'FAILED':<6} {seconds:5.1f} s" for name, fine, seconds, _ in results]
    failed = [result for result in results if not result.fine]
    lines += [f"\n{name}: {' '.join(TOOLS[name])}\n{said.strip()}" for name, _, _, said in failed]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""A figure and the table of figures: what was measured, beside what, and what it must hold."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `ratio` is ours to the reference's of the same run; `hold` says what must be true, `held` whether it was (None: the
    line is there for information).
    """

    what: str
    reference: str
    ours: str
    ratio: str = ""
    hold: str = ""
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took: seconds of the clock, and of this process's CPU (user and system, all its threads)."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Spent:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(time.perf_counter(), used.ru_utime + used.ru_stime)

    def since(self, number: int = 1) -> Spent:
        """What went by since, for each of `number`."""
        now = Spent.now()
        return Spent((now.wall - self.wall) / number, (now.cpu - self.cpu) / number)


def us(seconds: float) -> str:
    """Seconds as whole microseconds."""
    return f"{seconds * 1e6:,.0f} µs"


def show(figures: Iterable[Figure]) -> bool:
    """Print the table; whether everything held."""
    rows = [("what", "reference", "ours", "ratio", "hold")]
    verdict = {None: "", True: "  holds", False: "  DOES NOT HOLD"}
    found = list(figures)
    rows += [(f.what, f.reference, f.ours, f.ratio, f.hold + verdict[f.held]) for f in found]
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return all(f.held is not False for f in found)

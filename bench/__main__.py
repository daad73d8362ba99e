"""All measurements in one table: `make bench`, or `python -m bench`. Each also alone: `python -m bench.turns`.

Figures of two machines, or of two hours of one, do not compare: machines are noisy. What compares is the ratio to a
reference that was measured in the same run, round by round. Exit code 1 if something did not hold.
"""

from __future__ import annotations

import asyncio
import sys

from bench import broadcasting, fan_out, latency, planning, registering, reporting, sending, turns
from bench.table import Figure, show


async def figures() -> list[Figure]:
    """Every figure there is."""
    found = [*await turns.figures(), *await sending.figures(), *await latency.figures()]
    found += [*await registering.figures(), *await reporting.figures(), *await planning.figures()]
    return [*found, *await fan_out.figures(), *await broadcasting.figures()]


if __name__ == "__main__":
    sys.exit(0 if show(asyncio.run(figures())) else 1)

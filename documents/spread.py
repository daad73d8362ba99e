"""Labels beside a scale: each as near as can be to where it belongs, in order, and none over another."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def spread(wanted: Sequence[float], heights: Sequence[int], top: int, bottom: int) -> list[int]:
    """The upper edge of each label, in whole pixels.

    `wanted` (ascending) are the upper edges they would like; the sum of squared shifts is the least possible (pooling
    of adjacent violators, after the heights above each are taken off). If all of them do not fit between `top` and
    `bottom`, they run over the lower end, still without touching one another.
    """
    above = [sum(heights[:n]) for n in range(len(heights))]
    room = max(top, bottom - sum(heights))
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, above, strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] > mean:
            before, n = pools.pop()
            mean, count = (before * n + mean * count) / (n + count), n + count
        pools.append((mean, count))
    levels = [mean for mean, count in pools for _ in range(count)]
    return [floor(min(max(level, top), room)) + offset for level, offset in zip(levels, above, strict=True)]


def lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each span (first and last, both included) so that spans of one lane never meet; lanes count from 0."""
    ends: list[int] = []
    given: dict[int, int] = {}
    for index in sorted(range(len(spans)), key=lambda i: spans[i]):
        first, last = spans[index]
        lane = next((n for n, end in enumerate(ends) if end < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        given[index] = lane
    return [given[i] for i in range(len(spans))]

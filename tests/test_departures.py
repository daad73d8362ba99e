"""Evenly spaced, whatever the process does between: a limit of 30 in any one second is kept at 29."""

from __future__ import annotations

import asyncio
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.departures import Departures

RATE, LIMIT, SECOND = 29.0, 30, 1_000_000
STEP = int(SECOND / RATE)
MILLISECOND = 1000


def departures(stalls: dict[int, int], timers: int = 0) -> list[int]:
    """When each of 300 leaves.

    `stalls`: how many microseconds the process stands still before that one; every timer rings `timers` late.
    """
    door = Departures(RATE, lambda: 0)
    left: list[int] = []
    for number in range(300):
        slot, now = SECOND + number * STEP, (left[-1] if left else SECOND) + stalls.get(number, 0)
        left.append(max(door.due(slot) + timers, now))
        door.leave(slot, left[-1])
    return left


def busiest(left: list[int]) -> int:
    """The most that left within any one second."""
    return max(sum(first <= one < first + SECOND for one in left) for first in left)


STALLS = st.dictionaries(st.integers(0, 299), st.integers(0, 2 * SECOND), max_size=8)


LATE = st.integers(0, 20 * MILLISECOND)


@given(STALLS, LATE)
def test_no_stall_ends_in_a_burst(stalls, timers):
    assert busiest(departures(stalls, timers)) <= LIMIT


@given(STALLS, LATE)
def test_nobody_leaves_before_their_slot_and_all_leave_in_order(stalls, timers):
    left = departures(stalls, timers)
    assert left == sorted(left)
    assert all(one >= SECOND + number * STEP for number, one in enumerate(left))


def test_without_a_stall_everybody_leaves_in_their_slot():
    assert departures({}) == list(accumulate([SECOND] + [STEP] * 299))


def test_timers_that_ring_late_do_not_add_up():
    assert departures({}, 2 * MILLISECOND)[-1] == SECOND + 299 * STEP + 2 * MILLISECOND


@pytest.mark.parametrize("timers", [0, 2 * MILLISECOND])
def test_a_stall_is_made_up_for(timers):
    late = departures({10: 100 * MILLISECOND}, timers)
    assert late[10] > SECOND + 10 * STEP + timers
    assert late[-1] == SECOND + 299 * STEP + timers


async def test_a_reply_takes_the_earliest_slot_of_those_who_wait():
    """Whoever came before it, and whatever its own slot is."""
    now, left = [SECOND], []
    door = Departures(1000.0, lambda: now[0])

    async def leaves(name, slot, rank):
        await door.wait(slot, rank)
        left.append(name)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(leaves(f"broadcast {number}", SECOND + 20_000 + number * 1000, 2))
        group.create_task(leaves("reply", SECOND + 30_000, 0))
    assert left == ["reply", "broadcast 0", "broadcast 1", "broadcast 2"]
    await door.close()

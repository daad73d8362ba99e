"""A function in a child process with bounds: whatever it does, it ends, is told apart, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import bounded as module
from scheduler.bounded import ChildFailedError, TookTooLongError, TookTooMuchError, bounded
from tests.bounded_calls import (
    MEGABYTE,
    as_bytes,
    crashes,
    doubled,
    leaves,
    marks_and_sleeps,
    no_json,
    prepared,
    prints_and_reads,
    raises,
    secrets_of,
    sleeps,
    spins,
    swells,
    who,
    writes,
)

ROOT = Path(__file__).resolve().parent.parent


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


async def test_what_it_returns_comes_back():
    assert await bounded(doubled, "chào ") == {"twice": "chào chào "}
    assert await bounded(as_bytes, 3 * MEGABYTE) == b"\xff" * 3 * MEGABYTE
    assert await bounded(doubled, 0) == {"twice": 0}


@pytest.mark.parametrize("function", [sleeps, spins])
async def test_one_that_does_not_end_is_ended(function):
    with pytest.raises(TookTooLongError):
        await bounded(function, *([60] if function is sleeps else []), seconds=0.2)
    assert await bounded(doubled, 1) == {"twice": 2}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound the address space")
async def test_one_that_swells_is_ended():
    with pytest.raises(TookTooMuchError):
        await bounded(swells, megabytes=100)


async def test_one_that_writes_too_much_is_ended(tmp_path):
    assert await bounded(writes, str(tmp_path / "small"), MEGABYTE, megabytes=8) == MEGABYTE
    with pytest.raises(TookTooMuchError):
        await bounded(writes, str(tmp_path / "large"), 20 * MEGABYTE, megabytes=8)


@pytest.mark.parametrize(
    ("function", "args", "says"),
    [
        (raises, ("hỏng",), "LookupError: hỏng"),
        (crashes, (signal.SIGSEGV,), "SIGSEGV"),
        (leaves, (0,), "without a word"),
        (no_json, (), "TypeError"),
    ],
)
async def test_what_went_wrong_is_said(function, args, says):
    with pytest.raises(ChildFailedError, match=says):
        await bounded(function, *args)


async def test_killed_from_outside_counts_as_too_much():
    """That is what a system does that has run out of memory."""
    with pytest.raises(TookTooMuchError):
        await bounded(crashes, signal.SIGKILL)


async def test_what_it_prints_is_no_answer_and_it_reads_nothing():
    assert await bounded(prints_and_reads) == ""
    assert await bounded(doubled, 1) == {"twice": 2}


async def test_no_setting_of_ours_reaches_it(monkeypatch):
    monkeypatch.setenv("THIDUA_SECRET_KEY", "not for it")
    while module._idle:
        module._idle.pop().end()
    assert await bounded(secrets_of) == []


async def test_every_call_has_a_child_of_its_own_and_helpers_are_kept():
    first, second = await bounded(who), await bounded(who)
    assert first[0] != second[0]
    assert first[1] == second[1] != os.getpid()


async def test_at_most_two_at_once_and_the_loop_goes_on():
    told = await asyncio.gather(*(bounded(who) for _ in range(12)))
    assert len({child for child, _ in told}) == 12
    assert len({helper for _, helper in told}) <= module.AT_ONCE
    assert len(module._idle) <= module.AT_ONCE
    calls = [asyncio.create_task(bounded(sleeps, 60, seconds=0.3)) for _ in range(2)]
    waiting = asyncio.create_task(bounded(doubled, 1))
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 50, "nobody held the loop"
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in told] == [TookTooLongError] * 2


async def test_a_helper_that_dies_costs_one_call_at_most():
    helper = (await bounded(who))[1]
    os.kill(helper, signal.SIGKILL)
    told = await asyncio.gather(bounded(doubled, 1), return_exceptions=True)
    assert isinstance(told[0], ChildFailedError) or told == [{"twice": 2}]
    assert await bounded(doubled, 2) == {"twice": 4}


async def test_who_does_not_wait_any_more_leaves_no_process(tmp_path):
    """The child holds its end of a pipe open as long as it lives."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    call = asyncio.create_task(bounded(marks_and_sleeps, str(pipe), seconds=60))
    with await asyncio.to_thread(pipe.open) as alive:
        helper = int(await asyncio.to_thread(alive.readline))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(alive.read) == ""
    assert (await bounded(who))[1] != helper
    assert not _runs(helper)


def _runs(pid):
    """Running, and not merely waiting to be reaped by whoever adopts orphans."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
async def test_no_zombie_is_left():
    helper = (await bounded(who))[1]
    for _ in range(3):
        with pytest.raises(ChildFailedError):
            await bounded(raises, "x")
    assert children_of(helper) == []


def test_the_process_ends_by_itself_and_so_do_its_helpers():
    says = "import asyncio; from scheduler.bounded import bounded; from tests.bounded_calls import who"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{says}; print(*asyncio.run(bounded(who)))"], cwd=ROOT, timeout=60,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert not any(map(_runs, map(int, done.stdout.split())))


async def test_what_a_module_prepares_is_there_for_every_child_of_a_helper():
    first, second = await bounded(prepared), await bounded(prepared)
    assert len(first) == len(second) == 2, "once"
    assert first[0] == second[0], "in the helper"
    assert first[1] != second[1]

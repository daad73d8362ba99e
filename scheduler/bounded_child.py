"""The other side of `scheduler/bounded.py`: a small process that forks a child with limits for each call it is given.

It has one thread and nothing open but two pipes, so forking is safe and cheap: the modules a call needs are read once,
here. The child has neither pipe; what it comes to goes through this process as bytes that nobody here looks into.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import math
import os
import pickle
import resource
import signal
import struct
from functools import cache
from pathlib import Path
from typing import IO, Any

HEAD = struct.Struct(">cQ")
"""What stands before every message: its kind, and how many bytes follow."""
CALL, DONE, DATA, FAILED, LONG, MUCH = b"c", b"j", b"b", b"f", b"l", b"m"
"""Kinds: a call; a result as JSON, as bytes; an exception; the time was over; too much memory or output."""
LARGEST = 256 * 1024 * 1024
"""Bytes that a result may have."""
MEGABYTE = 1024 * 1024
_STATM = Path("/proc/self/statm")


def main() -> None:
    """Answer calls until nobody can ask any more."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # what a library prints must not pass for an answer
    with calls, answers:
        while head := calls.read(HEAD.size):
            kind, answer = _carry_out(calls.read(HEAD.unpack(head)[1]), calls, answers)
            answers.write(HEAD.pack(kind, len(answer)) + answer)
            answers.flush()


def _carry_out(call: bytes, *pipes: IO[bytes]) -> tuple[bytes, bytes]:
    module, bounds, packed = pickle.loads(call)  # noqa: S301 - from our own process, never from a child
    with contextlib.suppress(Exception):  # the child finds out, and says so
        _read(module)
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inward)
        for pipe in pipes:
            os.close(pipe.fileno())
        _be_the_child(packed, outward, *bounds)
    os.close(outward)
    with os.fdopen(inward, "rb") as answer:
        said = answer.read(LARGEST + 1)
    if len(said) > LARGEST:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return _told(said, status)


@cache
def _read(module: str) -> None:
    """Read a module, once; what its `prepare` reads and builds besides is there for every child."""
    if prepare := getattr(importlib.import_module(module), "prepare", None):
        prepare()


def _told(said: bytes, status: int) -> tuple[bytes, bytes]:
    """What a child came to: its own words, if it ended by itself, or by what it was ended."""
    if os.WIFSIGNALED(status):
        by = os.WTERMSIG(status)
        kinds: dict[int, bytes] = {signal.SIGALRM: LONG, signal.SIGXCPU: LONG, signal.SIGKILL: MUCH}
        return kinds.get(by, FAILED), f"ended by {signal.Signals(by).name}".encode()
    return (said[:1], said[1:]) if said else (FAILED, b"ended without a word")


def _be_the_child(packed: bytes, outward: int, seconds: float, megabytes: int) -> None:
    """In the child: the limits, then the call; never returns."""
    try:
        said = _called(packed, seconds, megabytes)
    except BaseException as error:  # noqa: BLE001 - whatever it was, it is said, and the child ends here
        said = FAILED + f"{type(error).__name__}: {error}".encode(errors="replace")
    with contextlib.suppress(BaseException), os.fdopen(outward, "wb") as answer:
        answer.write(said)
    os._exit(0)


def _called(packed: bytes, seconds: float, megabytes: int) -> bytes:
    try:
        _limit(seconds, megabytes)
        function, args = pickle.loads(packed)  # noqa: S301 - as above
        result: Any = function(*args)
        return DATA + result if isinstance(result, bytes) else DONE + json.dumps(result).encode()
    except MemoryError:
        return MUCH + b"out of memory"
    except OSError as error:
        if error.errno in {errno.EFBIG, errno.ENOMEM}:
            return MUCH + str(error).encode()
        raise


def _limit(seconds: float, megabytes: int) -> None:
    """The alarm ends a child that sleeps, too, and one whose parents are gone."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _hold(resource.RLIMIT_CPU, math.ceil(seconds) + 1)
    _hold(resource.RLIMIT_CORE, 0)
    _hold(resource.RLIMIT_FSIZE, megabytes * MEGABYTE)
    _hold(resource.RLIMIT_AS, _in_use() + megabytes * MEGABYTE)


def _hold(which: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # not every system has every limit
        resource.setrlimit(which, (most, most))


def _in_use() -> int:
    """Bytes of address space that the program itself has, where the system tells."""
    with contextlib.suppress(OSError):
        return int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    return 0


if __name__ == "__main__":
    main()

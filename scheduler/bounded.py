"""Runs a function in a child process with bounds: what takes in files from anywhere can hang, swell or crash.

Behind it stand at most two helper processes (`scheduler/bounded_child.py`), started when first needed and kept: each
forks a child for a call, so the second call costs milliseconds and nothing survives from one file to the next. This
process is never forked: it has threads. A helper ends when this process ends, however that comes.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scheduler.bounded_child import CALL, DATA, DONE, HEAD, LONG, MUCH

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 2
"""Children at once."""
GRACE = 10.0
"""Seconds over the time limit in which a helper that says nothing is killed with its child: it may just be starting."""


class TookTooLongError(Exception):
    """The function was not done in its time, and was killed."""


class TookTooMuchError(Exception):
    """The function wanted more memory, or wrote larger files, than it may."""


class ChildFailedError(Exception):
    """The function raised, or its process crashed; the message says what."""


async def bounded(function: Callable[..., Any], *args: Any, seconds: float = 20, megabytes: int = 512) -> Any:
    """What `function(*args)` returns, run in a child process: bytes, or what JSON can hold (tuples become lists).

    `function` stands at the top of a module, whose `prepare()`, if it has one, a helper calls once; `megabytes` is what it may take beyond the program itself. Results are
    never unpickled: a crafted file that takes the child over gets no further. Raises TookTooLongError,
    TookTooMuchError, ChildFailedError.
    """
    packed = pickle.dumps((function, args))
    call = _Call(pickle.dumps((function.__module__, (seconds, megabytes), packed)), seconds + GRACE)
    try:
        kind, said = await asyncio.get_running_loop().run_in_executor(_threads, call.run)
    except asyncio.CancelledError:
        call.cancel()
        raise
    if kind == DATA:
        return said
    if kind == DONE:
        return json.loads(said)
    why = said.decode(errors="replace")
    raise {LONG: TookTooLongError, MUCH: TookTooMuchError}.get(kind, ChildFailedError)(why)


class _Helper:
    """One helper process, at one call at a time."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")}
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(one).absolute()) for one in sys.path)
        # a session of its own: Ctrl-C in a terminal is not for it, and it is killed together with its child
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scheduler.bounded_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, call: bytes, within: float) -> tuple[bytes, bytes]:
        """The kind and the bytes of the answer. TookTooLongError: none came in so many seconds."""
        into, out = self._pipes
        try:
            into.write(HEAD.pack(CALL, len(call)) + call)
            into.flush()
        except BrokenPipeError:
            raise ChildFailedError("its helper has ended") from None
        waiting = select.poll()
        waiting.register(out, select.POLLIN)
        if not waiting.poll(within * 1000):
            raise TookTooLongError(f"no answer within {within:g} s")
        head = out.read(HEAD.size)
        if len(head) < HEAD.size:
            raise ChildFailedError("its helper has ended")
        kind, size = HEAD.unpack(head)
        return kind, out.read(size)

    def kill(self) -> None:
        """End it and its child for sure. It is not reaped yet, so its number is still its own."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Reap it, and let its pipes go."""
        self.kill()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout


class _Call:
    """One call, from the thread that waits for it."""

    def __init__(self, call: bytes, within: float) -> None:
        self._call, self._within = call, within
        self._helper: _Helper | None = None
        self._cancelled, self._lock = False, threading.Lock()

    def run(self) -> tuple[bytes, bytes]:
        """In a thread: ask an idle helper, or a new one; one that fails is not used again."""
        with self._lock:
            if self._cancelled:
                return LONG, b""
            helper = self._helper = _idle_or_new()
        answer = None
        try:
            answer = helper.ask(self._call, self._within)
        finally:
            with self._lock:
                self._helper = None
            if answer is None or self._cancelled:
                helper.end()
            else:
                _idle.append(helper)
        return answer

    def cancel(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self._cancelled = True
            if self._helper:
                self._helper.kill()


_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bounded")
_idle: list[_Helper] = []


def _idle_or_new() -> _Helper:
    while _idle:
        helper = _idle.pop()
        if helper.alive:
            return helper
        helper.end()
    return _Helper()


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()

"""What tests run in a child process; imports little, because the child's helper imports it too."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024
_prepared = []


def prepare():
    """What a helper does once."""
    _prepared.append(os.getpid())
    if len(_prepared) > 1:
        raise AssertionError


def prepared():
    """In which processes that was, and in which this is."""
    return [*_prepared, os.getpid()]


def doubled(what):
    return {"twice": what * 2}


def as_bytes(size):
    return b"\xff" * size


def sleeps(seconds):
    """Without using any CPU, and deaf to the polite signal."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.sigtimedwait([], seconds)


def spins():
    while True:
        pass


def swells():
    whole = []
    while True:
        whole.append(bytearray(16 * MEGABYTE))


def writes(path, size):
    Path(path).write_bytes(b"x" * size)
    return size


def raises(what):
    raise LookupError(what)


def crashes(by):
    os.kill(os.getpid(), by)


def leaves(code):
    os._exit(code)


def prints_and_reads():
    sys.stdout.write("c\x00\x00\x00")
    sys.stdout.flush()
    os.write(1, b"forged answer" * 100)
    return sys.stdin.read()


def no_json():
    return {1, 2}


def secrets_of():
    return sorted(name for name in os.environ if name.startswith("THIDUA_"))


def who():
    return [os.getpid(), os.getppid()]


def marks_and_sleeps(pipe):
    with Path(pipe).open("w") as open_while_alive:
        open_while_alive.write(f"{os.getppid()}\n")
        open_while_alive.flush()
        sleeps(60)

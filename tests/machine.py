"""What a test run may ask of the machine: how large it is, and what to do where the machine lacks something."""

from __future__ import annotations

import os
from typing import NoReturn, TypeVar

import pytest

T = TypeVar("T")

PROVING = os.environ.get("THIDUA_PROVE") == "1"
"""Whether this is `make prove`: the long proofs at full size."""

MISSING = "not on this machine: "
"""How the reason of a test begins that was skipped by `missing`; the end of the run tells them from other skips."""


def full_size(small: T, full: T) -> T:
    """`full` under `make prove`, `small` otherwise: one test, two sizes. Mark such a test `prove`."""
    return full if PROVING else small


def missing(what: str) -> NoReturn:
    """End the running test because the machine lacks `what` ("no PostgreSQL (install it …)").

    The test is skipped and the end of the run says so in one line for all of its kind; with CI=true it fails, so that
    nobody's green depends on a forgotten package.
    """
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{what}; with CI=true that is a failure", pytrace=False)
    pytest.skip(MISSING + what)

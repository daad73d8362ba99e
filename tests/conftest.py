"""Fixtures for all tests, and what a run says at its end.

Databases: `database_url` runs a test on SQLite and on PostgreSQL; `postgres_url` on PostgreSQL alone (mark it
`postgres`). Both are empty and gone afterwards.

Something the machine may lack (a browser, a server): call `tests.machine.missing("no Chromium: install it")` in the
fixture that would have used it. The test is skipped, and the run ends with one loud line for all of its kind; with
CI=true it fails instead.

Workers: `make test` runs the files side by side in five workers (much of a test is waiting), each with its own browser
and PostgreSQL.

Sizes: `tests.machine.full_size(small, full)` gives the number for this run; mark the test `prove`, and `make prove`
runs it at full size.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import postgres
from tests.app import Phone, files_dir_for, running_app
from tests.machine import MISSING, PROVING, full_size, missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.app import Running

__all__ = ["full_size", "missing"]

settings.register_profile("test", max_examples=10, derandomize=True, deadline=None)
settings.register_profile("prove", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile("prove" if PROVING else "test")


def pytest_configure() -> None:
    """A developer's own settings must not decide how a test ends."""
    for name in [name for name in os.environ if name.startswith("THIDUA_") and name != "THIDUA_PROVE"]:
        del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: begun last, one of them would go on alone while the other workers have nothing left.

    Long are those with proofs, then those with the most tests: a worker takes a whole file.
    """
    proofs = {item.path for item in items if item.get_closest_marker("prove")}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in proofs, -tests[item.path], item.path))


def pytest_collection_finish() -> None:
    """What is there by now stays: looking through it for garbage again and again takes a twentieth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say once, below everything else, what this machine could not test."""
    yield
    reasons = [report.longrepr[2].partition(MISSING) for report in terminalreporter.getreports("skipped")]
    for what, times in Counter(what for _, found, what in reasons if found).items():
        terminalreporter.write_line(f"NOT TESTED, {times} skipped: {what}", red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """One PostgreSQL for the whole run, started when the first test asks; None where there is none."""
    with postgres.server() as url:
        yield url


@pytest.fixture
async def postgres_url(request: pytest.FixtureRequest, postgres_server: str | None) -> AsyncIterator[str]:
    """A PostgreSQL database with nothing in it but our tables; not even these for a test marked `no_tables`."""
    if postgres_server is None:
        missing(postgres.MISSING)
    tables = request.node.get_closest_marker("no_tables") is None
    async with postgres.fresh_database(postgres_server, migrated=tables) as url:
        yield url
        shutil.rmtree(files_dir_for(url), ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once SQLite and once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def both(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Running]:
    """The app on either database, with whom and on the day that the mark `begins` says."""
    async with _begun(request, database_url) as running:
        yield running


@pytest.fixture
async def app(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Running]:
    """The same on SQLite alone."""
    async with _begun(request, f"sqlite:///{tmp_path}/t.db") as running:
        yield running


@asynccontextmanager
async def _begun(request: pytest.FixtureRequest, url: str) -> AsyncIterator[Running]:
    found = request.node.get_closest_marker("begins")
    async with running_app(url, [Phone()], **found.kwargs) as running:
        for seat in found.args:
            await seat(running)
        yield running

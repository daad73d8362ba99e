"""A `kill -9`, or a process that stands still, at any instant of a broadcast loses nobody, and names every doubtful one."""

from __future__ import annotations

import sys

import pytest

from tests.kill_broadcast import table, trial
from tests.machine import PROVING, full_size

STANDSTILL = 15.0
"""Seconds after which others have long got on, on a machine that is busy: a transaction's five, and those of a 429."""


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=full_size(["sqlite"], BOTH))  # three processes are tried on PostgreSQL at either size
def url(request, tmp_path):
    return f"sqlite:///{tmp_path}/kill.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def check(figures):
    sys.stdout.write(table({"": figures}))
    assert figures.lost == []
    assert figures.unnamed == []
    assert len(figures.doubled) <= len(figures.in_flight)


@pytest.mark.prove
async def test_a_broadcast_that_is_killed_again_and_again_reaches_everybody_once(url, tmp_path):
    kills, people, rate = full_size((1, 100, 60.0), (200, 5000, 29.0))
    check(await trial(url, tmp_path, kills, people, 7, real=PROVING, rate=rate))


@pytest.mark.prove
@pytest.mark.postgres
async def test_of_three_processes_one_is_killed_or_stands_still(postgres_url, tmp_path):
    kills, people, rate, frozen_for = full_size((1, 100, 60.0, (1.0,)), (60, 5000, 29.0, (2.0, 8.0, 40.0)))
    figures = await trial(
        postgres_url, tmp_path, kills, people, 7, real=PROVING, processes=3, rate=rate, frozen_for=frozen_for
    )
    check(figures)
    assert figures.freezes
    assert figures.standstill < STANDSTILL

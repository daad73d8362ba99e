"""A `kill -9` at any instant loses no message, and repeats at most what was in flight, by name."""

from __future__ import annotations

import sys

import pytest

from tests.kill import table, trial
from tests.machine import PROVING, full_size

FEW = [("sqlite", "polling"), ("postgres", "webhook")]
ALL = [*FEW, ("sqlite", "webhook"), ("postgres", "polling")]


@pytest.fixture(params=full_size(FEW, ALL), ids=" ".join)
def place(request, tmp_path):
    kind, mode = request.param
    return f"sqlite:///{tmp_path}/kill.db" if kind == "sqlite" else request.getfixturevalue("postgres_url"), mode


@pytest.mark.prove
async def test_nothing_is_lost(place, tmp_path):
    url, mode = place
    kills, updates = full_size((2, 60), (50, 600))
    figures = await trial(url, mode, tmp_path, kills, updates, seed=7, real=PROVING)
    sys.stdout.write(table({mode: figures}))
    assert figures.lost == []
    assert figures.unnamed == []
    assert figures.out_of_order == []
    assert len(figures.doubled) <= len(figures.in_flight)

"""A `kill -9` at any instant of twenty concurrent hand-ins loses none, doubles none, and leaves no file lying about."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.delegates import SAME_AGAIN, duty_of, report, version_of
from tests.kill_reports import table, trial
from tests.machine import PROVING, full_size

if TYPE_CHECKING:
    from pathlib import Path

FEW = [("sqlite", "polling"), ("postgres", "webhook")]
ALL = [*FEW, ("sqlite", "webhook"), ("postgres", "polling")]


@pytest.fixture(params=full_size(FEW, ALL), ids=" ".join)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    kind, mode = request.param
    return f"sqlite:///{tmp_path}/kill.db" if kind == "sqlite" else request.getfixturevalue("postgres_url"), mode


@pytest.mark.prove
async def test_every_report_that_was_confirmed_is_there_once_with_its_receipt_and_its_file(
    place: tuple[str, str], tmp_path: Path
) -> None:
    url, mode = place
    figures = await trial(url, mode, tmp_path, full_size(2, 100), seed=7, real=PROVING)
    sys.stdout.write(table({mode: figures}))
    assert figures.confirmed >= full_size(12, 200)
    assert figures.lost == []
    assert figures.doubled == []
    assert figures.unnamed == []
    assert figures.orphans == []
    assert figures.missing == []


def test_of_three_hand_ins_in_a_row_the_second_is_the_first_once_more() -> None:
    first, second, third, next_duty = range(SAME_AGAIN + 1)
    made = [report(1, version_of(number)) for number in (first, second, third)]
    assert made[0] == made[1] != made[2]
    assert duty_of(first) == duty_of(third) != duty_of(next_duty)

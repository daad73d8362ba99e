"""A simulated year of each plan: everybody is told what holds, once, in time, and what was not told has its reason."""

from __future__ import annotations

import sys
from datetime import datetime, time
from random import Random

import pytest

from campaigns import campaigns
from tests.machine import PROVING
from tests.planning import office, written
from tests.year import Size, Year

PLANS = {plan.slug: plan for plan in campaigns()} if PROVING else {"haiphong-2023": campaigns()[0]}
SIZE = Size(400, 60) if PROVING else Size(12, 6, days=50)
SEEDS = range(3) if PROVING else range(1)


async def alone(one, slug):
    """Only that plan: the others would cost time and say nothing."""
    for table, column in (("duties", "campaign"), ("phases", "campaign"), ("campaigns", "slug")):
        await written(one.database, f"DELETE FROM {table} WHERE {column} <> '{slug}'")


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("slug", sorted(PLANS))
async def test_a_year(database_url, slug, seed):
    plan = next(c for c in campaigns() if c.slug == slug)
    sys.stdout.write(f"seed {seed}, {slug}, {SIZE}\n")
    begins = datetime.combine(plan.plan.issued_from, time(5))
    async with office(database_url, begins, confirmed=False) as one:
        await alone(one, slug)
        year = Year(one, plan, SIZE, Random(f"{slug} {seed}"))
        await year.live()
        sys.stdout.write(f"told {sum(year.sent.values())}, meant {len(year.expected)}\n")

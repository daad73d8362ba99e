"""The plan texts and their careful readings, for tests: one normalisation for text copies, one way to the truth files."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from campaigns import campaigns
from domain.campaign import Campaign, Duty

HERE = Path(__file__).parent / "plans"
STEMS = {
    "bacninh-2024": "000_e2df88224c7449dd",
    "bacgiang-2020": "001_57d679f88841e669",
    "gialai-2023": "002_44668950db2da263",
    "tpbacninh-2022": "003_f6e5486bc0831989",
    "haiphong-2023": "004_9d38da238c41a2ba",
}
SLUGS = tuple(STEMS)
KINDS = {
    "before_date": "before_day",
    "month": "in_month",
    "within_month": "in_month",
    "date_range": "day_range",
    "external": "set_elsewhere",
    "tentative_month": "tentative",
    "recurring_unspecified": "recurring",
    "within_phase": "within_phase",
    "none": "none",
}
"""The truth files' kinds of due date, in our words."""
BY_SLUG = {campaign.slug: campaign for campaign in campaigns()}


def lines(slug: str) -> list[str]:
    """The plan's lines without marks of the copy: bookmarks, emphasis, bullets, initials read as text, runs of blanks."""
    return [line for line in map(cleaned, (HERE / f"{STEMS[slug]}.txt").read_text("utf-8").splitlines()) if line]


def cleaned(line: str) -> str:
    line = re.sub(r"\[bookmark:[^\]]*\]", "", line).replace("*et*", "").replace("*", "")
    line = re.sub(r"\s+", " ", line).strip()
    return re.sub(r"^(- \+|-|\+) ", "", line).removesuffix(" /").strip()


@cache
def text(slug: str) -> str:
    """The whole plan as one line, so that page breaks do not matter."""
    return " ".join(lines(slug))


@cache
def truth(slug: str) -> dict[str, Any]:
    """How a careful civil servant reads the plan."""
    return json.loads((HERE / "truth" / f"{STEMS[slug]}.json").read_text("utf-8"))


def the(slug: str, duty_id: str) -> Duty:
    duty = BY_SLUG[slug].duty(duty_id)
    assert duty, f"{slug} has no duty {duty_id}"
    return duty


def passages(campaign: Campaign) -> Iterator[str]:
    for part in campaign.parts.values():
        for passage in part:
            yield passage.text
            yield from passage.points


def to_the_letter(campaign: Campaign) -> Iterator[str]:
    """Everything that claims to be the plan's own words."""
    plan = campaign.plan
    yield from passages(campaign)
    yield from campaign.audience_quotes
    yield campaign.responsible_quote
    yield from plan.based_on
    yield from (one.removesuffix(" (bản điện tử)") for one in plan.recipients)
    yield from (one for one in (plan.title, plan.number_printed, plan.dated.printed) if one)
    yield from (one.named for one in campaign.rewards)
    for phase in campaign.phases:
        yield from (phase.printed, phase.quote, *phase.points, *([phase.what] if phase.what else []))
    for duty in campaign.duties:
        yield from duty.quotes
        yield from [duty.due.printed] if duty.due.printed else []

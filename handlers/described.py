"""What was registered, in words: the same labels and read-backs as the review that was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import campaigns
from domain.campaign import Actor
from domain.registration import Report, registration_of
from flows.asking import Shown, in_review, read_back
from flows.catalogue import FLOW_OF, FLOWS
from flows.identity import answers_of
from handlers import reports
from texts.message import Line, line

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign


def fields(content: dict[str, Any], campaign: Campaign, unit_name: str, today: date) -> tuple[tuple[Line, Shown], ...]:
    """Label and value of everything a registration says."""
    registration = registration_of(content)
    if isinstance(registration, Report):
        return _of_report(registration, campaign)
    flow = FLOWS[FLOW_OF[registration.kind]]
    day = min(today, max(phase.end for phase in campaign.phases))
    facts = {
        "me": {"name": None, "position": None, "unit": "", "unit_name": unit_name, "for_others": True},
        "opening": {"campaign": campaign.slug, "year": campaign.year},
        "today": today, "titles": campaigns.titles().titles_on(day), "rules": {}, "alike": (),
        "counts": {"by_title": {}, "all": 0}, "initiatives": (), "editing": {},
    }  # fmt: skip
    return read_back(flow, answers_of(registration, None), facts)


def _of_report(report: Report, campaign: Campaign) -> tuple[tuple[Line, Shown], ...]:
    duty = campaign.duty(report.duty)
    asked = reports.figures_of(duty, Actor) if duty else ()
    one = {"key": report.duty, "title": report.name, "brief": line("report.brief.in"), "figures": asked}
    answers = {"duty": report.duty, **answers_of(report, None)}
    return read_back(FLOWS[FLOW_OF[report.kind]], answers, {"reports": (one,), "aimed": {}})


def lines(of: tuple[tuple[Line, Shown], ...]) -> list[Line]:
    """Fields as the lines of a message."""
    return [in_review(label, value) for label, value in of]

"""What was registered, in words: the same labels and read-backs as the review that was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import campaigns
from documents.receipt import sha_groups
from domain.campaign import Actor
from domain.registration import Report, registration_of
from flows.asking import Shown, in_review, read_back
from flows.catalogue import FLOW_OF, FLOWS
from flows.identity import answers_of
from flows.lists import size_line
from handlers import reports
from texts.message import Line, line

if TYPE_CHECKING:
    from datetime import date

    from domain.campaign import Campaign
    from domain.registration import Paper


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


def proven(content: dict[str, Any], campaign: Campaign, unit_name: str) -> tuple[tuple[Line, Shown], ...]:
    """The same for a receipt: each file of a report with its hash, since the file itself is what was handed in."""
    found, registration = fields(content, campaign, unit_name, campaign.days.last), registration_of(content)
    if not isinstance(registration, Report):
        return found
    rows = tuple((line("receipt.paper", n=n), _paper(one)) for n, one in enumerate(registration.files, start=1))
    at = next(n for n, (label, _) in enumerate(found) if label == line("report.files.label"))
    return (*found[:at], *rows, *found[at + 1 :])


def _paper(file: Paper) -> tuple[Line, ...]:
    pages = line("flow.file_pages", n=file.pages) if (file.pages or 0) > 1 else ""
    groups = " ".join(sha_groups(file.sha256))
    return line("receipt.paper_is", name=file.name, size=size_line(file.size), pages=pages), line(
        "receipt.paper_sha", sha256=groups
    )


def _of_report(report: Report, campaign: Campaign) -> tuple[tuple[Line, Shown], ...]:
    duty = campaign.duty(report.duty)
    asked = reports.figures_of(duty, Actor) if duty and report.figures else ()
    named = {"key": report.duty, "name": report.name, "title": report.name}
    one = {**named, "brief": line("report.brief.in"), "figures": asked, "open": True}
    answers = {"duty": report.duty, **answers_of(report, None)}
    return read_back(FLOWS[FLOW_OF[report.kind]], answers, {"reports": (one,), "aimed": {}})


def lines(of: tuple[tuple[Line, Shown], ...]) -> list[Line]:
    """Fields as the lines of a message."""
    return [in_review(label, value) for label, value in of]

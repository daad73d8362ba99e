"""Handing in a report (báo cáo): for which duty, its files in their order, the figures the plan asks for, a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.registration import Figure, Paper, Report
from flows.answers import PickOne
from flows.commands import DropFiles, HandInReport
from flows.figures import Figures
from flows.flow import Flow, Step
from flows.lists import Files
from flows.typed import LongText
from search.fold import tokens
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts

NO_REPORT = "no_report"
"""Picked instead of a duty: the files that came out of the blue are none."""
MOST_FILES = 30
LONGEST_SUMMARY = 1000
"""Characters of a summary: what is longer belongs into the report itself."""


def answers_of(report: Report) -> dict[str, Any]:
    """The answers that lead to this report, for editing it; its duty stands in the context."""
    return {
        "files": [{"id": one.sha256, **one.model_dump()} for one in report.files],
        "figures": {one.id: one.value for one in report.figures},
        "summary": report.summary,
    }


def offered(answers: Answers, facts: Facts) -> dict[str, Any]:
    """The report that was picked; before that, or where "" stands for it, the first."""
    picked = answers.get("duty")
    return next(one for one in facts["reports"] if not picked or one["key"] == picked)


def likeness(file: str, title: str) -> int:
    """How many words of a report's title the name of a file has; a single one is chance, as the number of a page."""
    common = len({*tokens(title)} & {*tokens(file)})
    return common if common > 1 else 0


def _duties(answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    """The likeliest first: by the name of the first file that came for it, then by what is due next."""
    name = next((one["name"] for one in answers.get("files") or ()), "")
    reports = sorted(facts["reports"], key=lambda one: -likeness(name, one["name"]))
    found = tuple(
        Choice(line("report.duty.one", what=one["title"], deadline=one["brief"]), one["key"])
        for one in reports
        if one["open"] or one["key"] == answers.get("duty")
    )
    return found if "duty" in answers else (*found, Choice(line("report.none"), NO_REPORT))


def _aimed(_answers: Answers, facts: Facts) -> str | None:
    """The report is for the duty it was opened with, while that is still offered."""
    wanted = facts["aimed"].get("duty")
    return wanted if any(one["key"] == wanted for one in facts["reports"]) else None


def _asked_figures(answers: Answers, facts: Facts) -> tuple[dict[str, Any], ...]:
    return tuple(offered(answers, facts)["figures"])


def report_of_answers(answers: Answers, facts: Facts) -> Report:
    """What these answers hand in."""
    found, fields = offered(answers, facts), Paper.model_fields
    files = tuple(Paper(**{name: one.get(name) for name in fields}) for one in answers["files"])
    given = answers.get("figures") or {}
    figures = tuple(Figure(id=one["id"], value=given[one["id"]]) for one in found["figures"] if given.get(one["id"]))
    return Report(duty=found["duty"], name=found["name"], files=files, figures=figures, summary=answers.get("summary"))


def _hand_in(answers: Answers, facts: Facts) -> HandInReport:
    return HandInReport(answers["duty"], report_of_answers(answers, facts))


def _drop(answers: Answers, _facts: Facts) -> DropFiles:
    return DropFiles(len(answers.get("files") or ()))


def _head(facts: Facts) -> tuple[Line, ...]:
    """Which report it is, where that is known from the start."""
    wanted = facts["aimed"].get("duty")
    found = next((one for one in facts["reports"] if one["key"] == wanted), None)
    if found is None:
        return ()
    told = {part: found[part] for part in ("title", "campaign_name", "deadline", "unit_name")}
    return (line("report.intro", words=line("registering.words"), **told),)


def _about(answers: Answers, facts: Facts) -> dict[str, Any]:
    found = offered(answers, facts)
    return {"unit": found["unit_name"], "campaign": found["campaign_name"], "deadline": found["deadline"]}


def _warnings(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    found = offered(answers, facts)
    flawed = tuple(
        line("report.flawed", name=one["name"], flaw=line(f"flow.flaw.{one['flaw']}"))
        for one in answers["files"] if one.get("flaw")
    )  # fmt: skip
    photos = sum(one["media_type"].startswith("image/") for one in answers["files"])
    together = (line("report.together", pages=photos),) if photos > 1 else ()
    replaces = (line("report.replaces", number=found["number"], n=found["version"]),) if found["number"] else ()
    late = (line("report.late"),) if found["late"] else ()
    return (*flawed, *together, *replaces, *late)


def _bars(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """The office has decided on it meanwhile, or takes nothing late and its day is over."""
    found = offered(answers, facts)
    if not found["open"]:
        return (line("report.closed"),)
    return (line("report.over", last=found["over"]),) if found["over"] else ()


REPORT = Flow(
    "report",
    version=1,
    needs=("reports", "aimed"),
    steps=(
        Step("duty", PickOne(_duties), known=_aimed, ends=lambda picked: picked == NO_REPORT, resets=("figures",)),
        Step("files", Files(most=MOST_FILES, optional=False, ordered=True)),
        Step("figures", Figures(_asked_figures), when=lambda answers, facts: bool(_asked_figures(answers, facts))),
        Step("summary", LongText(longest=LONGEST_SUMMARY, optional=True)),
    ),
    done=_hand_in,
    left=_drop,
    head=_head,
    about=_about,
    warns=_warnings,
    bars=_bars,
)

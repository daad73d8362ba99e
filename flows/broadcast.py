"""Writing to many: launching a phase of a campaign (phát động), or a message of the office's own (thông báo)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from domain.reminders import EVENING, MORNING
from flows.addressing import unknown
from flows.answers import PickOne
from flows.audience import AUDIENCE_ANSWERS, AUDIENCE_STEPS, recipients, whom_step
from flows.commands import DeclineBroadcast, LookAtBroadcast, SendBroadcast
from flows.flow import Flow, Refused, Step
from flows.holding import gone
from flows.hour import Hour
from flows.lists import Files
from flows.typed import Day, LongText
from flows.withdraw import LONGEST_REASON
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, At, Facts

LONGEST = 3500
"""Characters of a message to many: with its heading it is one message on the messenger that takes fewest of those in use."""
MEGABYTES = 5
"""What a file may have that goes out to many."""
NO_BUTTON = "none"
SOON, NOW, SET = "soon", "now", "set"
"""When it goes out: at once within working hours (else when they begin), at once in any case, at a set time."""
AHEAD = timedelta(days=90)
TEST, PREVIEW, UNREACHABLE = "test", "preview", "unreachable"


@dataclass(frozen=True, slots=True)
class Words(LongText):
    """What is to go out: read back as a quotation below its label, for it may be long."""

    def read_back(self, value: Any, at: At) -> tuple[Line, ...]:
        """The text itself, folded: what else is read before it goes must not be out of sight on a phone."""
        return (line("broadcast.folded", text=value),)


def _phase(answers: Answers, facts: Facts) -> dict[str, Any] | None:
    phases: tuple[dict[str, Any], ...] = facts.get("launchable", ())
    return next((one for one in phases if one["key"] == answers.get("phase")), None)


def _phases(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    """Named with their campaign where there are several of these."""
    several = len({one["campaign"] for one in facts["launchable"]}) > 1
    text = "launch.phase.of" if several else "launch.phase.one"
    return tuple(
        Choice(line(text, phase=one["name"], campaign=one["campaign_name"], dates=one["dates"]), one["key"])
        for one in facts["launchable"]
    )


def _proposed(part: str) -> Any:
    """What the plan proposes for an answer, once the phase is chosen."""

    def known(answers: Answers, facts: Facts) -> Any:
        found = _phase(answers, facts)
        return found[part] if found else None

    return known


def _no_files(_answers: Answers, _facts: Facts) -> list[Any]:
    return []


def _light(value: Any, _answers: Answers, _facts: Facts) -> Refused | None:
    """A file that goes out to many is bounded: it stands in every web chat it comes to."""
    heavy = next((one for one in value if one["size"] > MEGABYTES * 1024 * 1024), None)
    return Refused("too_big", {"name": heavy["name"], "megabytes": MEGABYTES}) if heavy else None


def _names_somebody(value: Any, _answers: Answers, _facts: Facts) -> Refused | None:
    """What stands in braces is a name that is filled in; one that means nothing would go out as it is."""
    strange = unknown(value)
    return Refused("unknown_name", {"name": strange}) if strange else None


def _buttons(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
    offered = (Choice(one["label"], one["key"]) for one in facts["choosable"]["buttons"])
    return (Choice(line("broadcast.no_button"), NO_BUTTON), *offered)


def _times(now_too: bool) -> Any:
    def offered(_answers: Answers, facts: Facts) -> tuple[Choice, ...]:
        moment = facts["moment"]
        soon = line("broadcast.when.now") if moment["works"] else line("broadcast.when.next", at=moment["next"])
        at_once = [Choice(line("broadcast.when.at_once"), NOW)] if now_too and not moment["works"] else []
        return (Choice(soon, SOON), *at_once, Choice(line("broadcast.when.set"), SET))

    return offered


def _soon(_answers: Answers, _facts: Facts) -> str:
    return SOON


def is_set(answers: Answers, _facts: Facts) -> bool:
    """Whether it goes out at a time of its own."""
    return answers.get("when") == SET


def _days(_answers: Answers, facts: Facts) -> tuple[date, date]:
    today: date = facts["today"]
    return today, today + AHEAD


def _works(value: Any, _answers: Answers, facts: Facts) -> Refused | None:
    """On a day off nothing goes out."""
    day, calendar = date.fromisoformat(value), facts["calendar"]
    return None if calendar.works(day) else Refused("day_off", {"day": day, "next": calendar.next_working_day(day)})


def _fits(value: Any, answers: Answers, facts: Facts) -> Refused | None:
    """An hour that is over, or outside working hours, is no hour to send at."""
    at, now = _at(answers["day"], value), facts["moment"]["now"]
    if not MORNING <= at.time() < EVENING:
        return Refused("not_then", {"at": value, "first": f"{MORNING:%H:%M}", "last": f"{EVENING:%H:%M}"})
    return None if at > now else Refused("hour_over", {"now": now})


def _at(day: str, hour: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour))


def _time_steps(*, now_too: bool) -> tuple[Step, ...]:
    return (
        Step("when", PickOne(_times(now_too)), known=_soon, resets=("day", "hour")),
        Step("day", Day(_days, weekday=True), when=is_set, resets=("hour",), refuses=_works),
        Step("hour", Hour(), when=is_set, refuses=_fits),
    )


def _send(answers: Answers, facts: Facts) -> SendBroadcast:
    phase, button = _phase(answers, facts), answers["button"]
    action = next((one["action"] for one in facts["choosable"]["buttons"] if one["key"] == button), None)
    set_for = _at(answers["day"], answers["hour"]) if is_set(answers, facts) else None
    return SendBroadcast(
        phase["campaign"] if phase else "", phase["phase"] if phase else "", answers["text"],
        next(iter(answers["files"]), None), action, recipients(answers, facts),
        set_for.isoformat() if set_for else None, at_once=answers["when"] == NOW,
    )  # fmt: skip


def _look(what: str, answers: Answers, facts: Facts) -> LookAtBroadcast:
    return LookAtBroadcast(what, _send(answers, facts))


def _beside(_answers: Answers, facts: Facts) -> tuple[str, ...]:
    if not facts["reach"]["people"]:
        return (TEST, PREVIEW)
    return (TEST, PREVIEW, UNREACHABLE) if facts["reach"]["unreachable"] else (TEST, PREVIEW)


def _reached(_answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """To whom it goes and how: read in the review, before it is confirmed."""
    lines: tuple[Line, ...] = facts["reach"]["lines"]
    return lines


def _hindered(flow: str) -> Any:
    """What keeps it from going out: reasons of its audience, and answers that were good when they were given."""

    def bars(answers: Answers, facts: Facts) -> tuple[Line, ...]:
        of_reach: tuple[Line, ...] = facts["reach"]["bars"]
        steps = (BROADCAST if flow == "broadcast" else LAUNCH).steps
        fallen = [step.name for step in steps if step.name in _MAY_GO and gone(step, answers, facts)]
        return (*of_reach, *(line("broadcast.gone", what=Line(f"{flow}.{name}.label")) for name in fallen))

    return bars


_NEEDS = ("choosable", "reach", "moment", "calendar", "today")
_MAY_GO = frozenset({"phase", "button", "whom", "units", "duty", "day", "hour"})
"""Answers that time or another officer may take the ground from: a message must never go to more than were read back."""
_SAID: dict[str, Any] = {
    "done": _send, "beside": _beside, "aside": _look, "warns": _reached, "looks_up": AUDIENCE_ANSWERS | {"text"},
}  # fmt: skip
BROADCAST = Flow(
    "broadcast",
    version=1,
    needs=_NEEDS,
    steps=(
        Step("text", Words(longest=LONGEST), refuses=_names_somebody),
        Step("files", Files(most=1), refuses=_light),
        Step("button", PickOne(_buttons)),
        whom_step(),
        *AUDIENCE_STEPS,
        *_time_steps(now_too=False),
    ),
    bars=_hindered("broadcast"),
    **_SAID,
)
LAUNCH = Flow(
    "launch",
    version=1,
    needs=("launchable", *_NEEDS),
    steps=(
        Step("phase", PickOne(_phases, within=True), resets=("text", "button", "whom", "units", "duty")),
        Step("text", Words(longest=LONGEST), known=_proposed("text"), refuses=_names_somebody),
        Step("files", Files(most=1), known=_no_files, refuses=_light),
        Step("button", PickOne(_buttons), known=_proposed("button")),
        whom_step(_proposed("whom")),
        *AUDIENCE_STEPS,
        *_time_steps(now_too=True),
    ),
    bars=_hindered("launch"),
    **{**_SAID, "looks_up": AUDIENCE_ANSWERS | {"phase", "text", "when", "day"}},
)


def _about(_answers: Answers, facts: Facts) -> dict[str, Any]:
    asked = facts["broadcast_waiting"]
    return {"author": asked["author"], "what": asked["what"]}


def _decline(answers: Answers, facts: Facts) -> DeclineBroadcast:
    return DeclineBroadcast(facts["broadcast_waiting"]["id"], answers["reason"])


DECLINE_BROADCAST = Flow(
    "decline_broadcast",
    version=1,
    needs=("broadcast_waiting",),
    steps=(Step("reason", LongText(least_words=2, longest=LONGEST_REASON), ask=_about),),
    done=_decline,
    about=_about,
)

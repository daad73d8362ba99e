"""Writing to many: launching a phase of a campaign (phát động), or a message of the office's own (thông báo)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.addressing import unknown
from flows.answers import PickOne
from flows.audience import AUDIENCE_ANSWERS, AUDIENCE_STEPS, recipients, whom_step
from flows.commands import DeclineBroadcast, LookAtBroadcast, MoveBroadcast, SendBroadcast
from flows.flow import Flow, Refused, Step
from flows.holding import gone
from flows.lists import Files
from flows.sending_time import NOW, SOON, SendingTime, no_time_to_send, set_for
from flows.typed import LongText
from flows.withdraw import LONGEST_REASON
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, At, Facts

LONGEST = 3500
"""Characters of a message to many: with its heading it is one message on the messenger that takes fewest of those in use."""
MEGABYTES = 5
"""What a file may have that goes out to many."""
NO_BUTTON = "none"
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
    return tuple(Choice(_named(text, one), one["key"]) for one in facts["launchable"])


def _named(text: str, phase: dict[str, Any]) -> Line:
    named = line(text, phase=phase["name"], campaign=phase["campaign_name"], dates=phase["dates"])
    return line("launch.phase.there", label=named) if phase["launched"] else named


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


def _soon(_answers: Answers, _facts: Facts) -> str:
    return SOON


def _carried(_version: int, answers: dict[str, Any]) -> dict[str, Any]:
    """A time was three answers once: that there is one, its day and its hour. One half given has to be given again."""
    day, hour = answers.pop("day", None), answers.pop("hour", None)
    if answers.get("when") == "set" and day and hour:
        answers["when"] = f"{day}T{hour}:00"
    return answers


def _send(answers: Answers, facts: Facts) -> SendBroadcast:
    phase, button = _phase(answers, facts), answers["button"]
    action = next((one["action"] for one in facts["choosable"]["buttons"] if one["key"] == button), None)
    at = set_for(answers)
    return SendBroadcast(
        phase["campaign"] if phase else "", phase["phase"] if phase else "", answers["text"],
        next(iter(answers["files"]), None), action, recipients(answers, facts),
        at.isoformat() if at else None, at_once=answers["when"] == NOW,
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
_MAY_GO = frozenset({"phase", "button", "whom", "units", "duty", "when"})
"""Answers that time or another officer may take the ground from: a message must never go to more than were read back."""
_SAID: dict[str, Any] = {
    "done": _send, "beside": _beside, "aside": _look, "warns": _reached, "looks_up": AUDIENCE_ANSWERS | {"text"},
}  # fmt: skip
BROADCAST = Flow(
    "broadcast",
    version=2,
    needs=_NEEDS,
    steps=(
        Step("text", Words(longest=LONGEST), refuses=_names_somebody),
        Step("files", Files(most=1), refuses=_light),
        Step("button", PickOne(_buttons)),
        whom_step(),
        *AUDIENCE_STEPS,
        Step("when", SendingTime(), known=_soon, refuses=no_time_to_send),
    ),
    bars=_hindered("broadcast"),
    carry=_carried,
    **_SAID,
)
LAUNCH = Flow(
    "launch",
    version=2,
    needs=("launchable", *_NEEDS),
    steps=(
        Step("phase", PickOne(_phases, within=True), resets=("text", "button", "whom", "units", "duty")),
        Step("text", Words(longest=LONGEST), known=_proposed("text"), refuses=_names_somebody),
        Step("files", Files(most=1), known=_no_files, refuses=_light),
        Step("button", PickOne(_buttons), known=_proposed("button")),
        whom_step(_proposed("whom")),
        *AUDIENCE_STEPS,
        Step("when", SendingTime(at_once=True), known=_soon, refuses=no_time_to_send),
    ),
    bars=_hindered("launch"),
    carry=_carried,
    **{**_SAID, "looks_up": AUDIENCE_ANSWERS | {"phase", "text", "when"}},
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


def _when_now(_answers: Answers, facts: Facts) -> dict[str, Any]:
    ahead = facts["broadcast_ahead"]
    return {"what": ahead["what"], "at": ahead["at"]}


def _not_moved(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """What keeps it from being moved: it has begun meanwhile, somebody else was quicker, the new time is over."""
    lines: tuple[Line, ...] = facts["broadcast_ahead"]["bars"]
    over = gone(MOVE_BROADCAST.step("when"), answers, facts)
    return (*lines, line("broadcast.gone", what=line("move_broadcast.when.label"))) if over else lines


def _cautions(_answers: Answers, facts: Facts) -> tuple[Line, ...]:
    lines: tuple[Line, ...] = facts["broadcast_ahead"]["lines"]
    return lines


def _move(answers: Answers, facts: Facts) -> MoveBroadcast:
    at = set_for(answers)
    ahead = facts["broadcast_ahead"]
    return MoveBroadcast(ahead["id"], ahead["was"], at.isoformat() if at else None)


MOVE_BROADCAST = Flow(
    "move_broadcast",
    version=1,
    needs=("broadcast_ahead", "moment", "calendar", "today"),
    steps=(Step("when", SendingTime(), ask=_when_now, refuses=no_time_to_send),),
    done=_move,
    about=_when_now,
    warns=_cautions,
    bars=_not_moved,
    looks_up=frozenset({"when"}),
)

"""What a registration of titles is told before it is sent: warnings keep nobody out, only a board's hard settings do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.title_rules import Need, over_ratio
from domain.titles import Subject
from flows import registering
from flows.title_choice import has_conditions, name_of, rules, unknown
from search.fold import fold
from texts.message import Line, line

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def warns(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """Conditions not ticked, no initiative, one used before, the board's ratio, another's name, and that it is late."""
    return (
        *_missing(answers, facts),
        *_initiative(answers, facts),
        *_ratio(answers, facts),
        *_another_name(answers, facts),
        *registering.late(facts),
    )


def bars(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """A title that is no longer offered, and what the board's hard settings want and is not there."""
    gone = unknown(answers, facts)
    lines = [line("register_title.bar.gone", codes=", ".join(gone))] if gone else []
    brought = {Need.INITIATIVE: bool(answers.get("initiative")), Need.EVIDENCE: bool(answers.get("evidence"))}
    lines += [
        line(f"register_title.bar.{need}", title=name_of(title), board=facts["opening"]["board_name"])
        for title, rule in rules(answers, facts)
        for need in sorted(rule.needs)
        if not brought[need]
    ]
    return tuple(lines)


def _missing(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    unmet = answers.get("conditions") if has_conditions(answers, facts) else None
    return (line("register_title.warn.missing", count=len(unmet)),) if unmet else ()


def _initiative(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    named = fold(answers.get("initiative") or "")
    if not named:
        lacking = [
            t for t, rule in rules(answers, facts) if t.initiative_required and Need.INITIATIVE not in rule.needs
        ]
        return tuple(line("register_title.warn.initiative", title=name_of(title)) for title in lacking)
    used = max((one["used"] for one in facts["initiatives"] if fold(one["name"]) == named), default=0)
    return (line("register_title.warn.used", used=used),) if used else ()


def _ratio(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """The count with this registration in it: the unit's individuals who are registered."""
    if answers.get("subject") != Subject.INDIVIDUAL:
        return ()
    counts, board = facts["counts"], facts["opening"]["board_name"]
    everyone, lines = counts["all"] + 1, []
    for title, rule in rules(answers, facts):
        count = counts["by_title"].get(title.code, 0) + 1
        if over_ratio(rule, count, everyone):
            told = {"title": name_of(title), "count": count, "all": everyone, "ratio": rule.ratio, "board": board}
            lines.append(line("register_title.warn.ratio", **told))
    return tuple(lines)


def _another_name(answers: Answers, facts: Facts) -> tuple[Line, ...]:
    """Somebody registers themselves under another's name: perhaps they meant a colleague."""
    mine, name = facts["me"]["name"], answers.get("name")
    slipped = facts["me"]["for_others"] and answers.get("whose") == "me" and answers.get("subject") == "individual"
    if not (slipped and mine and name) or fold(name) == fold(mine):
        return ()
    return (line("register_title.warn.name", name=name),)

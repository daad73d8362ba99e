"""What a question is after, decided from the signals it gives."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from search.facts import FACTS, PARTS

if TYPE_CHECKING:
    from search.reading import Reading

SUBJECTS = ("report", "register", "initiative", "work", "title", "interim", "final")
"""Signals that name something to be handed in or held."""
HAND_INS = ("report", "register", "initiative", "work", "title")
CLEAR = 2
"""From this weight on (two words) a signal is more than a coincidence."""


class Topic(StrEnum):
    """What to look for; the facts and parts of a plan are told by their own names."""

    HELP = "help"
    CAMPAIGNS = "campaigns"
    SEND = "send"
    FACT = "fact"
    AUDIENCE = "audience"
    PART = "part"
    DATES = "dates"
    DUTIES = "duties"
    PHASES = "phases"
    TITLES = "titles"
    CITED = "cited"
    """a document by its number"""
    SEARCH = "search"


def topic(reading: Reading, residue: tuple[str, ...]) -> tuple[Topic, str]:
    """What `reading` is after, with the name of the fact or part; `residue` is what says nothing of place or time."""
    subject = bool(reading.days) or any(name in reading for name in SUBJECTS)
    hand_in = any(name in reading for name in HAND_INS)
    when = "when" in reading
    if reading.cited and not subject:
        return Topic.CITED, ""
    if fact := _fact(reading, when=when, hand_in=hand_in):
        return (Topic.SEND, "send") if fact == "send" else (Topic.FACT, fact)
    if "campaigns" in reading and not subject and not reading.phase and "phase_days" not in reading:
        return Topic.CAMPAIGNS, ""
    if _is_about_phases(reading, subject=subject):
        return Topic.PHASES, ""
    name = _part(reading)
    if _is_about_titles(reading, name) and not when and not hand_in:
        return Topic.TITLES, name
    if when or (subject and not (name and (not hand_in or name == "standards"))):
        return (Topic.DATES, "") if subject or residue or reading.phase else (Topic.DUTIES, "")
    return _undated(reading, residue, name, subject=subject)


def _undated(reading: Reading, residue: tuple[str, ...], name: str, *, subject: bool) -> tuple[Topic, str]:
    """What a question is after that asks for no date; `name` is the part it seems to mean, if any."""
    part = reading.signals.get(name, 0)
    if "audience" in reading and reading.signals["audience"] >= part and not subject:
        return Topic.AUDIENCE, ""
    if name and part >= reading.signals.get("duties", 0):
        return Topic.PART, name
    soon = reading.relative and not reading.relative.endswith("_year")
    if "duties" in reading or reading.months or soon or ("ahead" in reading and not residue):
        return Topic.DUTIES, ""
    if name:
        return Topic.PART, name
    if "phases" in reading or reading.phase:
        return Topic.PHASES, ""
    if residue:
        return Topic.SEARCH, ""
    return (Topic.AUDIENCE if "enterprise" in reading or "staff" in reading else Topic.CAMPAIGNS), ""


def _is_about_titles(reading: Reading, name: str) -> bool:
    """The catalogue tells what a title needs; what a plan gives away stands in the plan."""
    return (name == "standards" and "named_title" in reading) or "own_title" in reading


def _fact(reading: Reading, *, when: bool, hand_in: bool) -> str:
    known = {name: reading.signals.get(name, 0) for name in (*FACTS, "send")}
    best = max(known, key=lambda name: known[name])
    if known[best] < CLEAR or (when and hand_in and best != "send") or (when and best == "send" and "left" in reading):
        return ""
    return best


def _part(reading: Reading) -> str:
    """The part of the plan that is named; "thi đua gì" means the contents only where no other part is."""
    weights = {name: reading.signals.get(name, 0) for name in PARTS}
    if "noi dung" not in reading.terms and any(weight for name, weight in weights.items() if name != "contents"):
        del weights["contents"]
    best = max(weights, key=lambda name: (weights[name], name == "standards"))
    return best if weights[best] else ""


def _is_about_phases(reading: Reading, *, subject: bool) -> bool:
    if subject or "deadline" in reading:
        return False
    clear = "phase_days" in reading or reading.signals.get("phases", 0) >= CLEAR
    return clear or (reading.phase is not None and "duties" not in reading)

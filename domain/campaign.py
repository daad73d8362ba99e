"""A campaign and the signed plan it comes from, as data: one campaign file, one value.

Every passage is the plan's own text to the letter, slips included ("[sic]"): readings stand beside it, never in it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.due import Due, Value, Window, window
from domain.plan import Passage, Plan


class Audience(StrEnum):
    """Whom a campaign addresses."""

    STAFF = "staff"
    ENTERPRISE = "enterprise"


class Actor(StrEnum):
    """Who must act on a duty, as a kind of unit or person."""

    OFFICE = "office"
    """the board's office (Văn phòng), or whoever plays its part"""
    ROOM = "room"
    """rooms and service units of the issuer (phòng, đơn vị)"""
    INDIVIDUAL = "individual"
    """each member of staff in their own name (cá nhân, nhóm tác giả)"""
    LEADER = "leader"
    """the board's leaders (lãnh đạo Ban)"""
    COUNCIL = "council"
    """emulation or initiative council (Hội đồng)"""
    UNION = "union"
    """trade union, youth union (Công đoàn, Đoàn thanh niên)"""
    ENTERPRISE = "enterprise"
    """enterprises in the zones (doanh nghiệp)"""


class Asks(StrEnum):
    """What a duty wants handed in; a duty that asks for nothing is announced, never chased."""

    TITLE = "title"
    INITIATIVE = "initiative"
    WORK = "work"
    REPORT = "report"


class Part(StrEnum):
    """The parts of a plan a person can open, in the order plans print them."""

    AIMS = "aims"
    REQUIREMENTS = "requirements"
    CONTENTS = "contents"
    TARGETS = "targets"
    STANDARDS = "standards"
    REWARDS = "rewards"
    ORGANISATION = "organisation"


class Reward(Value):
    """A title or commendation that the plan names; `code` is its entry in the title catalogue."""

    code: str
    named: str
    decided_by: str | None = None


class Phase(Value):
    """A stage of the campaign (đợt, giai đoạn, quý)."""

    id: str
    name: str
    name_en: str
    start: date
    end: date
    what: str | None = None
    points: tuple[str, ...] = ()
    """what is to be done in it, as printed under it"""
    printed: str
    """its dates as printed"""
    quote: str
    reading: str | None = None
    to_confirm: bool = False
    """the printed dates contradict themselves; an officer is asked"""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("a phase ends before it starts")
        return self

    @property
    def window(self) -> Window:
        """Its first and last day."""
        return Window(self.start, self.end)


class AskedFigure(Value):
    """A figure that a report on a duty is asked for, because the plan sets a target for it."""

    id: str
    name: str
    name_en: str
    unit: str
    """what it counts, as written after the figure: "mô hình", "%" """
    target: str | None = None
    """the target as printed"""
    actors: tuple[Actor, ...]
    """whom the target is for"""
    quote: str
    """the sentence that sets it"""


class Duty(Value):
    """Something somebody must do, hand in or attend (việc phải làm, phải nộp), with its due date."""

    id: str
    title: str
    title_en: str
    asks: tuple[Asks, ...] = ()
    due: Due
    phase: str | None = None
    actors: tuple[Actor, ...]
    must_act: tuple[str, ...]
    """who must act, as printed"""
    responsible: tuple[str, ...] = ()
    deliver: str | None = None
    to: str | None = None
    dated_by: tuple[str, ...] = ()
    """duties whose dates hold for this one, where it has none of its own"""
    place: str | None = None
    quotes: Annotated[tuple[str, ...], Field(min_length=1)]
    """the sentences it comes from, to the letter; the one with the date last"""
    reading: str
    """how the sentence was read, in Vietnamese, for the officer who confirms it"""
    figures: tuple[AskedFigure, ...] = ()
    """for a report: figures to be filled in beside its files, each of which may be passed over"""
    remind: tuple[int, ...] | None = None
    """working days before the last working day on which it is reminded of, where not as the campaign's others"""
    standing_duty: bool = False
    """a general obligation that is not part of the emulation work: never listed as due"""


class Campaign(Value):
    """A campaign (phong trào thi đua, đợt thi đua) with everything its plan says."""

    slug: str
    board: str
    """slug of the unit at the root of the issuer's tree"""
    name: str
    short_name: str
    short_name_en: str
    year: int
    form: str
    """form of organisation: thường xuyên or theo chuyên đề"""
    audience: tuple[Audience, ...]
    audience_quotes: tuple[str, ...]
    audience_note: str | None = None
    plan: Plan
    parts: dict[Part, tuple[Passage, ...]]
    notes: dict[Part, str] = Field(default_factory=dict)
    """what is missing from a part, in Vietnamese ("kế hoạch không nêu…")"""
    rewards: tuple[Reward, ...] = ()
    phases: tuple[Phase, ...]
    duties: tuple[Duty, ...]
    interim_review: str | None = None
    """id of the duty that is the interim review (sơ kết)"""
    final_review: str | None = None
    remind: tuple[int, ...] | None = None
    """working days before the last working day on which its duties are reminded of, where not as the house does"""
    responsible_office: str
    responsible_quote: str
    source: str
    """file name of the text copy it was read from"""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        phases, duties = {p.id for p in self.phases}, {d.id for d in self.duties}
        if len(phases) != len(self.phases) or len(duties) != len(self.duties):
            raise ValueError("two phases or two duties share an id")
        named = {d.phase for d in self.duties if d.phase}
        named |= {d.due.phase for d in self.duties if d.due.kind == "within_phase"}
        if unknown := named - phases:
            raise ValueError(f"no such phase: {sorted(unknown)}")
        pointed = {i for d in self.duties for i in d.dated_by} | ({self.interim_review, self.final_review} - {None})
        if unknown_duties := pointed - duties:
            raise ValueError(f"no such duty: {sorted(map(str, unknown_duties))}")
        return self

    def duty(self, duty_id: str) -> Duty | None:
        """The duty of that id."""
        return next((d for d in self.duties if d.id == duty_id), None)

    def phase(self, phase_id: str) -> Phase | None:
        """The phase of that id."""
        return next((p for p in self.phases if p.id == phase_id), None)

    def window(self, duty: Duty) -> Window | None:
        """The days `duty` may be done on; None where the plan names none."""
        return window(duty.due, {p.id: p.window for p in self.phases})

    @property
    def days(self) -> Window:
        """From the first day of its first phase to the last day on which anything of it is due."""
        lasts = [w.last for d in self.duties if not d.standing_duty and (w := self.window(d))]
        return Window(min(p.start for p in self.phases), max([p.end for p in self.phases] + lasts))

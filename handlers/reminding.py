"""A person's notices, judged by what is true now, and put into the words of one message.

Judging takes away and never adds. It is done when notices are put together and once more when they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.reminders import MOVED, Ended, Rung, To, in_own_name, kinds_acting, topic_of, whom
from handlers import notice_words
from storage import extensions, notice_facts, people
from storage.notices import DUTY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from domain.campaign import Campaign, Phase
    from domain.standing import DutyToday
    from handlers.openings import OwnDays
    from handlers.world import World
    from storage.notices import Notice
    from storage.people import Membership
    from storage.units import Tx
    from texts.message import Message

CANCELLED, EXPIRED = "cancelled", "expired"
"""Ends of a notice: planned again where it follows once more; or over for good."""
STANDS = frozenset({"queued", "sent", "failed", "unknown"})
"""States of a notice that has not been dropped from its message."""
Dropped = dict[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that holds, with what it tells of: a duty as it stands for its unit, or a phase."""

    notice: Notice
    rung: Rung
    campaign: Campaign
    item: DutyToday | None = None
    phase: Phase | None = None
    done: frozenset[str] = frozenset()
    """of a phase's campaign, the duties that are not this person's, or that all of their units have done"""


@dataclass(frozen=True, slots=True)
class Worded:
    """One message of what holds (None: nothing does), and what does not: state and reason by the notice's id."""

    message: Message | None
    dropped: Dropped


@dataclass(frozen=True, slots=True)
class Judge:
    """What one person's notices are judged by."""

    tx: Tx
    world: World
    member: int
    units: tuple[Membership, ...]
    own: OwnDays
    mutes: frozenset[str]
    today: date

    async def verdict(self, one: Notice) -> Told | tuple[str, str]:
        """What it tells of; or as what it ends, and why."""
        if self.today > one.until:
            return EXPIRED, Ended.TOO_LATE.value
        campaign = self.world.campaign(one.campaign)
        if campaign is None:
            return CANCELLED, Ended.GONE.value
        found = self._of_duty(one, campaign) if one.kind == DUTY else self._of_phase(one, campaign)
        if not isinstance(found, Told):
            return found
        if topic_of(found.rung) in self.mutes:
            return EXPIRED, Ended.UNWANTED.value
        if not await self._is_for(found):
            return CANCELLED, Ended.LEFT.value
        return await self._unless_done(found)

    def _of_duty(self, one: Notice, campaign: Campaign) -> Told | tuple[str, str]:
        duty = campaign.duty(one.about)
        if duty is None:
            return CANCELLED, Ended.GONE.value
        own = self.own.get((one.unit, campaign.slug, duty.id))
        item = self.world.for_unit(campaign, duty, self.today, own)
        if ":" in one.rung:
            return Told(one, Rung(one.rung, To.ACTING, one.day, one.until), campaign, item)
        rung = self._rung(one, item)
        return Told(one, rung, campaign, item) if isinstance(rung, Rung) else (CANCELLED, rung.value)

    def _rung(self, one: Notice, item: DutyToday) -> Rung | Ended:
        """The rung that it stands for, as the duty is now; or why there is none."""
        rungs = {rung.name: rung for rung in self.world.rungs_of(item)}
        if not rungs:
            muted = (item.campaign.slug, item.duty.id) in self.world.muted
            return Ended.MUTED if muted else Ended.UNCONFIRMED
        if item.last_day is None or item.last_day.isoformat() != one.version:
            return Ended.MOVED
        rungs[MOVED] = Rung(MOVED, To.ACTING, one.day, one.until)
        return rungs.get(one.rung, Ended.GONE)

    def _of_phase(self, one: Notice, campaign: Campaign) -> Told | tuple[str, str]:
        phase = campaign.phase(one.about)
        rungs = self.world.rungs_of_phase(campaign, phase) if phase else []
        rung = next((r for r in rungs if r.name == one.rung), None)
        if phase is None or rung is None:
            return CANCELLED, Ended.GONE.value
        if phase.end.isoformat() != one.version:
            return CANCELLED, Ended.MOVED.value
        return Told(one, rung, campaign, phase=phase)

    async def _is_for(self, told: Told) -> bool:
        """Whether the person is still one of those whom the rung is for."""
        duty, unit = told.item.duty if told.item else None, told.notice.unit
        found = whom(told.rung.to, told.campaign, duty)
        mine = [
            m for m in self.units if m.board == told.campaign.board and m.kind in found.kinds and unit in {"", m.unit}
        ]
        if any(m.role in found.roles for m in mine):
            return True
        if duty is None or not mine or not found.stand_in:
            return False
        return self.member in await notice_facts.acting(self.tx, duty, unit)

    async def _unless_done(self, told: Told) -> Told | tuple[str, str]:
        if told.phase:
            return replace(told, done=await self._needs_nothing(told.campaign))
        return (CANCELLED, Ended.HANDED_IN.value) if await self._is_done(told) else told

    async def _needs_nothing(self, campaign: Campaign) -> frozenset[str]:
        done = []
        for duty in (one for one in campaign.duties if one.asks):
            mine = [m.unit for m in self.units if m.board == campaign.board and m.kind in kinds_acting(duty)]
            left = [u for u in mine if not await notice_facts.is_done(self.tx, duty, campaign.slug, u, self.member)]
            done += [] if left else [duty.id]
        return frozenset(done)

    async def _is_done(self, told: Told) -> bool:
        if not told.rung.to.of_units or told.item is None:
            return False
        return await notice_facts.is_done(self.tx, told.item.duty, told.campaign.slug, told.notice.unit, self.member)


async def judged(tx: Tx, world: World, member: int, due: Sequence[Notice], today: date) -> tuple[list[Told], Dropped]:
    """Those of a person's due notices that hold on that day, and what becomes of the others."""
    units = await people.memberships(tx, member)
    own = await extensions.of_units(tx, sorted({m.unit for m in units}))
    judge = Judge(tx, world, member, units, own, await notice_facts.mutes(tx, member), today)
    told: list[Told] = []
    dropped: Dropped = {}
    for one in due:
        verdict = await judge.verdict(one)
        if isinstance(verdict, Told):
            told.append(verdict)
        else:
            dropped[one.id] = verdict
    return _one_of_each(told, dropped), dropped


def _one_of_each(told: list[Told], dropped: Dropped) -> list[Told]:
    """Of several rungs of one duty the latest alone is told, that it was moved before any; the others are written down."""
    last: dict[tuple[str, ...], Told] = {}
    for one in sorted(told, key=lambda t: (t.rung.name == MOVED, t.notice.day, _RANK[t.rung.to], t.notice.id)):
        earlier = last.get(_subject(one))
        if earlier:
            same_day = earlier.notice.day == one.notice.day or one.rung.name == MOVED
            dropped[earlier.notice.id] = EXPIRED, (Ended.TOLD if same_day else Ended.SUPERSEDED).value
        last[_subject(one)] = one
    return sorted(last.values(), key=lambda t: (not t.rung.to.of_units, t.notice.until, t.notice.id))


_RANK = {To.AUDIENCE: 0, To.ADDRESSED: 0, To.OFFICER: 0, To.HEAD: 1, To.ACTING: 2}
"""Who is told as head and as the one who hands in is told as the latter."""


def _subject(one: Told) -> tuple[str, ...]:
    """What it is about: several of one are told as one."""
    notice = one.notice
    own = one.item is not None and one.rung.to is To.ACTING and in_own_name(one.item.duty)
    whose = "each" if own else "units" if one.rung.to.of_units else "all"
    return whose, notice.kind, notice.campaign, notice.about, "" if own else notice.unit


async def worded(tx: Tx, world: World, member: int, due: Sequence[Notice], now: datetime) -> Worded:
    """One message for one person, of all these notices that still hold at that moment (in Asia/Ho_Chi_Minh).

    What was dropped before stays dropped, also where the message is tried again.
    """
    told, dropped = await judged(tx, world, member, [one for one in due if one.state in STANDS], now.date())
    if not told:
        return Worded(None, dropped)
    return Worded(await notice_words.message(tx, world, member, told, now.replace(tzinfo=None)), dropped)

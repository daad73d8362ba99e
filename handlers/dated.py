"""The dates of a campaign as its officers see them: which there are, how each was read and judged, in words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.campaign import Campaign, Duty, Phase
from domain.people import Act, may
from domain.reminders import To, of_duty
from domain.standing import DutyToday, Standing, duty_today
from handlers import words
from handlers.here import local
from storage import due_dates
from storage.due_dates import Dated, Judged, Kind
from texts.message import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.dossier import After
    from handlers.here import Here

KINDS: tuple[Kind, ...] = ("duty", "phase")
_NO_DAY = frozenset({"set_elsewhere", "recurring", "none"})


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a campaign: of a duty (as it stands today) or of a phase."""

    campaign: Campaign
    of: Duty | Phase
    judged: Judged
    item: DutyToday | None = None
    """how the duty stands today; None for a phase"""

    @property
    def dated(self) -> Dated:
        """Its name."""
        return Dated(self.campaign.slug, "duty" if self.item else "phase", self.of.id)

    @property
    def action(self) -> str:
        """Its place in a button."""
        return f"{self.dated.campaign}/{self.dated.kind}/{self.dated.id}"

    @property
    def title(self) -> Line:
        """What it is called."""
        return words.duty_title(self.of) if isinstance(self.of, Duty) else words.phase_name(self.of)

    @property
    def was_past(self) -> bool:
        """Whether it was over when the plan was issued: there is nothing to confirm then."""
        return self.item is not None and self.item.standing is Standing.MUTED

    @property
    def waits(self) -> bool:
        """Whether an officer has still to say that it was read right."""
        return self.judged.confirmed_at is None and not self.judged.muted and not self.was_past

    @property
    def has_no_day(self) -> bool:
        """Whether nothing can be counted down to: tentative, set elsewhere, recurring or not named at all."""
        kind = self.of.due.kind if isinstance(self.of, Duty) else ""
        return self.judged.last_day is None and (kind in _NO_DAY or kind == "tentative")


def boards(here: Here) -> list[str]:
    """The boards whose dates this person sets."""
    return sorted({m.board for m in here.units if may(Act.SET_DATES, m.role)})


async def of_campaign(here: Here, slug: str) -> list[Date] | None:
    """Every date of a campaign of this officer's board, those to confirm first, nearest first; None: not theirs.

    Of phases those whose printed days contradict themselves: the others need nobody's word.
    """
    found = here.world.campaign(slug)
    if found is None or found.board not in boards(here):
        return None
    judged, today = await due_dates.of_campaign(here.tx, slug), here.now.date()
    duties = [one for one in found.duties if not one.standing_duty]
    dates = [
        Date(found, one, (j := judged.get(("duty", one.id), Judged())), _item(here, found, one, j, today))
        for one in duties
    ]
    dates += [Date(found, one, judged.get(("phase", one.id), Judged())) for one in found.phases if one.to_confirm]
    return sorted(dates, key=_order)


def _item(here: Here, campaign: Campaign, duty: Duty, judged: Judged, today: date) -> DutyToday:
    confirmed = judged.confirmed_at is not None
    return duty_today(campaign, duty, today, here.world.calendar, confirmed=confirmed, last_day=judged.last_day)


def _order(one: Date) -> tuple[bool, bool, date, str]:
    last = one.item.last_day if one.item else one.campaign.days.last
    return not one.waits, one.item is None, last or date.max, one.of.id


async def find(here: Here, slug: str, kind: str, name: str) -> Date | None:
    """The date of that name; None: there is none that this person may see."""
    found = await of_campaign(here, slug) or ()
    return next((one for one in found if (one.dated.kind, one.of.id) == (kind, name)), None)


def waiting(dates: Iterable[Date]) -> list[Date]:
    """Those that an officer has still to confirm."""
    return [one for one in dates if one.waits]


def digest(dates: Iterable[Date]) -> str:
    """What tells one list of dates, each as it is read now, from another."""
    said = sorted(f"{one.action} {one.of.model_dump_json()} {one.judged.last_day}" for one in dates)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def brief(one: Date) -> Line:
    """One date in a list."""
    return line(f"dates.one.{_mark(one)}", title=one.title, when=stated(one))


def _mark(one: Date) -> str:
    if one.judged.muted or one.was_past:
        return "muted"
    return "waits" if one.waits else "no_day" if one.has_no_day else "confirmed"


def stated(one: Date) -> Line:
    """When it is, the printed words first; then the officer's own day, where there is one."""
    if isinstance(one.of, Phase):
        return line("dates.phase_days", printed=one.of.printed, start=one.of.start, end=one.of.end)
    last = one.judged.last_day
    return line("dates.own_day", stated=_printed(one), last=last) if last else _printed(one)


def _printed(one: Date) -> Line:
    if isinstance(one.of, Phase):
        return line("when.printed", printed=one.of.printed)
    printed = one.of.due.printed
    if printed:
        return line("when.printed", printed=printed)
    plan = one.campaign.window(one.of)
    return Line(f"when.{one.of.due.kind}", {"last": plan.last} if plan else {})


def who(one: Date) -> str:
    """Whom it is for, as printed."""
    return "; ".join(one.of.must_act) if isinstance(one.of, Duty) else ""


def read(one: Date) -> list[Line]:
    """The sentence it comes from, and how it was read."""
    quotes = (one.of.quote,) if isinstance(one.of, Phase) else one.of.quotes
    reading = "dates.reading_of_plan" if one.judged.last_day else "dates.reading"
    return [
        *(line("quote.text", quote=quote) for quote in quotes),
        *([line(reading, reading=one.of.reading)] if one.of.reading else []),
    ]


def whole(here: Here, one: Date) -> list[Line]:
    """Everything about one date."""
    head = line("dates.head", title=one.title, campaign=words.short_name(one.campaign))
    printed = line("dates.printed", printed=_printed(one))
    return [head, printed, *read(one), *_means(here, one), *_late(here, one), *_state(one)]


def _means(here: Here, one: Date) -> list[Line]:
    """What it comes to: the days that count, and when whom it concerns is told."""
    if isinstance(one.of, Phase):
        doubt = [line("ask.phase.to_confirm")] if one.of.to_confirm else []
        return [line("dates.phase", start=one.of.start, end=one.of.end), *doubt]
    assert one.item is not None
    if one.has_no_day:
        return [line("dates.no_day")]
    last = line("duty.last", last=one.item.last_day, working=one.item.last_working_day)
    return [last, *_reminded(here, one.item)] if not one.was_past else [last]


def after(here: Here, one: Date) -> After | None:
    """What becomes of what comes after its last day; None: nothing is handed in for it."""
    asks = isinstance(one.of, Duty) and one.of.asks
    return here.world.after(one.campaign.slug, one.of.id) if asks else None


def _late(here: Here, one: Date) -> list[Line]:
    rule = None if one.was_past or one.has_no_day else after(here, one)
    return [line(f"dates.state.after.{rule}")] if rule else []


def _reminded(here: Here, item: DutyToday) -> list[Line]:
    """On which days, once it is confirmed."""
    sure = duty_today(
        item.campaign, item.duty, here.now.date(), here.world.calendar, confirmed=True, last_day=item.last_day
    )
    told = {To.ACTING, To.AUDIENCE}
    days = sorted({r.day for r in of_duty(sure, here.world.calendar) if r.to in told and r.day >= here.now.date()})
    if not days:
        return []
    listed = ", ".join(f"{day.day:02d}/{day.month:02d}" for day in days)
    return [line("dates.reminded" if item.duty.asks else "dates.announced", days=listed)]


def _state(one: Date) -> list[Line]:
    judged = one.judged
    if one.was_past:
        return [line("dates.state.was_past")]
    lines = [line("dates.state.muted")] if judged.muted else []
    if judged.moved_why:
        lines.append(line("dates.state.moved", last=judged.last_day, why=judged.moved_why))
    elif judged.last_day:
        lines.append(line("dates.state.corrected", last=judged.last_day))
    if judged.confirmed_at is None:
        return lines or [line("dates.state.waits")]
    # where there is no day, there is none that anybody could have confirmed
    return lines if one.has_no_day else [*lines, _confirmed(judged, judged.confirmed_at)]


def _confirmed(judged: Judged, at: int) -> Line:
    return (
        line("dates.state.confirmed_by", who=judged.officer, at=local(at))
        if judged.officer
        else line("dates.state.confirmed")
    )

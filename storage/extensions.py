"""Extensions: which unit has a last day of its own for a duty, who asked for one, and who answered.

What a unit's own day says of what has been handed in: a version that was marked late stays marked, because it was late
by the day that held when it came in; a version handed in after the extension was given is judged by the new day.

Two who ask at once meet at the one open request a unit and duty can have; two who answer, at its locked row. Who locks
a request and writes an extension locks the request first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.extension import RequestState
from domain.people import ACCESS, Act
from storage import notices, people

if TYPE_CHECKING:
    from storage.units import Row, Tx


@dataclass(frozen=True, slots=True)
class Place:
    """Whose last day for what: slugs of unit and campaign, id of the duty."""

    unit: str
    campaign: str
    duty: str

    @property
    def about(self) -> str:
        """As the audit trail names it."""
        return f"{self.unit}/{self.campaign}/{self.duty}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request and, where there is one, its answer. Instants in microseconds; names None where people have left."""

    id: int
    board: str
    place: Place
    member: int
    reason: str
    wished: date
    state: RequestState
    granted: date | None
    answer: str | None
    asked_at: int
    answered_at: int | None
    asker: str | None
    officer: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: until the end of which day, and why."""

    board: str
    place: Place
    member: int
    reason: str
    wished: date


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer (`by`) gives a unit: its own last day; None takes an extension back."""

    place: Place
    last_day: date | None
    reason: str | None
    by: int


async def of_units(tx: Tx, units: list[str]) -> dict[tuple[str, str, str], date]:
    """The own last days of these (few) units, by unit, campaign and duty."""
    return {
        (unit, row["campaign"], row["duty"]): date.fromisoformat(row["last_day"])
        for unit in units
        for row in await tx.all("extensions.of_unit", unit=unit)
    }


async def of_duty(tx: Tx, campaign: str, duty: str) -> dict[str, date]:
    """Every unit's own last day for that duty, by unit."""
    rows = await tx.all("extensions.of_duty", campaign=campaign, duty=duty)
    return {row["unit"]: date.fromisoformat(row["last_day"]) for row in rows}


async def ask(tx: Tx, asked: Asked, now: int) -> tuple[Request, bool]:
    """Ask for an extension. False: the unit has asked before and waits; the request is that earlier one."""
    row = await tx.one(
        "extensions.ask", board=asked.board, **_columns(asked.place), member=asked.member, reason=asked.reason,
        wished=asked.wished.isoformat(), now=now,
    )  # fmt: skip
    if row is None:
        there = await waiting_for(tx, asked.place)
        return (there, False) if there else await ask(tx, asked, now)
    await people.audit(tx, now, asked.member, "extension.asked", asked.place.about, request=row["id"],
                       wished=asked.wished.isoformat(), reason=asked.reason)  # fmt: skip
    return await _known(tx, row["id"]), True


async def waiting_for(tx: Tx, place: Place) -> Request | None:
    """The request for that which nobody has answered yet, locked."""
    row = await tx.one("extensions.open", **_columns(place))
    return await _known(tx, row["id"]) if row else None


async def waiting(tx: Tx, board: str) -> list[Request]:
    """Every request to that board which nobody has answered yet, oldest first."""
    return [await _known(tx, row["id"]) for row in await tx.all("extensions.waiting", board=board)]


async def get(tx: Tx, number: int) -> Request | None:
    """The request of that id."""
    row = await tx.one("extensions.request", id=number)
    return _request(row) if row else None


async def lock(tx: Tx, number: int) -> Request | None:
    """The request of that id, locked for this transaction."""
    return await get(tx, number) if await tx.one("extensions.lock", id=number) else None


async def grant(tx: Tx, request: Request, last_day: date, by: int, now: int) -> Request:
    """Answer a locked request that nobody has answered: the unit's own last day is that day."""
    await _answer(tx, request, RequestState.GRANTED, by, now, granted=last_day)
    await _put(tx, Given(request.place, last_day, request.reason, by), now)
    return await _known(tx, request.id)


async def refuse(tx: Tx, request: Request, reason: str | None, by: int, now: int) -> Request:
    """Answer a locked request that nobody has answered: the last day stays as it is."""
    await _answer(tx, request, RequestState.REFUSED, by, now, answer=reason)
    return await _known(tx, request.id)


async def give(tx: Tx, given: Given, now: int) -> bool:
    """An officer gives a unit an extension, another one, or takes it back; False: it was so before.

    A request that waits is answered by it; taking back leaves it open.
    """
    request = await waiting_for(tx, given.place)
    row = await tx.one("extensions.get", **_columns(given.place))
    before = date.fromisoformat(row["last_day"]) if row else None
    if before == given.last_day:
        return False
    if request and given.last_day:
        await _answer(tx, request, RequestState.GRANTED, given.by, now, granted=given.last_day)
    await _put(tx, given, now)
    return True


async def void(tx: Tx, unit: str, campaign: str, duty: str, now: int, by: int | None = None) -> None:
    """The unit has handed in (`by` did): what it had asked for and nobody had answered needs no answer any more."""
    request = await waiting_for(tx, Place(unit, campaign, duty))
    if request:
        await _answer(tx, request, RequestState.VOID, by, now)


async def handed_in(tx: Tx, place: Place) -> tuple[str, int] | None:
    """Number of the unit's report on that duty and when it was handed in, unless it is withdrawn or was returned."""
    row = await tx.one("extensions.handed_in", **_columns(place))
    return (row["number"], row["filed_at"]) if row else None


async def officers(tx: Tx, board: str) -> list[int]:
    """Whoever may answer for that board."""
    rows = [r for role in ACCESS[Act.EXTEND] for r in await tx.all("extensions.in_board", board=board, role=role.value)]
    return sorted({row["member"] for row in rows})


async def delegates(tx: Tx, unit: str) -> list[int]:
    """Whoever may hand in for that unit."""
    acting = ACCESS[Act.FILE_FOR_OTHERS]
    rows = [r for role in acting for r in await tx.all("extensions.in_unit", unit=unit, role=role.value)]
    return sorted({row["member"] for row in rows})


async def _answer(
    tx: Tx, request: Request, state: RequestState, by: int | None, now: int,
    *, granted: date | None = None, answer: str | None = None,
) -> None:  # fmt: skip
    day = granted.isoformat() if granted else None
    await tx.run("extensions.answer", id=request.id, state=state.value, granted=day, answer=answer, by=by, now=now)
    await people.audit(tx, now, by, f"extension.{state}", request.place.about, request=request.id, last_day=day,
                       reason=answer)  # fmt: skip


async def _put(tx: Tx, given: Given, now: int) -> None:
    place, day = given.place, given.last_day.isoformat() if given.last_day else None
    if day is None:
        await tx.run("extensions.drop", **_columns(place))
    else:
        await tx.run("extensions.put", **_columns(place), last_day=day, reason=given.reason, by=given.by, now=now)
    act = "extension.given" if day else "extension.taken_back"
    await people.audit(tx, now, given.by, act, place.about, last_day=day, reason=given.reason)
    await notices.replan(tx, act, campaign=place.campaign, about=place.duty, unit=place.unit)


def _columns(place: Place) -> dict[str, str]:
    return {"unit": place.unit, "campaign": place.campaign, "duty": place.duty}


async def _known(tx: Tx, number: int) -> Request:
    found = await get(tx, number)
    assert found is not None
    return found


def _request(row: Row) -> Request:
    return Request(
        row["id"], row["board"], Place(row["unit"], row["campaign"], row["duty"]), row["member"], row["reason"],
        date.fromisoformat(row["wished"]), RequestState(row["state"]),
        date.fromisoformat(row["granted"]) if row["granted"] else None, row["answer"], row["asked_at"],
        row["answered_at"], row["asker"], row["officer"],
    )  # fmt: skip

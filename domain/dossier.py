"""A dossier (hồ sơ): its states, who may change them, its number, and whether it came in time."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from domain.campaign import Asks

if TYPE_CHECKING:
    from datetime import date


class State(StrEnum):
    """Where a dossier stands: nháp, đã gửi, yêu cầu bổ sung, đã duyệt, không duyệt, đã rút."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """What can be done to a dossier."""

    SUBMIT = "submit"
    """hand it in: the first time, again after it was returned or withdrawn, or as a new version"""
    WITHDRAW = "withdraw"
    RETURN = "return"
    """the office asks for changes"""
    ACCEPT = "accept"
    DECLINE = "decline"


_LEADS_TO: dict[Change, tuple[State, frozenset[State]]] = {
    Change.SUBMIT: (
        State.SUBMITTED,
        frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.WITHDRAWN}),
    ),
    Change.WITHDRAW: (State.WITHDRAWN, frozenset({State.SUBMITTED, State.RETURNED})),
    Change.RETURN: (State.RETURNED, frozenset({State.SUBMITTED, State.ACCEPTED, State.DECLINED})),
    Change.ACCEPT: (State.ACCEPTED, frozenset({State.SUBMITTED, State.RETURNED})),
    Change.DECLINE: (State.DECLINED, frozenset({State.SUBMITTED, State.RETURNED})),
}
OFFICE = frozenset({Change.RETURN, Change.ACCEPT, Change.DECLINE})
"""Changes made by the board's officers; the others are the filer's and their unit's."""
WITH_REASON = frozenset({Change.WITHDRAW, Change.RETURN, Change.DECLINE})
"""Changes that need a reason."""


def after(state: State, change: Change) -> State | None:
    """The state that `change` leads to from `state`; None: it cannot be made there."""
    leads_to, allowed_from = _LEADS_TO[change]
    return leads_to if state in allowed_from else None


class After(StrEnum):
    """What happens to what is handed in after the last valid day: a setting of each duty."""

    LATE = "late"
    """accepted, and marked late"""
    REFUSE = "refuse"


def takes(rule: After, *, late: bool, there: State | None) -> bool:
    """Whether something is taken that is late or not, in the place of what is there in that state (None: nothing is).

    Where late ones are refused nothing changes any more after the last day, except what the office has asked back.
    """
    return not late or rule is After.LATE or there is State.RETURNED


def is_late(filed: date, last_day: date | None) -> bool:
    """Whether something filed on that day (Asia/Ho_Chi_Minh) came after the last valid day; None: there is none."""
    return last_day is not None and filed > last_day


_KIND = {Asks.TITLE: "DH", Asks.INITIATIVE: "SK", Asks.WORK: "CT", Asks.REPORT: "BC"}
"""đăng ký danh hiệu, sáng kiến, công trình; báo cáo"""
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RUNNING = 5


def board_code(slug: str) -> str:
    """How numbers name a board: "kkt-hai-phong" is KKTHP."""
    first, *rest = slug.split("-")
    return (first + "".join(word[0] for word in rest)).upper()


def number_of(board: str, year: int, kind: Asks, running: int) -> str:
    """A dossier's number, to be read out: board code, year, kind, running number, check character."""
    bare = f"{board}-{year}-{_KIND[kind]}-{running:0{_RUNNING}d}"
    return f"{bare}-{_check(bare)}"


def tidy_number(typed: str) -> str | None:
    """A number as it may have been typed (lower case, blanks for dashes) in its one spelling; None: it is no number.

    The check character finds any one wrong character and most swapped ones.
    """
    parts = typed.upper().replace("-", " ").split()
    bare, check = "-".join(parts[:-1]), parts[-1] if parts else ""
    signs = set("".join(parts))
    if len(parts) != len(("board", "year", "kind", "running", "check")) or not signs <= set(_SIGNS):
        return None
    return f"{bare}-{check}" if parts[2] in _KIND.values() and _check(bare) == check else None


def _check(bare: str) -> str:
    """ISO/IEC 7064, MOD 37,36."""
    product = len(_SIGNS)
    for sign in bare.replace("-", ""):
        total = (product + _SIGNS.index(sign)) % len(_SIGNS) or len(_SIGNS)
        product = total * 2 % (len(_SIGNS) + 1)
    return _SIGNS[(len(_SIGNS) + 1 - product) % len(_SIGNS)]

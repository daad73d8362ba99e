"""A broadcast's states, and which step leads from which to which. Pure."""

from __future__ import annotations

from enum import StrEnum


class BroadcastState(StrEnum):
    """Where a launch or a message to many stands."""

    WAITING = "waiting"
    """for a second person's word"""
    SCHEDULED = "scheduled"
    """for its time"""
    LISTING = "listing"
    """its audience is frozen, and its people are being written down"""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """taken back, before or while it went out; who had not been sent it stays listed"""
    DONE = "done"
    """nobody is left on the list"""
    DECLINED = "declined"


class Step(StrEnum):
    """What can be done to a broadcast."""

    APPROVE = "approve"
    DECLINE = "decline"
    HOLD = "hold"
    """by its hour it goes to more than its author may write to alone"""
    RESCHEDULE = "reschedule"
    """it goes at another time"""
    BEGIN = "begin"
    """its time has come"""
    RUN = "run"
    """everybody is listed"""
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FINISH = "finish"
    AGAIN = "again"
    """whom it did not reach is put back on the list"""


_S = BroadcastState
_LEADS: dict[Step, dict[BroadcastState, BroadcastState]] = {
    Step.APPROVE: {_S.WAITING: _S.SCHEDULED},
    Step.DECLINE: {_S.WAITING: _S.DECLINED},
    Step.HOLD: {_S.SCHEDULED: _S.WAITING},
    Step.RESCHEDULE: {_S.WAITING: _S.WAITING, _S.SCHEDULED: _S.SCHEDULED},
    Step.BEGIN: {_S.SCHEDULED: _S.LISTING},
    Step.RUN: {_S.LISTING: _S.RUNNING},
    Step.PAUSE: {_S.RUNNING: _S.PAUSED},
    Step.RESUME: {_S.PAUSED: _S.RUNNING},
    Step.STOP: dict.fromkeys((_S.WAITING, _S.SCHEDULED, _S.LISTING, _S.RUNNING, _S.PAUSED), _S.STOPPED),
    Step.FINISH: {_S.RUNNING: _S.DONE},
    Step.AGAIN: {_S.DONE: _S.RUNNING, _S.RUNNING: _S.RUNNING, _S.PAUSED: _S.PAUSED},
}
AHEAD = frozenset({_S.WAITING, _S.SCHEDULED})
"""States of what nobody has been sent anything of."""
OVER = frozenset({_S.STOPPED, _S.DONE, _S.DECLINED})
"""States in which nothing goes out and nothing waits to."""


def after(state: BroadcastState, step: Step) -> BroadcastState | None:
    """The state that `step` leads to from `state`; None: it cannot be taken there."""
    return _LEADS[step].get(state)


class RecipientState(StrEnum):
    """What became of one person of an audience."""

    LISTED = "listed"
    """to be sent it"""
    QUEUED = "queued"
    """a row of the outbox"""
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """in doubt: it may have been delivered"""
    REMOVED = "removed"
    """taken away when it was about to be sent: left the unit, or the board"""


UNREACHED = frozenset({RecipientState.FAILED, RecipientState.UNKNOWN})
"""Whom it did not certainly reach: they can be sent it again."""

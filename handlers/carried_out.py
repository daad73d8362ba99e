"""Who carries out what a conversation comes to, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.commands import (
    AnswerExtension,
    AskExtension,
    ChangeDossier,
    Chase,
    DeclineBroadcast,
    DeclineConsent,
    DropFiles,
    EraseMe,
    Extend,
    HandInReport,
    Join,
    LookAtBroadcast,
    MoveBroadcast,
    OpenDossier,
    OpenRegistration,
    Register,
    SendBroadcast,
    SetLastDay,
    SetTitleRule,
)
from handlers import (
    agreeing,
    broadcasting,
    chasing,
    dossiers,
    due_dates,
    extending,
    giving,
    granting,
    joining,
    judging,
    office,
    privacy,
    registering,
    reporting,
    rescheduling,
    unasked,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.here import Reply

CARRIED_OUT: dict[type, Callable[..., Awaitable[Reply]]] = {
    Join: joining.join,
    DeclineConsent: joining.decline,
    EraseMe: privacy.erase_me,
    Register: registering.hand_in,
    HandInReport: reporting.hand_in,
    DropFiles: unasked.drop,
    OpenDossier: dossiers.opened,
    ChangeDossier: judging.change,
    OpenRegistration: office.open_registration,
    SetTitleRule: office.set_title_rule,
    AskExtension: extending.asked,
    AnswerExtension: granting.answer,
    Extend: giving.extend,
    SendBroadcast: broadcasting.send,
    LookAtBroadcast: broadcasting.look,
    DeclineBroadcast: agreeing.decline,
    MoveBroadcast: rescheduling.moved,
    SetLastDay: due_dates.set_last_day,
    Chase: chasing.chase,
}
"""Who carries out each command that a flow can end in."""

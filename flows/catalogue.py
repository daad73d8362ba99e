"""Every flow there is, by name."""

from __future__ import annotations

from domain.campaign import Asks
from flows.broadcast import BROADCAST, DECLINE_BROADCAST, LAUNCH, MOVE_BROADCAST
from flows.chase import CHASE
from flows.due_dates import CORRECT_DATE, MOVE_DATE
from flows.erase import ERASE
from flows.extend import EXTEND, EXTEND_TO, NO_EXTENSION
from flows.extension import EXTENSION
from flows.join import JOIN
from flows.judge import JUDGE
from flows.open_registration import OPEN_REGISTRATION
from flows.register_initiative import REGISTER_INITIATIVE
from flows.register_title import REGISTER_TITLE
from flows.register_work import REGISTER_WORK
from flows.report import REPORT
from flows.title_rule import TITLE_RULE
from flows.withdraw import WITHDRAW

OFFICE = (
    JUDGE,
    OPEN_REGISTRATION,
    TITLE_RULE,
    EXTEND,
    EXTEND_TO,
    NO_EXTENSION,
    CORRECT_DATE,
    MOVE_DATE,
    CHASE,
    BROADCAST,
    LAUNCH,
    DECLINE_BROADCAST,
    MOVE_BROADCAST,
)
"""For officers alone."""
FLOWS = {
    flow.name: flow
    for flow in (JOIN, ERASE, REGISTER_TITLE, REGISTER_INITIATIVE, REGISTER_WORK, REPORT, WITHDRAW, EXTENSION, *OFFICE)
}
FLOW_OF = {
    Asks.TITLE: REGISTER_TITLE.name,
    Asks.INITIATIVE: REGISTER_INITIATIVE.name,
    Asks.WORK: REGISTER_WORK.name,
    Asks.REPORT: REPORT.name,
}
"""The conversation in which what a duty asks for is registered or handed in."""

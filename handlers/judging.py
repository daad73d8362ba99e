"""What changes a dossier's state: withdrawing by the filer, returning, accepting and declining by the board's office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dossier import OFFICE
from handlers import dossiers as shown
from handlers.facts import open_flow
from handlers.here import Here, Reply, number_in, reply, to_menu
from storage import dossiers, notices
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from flows.commands import ChangeDossier
    from storage.dossiers import Dossier


async def withdraw(here: Here, number: str = "", *_: str) -> Reply:
    """Ask for the reason."""
    if not await shown.mine_to_change(here, number):
        return await shown.refused(here)
    return await open_flow(here, "withdraw", {"dossier": number})


async def judge(here: Here, number: str = "", *_: str) -> Reply:
    """An officer returns, accepts or declines a dossier of their board, as it stands now."""
    found = await shown.office_to_judge(here, number)
    if not found:
        return await shown.refused(here)
    return await open_flow(here, "judge", {"dossier": number, "version": str(found.version)})


async def change(here: Here, command: ChangeDossier) -> Reply:
    """Carry it out, if it still can be; the filer is told by whom and why."""
    allowed = shown.office_to_judge if command.change in OFFICE else shown.mine_to_change
    before = await allowed(here, command.number)
    if before is None:
        return await shown.refused(here)
    if before.version != number_in(here.context.get("version", str(before.version))):
        return await _look_again(here, before)
    now = await dossiers.change(here.tx, before.number, command.change, here.member.id, command.reason, here.at)
    back = (Choice(line("dossier.back"), f"dossier/{before.number}"), *to_menu())
    if now is None:
        return reply(
            here, say(line("dossier.changed_meanwhile", state=line(f"dossier.state.{before.state}")), choices=back)
        )
    await _follows(here, before, now, command.reason)
    return reply(here, say(line(f"dossier.{now.state}.done_by_you", number=now.number), choices=back))


async def _follows(here: Here, before: Dossier, now: Dossier, reason: str | None) -> None:
    """Its unit is reminded again, or no more; the filer is told."""
    await notices.replan(here.tx, f"a dossier is {now.state}", campaign=now.campaign, unit=now.unit)
    await shown.tell_filer(here, before, f"dossier.told.{now.state}", reason)


async def _look_again(here: Here, found: Dossier) -> Reply:
    """There is a newer version than the one that was decided on: nobody decides on what they have not seen."""
    told = line("dossier.renewed_meanwhile", number=found.number, n=found.version)
    again = Choice(line("dossier.judge.button"), f"judge/{found.number}")
    return reply(here, say(told, choices=(Choice(line("dossier.back"), f"dossier/{found.number}"), again, *to_menu())))

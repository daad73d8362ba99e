"""One dossier: its state, history and receipt, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.dossier import Change, State, after, tidy_number
from domain.registration import registration_of
from flows.asking import REVIEW
from flows.catalogue import FLOW_OF
from flows.identity import answers_of
from handlers import described
from handlers.facts import open_flow
from handlers.here import Here, Reply, local, reply, to_menu
from handlers.seeing import is_office, may_change, may_see
from storage import dossier_files, dossier_lists, dossiers, outbox, people
from texts.message import Attachment, Choice, Line, Message, line, say

if TYPE_CHECKING:
    from flows.commands import OpenDossier
    from storage.dossiers import Dossier


def state_line(state: State) -> Line:
    """Where a dossier stands, in words."""
    return line(f"dossier.state.{state}")


async def one(here: Here, number: str = "", *_: str) -> Reply:
    """One dossier: what it says, where it stands, and what can be done."""
    found = await seen(here, number)
    if found is None:
        return await refused(here)
    if here.home and found.filer != here.member.id and found.unit != here.home.unit:
        await people.audit(here.tx, here.at, here.member.id, "dossier.seen", number)
    campaign = here.world.campaign(found.campaign)
    assert campaign is not None
    unit = here.world.units[found.unit].name
    shown = described.lines(described.fields(found.content, campaign, unit, here.now.date()))
    gone = await _forgotten(here, found)
    lines = [*_head(found, unit), *shown, *await _reason(here, found), *gone]
    ways = [*await _files(here, found), *_ways(here, found, whole=not gone)]
    return reply(here, say(*lines, choices=(*ways, *to_menu()), replaces=True))


def _head(found: Dossier, unit: str) -> list[Line]:
    late = [line("dossier.late")] if found.late else []
    filed = line("dossier.filed", at=local(found.filed_at), version=found.version)
    what = line(f"dossier.kind.{found.kind}")
    return [line("dossier.head", number=found.number, what=what), line("dossier.stands", state=state_line(found.state)),
            line("dossier.unit", unit=unit), filed, *late]  # fmt: skip


async def _reason(here: Here, found: Dossier) -> list[Line]:
    """Why it was returned, declined or withdrawn."""
    if found.state not in {State.RETURNED, State.DECLINED, State.WITHDRAWN}:
        return []
    last = (await dossier_lists.history(here.tx, found.number))[-1]
    return [line("dossier.reason", reason=last.reason)] if last.reason else []


async def _forgotten(here: Here, found: Dossier) -> list[Line]:
    """That its files were deleted for their age."""
    at = await dossier_files.forgotten_at(here.tx, found.number)
    return [line("files_of.forgotten", day=local(at).date())] if at is not None else []


async def _files(here: Here, found: Dossier) -> list[Choice]:
    """The way to the files of the latest version that has any."""
    latest = await dossier_files.latest(here.tx, found)
    return [Choice(line("files_of.button", n=latest[1]), f"files/{found.number}/{latest[0]}")] if latest else []


def _ways(here: Here, found: Dossier, *, whole: bool) -> list[Choice]:
    """What this person can do with it, from the state it is in; `whole`: what was handed in with it is still there."""
    number, ways = found.number, []
    if whole and _mine(here, found) and after(found.state, Change.SUBMIT):
        again = "again" if found.state is State.WITHDRAWN else "edit"
        ways.append(Choice(line(f"dossier.{again}.button"), f"edit/{number}"))
    if _mine(here, found) and after(found.state, Change.WITHDRAW):
        ways.append(Choice(line("dossier.withdraw.button"), f"withdraw/{number}"))
    if is_office(here.units, found) and any(
        after(found.state, c) for c in (Change.RETURN, Change.ACCEPT, Change.DECLINE)
    ):
        ways.append(Choice(line("dossier.judge.button"), f"judge/{number}"))
    ways.append(Choice(line("dossier.receipt.button"), f"receipt/{number}"))
    ways.append(Choice(line("dossier.history.button"), f"history/{number}"))
    return [*ways, Choice(line("dossiers.button"), "dossiers")]


async def seen(here: Here, number: str) -> Dossier | None:
    """The dossier of that number, if this person may see it."""
    found = await dossiers.get(here.tx, tidy_number(number) or "")
    return found if found and may_see(here.member.id, here.units, found) else None


def _mine(here: Here, found: Dossier) -> bool:
    return may_change(here.member.id, here.units, found)


async def mine_to_change(here: Here, number: str) -> Dossier | None:
    """The dossier, locked, if this person may hand in a new version of it."""
    found = await dossiers.lock(here.tx, number)
    return found if found and _mine(here, found) else None


async def office_to_judge(here: Here, number: str) -> Dossier | None:
    """The dossier, locked, if this person is of the office it was handed in to."""
    found = await dossiers.lock(here.tx, number)
    return found if found and is_office(here.units, found) else None


async def refused(here: Here) -> Reply:
    """There is no such dossier, or none this person may see: the same words for both."""
    return reply(
        here, say(line("dossier.not_yours"), choices=(Choice(line("dossiers.button"), "dossiers"), *to_menu()))
    )


async def opened(here: Here, command: OpenDossier) -> Reply:
    """A conversation came upon a dossier that is there already: shown; where all was answered, with these answers."""
    found = await seen(here, command.number)
    if found and _mine(here, found) and after(found.state, Change.SUBMIT):
        changing = await with_answers(here, found.kind, found.number, found.version, dict(here.answered))
        if changing.session.flow and changing.session.flow.step == REVIEW:
            return changing
    return await one(here, command.number)


async def with_answers(here: Here, kind: Asks, number: str, version: int, answers: dict[str, Any]) -> Reply:
    """Answers given for something new, as a change of the dossier that is there: confirming makes them its new version."""
    context = {**here.context, "dossier": number, "version": str(version)}
    again = await open_flow(here, FLOW_OF[kind], context, answers)
    return replace(again, messages=(say(line("register.there_already", number=number)), *again.messages))


async def edit(here: Here, number: str = "", *_: str) -> Reply:
    """The conversation it came from, all answered, at its review."""
    found = await seen(here, number)
    if found is None or not _mine(here, found) or after(found.state, Change.SUBMIT) is None:
        return await refused(here)
    if await dossier_files.forgotten_at(here.tx, found.number) is not None:
        return await one(here, number)
    place = next(n for n, m in enumerate(here.units) if m.unit == found.unit)
    context = {
        "campaign": found.campaign, "kind": found.kind.value, "unit": str(place),
        "dossier": found.number, "version": str(found.version),
    }  # fmt: skip
    answers = answers_of(registration_of(found.content), here.member.name)
    return await open_flow(here, FLOW_OF[found.kind], context, answers)


async def history(here: Here, number: str = "", *_: str) -> Reply:
    """Who did what when, and why."""
    found = await seen(here, number)
    if found is None:
        return await refused(here)
    steps = await dossier_lists.history(here.tx, found.number)
    lines = [line("dossier.history.head", number=found.number)]
    for step in steps:
        who = step.name or line("dossier.history.somebody")
        lines.append(
            line("dossier.history.one", at=local(step.at), what=line(f"{step.act}.done"), who=who, n=step.version)
        )
        lines += [line("dossier.reason", reason=step.reason)] if step.reason else []
    return reply(here, say(*lines, choices=(Choice(line("dossier.back"), f"dossier/{found.number}"), *to_menu())))


async def receipt(here: Here, number: str = "", *_: str) -> Reply:
    """The receipt again."""
    found = await seen(here, number)
    return await refused(here) if found is None else receipt_message(here, found, line("dossier.receipt.again"))


def receipt_message(here: Here, found: Dossier, head: Line) -> Reply:
    """What proves that it was handed in: number, time, hash, link; and the receipt to keep or print."""
    late = [line("dossier.late")] if found.late else []
    url, unit = f"{here.site.public_url}/kiem-tra/{found.number}", here.world.units[found.unit].name
    lines = (
        head, _whose(found.label, unit),
        line("dossier.receipt.number", number=found.number), line("dossier.receipt.at", at=local(found.filed_at)),
        *late, line("dossier.receipt.hash", sha256=found.sha256[:16]), line("dossier.receipt.check", url=url),
    )  # fmt: skip
    attach = Attachment("receipt", {"number": found.number, "version": str(found.version)})
    more = ("reports.more", "reports") if found.kind is Asks.REPORT else ("register.more", "register")
    choices = (Choice(line("dossier.back"), f"dossier/{found.number}"), Choice(line(more[0]), more[1]))
    answered = reply(here, say(*lines, choices=(*choices, *to_menu())))
    return Reply((Message(answered.messages[0].lines, answered.messages[0].choices, attach=attach),), answered.session)


def _whose(label: str, unit: str) -> Line:
    """What it is, and for whom; a unit itself is named once."""
    if label == unit:
        return line("dossier.receipt.unit", unit=unit)
    return line("dossier.receipt.what", what=label, unit=unit)


async def tell_filer(here: Here, found: Dossier, text: str, reason: str | None = None) -> None:
    """Tell whose it is, and who corrected it last, that somebody else has changed it or its state."""
    latest = await dossier_lists.version(here.tx, found.number, found.version)
    whom = {found.filer, latest.member if latest else found.filer} - {here.member.id}
    steps = await dossier_lists.history(here.tx, found.number)
    told = line(text, number=found.number, label=found.label, who=here.member.name or line("dossier.history.somebody"))
    why = [line("dossier.reason", reason=reason)] if reason else []
    message = say(told, *why, choices=(Choice(line("dossier.back"), f"dossier/{found.number}"),))
    for one in sorted(whom):
        await outbox.put_notice(here.tx, f"dossier:{found.number}:{len(steps)}:{here.row}:{one}", one, message, here.at)

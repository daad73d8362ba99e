"""One's own notices (/nhacviec): at which hour, and of what else than duties. Of duties everybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

from domain.people import Act, may
from domain.reminders import MORNING, Topic
from flows.answers import tidy
from flows.time_said import hour_said
from handlers.here import Here, Reply, reply, to_menu
from storage import preferences
from texts.message import Choice, Line, line, say

if TYPE_CHECKING:
    from storage.preferences import Preferences

HOUR = "notice_hour"
LATEST = time(20, 0)
OFFERED = (MORNING, *(time(hour) for hour in (8, 9, 11, 14, 17)))
"""Hours to tap; any minute between the first and the last can be typed. Fewer than the first hour that may be chosen: so
a number typed is either the number of one of them or an hour, never both."""


async def mine(here: Here, typed: str = "", *_: str) -> Reply:
    """How it is, and what can be changed; with an hour typed behind the command, that hour."""
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    return await at(here, typed) if typed else _shown(here, await preferences.of(here.tx, here.member.id))


def _shown(here: Here, own: Preferences, *told: Line) -> Reply:
    topics = _topics(here)
    lines = [
        line(f"preferences.{'off' if one in own.mutes else 'on'}", topic=line(f"preferences.topic.{one}"))
        for one in topics
    ]
    switches = [
        Choice(line(f"preferences.switch_{way}", topic=line(f"preferences.topic.{one}")), f"topic/{one}/{way}")
        for one in topics
        for way in ("on" if one in own.mutes else "off",)
    ]
    head = line("preferences.head", at=_written(own.at))
    choices = (Choice(line("preferences.hour"), HOUR), *switches, *to_menu())
    return reply(here, say(*told, head, *lines, choices=choices, replaces=True))


def _topics(here: Here) -> list[Topic]:
    """What may be switched off: summaries are only told to officers."""
    return [one for one in Topic if one is not Topic.SUMMARIES or may(Act.CHASE, here.role)]


def _written(at: time) -> str:
    return f"{at:%H:%M}"


async def at(here: Here, typed: str = "", *_: str) -> Reply:
    """From that hour on; without one, which?"""
    if here.home is None:
        return await mine(here)
    chosen = hour_said(tidy(typed)) if typed else None
    if chosen is None:
        return _ask(here)
    if not MORNING <= chosen <= LATEST:
        return _ask(here, line("preferences.not_then", at=_written(chosen)))
    own = replace(await preferences.of(here.tx, here.member.id), at=chosen)
    await preferences.put(here.tx, here.member.id, own)
    return _shown(here, own, line("preferences.hour_set", at=_written(chosen)))


def typed_at(here: Here, said: str) -> str | None:
    """What an hour typed at a screen where it can be changed leads to; None: it is none, or another screen is shown."""
    if not any(one.action.partition("/")[0] == HOUR for one in here.session.menu):
        return None
    meant = hour_said(tidy(said))
    return f"{HOUR}/{_written(meant)}" if meant else None


def _ask(here: Here, *told: Line) -> Reply:
    choices = tuple(Choice(line("flow.use_known", value=_written(one)), f"{HOUR}/{_written(one)}") for one in OFFERED)
    asked = line("preferences.ask", first=_written(MORNING), last=_written(LATEST))
    return reply(here, say(*told, asked, choices=choices, replaces=True))


async def topic(here: Here, name: str = "", way: str = "", *_: str) -> Reply:
    """Switch one topic off or on again."""
    if here.home is None or name not in set(Topic) or way not in {"on", "off"}:
        return await mine(here)
    own = await preferences.of(here.tx, here.member.id)
    wanted = replace(own, mutes=own.mutes | {Topic(name)} if way == "off" else own.mutes - {Topic(name)})
    await preferences.put(here.tx, here.member.id, wanted)
    return _shown(here, wanted)


async def kept(here: Here) -> Line:
    """The same in a line, among what is kept about a person."""
    own = await preferences.of(here.tx, here.member.id)
    return line("privacy.notices" if own.mutes else "privacy.notices_all", at=_written(own.at), number=len(own.mutes))

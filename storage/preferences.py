"""When on its day somebody wants to be told, and what else than duties they do not want to hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from domain.reminders import Topic

if TYPE_CHECKING:
    from storage.units import Tx

HOUR = 60


@dataclass(frozen=True, slots=True)
class Preferences:
    """The hour (Asia/Ho_Chi_Minh) from which on notices of a day come, and the topics that do not."""

    at: time
    mutes: frozenset[Topic]


async def of(tx: Tx, member: int) -> Preferences:
    """What that person has chosen, or what holds for everybody."""
    row = await tx.one("preferences.of", member=member)
    topics = frozenset(Topic(one) for one in row["mutes"].split() if one in set(Topic))
    return Preferences(time(*divmod(row["notice_minute"], HOUR)), topics)


async def put(tx: Tx, member: int, wanted: Preferences) -> None:
    """From now on so."""
    minute, mutes = wanted.at.hour * HOUR + wanted.at.minute, " ".join(sorted(wanted.mutes))
    await tx.run("preferences.put", member=member, minute=minute, mutes=mutes)

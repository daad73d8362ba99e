"""What a person's notices say, put into words when their message is claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import reminding
from storage import notices
from storage.claims import Drop
from texts.message import lasting

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.world import Worlds
    from storage.claims import Parcel
    from storage.units import Tx
    from texts.message import Message


@dataclass(frozen=True, slots=True)
class Reminders:
    """Implements scheduler.judge.Wording over the content in force."""

    worlds: Worlds

    async def __call__(self, tx: Tx, parcel: Parcel, now: datetime) -> Message | Drop:
        """The message of what still holds; what does not is ended with its reason."""
        content = await tx.one("settings.get", name="content")
        world = await self.worlds.of(tx, content["value"] if content else None)
        told = [one for one in await notices.of_message(tx, parcel.id) if one.state == "queued"]
        found = await reminding.worded(tx, world, parcel.member, told, now)
        await notices.drop(tx, found.dropped, int(now.timestamp() * 1_000_000))
        if found.message is not None:
            return lasting(found.message)
        return Drop(*next(iter(found.dropped.values()), ("cancelled", "nothing is left to tell")))

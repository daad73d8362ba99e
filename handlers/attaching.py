"""Files that people send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import converse

if TYPE_CHECKING:
    from handlers.here import Here, Reply, SentFile


async def sent(here: Here, _file: SentFile | None, _caption: str) -> Reply:
    """Somebody sent a file, perhaps with a caption; nothing asks for one yet."""
    return await converse.not_taken(here, "file")

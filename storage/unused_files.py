"""Files that nothing uses any more: found, and forgotten without harm to whoever hands in the same content just then.

Used is what a dossier's version holds, or what is put together of its pictures. Named is what may still be handed in:
in a conversation, a draft, a workbook being checked, work, messages that wait. A file is forgotten that is neither, and
came more than so long ago. How its races are closed:

- The same content comes again: once it has, its row is as new (`files.put`), which is asked for as the row is dropped.
  Dropped while it is still on its way, it comes back with the arrival, whose bytes `remove_unknown` lets be.
- Somebody hands it in just then: their use holds the file's row, which is waited for before it is asked who uses it.
- Named only after it was looked: nobody can name content but by sending it again, or from where it was named before.
- The row goes first, committed; then the content, by `FileStore.remove_unknown`. Killed in between, it leaves content
  that no row knows, which the hourly check takes away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.files import Kept

if TYPE_CHECKING:
    from storage.units import Tx

PAGE = 1000
_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


async def page(tx: Tx, before: int, after: str) -> list[Kept]:
    """Stored files that no dossier uses and that last came before an instant of machine time; by name, behind `after`."""
    rows = await tx.all("files.unused", before=before, after=after, most=PAGE)
    return [Kept(row["sha256"], row["size"]) for row in rows]


async def named(tx: Tx) -> frozenset[str]:
    """The content that is named wherever something may still be handed in from."""
    return frozenset(sha256 for row in await tx.all("files.still_named") for sha256 in _SHA256.findall(row["said"]))


async def drop(tx: Tx, sha256: str, before: int) -> bool:
    """Forget its row, if still nothing uses it and it has not come again; its content is unknown from then on."""
    await tx.one("files.lock", sha=sha256)
    await tx.one("files.hold", sha=sha256)
    return bool(await tx.run("files.drop_unused", sha=sha256, before=before))

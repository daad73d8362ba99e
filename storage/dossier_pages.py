"""The photographs of a dossier's version, put together as one PDF: which file that is. The photographs stay beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import files

if TYPE_CHECKING:
    from storage.files import Kept
    from storage.units import Tx

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Together:
    """A stored PDF of `size` bytes, a page for each photograph of the version."""

    sha256: str
    size: int
    pages: int


async def put(tx: Tx, number: str, version: int, kept: Kept, pages: int) -> Together:
    """Say that this stored PDF has the photographs of a version; the one that is said, which is the first ever put."""
    await tx.run("dossier_pages.put", number=number, version=version, sha=kept.sha256, size=kept.size, pages=pages)
    found = await get(tx, number, version)
    assert found is not None
    if found.sha256 == kept.sha256:
        await files.typed(tx, kept.sha256, PDF)
        await files.use(tx, kept.sha256, f"dossier:{number}:{version}")
    return found


async def get(tx: Tx, number: str, version: int) -> Together | None:
    """The PDF of a version's photographs; None: there is none, or not yet."""
    row = await tx.one("dossier_pages.get", number=number, version=version)
    return Together(row["sha256"], row["size"], row["pages"]) if row else None

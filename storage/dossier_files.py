"""The files of dossiers: what was handed in with a version, what of it can still be read, and how it is forgotten.

A version names its files for good, by their hashes; their content is kept as long as a row of `file_uses` says that the
version uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import dossier_lists, dossiers, people

if TYPE_CHECKING:
    from domain.campaign import Asks
    from storage.dossiers import Dossier
    from storage.units import Tx

PDF = "application/pdf"
TOGETHER = 0
"""The place of the PDF that was put together from a version's photographs; files handed in count from 1."""
SEEN = "file.seen"
FORGOTTEN = "dossier.files_forgotten"
"""Acts of the audit trail: a file was handed out to somebody; the files of a dossier were deleted for their age."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file of a version. `name`: what it was called; None where it was put together here.

    `kept`: its content is still there. `unscanned`: a virus scanner should have looked at it and was away.
    """

    place: int
    sha256: str
    name: str | None
    size: int
    media_type: str
    pages: int | None
    kept: bool
    unscanned: bool


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """A version's files: the PDF made of its photographs, then those handed in, in their order. `filed_at`: microseconds."""

    version: int
    filed_at: int
    files: tuple[HandedFile, ...]

    def at(self, place: int) -> HandedFile | None:
        """The file of that place."""
        return next((one for one in self.files if one.place == place), None)


def holder_of(number: str, version: int) -> str:
    """The name under which a version uses its files."""
    return f"dossier:{number}:{version}"


async def of_version(tx: Tx, number: str, version: int) -> VersionFiles | None:
    """The files of a version; None: there is no such version."""
    found = await dossier_lists.version(tx, number, version)
    if found is None:
        return None
    scans = {
        row["sha256"]: row["scan"] for row in await tx.all("dossier_files.kept", holder=holder_of(number, version))
    }
    handed = enumerate(found.content["registration"].get("files") or (), start=1)
    together = await tx.all("dossier_files.pages", number=number, version=version)
    made = (
        HandedFile(TOGETHER, row["sha256"], None, row["size"], PDF, row["pages"], row["kept"] is not None,
                   row["scan"] == "unscanned") for row in together
    )  # fmt: skip
    return VersionFiles(version, found.filed_at, (*made, *(_handed(place, one, scans) for place, one in handed)))


def _handed(place: int, one: dict[str, Any], scans: dict[str, str | None]) -> HandedFile:
    return HandedFile(
        place, one["sha256"], one["name"], one["size"], one["media_type"], one.get("pages"), one["sha256"] in scans,
        scans.get(one["sha256"]) == "unscanned",
    )  # fmt: skip


async def latest(tx: Tx, found: Dossier) -> tuple[int, int] | None:
    """The latest version of a dossier with which files were handed in, and how many; None: with none."""
    many = len(found.content.get("files") or ())
    for number in range(found.version, 0, -1):
        if many:
            return number, many
        earlier = await dossier_lists.version(tx, found.number, number - 1) if number > 1 else None
        many = len(earlier.content["registration"].get("files") or ()) if earlier else 0
    return None


async def seen(tx: Tx, number: str, file: HandedFile, member: int, way: str, now: int) -> None:
    """Write into the audit trail that a file was handed out to somebody, by "chat" or by "link"."""
    await people.audit(tx, now, member, SEEN, number, sha256=file.sha256, name=file.name, way=way)


async def forgotten_at(tx: Tx, number: str) -> int | None:
    """When files of this dossier were last deleted for their age (microseconds); None: never."""
    row = await tx.one("dossier_files.forgotten", number=number, act=FORGOTTEN)
    return int(row["at"]) if row["at"] is not None else None


async def due(tx: Tx, kind: Asks, before: int, after: str) -> list[str]:
    """Numbers of dossiers of that kind with files, unchanged since `before`: at most a page, those behind `after`."""
    rows = await tx.all("dossier_files.due", kind=kind.value, before=before, after=after, most=PAGE)
    return [row["number"] for row in rows]


async def forget(tx: Tx, number: str, before: int, now: int) -> bool:
    """This dossier uses none of its files any more; what it says, their hashes included, stays.

    False: it has been changed since `before` meanwhile.
    """
    found = await dossiers.lock(tx, number)
    if found is None or await tx.one("dossier_files.is_due", number=number, before=before) is None:
        return False
    gone = 0
    for version in range(1, found.version + 1):
        gone += await tx.run("dossier_files.drop_uses", holder=holder_of(number, version))
    await tx.run("dossier_files.drop_pages", number=number)
    await people.audit(tx, now, None, FORGOTTEN, number, files=gone)
    return True

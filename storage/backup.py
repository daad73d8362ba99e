"""Backups: the database and the stored files in one archive that is either whole or not there.

One .tar rather than a folder: it can be moved, encrypted and kept as one thing, and its last part, the manifest with a
checksum for every other part, proves that nothing is missing. It holds personal data: only its owner may read it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from storage import migrate
from storage.queries import Dialect, Queries

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite", "postgres": "database.dump"}
FILES = "files"
_BLOCK = 1024 * 1024


class BrokenBackupError(Exception):
    """The archive is not a whole backup of this program; nothing was restored."""


class NotEmptyError(Exception):
    """The database already holds something; nothing was restored."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An archive's parts, checked against its manifest."""

    database: Path
    files: dict[str, Path]
    """path within the folder of files, and where it lies now"""
    made_at: str


def save(database: Path, files: Path, into: Path, made_at: str) -> dict[str, int]:
    """Back an SQLite file and the stored files up while others write. Blocks: call it in a thread.

    The copy is one read of one moment (a reader does not hold writers up in write-ahead mode, and never checkpoints).
    Counts. OSError: it cannot be written, or something of that name is there.
    """
    with working_folder(into) as folder:
        copy = folder / DATABASE["sqlite"]
        with _reading(database) as source, contextlib.closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            sizes = sizes_of(target)
        return {**sizes, "files": pack("sqlite", copy, files, into, made_at)}


@contextlib.contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """A folder on the same disk, for its owner only, gone after the block."""
    with tempfile.TemporaryDirectory(prefix=".thidua-", dir=beside.parent) as folder:
        yield Path(folder)


def pack(dialect: Dialect, copy: Path, files: Path, into: Path, made_at: str) -> int:
    """Write the archive under a temporary name, sync it, then give it its own. How many stored files it holds."""
    if into.exists():
        raise FileExistsError(f"{into} is there already")
    sums: dict[str, str] = {}
    unfinished = copy.parent / "archive.tar"
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            sums[DATABASE[dialect]] = _add(archive, DATABASE[dialect], copy)
            for path in sorted(p for p in files.rglob("*") if p.is_file() and not p.is_symlink()):
                name = f"{FILES}/{path.relative_to(files).as_posix()}"
                with contextlib.suppress(FileNotFoundError):  # cleaned up just now, and in no row of the copy
                    sums[name] = _add(archive, name, path)
            _add_manifest(archive, {"dialect": dialect, "made_at": made_at, "sha256": sums})
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(into)
    return len(sums) - 1


def _add_manifest(archive: tarfile.TarFile, says: dict[str, Any]) -> None:
    manifest = json.dumps({"format": FORMAT, "migrations": sorted(migrate.numbers()), **says}).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode = len(manifest), 0o600
    archive.addfile(info, BytesIO(manifest))


def restore(archive: Path, database: Path, files: Path, *, force: bool) -> dict[str, int]:
    """Put a backup in the place of an SQLite file that nobody has open. Counts.

    Everything is checked before anything is touched. Raises BrokenBackupError, NotEmptyError, OSError.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with working_folder(database) as folder:
        parts = unpack(archive, "sqlite", folder)
        sizes = _checked(parts.database)
        if not force and not _is_empty(database):
            raise NotEmptyError(f"{database} is not empty")
        for left_over in ("-wal", "-shm"):  # of the file that goes: it must not be read into the one that comes
            Path(f"{database}{left_over}").unlink(missing_ok=True)
        with parts.database.open("rb") as new:
            os.fsync(new.fileno())
        parts.database.replace(database)
        return {**sizes, "files": put_files(parts, files)}


def put_files(parts: Unpacked, files: Path) -> int:
    """Lay the stored files in their places; how many."""
    for name, path in parts.files.items():
        target = files / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    return len(parts.files)


def unpack(archive: Path, dialect: Dialect, folder: Path) -> Unpacked:
    """The parts of an archive in `folder`, each as the manifest says. Raises BrokenBackupError, OSError."""
    sums, manifest = dict[str, str](), dict[str, Any]()
    try:
        with tarfile.open(archive, "r:") as parts:
            for member in parts:
                part = parts.extractfile(member) if member.isreg() and member.name not in sums else None
                if part is None:
                    raise BrokenBackupError(f"{member.name} is no file, or stands in it twice")
                if member.name == MANIFEST:
                    manifest = json.loads(part.read())
                else:
                    sums[member.name] = _copy(part, folder / str(len(sums)))
        return _agreed(manifest, sums, dialect, folder)
    except (tarfile.TarError, ValueError, EOFError, LookupError, TypeError, AttributeError) as error:
        raise BrokenBackupError(f"{archive} is not a backup, or was cut short ({error})") from error


def _agreed(manifest: dict[str, Any], sums: dict[str, str], dialect: Dialect, folder: Path) -> Unpacked:
    if manifest.get("format") != FORMAT or manifest.get("sha256") != sums:
        raise BrokenBackupError("the manifest does not agree with the parts: the archive is damaged or not ours")
    if manifest["dialect"] != dialect:
        raise BrokenBackupError(f"this is a backup of {manifest['dialect']}, THIDUA_DATABASE_URL names {dialect}")
    if newer := set(manifest["migrations"]) - migrate.numbers():
        raise BrokenBackupError(f"it is of a newer version of this program (migration {max(newer)})")
    places = {name: folder / str(number) for number, name in enumerate(sums)}
    files = {name.removeprefix(f"{FILES}/"): path for name, path in places.items() if name.startswith(f"{FILES}/")}
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in files):
        raise BrokenBackupError("a file in it would lie outside the folder of files")
    return Unpacked(places[DATABASE[dialect]], files, manifest["made_at"])


def sizes_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows the main tables hold; nothing for a database without tables."""
    connection.row_factory = sqlite3.Row
    queries = Queries("sqlite")
    if connection.execute(*queries.bind("migrations.begun", {})).fetchone() is None:
        return {}
    return dict(connection.execute(*queries.bind("office.sizes", {})).fetchone())


def _checked(copy: Path) -> dict[str, int]:
    """What the unpacked database holds, if it is whole."""
    try:
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise BrokenBackupError("SQLite finds the database in it damaged")
            return sizes_of(connection)
    except sqlite3.Error as error:
        raise BrokenBackupError(f"the database in it cannot be read: {error}") from error


def _is_empty(database: Path) -> bool:
    """Whether nothing would be lost: no file, no tables, or neither units nor people in them."""
    if not database.exists():
        return True
    with contextlib.closing(sqlite3.connect(database)) as connection:
        sizes = sizes_of(connection)
    return not (sizes.get("units") or sizes.get("members"))


@contextlib.contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file; its SHA-256."""
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        summing = _Summing(file)
        archive.addfile(info, summing)
    return summing.sum.hexdigest()


class _Summing(BytesIO):
    """Sums up what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes of the file."""
        block = self._file.read(-1 if size is None else size)
        self.sum.update(block)
        return block


def _copy(part: IO[bytes], into: Path) -> str:
    digest = hashlib.sha256()
    with into.open("xb") as out:
        while block := part.read(_BLOCK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()

"""What the file store does to a disk, each a call that blocks: to be made in a thread."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    from pathlib import Path

BLOCK = 512 * 1024
"""Bytes read and written at once."""


def append(path: Path, digest: hashlib._Hash, block: bytes, *, synced: bool = False) -> None:
    """Add a block to a file and to its digest; `synced`: it lasts when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest.update(block)
    with path.open("ab") as file:
        file.write(block)
        if synced:
            file.flush()
            os.fsync(file.fileno())


def read(path: Path, offset: int) -> bytes:
    """The block that begins there."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(BLOCK)


def moved(path: Path, aside: Path) -> bool:
    """Whether a file was there to be renamed."""
    try:
        aside.parent.mkdir(exist_ok=True)
        path.replace(aside)
    except FileNotFoundError:
        return False
    return True


def sync(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

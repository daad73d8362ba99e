"""Photographs made one PDF in a child process with bounds; run by `scheduler/bounded.py`, and slim, because it is read there."""

from __future__ import annotations

from documents.photographs import put_together


def photo_pages(pictures: list[tuple[str, str]], out: str) -> int:
    """Write the pictures (path, media type) to the path `out`; how many pages it has."""
    return put_together(pictures, out)

"""Looks into a file that came from anywhere; run by `scheduler/bounded.py`, and slim, because its child reads it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image

from documents.inspect import Inspected, Refusal, inspect_file
from documents.photo_flaws import flaw_of
from texts.message import say, to_json


def prepare() -> None:
    """Read what these libraries read when it is first needed: else every child would."""
    for late in ("pypdf.filters", "pypdf._codecs._codecs", "encodings.cp437"):
        import_module(late)
    Image.preinit()


def look_inside(path: str) -> dict[str, Any]:
    """`media_type` and `pages` of the file at `path`; or `refused`: a packed message that says why.

    A picture is one page, and has a `flaw` (of `photo_flaws.Flaw`, None where it can be read).
    """
    found = inspect_file(path)
    if isinstance(found, Refusal):
        return {"refused": to_json(say(found.reason))}
    return {"media_type": found.media_type, **_pages(found, Path(path))}


def _pages(found: Inspected, path: Path) -> dict[str, Any]:
    if not found.media_type.startswith("image/"):
        return {"pages": found.pages}
    return {"pages": 1, "flaw": flaw_of(path, found.media_type)}

"""Looks into a file that came from anywhere; run by `scheduler/bounded.py`, and slim, because its child reads it."""

from __future__ import annotations

from typing import Any

from documents.inspect import Refusal, inspect_file
from texts.message import say, to_json


def look_inside(path: str) -> dict[str, Any]:
    """`media_type` and `pages` of the file at `path`; or `refused`: a packed message that says why."""
    found = inspect_file(path)
    if isinstance(found, Refusal):
        return {"refused": to_json(say(found.reason))}
    return {"media_type": found.media_type, "pages": found.pages}

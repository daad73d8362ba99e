"""Why a message to many did not reach somebody, from what a messenger says of it, in words for people."""

from __future__ import annotations

from storage import broadcasts as stored
from storage import outbox, unseen
from texts.message import Line, line

_REASONS = {
    stored.UNREACHABLE: "nobody", stored.LEFT: "left", unseen.NOT_SEEN: "unseen", outbox.INTERRUPTED: "cut",
    "blocked": "blocked", "kicked": "blocked",
    "deactivated": "gone", "chat not found": "no_chat", "peer_id_invalid": "no_chat", "initiate conversation": "no_chat",
    "file is larger": "file", "too large": "file", "too big": "file", "too long": "long", "too_long": "long",
    "quota": "quota", "too many requests": "pace", "flood control": "pace", "asked for a pause": "pace",
    "unauthorized": "token", "invalid token": "token",
    "internal server error": "down", "bad gateway": "down", "service unavailable": "down", "gateway timeout": "down",
    "timed out": "line", "timeout": "line", "no answer": "line", "connect": "line", "while sending": "line",
}  # fmt: skip
"""What marks a reason, small letters, the first that does; and the name of its text."""


def reason_line(reason: str) -> Line | str:
    """Why it did not reach somebody, for people to read; what nobody has foreseen stays as the messenger says it."""
    said = reason.lower()
    return next((line(f"broadcast.reason.{name}") for mark, name in _REASONS.items() if mark in said), reason)

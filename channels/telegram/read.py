"""Understands updates of the Bot API: first only the outside, enough to store them, later what arrived.

The few fields are read straight from the JSON, each checked for its type: PTB's `Update.de_json` costs 170 µs a
message where this costs 5, and refuses a whole update for a field that is of no concern here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from channels.contract import Arrived, Envelope, Incoming, Kind, UnreadableError
from channels.fitting import file_name

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
NAME = "telegram"
_LATEST_SECOND = 10**11
"""a stamp beyond this is none (it would not fit a row of the inbox)"""
_BEYOND = 2**63
"""no number of the Bot API is this large, and an index need not hold longer ones"""
_UNSUPPORTED = frozenset(
    {
        "animation", "audio", "checklist", "contact", "dice", "game", "live_photo", "location", "paid_media", "poll",
        "sticker", "story", "venue", "video", "video_note", "voice",
    }
)  # fmt: skip
_FILES = frozenset({"document", "photo"})
_REF_LENGTH = 512
"""a longer file_id is none of Telegram's"""
_GONE = frozenset({"left", "kicked"})


@dataclass(slots=True)
class Me:
    """Who the bot is: needed to tell whether a group speaks to it. `username` is None until Telegram has told."""

    id: int | None
    username: str | None = None


def parse(raw: str | bytes) -> Any:
    """The JSON of an update, or None where it is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def outside(update: Any, raw: str) -> Envelope:
    """The envelope of an update; never fails.

    Args:
        update: its JSON as values, None where it could not be parsed.
        raw: what is kept. Without an update id of its own, an update goes by the hash of this, and has no address.

    """
    number = _integer(_dict(update).get("update_id"))
    if number is None or number < 0:
        return Envelope(NAME, f"sha256:{hashlib.sha256(raw.encode(errors='replace')).hexdigest()}", None, None, raw)
    kind, inner = _inner(update)
    message = _dict(inner.get("message")) if kind == "callback_query" else inner
    chat = _integer(_dict(message.get("chat")).get("id"))
    if chat is None and kind == "callback_query":
        chat = _integer(_dict(inner.get("from")).get("id"))
    address = None if chat is None else str(chat)
    return Envelope(NAME, str(number), address, _stamp(kind, inner), raw, not _FILES.isdisjoint(inner))


def read(raw: str, me: Me) -> Arrived:
    """What arrived. Raises UnreadableError."""
    update = parse(raw)
    if not isinstance(update, dict):
        raise UnreadableError("not a JSON object")
    kind, inner = _inner(update)
    if not kind:
        return Arrived(Kind.IGNORED)
    chat = _chat(kind, inner)
    who = _dict(inner.get("from"))
    private = chat.get("type") == "private"
    if private and "id" not in who:
        raise UnreadableError(f"{kind}: nobody said it")
    name = " ".join(part for part in (_string(who.get("first_name")), _string(who.get("last_name"))) if part) or None
    language = _string(who.get("language_code")) or None
    match kind:
        case "callback_query":
            return _tap(inner, name, language) if private else Arrived(Kind.IGNORED, name=name, language=language)
        case "my_chat_member":
            return Arrived(_membership(inner, chat), name=name, language=language)
        case _ if not private:
            spoken = kind == "message" and _addressed(inner, me)
            return Arrived(Kind.GROUP if spoken else Kind.IGNORED, name=name, language=language)
        case "edited_message":
            return Arrived(Kind.EDITED, _words(inner), name=name, language=language)
        case _:
            file = _file(inner)
            return Arrived(_content(inner, file), _words(inner), name=name, language=language, file=file)


def tap_id(update: Any) -> str | None:
    """The name by which a tap must be answered, None where the update is no tap."""
    return _string(_dict(_dict(update).get("callback_query")).get("id")) or None


def _inner(update: Any) -> tuple[str, dict[str, Any]]:
    """The kind of an update and what it holds; ("", {}) for a kind that was not asked for."""
    for kind in ALLOWED_UPDATES:
        if kind in update:
            return kind, _dict(update[kind])
    return "", {}


def _stamp(kind: str, inner: dict[str, Any]) -> int | None:
    # an edited message counts from its edit, or it could be filed before it was written; a tap carries no stamp
    second = {"callback_query": None, "edited_message": inner.get("edit_date")}.get(kind, inner.get("date"))
    seconds = _integer(second)
    return seconds * 1_000_000 if seconds is not None and 0 <= seconds < _LATEST_SECOND else None


def _chat(kind: str, inner: dict[str, Any]) -> dict[str, Any]:
    """The chat something happened in. A tap names it through its message, where Telegram still has that."""
    message = inner.get("message") if kind == "callback_query" else inner
    chat = {"type": "private"} if message is None else _dict(_dict(message).get("chat"))
    if "type" not in chat:
        raise UnreadableError(f"{kind}: no chat")
    return chat


def _tap(inner: dict[str, Any], name: str | None, language: str | None) -> Arrived:
    action = _string(inner.get("data"))
    if not action:
        return Arrived(Kind.IGNORED, name=name, language=language)
    number = _integer(_dict(inner.get("message")).get("message_id"))
    tapped = None if number is None else str(number)
    return Arrived(Kind.TAP, action=action, tapped=tapped, name=name, language=language)


def _membership(inner: dict[str, Any], chat: dict[str, Any]) -> Kind:
    gone = _dict(inner.get("new_chat_member")).get("status") in _GONE
    if gone:
        return Kind.LEFT
    if chat.get("type") == "private":
        return Kind.BACK
    was_gone = _dict(inner.get("old_chat_member")).get("status") in _GONE
    return Kind.GROUP if was_gone and chat.get("type") in {"group", "supergroup"} else Kind.IGNORED


def _content(message: dict[str, Any], file: Incoming | None) -> Kind:
    if isinstance(message.get("text"), str):
        return Kind.TEXT
    if file:
        return Kind.FILE
    return Kind.IGNORED if (_UNSUPPORTED | _FILES).isdisjoint(message) else Kind.UNSUPPORTED


def _file(message: dict[str, Any]) -> Incoming | None:
    """The document or the photo of a message; None where it has none that could be fetched."""
    # an animation comes with a document of the same name, so what is unsupported is asked first
    if "text" in message or not _UNSUPPORTED.isdisjoint(message):
        return None
    squeezed = "document" not in message
    found = _largest(message.get("photo")) if squeezed else _dict(message["document"])
    ref = _string(found.get("file_id"))
    if not 0 < len(ref) <= _REF_LENGTH:
        return None
    # photos and some documents carry no name, and people tell them apart by it
    number = _integer(message.get("message_id")) or 0
    given = "" if squeezed else _string(found.get("file_name"))
    return Incoming(ref, file_name(given, f"anh-{number}.jpg" if squeezed else f"tep-{number}"), _size(found), squeezed)


def _largest(sizes: Any) -> dict[str, Any]:
    """A photo comes in several sizes: the one with the most pixels."""
    found = [_dict(one) for one in sizes] if isinstance(sizes, list) else []
    return max(found, key=_pixels, default={})


def _pixels(size: dict[str, Any]) -> int:
    return (_integer(size.get("width")) or 0) * (_integer(size.get("height")) or 0)


def _size(found: dict[str, Any]) -> int | None:
    size = _integer(found.get("file_size"))
    return size if size is not None and size >= 0 else None


def _addressed(message: dict[str, Any], me: Me) -> bool:
    """Whether a message in a group speaks to the bot: a command for it, its name, an answer to it."""
    answered = _dict(_dict(message.get("reply_to_message")).get("from")).get("id")
    if answered is not None and answered == me.id:
        return True
    words = _words(message).lower().split()
    mine = f"@{me.username}".lower() if me.username else None
    if words and words[0].startswith("/"):
        _, at, whom = words[0].partition("@")
        return not at or f"@{whom}" == mine
    return mine is not None and any(word.strip(".,:;!?()") == mine for word in words)


def _words(message: dict[str, Any]) -> str:
    return _string(message.get("text")) or _string(message.get("caption"))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _integer(value: Any) -> int | None:
    return value if type(value) is int and abs(value) < _BEYOND else None


def _string(value: Any) -> str:
    """A string that a database can hold: JSON can spell NUL and halves of a surrogate pair, UTF-8 and SQL cannot."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode(errors="replace").decode()

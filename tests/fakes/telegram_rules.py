"""What the Bot API checks before it takes a message, as far as this bot can run into it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
ACTION_LIMIT = 64
FAULTS: dict[str, tuple[int, str, dict[str, Any] | None]] = {
    "401": (401, "Unauthorized", None),
    "403": (403, "Forbidden: bot was blocked by the user", None),
    "404": (404, "Not Found", None),
    "409": (409, "Conflict: terminated by other getUpdates request", None),
    "429": (429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    "429_bare": (429, "Too Many Requests", None),
    "400": (400, "Bad Request: chat not found", None),
    "400_entities": (400, "Bad Request: can't parse entities: Unsupported start tag", None),
    "400_unchanged": (400, "Bad Request: message is not modified: specified new message content is the same", None),
    "400_no_edit": (400, "Bad Request: message can't be edited", None),
    "400_picture": (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", None),
    "migrated": (400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -100777}),
    "400_large": (400, "Bad Request: file is too big", None),
    "400_passing": (400, "Bad Request: wrong file_id or the file is temporarily unavailable", None),
    "413": (413, "Request Entity Too Large", None),
    "500": (500, "Internal Server Error", None),
    "502": (502, "Bad Gateway", None),
}
"""What can be ordered beside `hang` and `cut` (before the call is carried out), `hang_after`, `cut_after` and
`garbage` (after it), `redirect`."""
_TAG = re.compile(r"<(/?)(b|strong|i|em|u|ins|s|del|code|pre|blockquote|tg-spoiler|a)(\s[^<>]*)?>|<")


class RefusalError(Exception):
    """The Bot API refuses a call."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.answer = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.answer["parameters"] = parameters


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


async def parameters(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters of a call and its files, however they came: query, JSON or form."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        values |= await request.json()
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, str):
                values[name] = value
            else:
                files[name] = Upload(value.filename, value.content_type, value.file.read())
    for name in ("reply_markup", "commands", "allowed_updates", "link_preview_options"):
        if isinstance(values.get(name), str):
            values[name] = json.loads(values[name])
    return values, files


def words(text: str, mode: str | None, limit: int) -> str:
    """The text as a person reads it. Raises RefusalError for markup that does not parse, and for what is too long."""
    shown = _without_tags(text) if mode == "HTML" else text
    if len(shown.encode("utf-16-le")) // 2 > limit:
        raise RefusalError(400, f"Bad Request: {'message' if limit == TEXT_LIMIT else 'message caption'} is too long")
    return shown.strip()


def buttons(markup: dict[str, Any] | None) -> list[list[tuple[str, str]]]:
    """The rows of buttons: label and data of each."""
    rows = [[(one["text"], one["callback_data"]) for one in row] for row in (markup or {}).get("inline_keyboard", [])]
    for label, data in [one for row in rows for one in row]:
        if not label.strip():
            raise RefusalError(400, "Bad Request: inline keyboard button text must be non-empty")
        if not 1 <= len(data.encode()) <= ACTION_LIMIT:
            raise RefusalError(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


def _without_tags(text: str) -> str:
    parts, opened, last = [], [], 0
    for tag in _TAG.finditer(text):
        closing, name = tag.group(1), tag.group(2)
        offset = len(text[: tag.start()].encode())
        if name is None:
            raise RefusalError(400, f"Bad Request: can't parse entities: Unsupported start tag at byte offset {offset}")
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise RefusalError(400, f"Bad Request: can't parse entities: Unmatched end tag at byte offset {offset}")
        parts.append(text[last : tag.start()])
        last = tag.end()
    if opened:
        raise RefusalError(400, f"Bad Request: can't parse entities: Can't find end tag for \"{opened[-1]}\"")
    return html.unescape("".join([*parts, text[last:]]))

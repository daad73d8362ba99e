"""A message as the transcript keeps it, and as the page gets it."""

from __future__ import annotations

import base64
import re
import struct
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.contract import Delivery, File
    from channels.web.ports import Entry

FILE_LIMIT = 5 * 1024 * 1024
"""bytes; a file stands inside its message"""
PNG = "image/png"
_PNG_HEAD = struct.Struct(">8s4x4sII")
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def body(delivery: Delivery) -> dict[str, Any]:
    """What the bot says, as plain data."""
    out: dict[str, Any] = {
        "spans": [[span.text, span.style] for span in delivery.text],
        "buttons": [list(button) for button in delivery.buttons],
        "language": delivery.language,
    }
    if delivery.file:
        out["file"] = _kept(delivery.file)
    if delivery.picture:
        # from the page's own place alone, whatever the installation is called outside
        out["picture"] = {"name": delivery.picture.name, "src": urlsplit(delivery.picture.url).path}
    return out


def view(entry: Entry) -> dict[str, Any]:
    """What the page needs of an entry: everything but the bytes of a file, which it fetches where it shows them."""
    shown = dict(entry.body)
    if "file" in shown:
        shown["file"] = {name: value for name, value in shown["file"].items() if name != "content"}
    return {"id": entry.id, "at": entry.at_micros // 1000, "edits": entry.edits, "body": shown}


def file_of(kept: Mapping[str, Any]) -> tuple[str, str, bytes]:
    """Name, media type and bytes of the file in a body."""
    file = kept["file"]
    return file["name"], file["type"], base64.b64decode(file["content"])


def _kept(file: File) -> dict[str, Any]:
    """The file as data. Only what really is a PNG is called one: the page shows it in place."""
    size = _png_size(file.content) if file.media_type == PNG else None
    known = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    out = {
        "name": file.name,
        "type": known if known != PNG or size else "application/octet-stream",
        "size": len(file.content),
        "content": base64.b64encode(file.content).decode(),
    }
    return out | ({"width": size[0], "height": size[1]} if size else {})


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the header every PNG starts with, so that the page can leave room before it loads."""
    if len(content) < _PNG_HEAD.size:
        return None
    magic, chunk, width, height = _PNG_HEAD.unpack_from(content)
    return (width, height) if (magic, chunk) == (_PNG_MAGIC, b"IHDR") else None

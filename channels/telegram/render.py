"""How a delivery looks on Telegram: which calls of the Bot API it becomes, in which order. Pure.

Limits are the Bot API's own: a text of 4096 and a caption of 1024 UTF-16 units, counted after the entities are parsed,
`callback_data` of 64 bytes, files of 50 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from channels.contract import File
from channels.fitting import plain, split

if TYPE_CHECKING:
    from channels.contract import Delivery
    from texts.compose import Text

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ACTION_LIMIT = 64
FILE_LIMIT = 50 * 1024 * 1024
PIECES = 3
"""a text that would need more messages than this goes as a text file instead"""
SHORT_LABEL = 16
"""two labels of at most this many characters stand side by side on a narrow phone"""
_TAGS = {
    "": ("", ""), "bold": ("<b>", "</b>"), "quote": ("<blockquote>", "</blockquote>"),
    "fold": ("<blockquote expandable>", "</blockquote>"),
}  # fmt: skip
_PICTURES = {"image/jpeg", "image/png"}

Buttons = tuple[tuple[str, str], ...]


class UnfitError(ValueError):
    """No call of the Bot API can carry this delivery; the message says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that sends one message: text, or a file with the text as its caption."""

    text: Text = ()
    buttons: Buttons = ()
    file: File | None = None

    @property
    def method(self) -> str:
        """The Bot API's method."""
        if self.file is None:
            return "sendMessage"
        return "sendPhoto" if self.file.media_type in _PICTURES else "sendDocument"

    def parameters(self, *, styled: bool) -> dict[str, Any]:
        """What it says, without the chat and the file; `styled` off leaves out all markup."""
        words = html(self.text) if styled else plain(self.text)
        out: dict[str, Any] = {"text" if self.file is None else "caption": words}
        if styled:
            out["parse_mode"] = "HTML"
        if self.file is None:
            out["link_preview_options"] = {"is_disabled": True}
        if self.buttons:
            out["reply_markup"] = {"inline_keyboard": keyboard(self.buttons)}
        return out


def calls(delivery: Delivery) -> list[Call]:
    """The calls a delivery becomes, in order, buttons on the last. Raises UnfitError."""
    if any(len(action.encode()) > ACTION_LIMIT for _, action in delivery.buttons):
        raise UnfitError(f"a button carries more than {ACTION_LIMIT} bytes")
    if delivery.file and len(delivery.file.content) > FILE_LIMIT:
        raise UnfitError(f"the file is larger than {FILE_LIMIT} bytes")
    if delivery.file and units(plain(delivery.text)) <= CAPTION_LIMIT:
        return [Call(delivery.text, delivery.buttons, delivery.file)]
    found = [Call(file=delivery.file)] if delivery.file else []
    pieces = split(delivery.text, TEXT_LIMIT, units)
    if len(pieces) > PIECES:
        found.append(Call(file=_as_file(delivery)))
        pieces = pieces[:1]
    found += [Call(piece) for piece in pieces]
    if not found:
        raise UnfitError("the message is empty")
    return [*found[:-1], Call(found[-1].text, delivery.buttons, found[-1].file)]


def html(text: Text) -> str:
    """The text in the subset of HTML that Telegram reads; runs of one style share one tag."""
    return "".join(_tagged(style, spans) for style, spans in groupby(text, key=lambda span: span.style))


def keyboard(buttons: Buttons) -> list[list[dict[str, str]]]:
    """One button a row; two where both labels are short."""
    rows: list[list[dict[str, str]]] = []
    for label, action in buttons:
        row = rows[-1] if rows else []
        if len(row) == 1 and max(len(label), len(row[0]["text"])) <= SHORT_LABEL:
            row.append({"text": label, "callback_data": action})
        else:
            rows.append([{"text": label, "callback_data": action}])
    return rows


def units(text: str) -> int:
    """The length of `text` as Telegram counts it, in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _tagged(style: str, spans: Any) -> str:
    opening, closing = _TAGS[style]
    return opening + escape("".join(span.text for span in spans), quote=False) + closing


def _as_file(delivery: Delivery) -> File:
    return File(f"{delivery.key.replace(':', '-')}.txt", "text/plain", plain(delivery.text).encode())

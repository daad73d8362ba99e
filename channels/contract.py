"""What every messenger does for the bot, and what it can. One folder a messenger; nothing else names one.

A channel takes raw updates in (`start`, `routes`), understands them later (`read`), and sends (`send`). It never sees
the database: what it needs of it is handed in as plain callables by `bot/build.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.routing import BaseRoute

    from texts.compose import Language, Text


@dataclass(frozen=True, slots=True)
class Envelope:
    """The outside of a raw update: enough to store it, read without trusting it.

    `update_id` is unique within the channel; `address` is the chat it came from (None: cannot be told, the update is
    kept as unreadable); `stamped_at` is the messenger's own stamp in microseconds since 1970 (None: it carries none).
    """

    channel: str
    update_id: str
    address: str | None
    stamped_at: int | None
    raw: str
    has_file: bool = False
    """whether it brings a file: its sender waits longer for an answer than somebody who writes"""
    echo: str | None = None
    """for a messenger whose history is ours: the person's own message as JSON, kept in their transcript with the row"""


class Kind(StrEnum):
    """What kind of thing arrived."""

    TEXT = "text"
    TAP = "tap"
    FILE = "file"
    UNSUPPORTED = "unsupported"
    """a sticker, voice, location, contact…: nothing the bot can take"""
    EDITED = "edited"
    GROUP = "group"
    """somebody spoke to the bot in a group"""
    LEFT = "left"
    """blocked the bot, or left"""
    BACK = "back"
    """unblocked the bot"""
    IGNORED = "ignored"
    """of no concern to anybody (a service update)"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file somebody sent, not yet fetched: what the messenger says of it, none of it trusted.

    `ref` is what `Channel.fetch` wants; `size` is None where the messenger does not tell. `squeezed`: the messenger has
    made it smaller on the way (a picture that was not sent as a file).
    """

    ref: str
    name: str
    size: int | None
    squeezed: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A raw update, understood. `action` is what a tapped button carried; `tapped` names the message it stood on.

    With a file, `text` is its caption.
    """

    kind: Kind
    text: str = ""
    action: str = ""
    tapped: str | None = None
    name: str | None = None
    """the display name of whoever spoke"""
    language: str | None = None
    file: Incoming | None = None


class NotFetchedError(Exception):
    """A file could not be fetched; `again`: trying once more later makes sense. The message is a reason to read."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class UnreadableError(Exception):
    """The raw update cannot be understood; it is kept, counted and blocks nobody."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that went out to many, which a page can show from its link; the link stands in the text as well."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one address, in words; the channel fits it to what its messenger can show.

    `edits` names the message it should replace, if the messenger can; `key` is the row's own unique key.
    """

    key: str
    address: str
    text: Text
    language: Language
    buttons: tuple[tuple[str, str], ...] = ()
    """label and action of each"""
    edits: str | None = None
    file: File | None = None
    unasked: bool = False
    """it answers nothing that was said: where nothing is tapped, numbers below it would be taken for those of what was
    answered last, so that its choices are typed by their words"""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there. `ref` is the messenger's name for it."""

    ref: str | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not go out, and trying again later makes sense."""

    reason: str


@dataclass(frozen=True, slots=True)
class SlowDown:
    """The messenger wants us to wait (`seconds`); the whole token pauses, and no attempt is spent."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never go out in this form; the reason is for people to read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """This address takes nothing from us any more (blocked, deactivated, gone)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The address has a new name; the same message goes there."""

    address: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been delivered."""

    reason: str


Outcome = Sent | NotSent | SlowDown | Refused | Unreachable | Moved | Unknown


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a messenger can show and take."""

    buttons: bool
    edits: bool
    files_out: bool
    text_limit: int | None
    """characters a message may hold; longer ones are split"""
    link_payload: bool
    """whether a link can carry an invite code"""
    files_in: int | None = None
    """bytes a file that people send may have; None: it takes none"""
    largest_out: int | None = None
    """bytes a file that goes with a message may have; None: no bound of its own"""
    keeps_files: bool = False
    """a file stands inside each message it goes with: what goes out to many goes as a link"""
    monthly: int | None = None
    """messages a month that its plan holds; None: no quota"""
    price: int | None = None
    """đồng for one message that the bot begins with; None: it costs nothing"""


class Intake(Protocol):
    """Stores a raw update durably before anything is acknowledged."""

    async def __call__(self, envelope: Envelope) -> bool:
        """Store it; False if it was there already. Raises if it could not be stored: then do not acknowledge."""


class Channel(Protocol):
    """One messenger."""

    name: str
    abilities: Abilities
    rate: float | None
    """messages a second its token may send, evenly spaced; None: no limit"""

    def read(self, raw: str) -> Arrived:
        """Understand a stored raw update. Raises UnreadableError."""

    async def send(self, delivery: Delivery) -> Outcome:
        """Send one message; every way it can end is an outcome, not an exception."""

    def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent, in pieces. Raises NotFetchedError."""

    async def start(self, intake: Intake) -> None:
        """Begin to take updates in (poll, or register the webhook)."""

    async def stop(self) -> None:
        """Stop taking updates in and let go of connections."""

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """What it serves over HTTP (a webhook, a chat page); empty if nothing."""

    def link(self, code: str) -> str | None:
        """A link that opens a chat with the bot and hands it `code`; None where links cannot carry one."""

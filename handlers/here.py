"""Where a turn is: who speaks, when, on which content. Handlers take a `Here` and answer with a `Reply`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.people import RANK, Role
from flows.session import Session
from handlers.world import World
from storage.people import Member, Membership
from storage.units import Tx
from texts.message import Choice, Message, line

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RESUME = "resume:"
"""An action that is no screen: a draft to be taken up again."""
_NUMBER = re.compile(r"[0-9]{1,18}")
"""as large as a column of the database takes"""


@dataclass(frozen=True, slots=True)
class Messenger:
    """What an officer is told of a messenger before they write to many."""

    label: str
    rate: float | None
    """messages a second, evenly spaced; None: as fast as they come"""
    edits: bool
    """whether a message that has been sent can change"""
    monthly: int | None
    """messages a month that its plan holds; None: no quota"""
    price: int | None
    """đồng for one message; None: it costs nothing"""
    shows: Callable[[Message, str], tuple[str, ...]]
    """(message, language) → the messages that it becomes there, as plain text with its buttons"""


@dataclass(frozen=True, slots=True)
class Site:
    """What handlers know of the installation: its secret key, and links that carry a code into each messenger."""

    secret: str
    links: Callable[[str, str], tuple[tuple[str, str], ...]]
    """(kind of code, code) → messenger and link of each that can carry one"""
    public_url: str
    trusts_stamps: bool
    """whether a messenger's own stamp says when something was sent; not where business time can be moved"""
    sends: Callable[[str, int], bool]
    """(channel, bytes) → whether a file of that size can go with a message there"""
    messengers: Callable[[], Mapping[str, Messenger]]
    """the messengers there are, by channel"""
    approve_above: int
    """to more people than that a message goes out only when a second person agrees"""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file somebody sent, not yet fetched: what the messenger says of it, none of it trusted.

    `ref` is what its channel fetches it by; `size` in bytes, None where it is not told. `squeezed`: made smaller on
    the way (a picture that was not sent as a file).
    """

    ref: str
    name: str
    size: int | None
    squeezed: bool


@dataclass(frozen=True, slots=True)
class Here:
    """One turn's surroundings; `at` is business time in microseconds since 1970."""

    tx: Tx
    member: Member
    session: Session
    world: World
    site: Site
    channel: str
    address: str
    at: int
    row: int
    """the inbox row this turn answers"""
    filed_at: int
    """when what was said counts as filed, like `at`: never later than the inbox row"""

    context: Mapping[str, str] = field(default_factory=dict)
    """what the conversation was opened with that has just come to its end"""
    answered: Mapping[str, Any] = field(default_factory=dict)
    """what had been answered in it"""

    @property
    def now(self) -> datetime:
        """Business time in Asia/Ho_Chi_Minh."""
        return datetime.fromtimestamp(self.at / 1_000_000, ZONE)

    @property
    def home(self) -> Membership | None:
        """The unit a person speaks for: where they may do most; None for a visitor."""
        return max(self.member.memberships, key=lambda m: RANK.index(m.role), default=None)

    @property
    def units(self) -> list[Membership]:
        """Every unit this person belongs to, once, in the role that may do most; in the order of joining."""
        return places(self.member.memberships)

    @property
    def role(self) -> Role | None:
        """The role in that unit."""
        return self.home.role if self.home else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn answers, and the session after it."""

    messages: tuple[Message, ...]
    session: Session
    member: int | None = None
    """the person it is for, where signing in has just made them another"""


def reply(here: Here, *messages: Message) -> Reply:
    """These messages; the choices of the last one are what a typed number means from now on."""
    last = messages[-1] if messages else None
    if last is None or not last.choices:
        return Reply(messages, here.session)
    session = here.session.shown(last.choices)
    return Reply((*messages[:-1], replace(last, choices=session.on_page())), session)


def places(memberships: Sequence[Membership]) -> list[Membership]:
    """A person's units, each once, in the role that may do most; in the order in which screens count them."""
    best: dict[str, Membership] = {}
    for one in memberships:
        if one.unit not in best or RANK.index(one.role) > RANK.index(best[one.unit].role):
            best[one.unit] = one
    return list(best.values())


def key_of(*names: str) -> str:
    """A short name that stays the same: a button carries 64 bytes, a campaign's and a duty's names may be longer."""
    return hashlib.sha256("/".join(names).encode()).hexdigest()[:12]


def local(instant: int) -> datetime:
    """An instant in microseconds since 1970 as people here read it: naive, Asia/Ho_Chi_Minh."""
    return datetime.fromtimestamp(instant / 1e6, ZONE).replace(tzinfo=None)


def number_in(part: str) -> int | None:
    """The number in a part of a button's action; None where there is none that any button carries (a forged one)."""
    return int(part) if _NUMBER.fullmatch(part) else None


def to_menu() -> tuple[Choice, ...]:
    """The way to the main menu, where a message has no other."""
    return (Choice(line("menu.open.button"), "menu"),)

"""A message to many before it is confirmed: as it would go out, tried on oneself, and as each messenger shows it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.audience import Addressee
from domain.campaign import Audience
from domain.people import audience_of
from handlers import addressing, audiences
from handlers.here import Here, Reply, reply
from handlers.shared_links import PATH, SHARED, SharedFile, token_of
from storage import outbox
from texts.compose import language_of
from texts.message import Attachment, Choice, Message, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.commands import SendBroadcast

TRIAL = 0
"""In the place of its number: a message that was sent to its author alone."""


def message(here: Here, wanted: SendBroadcast) -> Message:
    """What goes out; its last button, by which whoever gets it says so, is given the number when it is sent."""
    said = line("broadcast.body", board=here.world.units[wanted.recipients.board].name, text=wanted.text)
    screens = {"reports": line("reports.button"), "register": line("register.button")}
    opens = (
        [Choice(screens.get(wanted.button, line("broadcast.campaign.button")), wanted.button)] if wanted.button else []
    )
    got = Choice(line("broadcast.received"), f"received/{TRIAL}")
    file = wanted.file
    kept = _kept(here, file) if file else None
    return Message((said,), (*opens, got), attach=kept)


def _kept(here: Here, file: Mapping[str, Any]) -> Attachment:
    """The file, and the link to it for messengers that cannot carry it."""
    named = {name: str(file[name]) for name in ("sha256", "media_type", "name")}
    url = f"{here.site.public_url}{PATH}/{token_of(SharedFile(**named), here.site.secret)}"
    return Attachment(SHARED, {**named, "url": url})


async def tried(here: Here, wanted: SendBroadcast) -> Reply:
    """Sent to its author alone."""
    key = f"trial:{here.member.id}:{here.row}"
    own = addressing.for_one(message(here, wanted), _oneself(here), language_of(here.member.language))
    own = replace(own, lines=(line("broadcast.trial"), *own.lines))
    await outbox.put_notice(here.tx, key, here.member.id, own, here.at)
    return reply(here, say(line("broadcast.tried")))


def _oneself(here: Here) -> Addressee:
    """The officer, in the place of whoever will get it."""
    unit = here.world.units[here.home.unit] if here.home else None
    staff = unit is not None and audience_of(unit.kind) is Audience.STAFF
    return Addressee(here.member.name, (unit.name,) if unit else (), staff)


async def previews(here: Here, wanted: SendBroadcast) -> list[Message]:
    """On each messenger that somebody of the audience would get it by, with the longest name of those who would.

    On all of them, with one's own name, where it is nobody's yet. Those that show it alike are shown once.
    """
    found, known = await audiences.reached(here, wanted.recipients, wanted.text), here.site.messengers()
    used = [name for name, _ in found.by_channel if name in known]
    whole, alike = message(here, wanted), defaultdict(list)
    for name in used or known:
        to = addressing.longest(wanted.text, found.named.get(name, ()))
        own = addressing.for_one(whole, to or _oneself(here), language_of(here.member.language))
        pieces = known[name].shows(own, here.member.language)
        alike[tuple(pieces), to is not None].append(known[name].label)
    return [_preview(pieces, labels, named=named) for (pieces, named), labels in alike.items()]


def _preview(pieces: Sequence[str], messengers: Sequence[str], *, named: bool) -> Message:
    """One for all messengers that show it alike."""
    head = "broadcast.preview.one" if len(pieces) == 1 else "broadcast.preview.several"
    longest = [line("broadcast.preview.longest")] if named else []
    told = (line("broadcast.preview.text", text=piece) for piece in pieces)
    return say(line(head, messenger=", ".join(messengers), number=len(pieces)), *longest, *told)

"""The messengers there are as an officer is told of them, and a message as each of them shows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from channels import fitting
from handlers.here import Messenger
from texts.compose import compose, language_of, plain
from texts.message import line

if TYPE_CHECKING:
    from channels.contract import Abilities, Channel
    from texts.message import Message


class Messengers:
    """Knows every messenger of the installation, also one that is added later."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels

    def __call__(self) -> dict[str, Messenger]:
        """Each by its name."""
        return {name: _messenger(channel) for name, channel in self._channels.items()}


def _messenger(channel: Channel) -> Messenger:
    can = channel.abilities
    shows = partial(_shown, can)
    return Messenger(channel.name.capitalize(), channel.rate, can.edits, can.monthly, can.price, shows)


def _shown(can: Abilities, message: Message, spoken: str) -> tuple[str, ...]:
    """Buttons in brackets below the text where they are tapped, numbered lines where they are typed."""
    language = language_of(spoken)
    text = compose(message.lines, language)
    buttons = tuple((plain(choice.label, language), choice.action) for choice in message.choices)
    if not can.buttons:
        text = fitting.numbered(text, buttons, language)
    pieces = [fitting.plain(one) for one in (fitting.split(text, can.text_limit) if can.text_limit else [text])]
    if message.attach:
        carried = can.files_out and not can.keeps_files
        named = line("broadcast.shown.file" if carried else "broadcast.shown.link", name=message.attach.params["name"])
        pieces[-1] += f"\n{plain(named, language)}"
    if can.buttons:
        pieces[-1] += "".join(f"\n[ {label} ]" for label, _ in buttons)
    return tuple(pieces)

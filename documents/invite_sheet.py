"""The sheet of invites an office prints, cuts and hands out: one card a person, with code, QR and short instructions.

One file, nothing loaded from elsewhere; every value is escaped, and no script stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import segno
from jinja2 import Environment, StrictUndefined, Template

from documents.units_columns import role_label
from texts.compose import plain
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.people import Role
    from texts.compose import Language

GROUP = 4
"""letters of a code that stand together: as many as people keep in mind while typing"""


@dataclass(frozen=True, slots=True)
class InviteCard:
    """One invite: for whom, the code to type, links that carry it (label and address), and its last valid day."""

    unit: str
    person: str | None
    role: Role
    code: str
    links: tuple[tuple[str, str], ...]
    expires: date


def invite_sheet(invites: Sequence[InviteCard], board: str, language: Language = "vi") -> bytes:
    """An HTML file (UTF-8) with a card for each invite, four to a page of A4; `board` is the board's name."""

    def say(name: str, **params: Any) -> str:
        return plain(line(f"documents.invites.{name}", **params), language)

    page = _template().render(
        cards=invites,
        board=board,
        language=language,
        say=say,
        role=lambda role: role_label(role, language),
        group=grouped,
        qr=qr,
    )
    return page.encode()


def grouped(code: str) -> list[str]:
    """A code in groups that can be read out; one that has hyphens or blanks is taken apart there."""
    parts = code.replace("-", " ").split()
    if len(parts) > 1:
        return parts
    return [code[n : n + GROUP] for n in range(0, len(code), GROUP)]


def qr(address: str) -> str:
    """The address as a QR code, drawn (SVG) in black on white with the quiet margin that readers need."""
    return segno.make_qr(address, error="m").svg_inline(border=4, light="#fff", omitsize=True)


@cache
def _template() -> Template:
    text = resources.files("documents").joinpath("invite_sheet.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(text)

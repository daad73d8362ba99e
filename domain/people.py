"""Who is who: one tree of units, people in them with roles, and one table that says who may do what."""

from __future__ import annotations

from enum import StrEnum

from domain.campaign import Actor, Audience
from domain.due import Value


class UnitKind(StrEnum):
    """What a unit is. A board stands at the root of its tree."""

    BOARD = "board"
    OFFICE = "office"
    ROOM = "room"
    SERVICE = "service"
    COUNCIL = "council"
    UNION = "union"
    ZONE = "zone"
    ENTERPRISE = "enterprise"


class Unit(Value):
    """A unit of the tree. `slug` is its lasting name in files and links; `sample` marks made-up demo data."""

    slug: str
    name: str
    short_name: str | None = None
    kind: UnitKind
    parent: str | None = None
    tax_code: str | None = None
    predecessors: tuple[str, ...] = ()
    """units that were merged into this one"""
    sample: bool = False


class Role(StrEnum):
    """What a person is to a unit."""

    MEMBER = "member"
    DELEGATE = "delegate"
    HEAD = "head"
    OFFICER = "officer"
    ADMIN = "admin"


BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category that show nothing: a name of them would be blank."""
RANK = tuple(Role)
"""Roles from the one that may do least to the one that may do most."""


class Act(StrEnum):
    """What a person can ask the bot to do, as far as it needs a right."""

    ISSUE_LINK = "issue_link"
    """a new sign-in link for a fellow of one's own unit"""
    SEE_TREE = "see_tree"
    """everybody and everything of one's board"""
    FILE_FOR_OTHERS = "file_for_others"
    """registering somebody else of one's unit, one by one or by a workbook"""
    SEE_UNIT = "see_unit"
    """what others have handed in for one's unit, and changing it"""
    JUDGE = "judge"
    """returning, accepting or declining a dossier of one's board"""
    SET_RULES = "set_rules"
    """what is open when, and the board's own rules for titles"""
    EXTEND = "extend"
    """giving units of one's board a later last day, and answering those that ask for one"""
    SET_DATES = "set_dates"
    """confirming how the dates of one's board's plans were read, correcting and moving them"""
    CHASE = "chase"
    """seeing who of one's board has not handed in, and having them reminded"""
    LAUNCH = "launch"
    """writing to many: launching a phase, a message of the office, and agreeing to another officer's"""


_FOR_THE_UNIT = frozenset({Role.DELEGATE, Role.HEAD, Role.OFFICER, Role.ADMIN})
_FOR_THE_BOARD = frozenset({Role.OFFICER, Role.ADMIN})

ACCESS: dict[Act, frozenset[Role]] = {
    Act.ISSUE_LINK: _FOR_THE_UNIT,
    Act.SEE_TREE: _FOR_THE_BOARD,
    Act.FILE_FOR_OTHERS: _FOR_THE_UNIT,
    Act.SEE_UNIT: _FOR_THE_UNIT,
    Act.JUDGE: _FOR_THE_BOARD,
    Act.SET_RULES: _FOR_THE_BOARD,
    Act.EXTEND: _FOR_THE_BOARD,
    Act.LAUNCH: _FOR_THE_BOARD,
    Act.SET_DATES: _FOR_THE_BOARD,
    Act.CHASE: _FOR_THE_BOARD,
}
"""The one table of rights. What stands in it also needs the unit: an officer's rights hold for their own board's tree.
Looking plans up, and whatever concerns oneself alone, needs no right."""


def may(act: Act, role: Role | None) -> bool:
    """Whether somebody with this role (None: a visitor) may do it."""
    return role in ACCESS[act]


def audience_of(kind: UnitKind) -> Audience:
    """Which audience people of a unit of this kind belong to."""
    return Audience.ENTERPRISE if kind in {UnitKind.ENTERPRISE, UnitKind.ZONE} else Audience.STAFF


def actors_of(kind: UnitKind, role: Role) -> frozenset[Actor]:
    """As which actors a plan's duties address somebody with `role` in a unit of this kind.

    Officers see to everything of their board; the office is itself one of the board's rooms.
    """
    if role in _FOR_THE_BOARD:
        return frozenset(Actor)
    own = {
        UnitKind.ENTERPRISE: {Actor.ENTERPRISE},
        UnitKind.ZONE: {Actor.ENTERPRISE},
        UnitKind.OFFICE: {Actor.OFFICE, Actor.ROOM, Actor.INDIVIDUAL},
        UnitKind.BOARD: {Actor.LEADER, Actor.INDIVIDUAL},
        UnitKind.COUNCIL: {Actor.COUNCIL, Actor.INDIVIDUAL},
        UnitKind.UNION: {Actor.UNION, Actor.INDIVIDUAL},
    }.get(kind, {Actor.ROOM, Actor.INDIVIDUAL})
    return frozenset(own)


STAFF_ACTORS = frozenset(Actor) - {Actor.ENTERPRISE}
ENTERPRISE_ACTORS = frozenset({Actor.ENTERPRISE})

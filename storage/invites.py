"""Invite and sign-in codes. A code is derived from the secret key and a serial; the database holds only its hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import people

if TYPE_CHECKING:
    from storage.units import Row, Tx

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that cannot be taken for one another when read out or written by hand."""
LENGTH = 10
INVITE, SIGN_IN = "invite", "sign_in"
_DAY = 24 * 3600 * 1_000_000
VALID = {INVITE: 90 * _DAY, SIGN_IN: _DAY // 48}
"""How long a code holds, in microseconds: an invite 90 days, a sign-in link half an hour."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """What a new code is for: a role in a unit, or (sign-in) an existing person."""

    kind: str
    unit: str | None = None
    role: str | None = None
    name: str | None = None
    position: str | None = None
    member: int | None = None


def new_serial() -> str:
    """The name of a new invite; not secret by itself."""
    return secrets.token_hex(8)


def code_of(serial: str, secret: str) -> str:
    """The code that belongs to a serial: ten characters, the same each time it is asked for."""
    number = int.from_bytes(hmac.digest(secret.encode(), f"code:{serial}".encode(), "sha256"))
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def tidy_code(typed: str) -> str | None:
    """A code as it may have been typed (lower case, with dashes or blanks) in its one spelling; None if it is none."""
    code = "".join(c for c in typed.upper() if c not in " -·\t")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def printed_code(code: str) -> str:
    """A code in two groups, easier to read out."""
    return f"{code[:5]}-{code[5:]}"


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


async def issue(tx: Tx, new: NewCode, serial: str, secret: str, now: int, issued_by: int | None) -> str:
    """Store a new code under its serial and return it. It holds for `VALID[kind]` from `now` (business time)."""
    code = code_of(serial, secret)
    await tx.run(
        "invites.add", serial=serial, hash=_hash(code), kind=new.kind, unit=new.unit, role=new.role, name=new.name,
        position=new.position, member=new.member, issued_by=issued_by, issued_at=now, expires_at=now + VALID[new.kind],
    )  # fmt: skip
    return code


async def find(tx: Tx, code: str) -> Row | None:
    """The invite behind a tidy code, used and expired ones too."""
    row: Row | None = await tx.one("invites.by_hash", hash=_hash(code))
    return row


async def use(tx: Tx, serial: str, member: int, now: int) -> bool:
    """Use it up; False if somebody else was quicker."""
    return bool(await tx.run("invites.use", serial=serial, member=member, now=now))


async def sign_in(tx: Tx, found: Row, visitor: int, channel: str, now: int) -> bool:
    """Redeem a sign-in code: the visitor and its person become one. False if the code holds no more."""
    person = int(found["member"])
    if found["kind"] != SIGN_IN or found["expires_at"] <= now or not await use(tx, found["serial"], person, now):
        return False
    await people.link(tx, visitor, person)
    await people.audit(tx, now, person, "signed_in", channel)
    return True

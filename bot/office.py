"""What the office's commands do, by name: each takes the app and plain data, and answers with plain data.

They are carried out by the process that has the database open (`bot/control.py`), with no person logged in: the audit
trail names no member for them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import office_import, office_state
from bot.build import App, Links
from bot.seed import board_of, seed
from channels.telegram.channel import TelegramChannel
from documents.units_columns import fold
from domain.campaign import Audience
from domain.people import Role, Unit, audience_of
from storage import backup, invites, people
from storage.invites import INVITE, SIGN_IN

if TYPE_CHECKING:
    from storage.units import Row, Tx

WITHIN = 5.0
"""seconds that Telegram has to say the bot's name, which its links carry"""
NEAREST = 5


class OfficeError(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


async def _seed(app: App, payload: dict[str, Any]) -> dict[str, int]:
    return await seed(app.database, app.clock.business(), confirmed=payload["confirmed"],
                      samples=app.settings.env != "production")  # fmt: skip


async def _units(app: App, _payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Every unit, with the slug of its board."""
    found = await app.database.read(people.units)
    return [{**unit.model_dump(mode="json"), "board": board_of(unit, found)} for unit in found.values()]


async def _invite(app: App, payload: dict[str, Any]) -> dict[str, Any]:
    """A new invite for a role in a unit: code, links, last instant. Unknown unit: OfficeError with the nearest slugs."""
    known = await app.database.read(people.units)
    board = payload.get("board")
    if board is not None:
        known = {slug: unit for slug, unit in known.items() if board_of(unit, known) == board}
    unit, role = known.get(payload["unit"]), Role(payload["role"])
    if unit is None:
        raise OfficeError(_no_such_unit(payload["unit"], known))
    if role in {Role.OFFICER, Role.ADMIN} and audience_of(unit.kind) is Audience.ENTERPRISE:
        raise OfficeError(f"{unit.slug} is not of the board's own house: nobody there can be {role}")
    new = invites.NewCode(INVITE, unit.slug, role.value, " ".join((payload.get("name") or "").split()) or None)
    return {"unit": unit.slug, "unit_name": unit.name, "role": role.value, "name": new.name, **await _new(app, new)}


def _no_such_unit(slug: str, known: dict[str, Unit]) -> str:
    """What was probably meant: by slug, or by a name typed in place of one."""
    by_words = {fold(unit.name): unit.slug for unit in known.values()} | {fold(slug): slug for slug in known}
    near = [by_words[words] for words in get_close_matches(fold(slug), by_words, NEAREST, 0.4)]
    hint = f"nearest: {', '.join(dict.fromkeys(near))}" if near else "none is like it (thidua seed, thidua import?)"
    return f"no unit has the slug {slug!r}; {hint}"


async def _sign_in(app: App, payload: dict[str, Any]) -> dict[str, Any]:
    """A one-time sign-in link for a member who has lost theirs, by id or by name."""
    rows = await app.database.read(_people, payload.get("unit"))
    who = payload["member"]
    found: dict[int, Row] = {r["id"]: r for r in rows if who == str(r["id"]) or fold(who) == fold(r["name"] or "")}
    if len(found) != 1:
        of_them = "; ".join(f"{row['id']}: {row['name']}, {row['unit_name']}" for row in found.values())
        raise OfficeError(f"{len(found)} members are {who!r}: {of_them}" if found else f"no member is {who!r}")
    row = next(iter(found.values()))
    issued = await _new(app, invites.NewCode(SIGN_IN, member=row["id"]))
    return {"member": row["id"], "name": row["name"], "unit_name": row["unit_name"], **issued}


async def _people(tx: Tx, unit: str | None) -> list[Row]:
    return [row for row in await tx.all("office.people", board="") if unit in {None, row["unit"]}]


async def _new(app: App, new: invites.NewCode) -> dict[str, Any]:
    now, serial = app.clock.business(), invites.new_serial()
    code = await app.database.run(_issue, new, serial, app.settings.secret, now)
    await _know_links(app)
    return _printed(app, new.kind, code, now + invites.VALID[new.kind])


async def _issue(tx: Tx, new: invites.NewCode, serial: str, secret: str, now: int) -> str:
    code = await invites.issue(tx, new, serial, secret, now, None)
    if new.kind == SIGN_IN:
        await people.audit(tx, now, None, "link_issued", str(new.member))
    else:
        await people.audit(tx, now, None, "invited", new.unit or "", role=new.role, serial=serial)
    return code


def _printed(app: App, kind: str, code: str, expires_at: int) -> dict[str, Any]:
    """As it is handed out; `expires_at` in microseconds since 1970."""
    return {
        "code": invites.printed_code(code),
        "links": dict(Links(app.channels)(kind, code)),
        "expires_at": expires_at,
    }


async def _know_links(app: App) -> None:
    """Telegram's links carry the bot's name, which a process that is not running has yet to ask for; else they lack."""
    for channel in app.channels.values():
        if isinstance(channel, TelegramChannel) and channel.link("x") is None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(channel.introduce(), WITHIN)


async def _take_units(app: App, payload: dict[str, Any]) -> dict[str, int]:
    """A part of a workbook's rows, parents first, in one unit of work; `dry`: only what would come of it."""
    rows = office_import.from_json(payload["rows"])
    args = (payload["board"], rows, app.settings.secret, app.clock.business())
    if payload.get("dry"):
        return await app.database.read(office_import.judged, *args)
    return await app.database.run(office_import.take, *args)


async def _open_invites(app: App, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Every invite of a board that can still be used, whenever it was made, by unit and name."""
    rows = await app.database.read(office_import.invites_of, payload["board"])
    now = app.clock.business()
    await _know_links(app)
    return [
        {
            "unit": row["unit_name"], "name": row["name"], "role": row["role"],
            **_printed(app, INVITE, invites.code_of(row["serial"], app.settings.secret), row["expires_at"]),
        }
        for row in rows if row["used_at"] is None and row["expires_at"] > now
    ]  # fmt: skip


async def _state(app: App, _payload: dict[str, Any]) -> dict[str, Any]:
    """What `doctor` wants to know of the database."""
    return await office_state.state(app.database, app.clock.business())


async def _backup(app: App, payload: dict[str, Any]) -> dict[str, Any]:
    """A consistent copy of the SQLite file and the stored files as one archive, while writing goes on."""
    path = app.settings.sqlite_path
    assert path is not None
    made_at = app.clock.local().isoformat(timespec="seconds")
    try:
        return await asyncio.to_thread(backup.save, path, app.settings.files_dir, Path(payload["into"]), made_at)
    except OSError as error:
        raise OfficeError(f"the backup could not be written: {error}") from None


OPERATIONS: dict[str, Callable[[App, dict[str, Any]], Awaitable[Any]]] = {
    "seed": _seed, "units": _units, "invite": _invite, "sign_in": _sign_in, "take_units": _take_units,
    "open_invites": _open_invites, "state": _state, "backup": _backup,
}  # fmt: skip

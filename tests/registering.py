"""People of several units who register in a test, each at a phone of their own: seated, led through a form, looked at."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.contract import Envelope, File
from handlers.here import ZONE
from storage import people
from texts.compose import plain as composed
from texts.message import line

if TYPE_CHECKING:
    from tests.app import Running

WORKS = datetime(2023, 4, 24, 8, tzinfo=ZONE)
"""a Monday on which Hải Phòng takes works, until the end of 30 April 2023"""
TITLES = datetime(2020, 4, 1, 8, tzinfo=ZONE)
"""a Wednesday on which Bắc Giang takes titles, until the end of 14 April 2020"""
ENTERPRISE, OTHER = "kkt-hai-phong-dn-1", "kkt-hai-phong-dn-2"
FACTORY, OTHER_FACTORY = "kcn-bac-giang-dn-1", "kcn-bac-giang-dn-2"
OFFICE, FAR_OFFICE = "kkt-hai-phong-van-phong", "kcn-bac-giang-van-phong"
CONFIRM = "Gửi đăng ký"
WORK = ("1", "Hàng cây xanh dọc đường số 5", "Trồng và chăm sóc cây hai bên đường", "200 cây", "30/6", "Lê Văn Tám")
"""Answers of the form for a work, after its opening was chosen."""


async def seat(running: Running, who: str, unit: str = ENTERPRISE, role: str = "delegate", name: str = "") -> int:
    """Somebody who has joined already; their number."""
    now = running.app.clock.business()
    return await running.app.database.run(seated, running.phone.name, who, name or f"Người {who}", role, unit, now)


async def seated(tx: Any, channel: str, address: str, name: str, role: str, unit: str, now: int) -> int:
    """The same in a unit of work."""
    member = await people.at_address(tx, channel, address, now)
    await tx.run("members.name", id=member, name=name)
    await tx.run("memberships.add", member=member, unit=unit, role=role, position=None, since=now)
    await tx.run("consents.add", member=member, version="test", given=1, at=now, channel=channel)
    return int(member)


async def all_said(running: Running, who: str, *texts: str) -> list[str]:
    """Say these one after the other; what the last one was answered with."""
    told: list[str] = []
    for text in texts:
        told = await running.say(who, text)
    return told


async def at_review(running: Running, who: str, name: str = WORK[1], target: str = WORK[3]) -> list[str]:
    """A work, all answered and not yet confirmed."""
    answers = (WORK[0], name, WORK[2], target, *WORK[4:])
    return await all_said(running, who, "/dangky", "1", *answers)


async def filed(running: Running, who: str, name: str = WORK[1]) -> str:
    """A work, handed in; its number."""
    await at_review(running, who, name)
    await running.tap(who, CONFIRM)
    return str((await dossiers(running))[-1]["number"])


async def dossiers(running: Running) -> list[dict[str, Any]]:
    """Every dossier, in the order of handing in."""
    found: list[dict[str, Any]] = await running.rows("SELECT * FROM dossiers ORDER BY id")
    return found


async def versions(running: Running) -> list[tuple[int, int, int]]:
    """Every version: its dossier, its number, who handed it in."""
    found = await running.rows("SELECT dossier, version, member FROM dossier_versions ORDER BY dossier, version")
    return [(one["dossier"], one["version"], one["member"]) for one in found]


async def hand_in_at(running: Running, who: str, said: dict[str, Any], stamped_at: datetime, update: str) -> None:
    """Hand in what the messenger says was sent at that moment."""
    assert running.phone.intake
    raw = json.dumps({"kind": "text", "text": "", **said}, ensure_ascii=False)
    stamp = int(stamped_at.timestamp() * 1e6)
    await running.phone.intake(Envelope(running.phone.name, update, who, stamp, raw))
    await running.settled()


def words(key: str, /, **params: Any) -> str:
    """What the product says for a key, in Vietnamese."""
    return composed(line(key, **params), "vi")


def confirming(running: Running, who: str) -> Any:
    """A tap on confirm, to be awaited beside others'."""
    return running.phone.hand_in(who, kind="tap", action=dict(running.phone.buttons(who))[CONFIRM])


def told(running: Running, who: str, key: str, /, **params: Any) -> int:
    """How often that person was sent these words."""
    found = words(key, **params)
    return sum(found in text for text in running.phone.texts(who))


async def send_file(running: Running, who: str, content: bytes, name: str, **more: Any) -> list[str]:
    """Send a file; what was sent to that address until all was quiet again."""
    return await running.say(who, kind="file", file=offered(running, content, name, **more))


def offered(running: Running, content: bytes, name: str, **more: Any) -> dict[str, Any]:
    """A file that the messenger has from now on, as it tells of it; `more` is what it tells besides."""
    ref = f"file{len(running.phone.files) + 1}"
    running.phone.files[ref] = content
    return {"ref": ref, "name": name, "size": len(content), **more}


def files_for(running: Running, who: str) -> list[File]:
    """Every file that was sent to that address."""
    return [one.file for one in running.phone.sent if one.address == who and one.file]

"""Dossiers on both databases: one a subject however many hand it in at once, every version kept, nothing personal shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.campaign import Asks
from domain.people import Unit, UnitKind
from storage import dossiers, people
from storage.dossiers import New
from tests.databases import NOW, SECOND, opened

BOARD, CAMPAIGN, UNIT = "kkt-hai-phong", "hai-phong-2023", "may-cang"
NONCE = "0123456789abcdef" * 2


@pytest.fixture
async def database(database_url):
    async with opened(database_url) as one:
        await one.run(_ground)
        yield one


async def _ground(tx):
    board = Unit(slug=BOARD, name="Ban", kind=UnitKind.BOARD)
    await people.put_unit(tx, board, BOARD)
    for slug in (UNIT, "other"):
        await people.put_unit(tx, Unit(slug=slug, name=slug, kind=UnitKind.ENTERPRISE, parent=BOARD), BOARD)
    for slug in (CAMPAIGN, "next"):
        await tx.run("campaigns.put", slug=slug, board=BOARD, body="{}", now=NOW)
    for name in ("Hoa", "Bình"):
        await tx.one("members.add", name=name, shown_name=None, language="vi", now=NOW)


def title(name="Trần Thị Hoa", titles=("LDTT",), at=NOW, **more):
    content = {"kind": "title", "subject": "individual", "name": name, "position": "Công nhân", "titles": list(titles)}
    new = New(BOARD, CAMPAIGN, 2023, Asks.TITLE, UNIT, f"individual:{name}", name, content, 1, at, False)
    return replace(new, **more)


async def test_a_dossier_is_filed_once(database):
    first = await database.run(dossiers.file, title(), NONCE)
    again = await database.run(dossiers.file, title(titles=["CSTDCS"]), NONCE)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.dossier == first.dossier
    assert first.dossier.number == "KKTHP-2023-DH-00001-" + first.dossier.number[-1]


async def test_twenty_at_once_are_one_dossier(database):
    filed = await asyncio.gather(*(database.run(dossiers.file, title(), NONCE) for _ in range(20)))
    assert [one.fresh for one in filed].count(True) == 1
    assert len({one.dossier.number for one in filed}) == 1

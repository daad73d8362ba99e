"""Dossiers in a test: the ground they stand on, and what is handed in, made short."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from domain.campaign import Asks
from domain.people import Unit, UnitKind
from storage import people
from storage.dossiers import New
from tests.databases import NOW, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOARD, CAMPAIGN, UNIT = "kkt-hai-phong", "hai-phong-2023", "may-cang"
NONCE = "0123456789abcdef" * 2


@asynccontextmanager
async def with_ground(url: str) -> AsyncIterator[Any]:
    """A database with a board, two enterprises, two campaigns and two people (1 and 2)."""
    async with opened(url) as database:
        await database.run(_ground)
        yield database


async def _ground(tx: Any) -> None:
    await people.put_unit(tx, Unit(slug=BOARD, name="Ban", kind=UnitKind.BOARD), BOARD)
    for slug in (UNIT, "other"):
        await people.put_unit(tx, Unit(slug=slug, name=slug, kind=UnitKind.ENTERPRISE, parent=BOARD), BOARD)
    for slug in (CAMPAIGN, "next"):
        await tx.run("campaigns.put", slug=slug, board=BOARD, body="{}", now=NOW)
    for name in ("Hoa", "Bình"):
        await tx.one("members.add", name=name, shown_name=None, language="vi", now=NOW)


def title(name: str = "Trần Thị Hoa", *titles: str, subject: str = "individual", **more: Any) -> New:
    """A title for somebody."""
    content = {"kind": "title", "subject": subject, "name": name, "position": "Công nhân", "staff_number": None,
               "titles": list(titles or ("LDTT",))}  # fmt: skip
    values = {"board": BOARD, "campaign": CAMPAIGN, "year": 2023, "kind": Asks.TITLE, "unit": UNIT, "label": name,
              "subject": f"{subject}:{name}", "filer": 1, "filed_at": NOW, "late": False}  # fmt: skip
    return New(**{**values, "content": content, **more})

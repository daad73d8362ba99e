"""Units that ask for extensions in a test, and officers who answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.registering import ENTERPRISE, OFFICE, OTHER, all_said, seat

if TYPE_CHECKING:
    from tests.app import Running

CAMPAIGN, DUTY = "haiphong-2023", "r1"
"""Hải Phòng's report on phase 1, due before 01/5/2023."""
WHY = "Đang chờ số liệu của công ty mẹ"
SEND, YES, YES_TO, NO = "Gửi yêu cầu", "✅ Đồng ý (đến 12/05/2023)", "Đồng ý đến ngày…", "Không đồng ý"


async def everybody(running: Running) -> None:
    """A delegate and the head of a unit, a member of it, the delegate of another, two officers."""
    await seat(running, "a", name="Lê Thị An")
    await seat(running, "head", role="head", name="Vũ Văn Đầu")
    await seat(running, "member", role="member")
    await seat(running, "other", OTHER)
    await seat(running, "o", OFFICE, "officer", "Trần Văn Cán")
    await seat(running, "p", OFFICE, "officer", "Phạm Thị Phó")


async def at_review(running: Running, who: str = "a", day: str = "12/5", duty: str = DUTY) -> list[str]:
    """A request, all answered and not yet sent."""
    await running.tap(who, f"ask_extension/{CAMPAIGN}/{duty}/0")
    return await all_said(running, who, day, WHY)


async def asked(running: Running, who: str = "a", day: str = "12/5", duty: str = DUTY) -> int:
    """A request that has been sent; its number."""
    await at_review(running, who, day, duty)
    await running.tap(who, SEND)
    return int((await requests(running))[-1]["id"])


async def requests(running: Running) -> list[dict[str, Any]]:
    """Every request, oldest first."""
    found: list[dict[str, Any]] = await running.rows("SELECT * FROM extension_requests ORDER BY id")
    return found


async def own_days(running: Running) -> dict[tuple[str, str], str]:
    """Last day by unit and duty."""
    found = await running.rows("SELECT unit, duty, last_day FROM extensions")
    return {(one["unit"], one["duty"]): one["last_day"] for one in found}


GIVEN = (ENTERPRISE, DUTY)

"""Officers who write to many in a test, and those they write to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.lifecycle import _of_broadcasts
from tests.registering import OFFICE, OTHER, all_said, seat, words

if TYPE_CHECKING:
    from tests.app import Running

ROOM = "kkt-hai-phong-phong-qldn"
TEXT = "Kính mời anh/chị dự hội nghị đối thoại doanh nghiệp ngày 12/5."
SEND, LAUNCH_IT = words("broadcast.review.confirm"), words("launch.review.confirm")
ENTERPRISES = words("recipients.whom.enterprise")


async def everybody(running: Running) -> None:
    """Two enterprises' delegates, the head of one, a member of staff, two officers; and an officer far away."""
    await seat(running, "a", name="Lê Thị An")
    await seat(running, "head", role="head", name="Vũ Văn Đầu")
    await seat(running, "b", OTHER, name="Hoàng Văn Bình")
    await seat(running, "s", ROOM, "member", "Đỗ Thị Sen")
    await seat(running, "o", OFFICE, "officer", "Trần Văn Cán")
    await seat(running, "p", OFFICE, "officer", "Phạm Thị Phó")
    await seat(running, "far", "kcn-bac-giang-van-phong", "officer", "Ngô Văn Xa")


async def at_review(running: Running, who: str = "o", text: str = TEXT, whom: str = ENTERPRISES) -> list[str]:
    """A message, all answered and not yet confirmed; `whom` as it is typed."""
    await running.tap(who, "broadcast_new")
    return await all_said(running, who, text, "bỏ qua", words("broadcast.no_button"), whom, words("flow.done"))


async def confirmed(running: Running, who: str = "o", **chosen: Any) -> int:
    """A message, confirmed; its number."""
    await at_review(running, who, **chosen)
    await running.tap(who, SEND)
    return int((await made(running))[-1]["id"])


async def made(running: Running) -> list[dict[str, Any]]:
    """Every message to many, oldest first."""
    found: list[dict[str, Any]] = await running.rows("SELECT * FROM broadcasts ORDER BY id")
    return found


def audience(row: dict[str, Any]) -> dict[str, Any]:
    """Whom it is for, as it was chosen."""
    found: dict[str, Any] = json.loads(row["audience"])
    return found


def last(running: Running, who: str) -> str:
    """What that person was sent last."""
    return running.phone.texts(who)[-1]


UNDER_WAY = """
SELECT id FROM broadcasts WHERE state = 'listing' OR (state = 'running' AND (at_once = 1 OR {hours}))
  OR (state = 'scheduled' AND starts_at <= {now})
UNION ALL SELECT id FROM broadcasts b WHERE state = 'done' AND started_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'summary:' || b.id || ':' || b.ended_at)
UNION ALL SELECT id FROM broadcasts b WHERE state = 'paused' AND reason IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'paused:' || b.id || ':' || b.watched_from)
"""
ROUNDS = 40


async def gone(running: Running) -> None:
    """What goes out to many goes, until it is over, or held up, and its author knows."""
    for _ in range(ROUNDS):
        await running.settled()
        now = running.app.clock.business()
        hours = "1 = 1" if running.app.judge.hours(now) else "1 = 0"
        if not await running.rows(UNDER_WAY.format(now=now, hours=hours)):
            return
        for tick in _of_broadcasts(running.app):
            await tick.do()

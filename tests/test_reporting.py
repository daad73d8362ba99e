"""Handing reports in, through the whole app: what is due, in time to the second, one report a unit, versions, files."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.dossier import After
from handlers.here import ZONE
from storage import openings
from tests import files
from tests.app import running_app
from tests.registering import (
    OFFICE,
    OTHER,
    WORKS,
    all_said,
    dossiers,
    offered,
    seat,
    send_file,
    told,
    versions,
    words,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

HAND_IN = "Nộp báo cáo"
LAST = datetime(2023, 4, 30, 23, 59, 59, tzinfo=ZONE)
"""the last second in which the report on phase 1 is in time"""


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    async with running_app(database_url, start=WORKS) as running:
        await seat(running, "an", name="Trần Văn An")
        await seat(running, "binh", name="Lê Thị Bình")
        yield running


async def at_review(app: Running, who: str, *contents: bytes, summary: str = "bỏ qua") -> None:
    """The report on phase 1, all answered and not yet confirmed."""
    await all_said(app, who, "/baocao", "1")
    for n, content in enumerate(contents or (files.pdf(2),), start=1):
        await send_file(app, who, content, f"bao cao {n}.pdf")
    await all_said(app, who, "xong", summary)


async def handed_in(app: Running, who: str, *contents: bytes, summary: str = "bỏ qua") -> list[str]:
    await at_review(app, who, *contents, summary=summary)
    return await app.tap(who, HAND_IN)


async def sent_at(app: Running, who: str, moment: datetime, said: dict[str, Any]) -> None:
    """Something that was sent at that moment, which business time has reached."""
    await app.move_to(moment)
    assert app.phone.intake
    await app.phone.hand_in(who, **said)
    await app.settled()


async def test_what_is_due_stands_nearest_first_and_says_who_has_handed_it_in(app: Running) -> None:
    [listed] = await app.say("an", "/baocao")
    assert [listed.index(f"Giai đoạn {n}") for n in (1, 2, 3)] == sorted(
        listed.index(f"Giai đoạn {n}") for n in (1, 2, 3)
    )
    await handed_in(app, "an")
    [listed] = await app.say("binh", "/baocao")
    assert listed.index("Giai đoạn 2") < listed.index("Giai đoạn 1"), "what is done comes last"
    assert "Trần Văn An" in listed
    assert (await dossiers(app))[0]["number"] in listed


async def test_the_others_of_the_unit_are_told_who_has_handed_it_in_and_strangers_are_not(app: Running) -> None:
    await seat(app, "chi", OTHER)
    await handed_in(app, "an")
    assert any("Trần Văn An" in text and "Giai đoạn 1" in text for text in app.phone.texts("binh"))
    assert app.phone.texts("chi") == []
    assert not any("Anh/chị không cần nộp nữa" in text for text in app.phone.texts("an"))


async def test_a_second_hand_in_is_a_version_and_the_same_once_more_is_none(app: Running) -> None:
    content = files.pdf(2)
    await handed_in(app, "an", content)
    again = await handed_in_replacing(app, "binh", content)
    assert words("register.same") in again[0]
    assert [v[:2] for v in await versions(app)] == [(1, 1)]
    replaced = await handed_in_replacing(app, "binh", files.pdf(3))
    assert words("report.changed") in replaced[0]
    assert [v[:2] for v in await versions(app)] == [(1, 1), (1, 2)]
    assert len(await dossiers(app)) == 1


async def handed_in_replacing(app: Running, who: str, content: bytes) -> list[str]:
    """The report on phase 1, which is in already, is replaced."""
    await app.say(who, "/baocao")
    await app.tap(who, "Nộp bản thay thế: Báo cáo kết quả Giai đoạn 1")
    await send_file(app, who, content, "bao cao 1.pdf")
    await all_said(app, who, "xong", "bỏ qua")
    return await app.tap(who, HAND_IN)


async def test_fifty_confirmations_at_once_of_two_people_are_one_report(app: Running) -> None:
    content = files.pdf(2)
    await at_review(app, "an", content)
    await at_review(app, "binh", content)
    taps = {who: dict(app.phone.buttons(who))[HAND_IN] for who in ("an", "binh")}
    await asyncio.gather(*(app.phone.hand_in(who, kind="tap", action=taps[who]) for who in ("an", "binh") * 25))
    await app.settled()
    assert len(await dossiers(app)) == 1
    assert len(await versions(app)) == 1, "both said the same"


@pytest.mark.parametrize(("minutes", "late"), [(29, False), (31, True)])
async def test_it_counts_from_its_last_file_if_it_is_confirmed_soon_after(
    app: Running, minutes: int, late: bool
) -> None:
    await all_said(app, "an", "/baocao", "1")
    sent = LAST - timedelta(seconds=30)
    await sent_at(app, "an", sent, {"kind": "file", "file": offered(app, files.pdf(), "bc.pdf")})
    await all_said(app, "an", "xong", "bỏ qua")
    action = dict(app.phone.buttons("an"))[HAND_IN]
    await sent_at(app, "an", sent + timedelta(minutes=minutes), {"kind": "tap", "action": action})
    [found] = await dossiers(app)
    assert bool(found["late"]) is late
    counted = sent if not late else sent + timedelta(minutes=minutes)
    assert abs(found["filed_at"] / 1e6 - counted.timestamp()) < 60, "business time runs on in a test"


async def test_after_the_deadline_it_is_taken_and_marked_late(app: Running) -> None:
    await app.move_to(LAST + timedelta(days=1))
    [received] = await handed_in(app, "an")
    assert words("dossier.late") in received
    assert (await dossiers(app))[0]["late"]


async def test_where_nothing_late_is_taken_no_answer_is_lost(app: Running) -> None:
    await at_review(app, "an")
    action = dict(app.phone.buttons("an"))[HAND_IN]

    async def refuse(tx: Any) -> None:
        await openings.set_after(tx, "haiphong-2023", "r1", After.REFUSE, 0, None)

    await app.app.database.run(refuse)
    await sent_at(app, "an", LAST + timedelta(days=1), {"kind": "tap", "action": action})
    assert await dossiers(app) == []
    assert told(app, "an", "report.over", last=LAST.date()) == 1
    assert not told(app, "an", "report.late")
    assert HAND_IN not in dict(app.phone.buttons("an"))
    await app.say("an", "lưu")
    [draft] = await app.rows("SELECT body FROM drafts")
    assert json.loads(draft["body"])["flow"]["answers"]["files"][0]["name"] == "bao cao 1.pdf"


async def test_a_file_out_of_the_blue_asks_for_which_report_it_is(app: Running) -> None:
    await send_file(app, "an", files.pdf(2), "bc.pdf")
    assert "Giai đoạn 1" in app.phone.buttons("an")[0][0], "the nearest first"
    await send_file(app, "an", files.pdf(3), "phu luc.pdf")
    assert words("report.added", name="phu luc.pdf", n=2) in app.phone.texts("an")[-2]
    await all_said(app, "an", "1", "bỏ qua")
    await app.tap("an", HAND_IN)
    [found] = await app.rows("SELECT content FROM dossier_versions")
    assert [one["name"] for one in json.loads(found["content"])["registration"]["files"]] == ["bc.pdf", "phu luc.pdf"]


async def test_what_it_is_called_says_for_which_report_it_is(app: Running) -> None:
    await send_file(app, "an", files.pdf(2), "BAO CAO giai doan 3.pdf")
    assert "Giai đoạn 3" in app.phone.texts("an")[-2]
    assert "Giai đoạn 3" in app.phone.buttons("an")[0][0]
    assert "Giai đoạn 1" in app.phone.buttons("an")[1][0], "then the nearest"


async def test_a_file_that_meets_another_conversation_waits_as_a_draft(app: Running) -> None:
    await all_said(app, "an", "/dangky", "1")
    await send_file(app, "an", files.pdf(2), "bc.pdf")
    assert told(app, "an", "report.waits", name="bc.pdf", n=1) == 1
    await app.say("an", "huỷ")
    await app.say("an", "/menu")
    [resumed] = [label for label, _ in app.phone.buttons("an") if words("flow.title.report") in label]
    await app.tap("an", resumed)
    await all_said(app, "an", "1", "bỏ qua")
    await app.tap("an", HAND_IN)
    assert [one["kind"] for one in await dossiers(app)] == ["report"]


async def send_together(app: Running, who: str, *names: str) -> list[str]:
    """Send files at once, all of them before the first is fetched; what was said until all was quiet."""
    before = len(app.phone.texts(who))
    sent = [offered(app, files.pdf(n), name) for n, name in enumerate(names, start=1)]
    for file in sent:
        await app.phone.hand_in(who, kind="file", file=file)
    await app.settled()
    return app.phone.texts(who)[before:]


async def test_several_files_out_of_the_blue_are_one_report_and_a_few_messages(app: Running) -> None:
    names = [f"trang {n}.pdf" for n in range(1, 6)]
    told_ = await send_together(app, "an", *names)
    assert words("report.added", name=names[-1], n=5) in told_[-2]
    assert len(told_) <= 6, "not two messages for each file"
    review = await all_said(app, "an", "1", "bỏ qua")
    assert [name for name in names if name in review[-1]] == names


async def test_several_files_that_meet_another_conversation_are_one_draft(app: Running) -> None:
    await all_said(app, "an", "/dangky", "1")
    await send_together(app, "an", "một.pdf", "hai.pdf", "ba.pdf")
    [draft] = await app.rows("SELECT body FROM drafts")
    assert [one["name"] for one in json.loads(draft["body"])["flow"]["answers"]["files"]] == ["một.pdf", "hai.pdf", "ba.pdf"]  # fmt: skip


async def test_a_report_needs_a_file_and_the_same_one_twice_is_told(app: Running) -> None:
    await all_said(app, "an", "/baocao", "1")
    for typed in ("xong", "bỏ qua"):
        assert words("answer.no_file") in (await app.say("an", typed))[0], typed
    content = files.pdf(2)
    await send_file(app, "an", content, "bc.pdf")
    [told_] = (await send_file(app, "an", content, "bc lần nữa.pdf"))[-1:]
    assert words("attaching.twice", name="bc lần nữa.pdf", same="bc.pdf") in told_
    assert "2." not in told_


async def test_of_several_files_on_their_way_the_list_is_told_when_all_are_there(app: Running) -> None:
    await all_said(app, "an", "/baocao", "1")
    before = len(app.phone.texts("an"))
    sent = [offered(app, files.pdf(n), f"trang {n}.pdf") for n in range(1, 6)]
    for file in sent:
        await app.phone.hand_in("an", kind="file", file=file)
    await app.settled()
    listed = app.phone.texts("an")[-1]
    assert [listed.index(f"{n}. trang {n}.pdf") for n in range(1, 6)] == sorted(listed.index(f"{n}. trang {n}.pdf") for n in range(1, 6))  # fmt: skip
    assert len(app.phone.texts("an")) - before <= 5, "not two messages for each file"


async def test_the_order_is_typed_anew(app: Running) -> None:
    await all_said(app, "an", "/baocao", "1")
    for n in (1, 2, 3):
        await send_file(app, "an", files.pdf(n), f"trang {n}.pdf")
    [listed] = await app.say("an", "3 1 2")
    assert listed.index("1. trang 3.pdf") < listed.index("2. trang 1.pdf") < listed.index("3. trang 2.pdf")
    [same] = await app.say("an", "3 1")
    assert "1. trang 3.pdf" in same, "not an order of all three"


async def test_who_does_not_speak_for_the_unit_sees_and_hands_in_nothing(app: Running) -> None:
    await seat(app, "dung", role="member")
    [listed] = await app.say("dung", "/baocao")
    assert words("reports.by_delegate") in listed
    await app.tap("dung", "report/haiphong-2023/r1/0")
    assert (await app.rows('SELECT 1 FROM sessions WHERE body LIKE \'%"name": "report"%\'')) == []
    for forged in ("report/haiphong-2023/r1/7", "report/haiphong-2023/nix/0", "report//", "report/a/b/c/d"):
        assert await app.tap("dung", forged)


async def test_what_the_office_returned_comes_back_in_time_and_what_it_accepted_stands(app: Running) -> None:
    await seat(app, "vp", OFFICE, "officer", "Phạm Văn Cường")
    await handed_in(app, "an")
    number = (await dossiers(app))[0]["number"]
    await app.tap("vp", f"judge/{number}")
    await all_said(app, "vp", "2", "Thiếu phụ lục số liệu", "1")
    assert (await dossiers(app))[0]["state"] == "returned"
    await app.move_to(LAST + timedelta(days=3))
    assert words("reports.comes_back") in (await app.say("an", "/baocao"))[0]
    await app.say("an", "1")
    await send_file(app, "an", files.pdf(4), "bc.pdf")
    review = await all_said(app, "an", "xong", "bỏ qua")
    assert words("report.late") not in review[-1]
    await app.tap("an", HAND_IN)
    [found] = await dossiers(app)
    assert (found["state"], found["version"], found["late"]) == ("submitted", 2, 0)
    await app.tap("vp", f"judge/{number}")
    await all_said(app, "vp", "1", "1")
    await app.say("an", "/baocao")
    assert not any("Giai đoạn 1" in label for label, _ in app.phone.buttons("an"))
    await app.tap("an", "report/haiphong-2023/r1/0")
    assert len(await versions(app)) == 2


async def test_an_excel_file_that_is_no_workbook_of_ours_can_be_handed_in_as_a_report(app: Running) -> None:
    await send_file(app, "an", files.xlsx(("Chỉ tiêu", "Kết quả"), ("Trồng cây", 200)), "bc.xlsx")
    assert told(app, "an", "report.perhaps") == 1
    await app.tap("an", words("report.take"))
    await all_said(app, "an", "1", "bỏ qua")
    await app.tap("an", HAND_IN)
    assert [one["kind"] for one in await dossiers(app)] == ["report"]

"""Between what somebody sees and what they confirm others act: nothing is handed in, replaced or decided on unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.dossier import After
from storage import openings
from tests import files
from tests.app import running_app
from tests.registering import OFFICE, WORKS, all_said, dossiers, offered, seat, send_file, told, versions, words
from tests.test_attaching import Holding
from tests.test_reporting import HAND_IN, LAST, at_review, handed_in, handed_in_replacing, sent_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

JUDGED = "Xác nhận"


@pytest.fixture
async def app(tmp_path: object) -> AsyncIterator[Running]:
    async with running_app(f"sqlite:///{tmp_path}/t.db", start=WORKS) as running:
        await seat(running, "an", name="Trần Văn An")
        await seat(running, "binh", name="Lê Thị Bình")
        await seat(running, "chanh", OFFICE, "officer")
        yield running


async def number(app: Running) -> str:
    [one] = await dossiers(app)
    return str(one["number"])


async def accepted(app: Running) -> None:
    await app.tap("chanh", f"judge/{await number(app)}")
    await app.say("chanh", "1")
    await app.tap("chanh", JUDGED)
    assert [one["state"] for one in await dossiers(app)] == ["accepted"]


async def test_what_the_office_has_decided_on_is_never_handed_in_for_something_else(app: Running) -> None:
    await handed_in(app, "an")
    await app.say("an", "/baocao")
    await app.tap("an", "Nộp bản thay thế: Báo cáo kết quả Giai đoạn 1")
    await send_file(app, "an", files.pdf(3), "moi.pdf")
    await all_said(app, "an", "xong", "bỏ qua")
    confirm = dict(app.phone.buttons("an"))[HAND_IN]
    await accepted(app)
    said = "\n".join(await app.tap("an", confirm))
    assert words("report.closed") in said
    assert "moi.pdf" in said, "nothing that was answered is lost"
    assert await number(app), "and there is no other dossier"


async def test_a_draft_of_what_has_been_decided_on_meanwhile_says_so(app: Running) -> None:
    await at_review(app, "an", files.pdf(3))
    await app.say("an", "lưu")
    await handed_in(app, "binh")
    await accepted(app)
    await app.say("an", "menu")
    resume = next(action for label, action in app.phone.buttons("an") if action.startswith("resume:"))
    said = "\n".join(await app.tap("an", resume))
    assert words("report.closed") in said
    assert "haiphong-2023/" not in said, "no key is shown"
    await app.say("an", "1")
    assert len(await dossiers(app)) == 1


async def test_who_edits_changes_the_version_they_have_seen_or_looks_again(app: Running) -> None:
    await handed_in(app, "an")
    await app.tap("an", f"edit/{await number(app)}")
    confirm = dict(app.phone.buttons("an"))[HAND_IN]
    await handed_in_replacing(app, "binh", files.pdf(5))
    said = "\n".join(await app.tap("an", confirm))
    assert words("register.there_already", number=await number(app)) in said
    assert [v[1] for v in await versions(app)] == [1, 2]
    await app.tap("an", HAND_IN)
    assert [v[1] for v in await versions(app)] == [1, 2, 3], "now it is what they want"


async def test_nobody_decides_on_a_version_they_have_not_seen(app: Running) -> None:
    await handed_in(app, "an")
    await app.tap("chanh", f"judge/{await number(app)}")
    await app.say("chanh", "1")
    confirm = dict(app.phone.buttons("chanh"))[JUDGED]
    await handed_in_replacing(app, "binh", files.pdf(5))
    assert words("dossier.renewed_meanwhile", number=await number(app), n=2) in await app.tap("chanh", confirm)
    assert [one["state"] for one in await dossiers(app)] == ["submitted"]
    await accepted(app)


async def test_what_was_late_and_comes_back_within_an_extension_is_late_no_more(app: Running) -> None:
    await app.move_to(LAST + timedelta(days=2))
    await handed_in(app, "an")
    assert [one["late"] for one in await dossiers(app)] == [1]
    await app.tap("chanh", f"judge/{await number(app)}")
    await all_said(app, "chanh", "2", "Thiếu phụ lục")
    await app.tap("chanh", JUDGED)
    await app.app.database.run(_extended)
    await app.say("an", "/baocao")
    await app.say("an", "1")
    await send_file(app, "an", files.pdf(4), "moi.pdf")
    await all_said(app, "an", "xong", "bỏ qua")
    await app.tap("an", HAND_IN)
    assert [(one["state"], one["late"]) for one in await dossiers(app)] == [("submitted", 0)]


async def _extended(tx) -> None:
    await tx.run("extensions.put", unit="kkt-hai-phong-dn-1", campaign="haiphong-2023", duty="r1", last_day="2023-05-20",
                 reason=None, by=1, now=1)  # fmt: skip


@pytest.mark.parametrize("rule", list(After))
async def test_the_review_says_of_time_what_confirming_will(app: Running, rule: After) -> None:
    await app.app.database.run(openings.set_after, "haiphong-2023", "r1", rule, 0, None)
    await app.move_to(LAST - timedelta(minutes=9))
    await all_said(app, "an", "/baocao", "1")
    await send_file(app, "an", files.pdf(2), "bao cao.pdf")
    await app.say("an", "xong")
    await sent_at(app, "an", LAST + timedelta(minutes=5), {"text": "bỏ qua"})
    assert words("report.late") not in app.phone.texts("an")[-1]
    assert words("report.done") in (await app.tap("an", HAND_IN))[0]
    assert [one["late"] for one in await dossiers(app)] == [0]


async def test_what_can_go_on_no_more_is_kept_as_a_draft_and_goes_on_when_it_can(app: Running) -> None:
    await at_review(app, "an", files.pdf(2))
    await app.app.database.run(_as, "member")
    assert words("flow.ground_kept") in await app.tap("an", HAND_IN)
    await app.app.database.run(_as, "delegate")
    await app.say("an", "menu")
    resume = next(action for _, action in app.phone.buttons("an") if action.startswith("resume:"))
    await app.tap("an", resume)
    assert words("report.done") in (await app.tap("an", HAND_IN))[0]


async def test_a_file_that_comes_for_another_report_than_the_open_one_is_kept(tmp_path: object) -> None:
    phone = Holding()
    async with running_app(f"sqlite:///{tmp_path}/t.db", [phone], start=WORKS) as app:
        await seat(app, "an")
        await all_said(app, "an", "/baocao", "1")
        phone.gate.clear()
        await phone.hand_in("an", kind="file", file=offered(app, files.pdf(2), "mot.pdf"))
        await app.until(lambda: told(app, "an", "flow.file_coming", name="mot.pdf", size=words("size.kb", n=2)))
        for said in ("huỷ", "/baocao", "2"):
            before = len(phone.texts("an"))
            await phone.hand_in("an", said)
            await app.until(lambda before=before: len(phone.texts("an")) > before)
        phone.gate.set()
        await app.settled()
        assert any(words("report.waits", name="mot.pdf", n=1) in text for text in phone.texts("an"))


async def _as(tx, role: str) -> None:
    await tx.run("memberships.drop", member=1)
    await tx.run("memberships.add", member=1, unit="kkt-hai-phong-dn-1", role=role, position=None, since=0)

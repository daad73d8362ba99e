"""Evidence in a registration, through the whole app: what is taken, what is refused and why, in whatever order it comes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from channels.contract import NotFetchedError
from channels.fitting import file_name
from storage import people
from tests import files, hostile
from tests.app import PATIENCE, Phone, running_app
from tests.registering import CONFIRM, FACTORY, TITLES, all_said, dossiers, offered, seat, send_file, told, words

TO_EVIDENCE = ("/dangky", "1", "1", "2", "Tổ sản xuất số 2", "1", "xong", "chọn tất cả", "bỏ qua")
"""a delegate registers a collective, up to the question about files"""
MEGABYTE = 1024 * 1024
DONE = words("flow.done")
SAME = files.pdf()


class Holding(Phone):
    """A phone whose files come when `gate` is open; `asked` tells that one is being fetched."""

    def __init__(self):
        super().__init__()
        self.abilities = replace(self.abilities, files_in=MEGABYTE)
        self.gate, self.asked = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.busy = 0
        """so many times more it cannot give a file just now"""

    async def fetch(self, ref):
        self.asked.set()
        await self.gate.wait()
        if self.busy:
            self.busy -= 1
            raise NotFetchedError("busy", again=True)
        async for piece in super().fetch(ref):
            yield piece


@pytest.fixture
async def app(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Holding()], start=TITLES) as one:
        await seat(one, "a", FACTORY)
        yield one


@pytest.fixture
async def both(database_url):
    async with running_app(database_url, [Holding()], start=TITLES) as one:
        await seat(one, "a", FACTORY)
        yield one


async def opened(running, who="a"):
    """The question that is open, and the files it has so far."""
    (row,) = await running.rows(
        f"SELECT s.body FROM sessions s JOIN addresses a ON a.member = s.member WHERE a.address = '{who}'"
    )
    flow = json.loads(row["body"])["flow"]
    return flow["step"], flow["so_far"] or []


async def being_fetched(running):
    """Wait until the messenger has been asked for a file."""
    async with asyncio.timeout(PATIENCE):
        await running.phone.asked.wait()


async def at_evidence(running, who="a"):
    """At the question about files."""
    await all_said(running, who, *TO_EVIDENCE)
    assert await opened(running, who) == ("evidence", [])


async def names(running, who="a"):
    """The files that the question has so far, those that are stored marked."""
    return [(one["name"], "sha256" in one) for one in (await opened(running, who))[1]]


async def registered(running, who="a"):
    """Hand it in; the names of its files."""
    await running.tap(who, CONFIRM)
    (row,) = await running.rows("SELECT content FROM dossier_versions ORDER BY dossier DESC, version DESC LIMIT 1")
    return [one["name"] for one in json.loads(row["content"])["registration"]["files"]]


TAKEN = {f"minh chứng.{ending}": made for ending, made in files.MADE.items() if ending not in {"txt", "jpeg"}}


async def test_every_kind_that_is_taken_is_shown_and_registered(both):
    await at_evidence(both)
    for name, made in TAKEN.items():
        assert name in (await send_file(both, "a", made(), name))[-1]
    assert await names(both) == [(name, True) for name in TAKEN]
    review = await both.tap("a", DONE)
    assert all(name in review[-1] for name in TAKEN)
    assert await registered(both) == list(TAKEN)
    (number,) = [one["number"] for one in await dossiers(both)]
    uses = await both.rows("SELECT holder FROM file_uses")
    assert [one["holder"] for one in uses] == [f"dossier:{number}:1"] * len(TAKEN)


async def test_each_that_cannot_be_taken_is_refused_with_its_reason_and_the_question_stands(app):
    await at_evidence(app)
    await send_file(app, "a", files.pdf(), "tốt.pdf")
    for name, content, key in (
        ("quyết định.pdf", b"MZ" + bytes(3000), "files.program"),
        ("báo cáo.docm", hostile.office({"word/vbaProject.bin": b"x" * 100}), "files.macros"),
        ("trống.pdf", b"", "files.empty"),
        ("lớn.pdf", bytes(MEGABYTE + 1), "files.too_big"),
        ("khoá.pdf", hostile.encrypted("bí mật")(), "files.pdf_password"),
        ("ghi chú.txt", files.text(), "files.plain_text"),
    ):
        told_ = "\n".join(await send_file(app, "a", content, name))
        assert words("attaching.refused", name=name) in told_, name
        assert words(key, megabytes=1) in told_, name
        assert await names(app) == [("tốt.pdf", True)], name
        assert dict(app.phone.buttons("a")).keys() >= {DONE}, name
    await app.tap("a", DONE)
    assert await registered(app) == ["tốt.pdf"]


async def test_one_that_the_messenger_no_longer_has_is_told_and_asked_for_again(app):
    await at_evidence(app)
    gone = {"ref": "never", "name": "mất.pdf", "size": 10}
    said = await app.say("a", kind="file", file=gone)
    assert words("attaching.failed", name="mất.pdf") in "\n".join(said)
    assert await names(app) == []
    await send_file(app, "a", files.pdf(), "mất.pdf")
    assert await names(app) == [("mất.pdf", True)]


async def test_the_same_file_twice_is_there_once(both):
    await at_evidence(both)
    for name in ("một.pdf", "hai.pdf"):
        await send_file(both, "a", SAME, name)
    assert await names(both) == [("một.pdf", True)]
    await both.tap("a", DONE)
    assert await registered(both) == ["một.pdf"]
    assert len(await both.rows("SELECT 1 FROM files")) == 1


async def test_a_file_is_called_in_the_store_by_its_content_alone(app, tmp_path):
    await at_evidence(app)
    given = file_name("../../..\\etc/\u202efdp.báo\u2066 cáo.pdf", "tep")
    assert not set("/\\\u202e\u2066") & set(given)
    await send_file(app, "a", files.pdf(), given)
    assert await names(app) == [(given, True)]
    await app.tap("a", DONE)
    assert await registered(app) == [given]
    stored = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    (row,) = await app.rows("SELECT sha256 FROM files")
    assert [path.name for path in stored] == [row["sha256"]]


async def test_one_taken_out_again_is_not_registered(app):
    await at_evidence(app)
    for name, content in (("một.pdf", files.pdf()), ("hai.png", files.png())):
        await send_file(app, "a", content, name)
    await app.tap("a", words("flow.drop", item="một.pdf"))
    assert await names(app) == [("hai.png", True)]
    await app.tap("a", DONE)
    assert await registered(app) == ["hai.png"]
    held = await app.rows("SELECT f.media_type FROM file_uses u JOIN files f ON f.sha256 = u.sha256")
    assert [one["media_type"] for one in held] == ["image/png"]


async def test_one_still_coming_is_waited_for_and_one_taken_out_meanwhile_stays_out(app):
    await at_evidence(app)
    app.phone.gate.clear()
    await app.phone.hand_in("a", kind="file", file=offered(app, files.pdf(), "chậm.pdf"))
    await app.until(lambda: told(app, "a", "flow.file_coming", name="chậm.pdf", size=words("size.kb", n=1)))
    assert await names(app) == [("chậm.pdf", False)]
    await app.phone.hand_in("a", kind="tap", action=dict(app.phone.buttons("a"))[DONE])
    await app.until(lambda: told(app, "a", "answer.still_coming", name="chậm.pdf"))
    assert (await opened(app))[0] == "evidence", "nobody goes on without it"
    drop = words("flow.drop", item="chậm.pdf")
    await app.phone.hand_in("a", kind="tap", action=dict(app.phone.buttons("a"))[drop])
    await app.until(lambda: words("flow.skip") in dict(app.phone.buttons("a")))
    app.phone.gate.set()
    await app.settled()
    assert await names(app) == []


async def test_a_slow_messenger_holds_nobody_elses_conversation(both):
    await seat(both, "b", FACTORY, "member")
    await at_evidence(both)
    both.phone.gate.clear()
    for number in range(5):
        content = files.pdf(number + 1)
        await both.phone.hand_in("a", kind="file", file=offered(both, content, f"{number}.pdf"))
    await being_fetched(both)
    before = len(both.phone.texts("b"))
    await both.phone.hand_in("b", "/menu")
    await both.until(lambda: len(both.phone.texts("b")) > before)
    assert not any(there for _, there in await names(both)), "they are still on their way"
    both.phone.gate.set()
    await both.settled()
    assert await names(both) == [(f"{number}.pdf", True) for number in range(5)]


async def test_a_file_is_no_answer_to_another_question(app):
    await all_said(app, "a", *TO_EVIDENCE[:4])
    step, _ = await opened(app)
    await send_file(app, "a", files.pdf(), "sớm.pdf")
    assert (await opened(app))[0] == step, "the question stands"
    await all_said(app, "a", *TO_EVIDENCE[4:])
    assert await opened(app) == ("evidence", [])


async def test_of_who_belongs_to_no_unit_nothing_is_fetched(app):
    await send_file(app, "visitor", files.pdf(), "khách.pdf")
    assert told(app, "visitor", "not_taken.file")
    await at_evidence(app)
    await app.app.database.run(_left, "a")
    await send_file(app, "a", files.pdf(), "sau.pdf")
    assert told(app, "a", "not_taken.file")
    assert not app.phone.asked.is_set()
    assert await app.rows("SELECT 1 FROM work") == []


async def _left(tx, who):
    member = await people.at_address(tx, "phone", who, 0)
    await tx.run("memberships.drop", member=member)


async def test_one_that_arrives_when_the_question_has_gone_is_told(app):
    await at_evidence(app)
    app.phone.gate.clear()
    await app.phone.hand_in("a", kind="file", file=offered(app, files.pdf(), "muộn.pdf"))
    await being_fetched(app)
    await app.phone.hand_in("a", "huỷ")
    await app.phone.hand_in("a", "huỷ")
    await app.until(lambda: told(app, "a", "flow.cancelled"))
    app.phone.gate.set()
    await app.settled()
    assert not app.phone.texts("a")[-1].startswith(words("flow.cancelled")), "never silence"
    assert await dossiers(app) == []


async def test_after_a_restart_while_it_was_fetched_it_is_fetched_again(database_url):
    async with running_app(database_url, [Holding()], start=TITLES) as first:
        await seat(first, "a", FACTORY)
        await at_evidence(first)
        first.phone.gate.clear()
        await first.phone.hand_in("a", kind="file", file=offered(first, SAME, "giữa chừng.pdf"))
        await being_fetched(first)
        held = first.phone.files
    second = Holding()
    second.files = held
    async with running_app(database_url, [second], start=TITLES) as again:
        await again.settled()
        assert await names(again) == [("giữa chừng.pdf", True)]
        answered = await again.say("a", "xong", update_id="after")
        assert "giữa chừng.pdf" in answered[-1]


async def test_a_messenger_that_is_busy_is_asked_again_and_the_file_comes(app):
    await at_evidence(app)
    app.phone.busy = 1
    await app.phone.hand_in("a", kind="file", file=offered(app, files.pdf(), "bận.pdf"))
    await app.until(lambda: app.phone.busy == 0)
    assert await names(app) == [("bận.pdf", False)]

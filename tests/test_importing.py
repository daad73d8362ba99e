"""Registering many people by workbook, through the whole app: given out, checked, confirmed, sent again, refused."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from documents.registration_workbook import MOST_ROWS, template
from handlers.here import ZONE
from tests import files
from tests.app import Phone, running_app
from tests.registering import (
    FACTORY,
    OTHER_FACTORY,
    TITLES,
    all_said,
    dossiers,
    files_for,
    seat,
    send_file,
    told,
    versions,
    words,
)
from tests.registration_books import AN, FORM, cells, filled, own_book, repacked, saved

BINH = {**AN, "name": "Lê Thị Bình", "position": "Kỹ sư"}
CUC = {**AN, "name": "Trần Thị Cúc", "title": "Vua thi đua"}
NAME = "danh-sach.xlsx"
CAMPAIGN, UNIT = "Phong trào thi đua năm 2020", "Công ty TNHH Linh kiện Sao Băng (mẫu)"
MINE = replace(FORM, unit=FACTORY, unit_name=UNIT)
LATE = datetime(2020, 4, 15, 0, 0, tzinfo=ZONE)


@pytest.fixture
async def both(database_url):
    """The app on either database, on a day when titles are open, with a delegate."""
    async with running_app(database_url, [Phone()], start=TITLES) as one:
        await seat(one, "a", FACTORY)
        yield one


@pytest.fixture
async def app(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], start=TITLES) as one:
        await seat(one, "a", FACTORY)
        yield one


async def asked_for(running, who="a"):
    """Ask for the workbook as a person does; the one that comes."""
    await all_said(running, who, "/dangky", "1")
    said = await running.tap(who, words("register.workbook"))
    assert said[0].startswith(words("import.making"))
    assert words("import.how") in said[-1]
    return files_for(running, who)[-1].content


async def sent(running, *rows, who="a", first=2, content=None):
    """Send a workbook back with these rows in it; what was answered at last."""
    return (await send_file(running, who, filled(*rows, content=content or template(MINE, []), first=first), NAME))[-1]


async def confirmed(running, who="a"):
    """Tap on what registers the good rows."""
    return await running.tap(who, to_confirm(running, who)[0])


def counts(new=0, changed=0, same=0, wrong=0):
    return words("import.counts", new=new, changed=changed, same=same, wrong=wrong)


def done(new=0, changed=0, same=0):
    return words("import.done", new=new, changed=changed, same=same)


def to_confirm(running, who="a"):
    """The button that registers the good rows, if there is one."""
    return [action for _, action in running.phone.buttons(who) if action.removeprefix("+").startswith("import/")]


async def test_there_and_back(both):
    given = await asked_for(both)
    assert files_for(both, "a")[-1].name == words("import.name.form")
    said = await send_file(both, "a", filled(AN, BINH, CUC, content=given), NAME)
    assert said[0].startswith(words("attaching.coming", name=NAME))
    assert said[1] == words("import.checking")
    assert counts(new=2, wrong=1) in said[-1]
    assert words("import.some_wrong") in said[-1]
    copy = files_for(both, "a")[-1]
    assert copy.name == words("import.name.copy")
    wrong = cells(copy.content)[2]
    assert "Vua thi đua" in wrong["reason"].value
    assert wrong["title"].fill.fgColor.rgb != wrong["name"].fill.fgColor.rgb, (
        "the wrong cell is coloured, a good one is not"
    )
    assert [row["reason"].value for row in cells(copy.content)[:2]] == [None, None]
    assert await dossiers(both) == [], "nothing before the word is given"

    said = await confirmed(both)
    assert said[0].startswith(words("import.registering"))
    assert done(new=2) in said[-1]
    registered = await dossiers(both)
    assert [(one["label"], one["unit"], one["late"]) for one in registered] == [
        (AN["name"], FACTORY, 0),
        (BINH["name"], FACTORY, 0),
    ]
    numbers = files_for(both, "a")[-1]
    assert numbers.name == words("import.name.numbers")
    assert [row["number"].value for row in cells(numbers.content)[:2]] == [one["number"] for one in registered]
    assert both.phone.texts("a").count(said[-1]) == 1


async def test_two_taps_on_confirm_and_one_later_register_once(both):
    await sent(both, AN, BINH)
    (way,) = to_confirm(both)
    await asyncio.gather(*(both.phone.hand_in("a", kind="tap", action=way) for _ in range(3)))
    await both.settled()
    assert told(both, "a", "import.registering") == 1
    assert told(both, "a", "import.over") == 2
    assert told(both, "a", "import.done", new=2, changed=0, same=0) == 1
    assert (await both.tap("a", way))[0].startswith(words("import.over"))
    assert (await both.tap("a", way.replace("import", "import_no")))[0].startswith(words("import.over"))
    assert await versions(both) == [(1, 1, 1), (2, 1, 1)]


async def test_sent_again_only_what_was_changed_is_changed(both):
    await sent(both, AN, BINH, CUC)
    copy = files_for(both, "a")[-1].content
    await confirmed(both)
    before = await dossiers(both)
    corrected = [{}, {"position": "Trưởng ca"}, {"title": "Lao động tiên tiến"}]
    assert counts(new=1, changed=1, same=1) in await sent(both, *corrected, content=copy)
    assert len(await versions(both)) == 2
    assert done(new=1, changed=1, same=1) in (await confirmed(both))[-1]
    assert await versions(both) == [(1, 1, 1), (2, 1, 1), (2, 2, 1), (3, 1, 1)]
    now = await dossiers(both)
    assert now[0] == before[0], "the untouched one is as it was"
    assert (now[1]["number"], now[1]["version"]) == (before[1]["number"], 2)

    numbers = files_for(both, "a")[-1].content
    said = await sent(both, content=numbers)
    assert counts(same=3) in said
    assert words("import.nothing_to_do") in said
    assert not to_confirm(both)
    given = await asked_for(both)
    assert [row["name"].value for row in cells(given)[:3]] == [AN["name"], BINH["name"], CUC["name"]]
    assert counts(changed=1, same=2) in await sent(both, {"note": "đã nghỉ"}, content=given, first=4)


async def test_after_a_restart_between_check_and_word_it_is_still_registered(database_url):
    async with running_app(database_url, [Phone()], start=TITLES) as first:
        await seat(first, "a", FACTORY)
        await sent(first, AN)
        (way,) = to_confirm(first)
    async with running_app(database_url, [Phone()], start=TITLES) as second:
        assert done(new=1) in (await second.say("a", kind="tap", action=way, update_id="after"))[-1]
        assert [one["label"] for one in await dossiers(second)] == [AN["name"]]


async def test_a_word_given_before_the_end_is_carried_out_after_it(database_url):
    """The process ends between the word and the registering: the row that asks for it stands."""
    async with running_app(database_url, [Phone()], start=TITLES) as first:
        await seat(first, "a", FACTORY)
        await sent(first, AN)
        (way,) = to_confirm(first)
        await first.app.slow.stop(5)
        await first.phone.hand_in("a", kind="tap", action=way)
        await first.until(lambda: told(first, "a", "import.registering"))
        assert await dossiers(first) == []
    async with running_app(database_url, [Phone()], start=TITLES) as second:
        await second.settled()
        assert [one["label"] for one in await dossiers(second)] == [AN["name"]]
        assert told(second, "a", "import.done", new=1, changed=0, same=0) == 1


@pytest.mark.parametrize("unit", [FACTORY, OTHER_FACTORY])
async def test_another_ones_import_is_as_if_there_were_none(both, unit):
    await seat(both, "b", unit)
    await sent(both, AN)
    for action in ("import/", "import_no/"):
        assert await both.tap("b", f"{action}1") == await both.tap("b", f"{action}77")
    assert [one["state"] for one in await both.rows("SELECT state FROM imports")] == ["checked"]
    assert done(new=1) in (await confirmed(both))[-1]


async def test_what_is_declined_stays_unregistered(app):
    await sent(app, AN)
    (way,) = to_confirm(app)
    assert (await app.tap("a", way.replace("import", "import_no")))[0].startswith(words("import.dropped"))
    assert (await app.tap("a", way))[0].startswith(words("import.over"))
    assert await dossiers(app) == []


async def test_the_word_decides_whether_it_is_late(app):
    await sent(app, AN)
    await app.move_to(LATE)
    await confirmed(app)
    assert [one["late"] for one in await dossiers(app)] == [1]


async def test_a_workbook_that_comes_while_a_question_is_open_puts_it_aside(app):
    await all_said(app, "a", "/dangky", "1")
    await app.tap("a", words("register.begin"))
    said = await sent(app, AN)
    assert words("import.put_aside") in said
    assert len(await app.rows("SELECT 1 FROM drafts")) == 1
    assert done(new=1) in (await confirmed(app))[-1]


async def test_who_may_not_register_others_gets_no_workbook_and_sends_none(app):
    await seat(app, "m", FACTORY, "member")
    assert (await app.tap("m", "workbook/bacgiang-2020/0"))[0].startswith(words("import.not_open"))
    assert (await sent(app, AN, who="m")).startswith(words("not_taken.file"))
    assert await app.rows("SELECT 1 FROM imports") == []


def _noted(kind):
    book = openpyxl.load_workbook(io.BytesIO(filled(AN, content=template(MINE, []))))
    book.custom_doc_props["thidua-template"].value = kind
    return saved(book)


def _merged():
    book = openpyxl.load_workbook(io.BytesIO(filled(AN, content=template(MINE, []))))
    book["Danh sách"].merge_cells("C2:C3")
    return saved(book)


def _many():
    head = list(next(openpyxl.load_workbook(io.BytesIO(template(MINE, [])))["Danh sách"].values))
    return own_book(head, [[str(n), "Cá nhân", f"Người {n}", "Thợ"] for n in range(MOST_ROWS + 1)], form=MINE)


WRONG = {
    "other campaign": (
        lambda: filled(AN, content=template(replace(MINE, campaign="khac"), [])),
        "workbook.refused.other_campaign",
    ),
    "other unit": (lambda: filled(AN), "workbook.refused.other_unit"),
    "old form": (lambda: _noted("titles/0"), "workbook.refused.old_template"),
    "another form": (lambda: _noted("units/1"), "workbook.refused.other_template"),
    "merged": (_merged, "workbook.refused.merged"),
    "empty": (lambda: template(MINE, []), "workbook.refused.empty"),
    "too many": (_many, "workbook.refused.too_many_rows"),
    "other headers": (
        lambda: files.xlsx(("번호", "성명", "직위"), ("1", "김철수", "과장")),
        "workbook.refused.no_headings",
    ),
    "csv": (lambda: files.text("STT,Họ và tên\n1,Nguyễn Văn An\n"), "files.plain_text"),
    "bomb": (
        lambda: repacked(filled(AN, content=template(MINE, [])), {"xl/media/bomb.bin": bytes(20_000_000)}),
        "files.office_bursts",
    ),
}


async def test_each_workbook_that_is_none_of_theirs_is_refused_with_its_reason(app):
    refusals = {what: await send_file(app, "a", made(), NAME) for what, (made, _) in WRONG.items()}
    for what, (_, key) in WRONG.items():
        params = {"rows": MOST_ROWS, "campaign": CAMPAIGN, "unit": UNIT, "cells": "C2:C3", "headings": ""}
        assert words(key, **params).splitlines()[0] in refusals[what][-1], what
    assert not to_confirm(app)
    assert await app.rows("SELECT 1 FROM imports") == []
    assert await dossiers(app) == []


async def test_of_two_units_the_reason_of_the_one_it_was_made_for_is_told(app):
    (member,) = await app.rows("SELECT member FROM addresses WHERE address = 'a'")
    now = app.app.clock.business()

    async def joins_another(tx):
        joined = {"member": member["member"], "unit": OTHER_FACTORY, "role": "delegate", "position": None, "since": now}
        await tx.run("memberships.add", **joined)

    await app.app.database.run(joins_another)
    other = replace(MINE, unit=OTHER_FACTORY)
    told_ = (await send_file(app, "a", template(other, []), NAME))[-1]
    assert words("workbook.refused.empty") in told_

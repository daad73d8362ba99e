"""Rows of a workbook: new, changed, the same or in conflict, found by their key, else by whom they are about."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.dossier import Change, State
from storage import dossier_lists as lists
from storage import dossiers, files
from storage.dossier_rows import Outcome, file_many
from tests.app import rows
from tests.databases import NOW
from tests.dossiers import NONCE, title, with_ground

NEW, CHANGED, SAME, CONFLICT = Outcome


@pytest.fixture
async def database(database_url):
    async with with_ground(database_url) as one:
        yield one


async def file(database, *news):
    done = await database.run(file_many, news, [NONCE] * len(news))
    return [one.outcome for one in done], [one.number for one in done]


def row(name, key, *titles, **more):
    return title(name, *titles, row_key=key, **more)


async def test_a_workbook_sent_again_changes_only_what_changed(database):
    first = [row("A", "k1"), row("B", "k2"), row("C", "k3")]
    outcomes, numbers = await file(database, *first)
    assert outcomes == [NEW] * 3
    assert [number[:-2] for number in numbers] == [f"KKTHP-2023-DH-{n:05}" for n in (1, 2, 3)]
    again = [first[0], row("B", "k2", "GK"), row("D", "k4"), row("C, sửa tên", "k3")]
    outcomes, later = await file(database, *again)
    assert outcomes == [SAME, CHANGED, NEW, CHANGED]
    assert [later[0], later[1], later[3]] == numbers
    assert len(await rows(database, "SELECT * FROM dossier_versions")) == 6
    steps = await database.read(lists.history, numbers[1])
    assert [(one.act, one.version) for one in steps] == [("dossier.submitted", 1), ("dossier.changed", 2)]
    assert await file(database) == ([], [])


async def test_what_the_office_returned_comes_back_by_workbook_in_time_and_with_its_files_held(database):
    sha = "a" * 64

    async def stored(tx):
        await tx.run("files.put", sha=sha, size=1, now=NOW)

    await database.run(stored)
    in_time, late = row("A", "k1"), replace(row("A", "k1", "GK"), late=True)
    _, (number,) = await file(database, in_time)
    await database.run(dossiers.change, number, Change.RETURN, 1, "Thiếu minh chứng", NOW)
    with_file = {
        **late.content,
        "files": [{"sha256": sha, "name": "x.pdf", "size": 1, "media_type": "application/pdf"}],
    }
    assert await file(database, replace(late, content=with_file)) == ([CHANGED], [number])
    assert not (await database.read(dossiers.get, number)).late
    assert await database.read(files.uses, sha) == [f"dossier:{number}:2"]


async def test_who_registered_in_the_chat_is_found_by_name_and_keeps_the_rows_key(database):
    there = (await database.run(dossiers.file, title("A"), NONCE)).dossier
    assert await file(database, row("A", "k1")) == ([SAME], [there.number])
    assert await file(database, row("A Hai", "k1")) == ([CHANGED], [there.number])
    assert await file(database, row("A Hai", "other workbook", "GK")) == ([CHANGED], [there.number])
    assert (await database.read(dossiers.get, there.number)).row_key == "k1"


async def test_two_rows_of_one_dossier_are_a_conflict_whichever_they_are(database):
    outcomes, numbers = await file(database, row("A", "k1"), row("A", "k2", "GK"), row("B", "k1"))
    assert outcomes == [NEW, CONFLICT, CONFLICT]
    assert set(numbers) == {numbers[0]}
    assert (await file(database, row("A", "k1", "GK"), row("A", "k9")))[0] == [CHANGED, CONFLICT]
    assert (await database.read(dossiers.get, numbers[0])).content["titles"] == ["GK"]


async def test_a_row_cannot_take_anothers_name_nor_change_what_is_decided(database):
    _, (a, b) = await file(database, row("A", "k1"), row("B", "k2"))
    assert await file(database, row("A", "k2")) == ([CONFLICT], [a])
    await database.run(dossiers.change, b, Change.ACCEPT, 2, None, NOW)
    done = await database.run(file_many, [row("B", "k2", "GK"), row("B", "k2")], [NONCE] * 2)
    assert [(one.outcome, one.state) for one in done] == [(CONFLICT, State.ACCEPTED)] * 2
    assert (await file(database, row("B", "k2"))) == ([SAME], [b])


async def test_what_was_withdrawn_stays_so_until_its_row_is_changed(database):
    _, (number,) = await file(database, row("A", "k1"))
    await database.run(dossiers.change, number, Change.WITHDRAW, 1, "nhầm", NOW)
    done = await database.run(file_many, [row("A", "k1")], [NONCE])
    assert [(one.outcome, one.state) for one in done] == [(SAME, State.WITHDRAWN)]
    assert (await file(database, row("A", "k1", "GK")))[0] == [CHANGED]
    assert (await database.read(dossiers.get, number)).state is State.SUBMITTED


async def test_two_delegates_with_one_workbook_at_once_make_one_of_each(database):
    news = [row(f"Người {n}", f"k{n}") for n in range(100)]
    both = await asyncio.gather(file(database, *news), file(database, *reversed(news)))
    assert sorted(outcome for outcomes, _ in both for outcome in outcomes) == [NEW] * 100 + [SAME] * 100
    assert len(await rows(database, "SELECT * FROM dossiers")) == 100
    assert len(await rows(database, "SELECT * FROM dossier_versions")) == 100


async def test_a_workbook_and_the_chat_at_once_make_one_of_each(database):
    news = [row(f"Người {n}", f"k{n}") for n in range(20)]
    typed = [replace(one, row_key=None) for one in reversed(news)]
    await asyncio.gather(file(database, *news), *(database.run(dossiers.file, one, NONCE) for one in typed))
    assert len(await rows(database, "SELECT * FROM dossiers")) == 20
    assert len(await rows(database, "SELECT * FROM dossiers WHERE row_key IS NOT NULL")) == 20

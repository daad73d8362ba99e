"""Dossiers on both databases: one a subject however many hand it in, every version kept, nothing personal shown."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import asdict, fields, replace

import pytest

from domain.campaign import Asks
from domain.dossier import Change, State, tidy_number
from domain.registration import digest
from storage import dossier_lists as lists
from storage import dossiers, people
from storage.dossiers import Conflict, Renewed, Why
from tests.app import rows
from tests.databases import NOW, SECOND, receive
from tests.dossiers import BOARD, CAMPAIGN, NONCE, UNIT, title, with_ground


@pytest.fixture
async def database(database_url):
    async with with_ground(database_url) as one:
        yield one


@pytest.fixture
async def filed(database):
    return (await database.run(dossiers.file, title(), NONCE)).dossier


async def renew(database, number, base, new, nonce=NONCE):
    return await database.run(dossiers.renew, number, base, new, nonce)


async def change(database, number, what, reason="vì thế"):
    return await database.run(dossiers.change, number, what, 2, reason, NOW + 9)


async def test_what_was_handed_in_is_there(database):
    done = await database.run(dossiers.file, title(row_key="k1", late=True), NONCE)
    assert done.fresh
    assert done.dossier == await database.read(dossiers.get, done.dossier.number)
    assert done.dossier.content == title().content
    assert (done.dossier.state, done.dossier.version, done.dossier.late) == (State.SUBMITTED, 1, True)
    assert (done.dossier.kind, done.dossier.row_key, done.dossier.filer) == (Asks.TITLE, "k1", 1)
    assert await database.read(dossiers.get, "no such") is None


async def test_the_second_of_a_subject_finds_the_first_untouched(database, filed):
    again = await database.run(dossiers.file, title("Trần Thị Hoa", "CSTDCS", filer=2), NONCE)
    assert (again.fresh, again.dossier) == (False, filed)
    for other in (title("Lê Văn Bình"), title(campaign="next"), title(unit="other")):
        assert (await database.run(dossiers.file, other, NONCE)).fresh


async def test_twenty_at_once_are_one_dossier(database):
    done = await asyncio.gather(*(database.run(dossiers.file, title(filer=n), NONCE) for n in range(20)))
    assert [one.fresh for one in done].count(True) == 1
    assert len({one.dossier.number for one in done}) == 1
    assert len(await rows(database, "SELECT * FROM dossier_versions")) == 1


async def test_numbers_are_given_once_and_by_board_year_and_kind(database):
    names = [f"Người {n}" for n in range(20)]
    done = await asyncio.gather(*(database.run(dossiers.file, title(one), NONCE) for one in names))
    numbers = sorted(one.dossier.number for one in done)
    assert [number[:-2] for number in numbers] == [f"KKTHP-2023-DH-{n:05}" for n in range(1, 21)]
    assert all(tidy_number(number) == number for number in numbers)
    for other, begins in ((title(year=2024, campaign="next"), "KKTHP-2024-DH-00001"),
                          (title(kind=Asks.WORK), "KKTHP-2023-CT-00001")):  # fmt: skip
        assert (await database.run(dossiers.file, other, NONCE)).dossier.number.startswith(begins)


async def test_a_unit_that_fails_after_filing_leaves_nothing(database):
    async def fails(tx):
        await dossiers.file(tx, title(), NONCE)
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        await database.run(fails)
    for table in ("dossiers", "dossier_versions", "audit", "counters"):
        assert await rows(database, f"SELECT * FROM {table}") == []


async def test_a_new_version_takes_the_place_of_the_old_and_the_old_stays(database, filed):
    new = title("Trần Thị Hoa", "LDTT", "CSTDCS", filed_at=NOW + SECOND, late=True, filer=2)
    done = await renew(database, filed.number, 1, new)
    assert isinstance(done, Renewed)
    assert done.changed
    assert (done.dossier.version, done.dossier.late, done.dossier.filer) == (2, True, 1), "it stays whose it was"
    assert done.dossier.content["titles"] == ["LDTT", "CSTDCS"]
    first, second = [await database.read(lists.version, filed.number, n) for n in (1, 2)]
    assert first.content["registration"] == title().content
    assert (first.late, first.member, second.late, second.member) == (False, 1, True, 2)
    assert await database.read(lists.version, filed.number, 3) is None


async def test_the_same_again_is_no_new_version(database, filed):
    done = await renew(database, filed.number, 1, title(filed_at=NOW + SECOND), "another nonce")
    assert done == Renewed(filed, changed=False)
    assert await renew(database, "no such", 1, title()) is None


async def test_who_read_an_older_version_is_told_how_it_stands(database, filed):
    await renew(database, filed.number, 1, title("Trần Thị Hoa", "CSTDCS"))
    late = await renew(database, filed.number, 1, title("Trần Thị Hoa", "GK"))
    assert isinstance(late, Conflict)
    assert (late.why, late.dossier.version, late.dossier.content["titles"]) == (Why.STALE, 2, ["CSTDCS"])


async def test_twenty_corrections_at_once_are_one_version_and_the_others_are_told(database, filed):
    corrections = [title("Trần Thị Hoa", "LDTT", f"T{n}") for n in range(20)]
    done = await asyncio.gather(*(renew(database, filed.number, 1, one) for one in corrections))
    taken = [one for one in done if isinstance(one, Renewed)]
    assert [one.changed for one in taken] == [True]
    told = [one for one in done if isinstance(one, Conflict)]
    assert {(one.why, one.dossier) for one in map(_hashable, told)} == {(Why.STALE, _plain(taken[0].dossier))}
    assert len(told) == 19
    assert len(await rows(database, "SELECT * FROM dossier_versions")) == 2


async def test_two_taps_on_confirm_are_one_version(database, filed):
    done = await asyncio.gather(*(renew(database, filed.number, 1, title("Trần Thị Hoa", "GK")) for _ in range(2)))
    assert sorted(one.changed for one in done) == [False, True]
    assert {one.dossier.version for one in done} == {2}


async def test_an_identity_that_is_anothers_is_not_taken(database, filed):
    other = (await database.run(dossiers.file, title("Lê Văn Bình"), NONCE)).dossier
    done = await renew(database, filed.number, 1, title("Lê Văn Bình", "GK"))
    assert done == Conflict(Why.TAKEN, other)
    moved = await renew(database, filed.number, 1, title("Trần Thị Hòa"))
    assert (moved.dossier.subject, moved.dossier.label) == ("individual:Trần Thị Hòa", "Trần Thị Hòa")
    assert (await database.run(dossiers.file, title(), NONCE)).fresh, "the name that was left is free"


async def test_a_name_that_is_taken_while_another_is_renamed_to_it_is_one_or_the_other(database):
    olds = [(await database.run(dossiers.file, title(f"Cũ {n}"), NONCE)).dossier.number for n in range(10)]
    news = [title(f"Mới {n}") for n in range(10)]
    renaming = (renew(database, old, 1, new) for old, new in zip(olds, news, strict=True))
    filing = (database.run(dossiers.file, new, NONCE) for new in news)
    done = await asyncio.gather(*itertools.chain(*zip(filing, renaming, strict=True)))
    for filed, renamed in zip(done[::2], done[1::2], strict=True):
        assert isinstance(renamed, Conflict) == filed.fresh
    assert len(await rows(database, "SELECT * FROM dossiers WHERE label LIKE 'Mới %'")) == 10


async def test_a_name_of_any_length_is_an_identity(database):
    name = "Nguyễn " * 5000
    first, second = [await database.run(dossiers.file, title(name), NONCE) for _ in range(2)]
    assert (first.fresh, second.fresh) == (True, False)
    assert (await database.run(dossiers.file, title(name + "Hoa"), NONCE)).fresh


async def test_states_follow_the_rules_and_the_trail_says_who_when_and_why(database, filed):
    number = filed.number
    assert (await change(database, number, Change.RETURN, "thiếu minh chứng")).state is State.RETURNED
    assert (await renew(database, number, 1, title(filed_at=NOW + 10))).dossier.version == 2
    assert (await renew(database, number, 2, title("Trần Thị Hoa", "GK", filed_at=NOW + 11))).dossier.version == 3
    assert (await change(database, number, Change.ACCEPT, None)).state is State.ACCEPTED
    refused = await renew(database, number, 3, title())
    assert (refused.why, refused.dossier.version) == (Why.STATE, 3)
    assert await change(database, number, Change.WITHDRAW) is None
    assert await change(database, "no such", Change.ACCEPT) is None
    told = [(s.act, s.member, s.name, s.version, s.reason) for s in await database.read(lists.history, number)]
    assert told == [
        ("dossier.submitted", 1, "Hoa", 1, None),
        ("dossier.returned", 2, "Bình", 1, "thiếu minh chứng"),
        ("dossier.submitted", 1, "Hoa", 2, None),
        ("dossier.changed", 1, "Hoa", 3, None),
        ("dossier.accepted", 2, "Bình", 3, None),
    ]


async def test_what_was_withdrawn_is_handed_in_again_at_its_own_moment(database, filed):
    assert (await change(database, filed.number, Change.WITHDRAW)).state is State.WITHDRAWN
    found = await database.run(dossiers.file, title(), NONCE)
    assert (found.fresh, found.dossier.state) == (False, State.WITHDRAWN)
    again = await renew(database, filed.number, 1, title(filed_at=NOW + SECOND, late=True))
    assert (again.dossier.state, again.dossier.filed_at, again.dossier.late) == (State.SUBMITTED, NOW + SECOND, True)


@pytest.mark.parametrize(("what", "reason"), [(Change.SUBMIT, "x"), (Change.DECLINE, None), (Change.WITHDRAW, "")])
async def test_handing_in_without_a_version_and_refusing_without_a_reason_are_mistakes(database, filed, what, reason):
    with pytest.raises(ValueError):
        await change(database, filed.number, what, reason)
    assert await database.read(dossiers.get, filed.number) == filed


async def test_two_officers_at_once_are_one_decision_after_the_other(database, filed):
    both = (Change.WITHDRAW, Change.ACCEPT)
    done = await asyncio.gather(*(change(database, filed.number, one) for one in both))
    assert sum(one is not None for one in done) == 1


async def test_the_receipts_hash_is_that_of_all_that_was_handed_in_and_cannot_be_guessed(database, filed):
    kept = await database.read(lists.version, filed.number, 1)
    assert digest(kept.content) == kept.sha256 == filed.sha256
    assert kept.content == {
        "number": filed.number, "version": 1, "filed_at": "2023-11-15T05:13:20+07:00", "campaign": CAMPAIGN,
        "unit": UNIT, "kind": "title", "registration": title().content, "nonce": NONCE,
    }  # fmt: skip
    other = await database.run(dossiers.file, title(unit="other"), NONCE)
    assert other.dossier.sha256 != filed.sha256
    stored = await rows(database, "SELECT content FROM dossier_versions")
    assert stored[0]["content"].startswith('{"campaign":'), "canonical to the letter"


async def test_a_proof_holds_nothing_personal(database, filed):
    await renew(database, filed.number, 1, title("Trần Thị Hoa", "GK", filed_at=NOW + SECOND, late=True))
    await change(database, filed.number, Change.RETURN, "Hoa gọi lại")
    proof = await database.read(lists.proof, filed.number)
    assert (proof.number, proof.kind, proof.state) == (filed.number, Asks.TITLE, State.RETURNED)
    assert [(one.version, one.filed_at, one.late) for one in proof.versions] == [
        (1, NOW, False),
        (2, NOW + SECOND, True),
    ]
    assert proof.versions[0].sha256 == filed.sha256
    assert {f.name for f in fields(proof)} | {f.name for f in fields(proof.versions[0])} == {
        "number", "kind", "state", "versions", "version", "filed_at", "late", "sha256", "files",
    }  # fmt: skip
    shown = json.dumps(asdict(proof), ensure_ascii=False)
    assert not any(said in shown for said in ("Hoa", "GK", "LDTT", "Công nhân", UNIT, NONCE, "gọi"))
    assert await database.read(lists.proof, "no such") is None


async def test_lists_are_newest_first_and_in_pages(database):
    numbers = []
    for n in range(5):
        new = title(f"Người {n}", filed_at=NOW + n, filer=1 + n % 2)
        numbers.append((await database.run(dossiers.file, new, NONCE)).dossier.number)
    await database.run(dossiers.file, title(unit="other", filer=3, filed_at=NOW - 1), NONCE)
    await change(database, numbers[4], Change.ACCEPT)

    async def listed(unit, *args):
        return [one.label[-1] for one in await database.read(unit, *args)]

    assert await listed(lists.mine, 1) == ["4", "2", "0"]
    assert await listed(lists.of_unit, UNIT) == ["4", "3", "2", "1", "0"]
    assert await listed(lists.of_unit, UNIT, 1, 2) == ["3", "2"]
    assert await listed(lists.waiting, BOARD) == ["3", "2", "1", "0", "a"]
    assert await listed(lists.waiting, "another board") == []
    entry = (await database.read(lists.mine, 1))[0]
    assert (entry.number, entry.state, entry.campaign, entry.late) == (numbers[4], State.ACCEPTED, CAMPAIGN, False)


async def test_namesakes_are_found_without_accents(database, filed):
    await database.run(dossiers.file, title("Tran Thi Hoa", subject="collective"), NONCE)
    await database.run(dossiers.file, title("Lê Văn Bình"), NONCE)
    found = await database.read(lists.alike, CAMPAIGN, Asks.TITLE, UNIT, "trần thị hòa")
    assert [(one.name, one.position, one.staff_number) for one in found] == [
        ("Trần Thị Hoa", "Công nhân", None), ("Tran Thi Hoa", "Công nhân", None),
    ]  # fmt: skip
    assert len(await database.read(lists.alike, CAMPAIGN, Asks.TITLE, UNIT)) == 3
    assert await database.read(lists.alike, CAMPAIGN, Asks.WORK, UNIT) == []


async def test_titles_are_counted_for_individuals_that_still_ask(database):
    everybody = [title("A", "LDTT"), title("B", "LDTT", "GK"), title("C", "GK", "LDTT"), title("D", "LDTT"),
                 title("Tổ 1", "TTLDTT", subject="collective"), title("E", "LDTT", unit="other")]  # fmt: skip
    done = [(await database.run(dossiers.file, one, NONCE)).dossier for one in everybody]
    await change(database, done[3].number, Change.WITHDRAW)
    assert await database.read(lists.counts_by_title, CAMPAIGN, UNIT) == ({"LDTT": 3, "GK": 2}, 3)
    await renew(database, done[0].number, 1, title("A", "CSTDCS"))
    assert await database.read(lists.counts_by_title, CAMPAIGN, UNIT) == ({"LDTT": 2, "GK": 2, "CSTDCS": 1}, 3)
    assert await database.read(lists.counts_by_title, "next", UNIT) == ({}, 0)


async def test_a_person_sees_the_versions_they_handed_in(database, filed):
    await renew(database, filed.number, 1, title("Trần Thị Hoa", "GK", filer=2, filed_at=NOW + SECOND))
    kept = {member: await database.read(lists.of_person, member, 9) for member in (1, 2, 3)}
    assert {member: [one["version"] for one in found] for member, found in kept.items()} == {1: [1], 2: [2], 3: []}
    assert kept[2][0]["content"]["titles"] == ["GK"]


async def test_who_becomes_one_with_somebody_brings_their_dossiers(database):
    visitor = await database.run(receive, "u1", "phone")
    await database.run(dossiers.file, title(filer=visitor), NONCE)
    await database.run(people.link, visitor, 1)
    assert len(await database.read(lists.mine, 1)) == 1


async def test_a_locked_dossier_is_the_dossier(database, filed):
    assert await database.run(dossiers.lock, filed.number) == filed
    assert await database.run(dossiers.lock, "no such") is None


def _plain(dossier):
    return json.dumps(asdict(dossier), sort_keys=True)


def _hashable(conflict):
    return replace(conflict, dossier=_plain(conflict.dossier))

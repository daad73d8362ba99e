"""What officers set, as it is kept; notices to a person's best address; drafts of which there may be several."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace

import pytest

from domain.campaign import Actor, Asks
from domain.dossier import After
from domain.title_rules import Need, TitleRule
from storage import drafts, failover, migrate, openings, outbox, title_rules
from storage.openings import ByHand
from storage.queries import for_dialect
from tests.app import rows
from tests.databases import NOW, SECOND, got, opened, receive
from tests.dossiers import BOARD, CAMPAIGN, with_ground
from texts.message import line, say


@pytest.fixture
async def database(database_url):
    async with with_ground(database_url) as one:
        yield one


async def test_what_an_officer_opens_is_open_until_they_say_otherwise(database):
    first = ByHand(frozenset({Actor.ENTERPRISE, Actor.ROOM}), date(2023, 4, 30), After.REFUSE)
    await database.run(openings.open_, CAMPAIGN, Asks.WORK, first, NOW, 2)
    assert await database.read(openings.by_hand) == {(CAMPAIGN, Asks.WORK): first}
    assert await database.read(got, "content") == "1", "every process hears of it"
    second = ByHand(frozenset({Actor.ENTERPRISE}), None, After.LATE)
    await database.run(openings.open_, CAMPAIGN, Asks.WORK, second, NOW + 1, 2)
    await database.run(openings.open_, CAMPAIGN, Asks.TITLE, first, NOW + 1, 2)
    assert await database.read(openings.by_hand) == {(CAMPAIGN, Asks.WORK): second, (CAMPAIGN, Asks.TITLE): first}
    opening = first.opening(SimpleNamespace(slug=CAMPAIGN), Asks.TITLE)
    assert await database.read(got, "content") == "3", "twice in one moment are two changes"
    assert (opening.duty, opening.last_day, opening.after) == (None, date(2023, 4, 30), After.REFUSE)


async def test_what_becomes_of_what_is_late_is_set_for_each_duty(database):
    assert await database.read(openings.settings) == {}
    await database.run(openings.set_after, CAMPAIGN, "titles", After.REFUSE, NOW, 2)
    assert await database.read(openings.settings) == {(CAMPAIGN, "titles"): After.REFUSE}
    await database.run(openings.set_after, CAMPAIGN, "titles", After.LATE, NOW + 1, 2)
    assert await database.read(openings.settings) == {(CAMPAIGN, "titles"): After.LATE}
    assert await database.read(got, "content") == "2"
    trail = await rows(database, "SELECT act, member, about FROM audit ORDER BY id")
    assert trail[0] == {"act": "duty.after_set", "member": 2, "about": f"{CAMPAIGN}/titles"}


async def test_a_board_has_its_own_rule_for_a_title(database):
    rule = TitleRule("CSTDCS", 15, frozenset(Need))
    await database.run(title_rules.put, BOARD, rule, NOW, 2)
    await database.run(title_rules.put, "another", TitleRule("CSTDCS"), NOW, 2)
    assert await database.read(title_rules.rules) == {
        (BOARD, "CSTDCS"): rule,
        ("another", "CSTDCS"): TitleRule("CSTDCS"),
    }
    await database.run(title_rules.put, BOARD, TitleRule("CSTDCS", 20), NOW + 1, 2)
    assert (await database.read(title_rules.rules))[BOARD, "CSTDCS"] == TitleRule("CSTDCS", 20)
    assert await database.read(got, "content") == "3"


def _notice(database, member, key="notice:1", **more):
    return database.run(lambda tx: outbox.put_notice(tx, key, member, say(line("group")), NOW, **more))


async def test_a_notice_goes_once_to_where_a_person_was_last_heard_from(database):
    member = await database.run(receive, "u1", "old")

    async def speaks(tx):
        await tx.run("addresses.add", channel="web", address="new", member=member, now=NOW)
        await tx.run("addresses.contact", channel="web", address="new", now=NOW + SECOND)

    await database.run(speaks)
    woken = []
    database.listen(lambda *what: woken.append(what))
    assert await _notice(database, member, not_before=NOW + 5)
    assert await _notice(database, member)
    (kept,) = await rows(database, "SELECT * FROM outbox")
    assert (kept["channel"], kept["address"], kept["lane"], kept["state"]) == ("web", "new", outbox.NOTICE, "ready")
    assert (kept["not_before"], kept["member"]) == (NOW + 5, member)
    assert ("outbox", "web") in woken
    await database.run(failover.lost, "web", "new", "blocked", NOW)
    assert await _notice(database, member, "notice:2")
    assert (await rows(database, "SELECT address FROM outbox WHERE key = 'notice:2'"))[0]["address"] == "old"


async def test_who_cannot_be_reached_gets_no_notice(database):
    member = await database.run(receive, "u1", "a")
    await database.run(failover.lost, "phone", "a", "blocked", NOW)
    assert not await _notice(database, member)
    assert not await _notice(database, 1), "and who has no address at all"
    assert await rows(database, "SELECT * FROM outbox") == []


async def test_a_person_keeps_several_drafts_of_one_flow(database):
    kept = [await database.run(drafts.put, 1, "title", {"n": n}, NOW + n) for n in range(2)]
    other = await database.run(drafts.put, 2, "title", {"n": 9}, NOW)
    assert [(one.id, one.flow, one.body) for one in await database.read(drafts.of, 1)] == [
        (kept[1], "title", {"n": 1}), (kept[0], "title", {"n": 0}),
    ]  # fmt: skip
    assert await database.run(drafts.take, 1, kept[0]) == {"n": 0}
    assert await database.run(drafts.take, 1, kept[0]) is None, "taken, it is no draft any more"
    assert await database.run(drafts.take, 1, other) is None, "somebody else's is nobody's business"
    assert [one.id for one in await database.read(drafts.of, 1)] == [kept[1]]


@pytest.mark.no_tables
async def test_drafts_of_before_are_carried_over(database_url, monkeypatch):
    dialect = "sqlite" if database_url.startswith("sqlite") else "postgres"
    files = migrate._files()
    monkeypatch.setattr(migrate, "_files", lambda: files[:1])
    async with opened(database_url, new=True) as database:
        put = "INSERT INTO drafts(member, flow, body, saved_at) VALUES (7, 'join', '{\"a\": 1}', 5), (7, 'erase', '{}', 6)"
        assert await database.script(for_dialect(f"{put};", dialect))
        monkeypatch.undo()
        assert await migrate.migrate(database) == len(files) - 1
        assert [(one.flow, one.body, one.saved_at) for one in await database.read(drafts.of, 7)] == [
            ("erase", {}, 6), ("join", {"a": 1}, 5),
        ]  # fmt: skip
        assert json.dumps(await database.run(drafts.put, 7, "join", {}, 7))

"""One report handed in many times at once, over two messengers: one dossier, one version, one receipt."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from storage import people
from tests import files
from tests.app import Phone, running_app
from tests.machine import full_size
from tests.registering import ENTERPRISE, WORKS, dossiers, seated, versions, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app import Running

CONFIRM = "Nộp báo cáo"
COPIES = 50
PDF = files.pdf(2)
HASH = re.compile(r"[0-9a-f]{16}(?=…)")
Seat = tuple[Phone, str]


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    async with running_app(database_url, [Phone(), Phone("other")], start=WORKS) as running:
        yield running


def phones(app: Running) -> list[Phone]:
    return [one for one in app.app.channels.values() if isinstance(one, Phone)]


async def sit(app: Running, phone: Phone, who: str) -> Seat:
    """A delegate of the one enterprise, at that messenger."""
    now = app.app.clock.business()
    await app.app.database.run(seated, phone.name, who, f"Người {who}", "delegate", ENTERPRISE, now)
    return phone, who


async def all_say(app: Running, seats: list[Seat], *texts: str) -> None:
    for text in texts:
        await asyncio.gather(*(phone.hand_in(who, text) for phone, who in seats))
        await app.settled()


async def all_at_review(app: Running, seats: list[Seat]) -> None:
    """Each has sent the same file and said the same; nobody has confirmed."""
    await all_say(app, seats, "/baocao", "1")
    for phone in phones(app):
        phone.files["pdf"] = PDF
    file = {"ref": "pdf", "name": "bao cao.pdf", "size": len(PDF)}
    await asyncio.gather(*(phone.hand_in(who, kind="file", file=file) for phone, who in seats))
    await app.settled()
    await all_say(app, seats, "xong", "bỏ qua")


def confirming(seat: Seat, action: str, update: str | None = None) -> Any:
    phone, who = seat
    return phone.hand_in(who, kind="tap", action=action, update_id=update)


def confirm_of(seat: Seat) -> str:
    phone, who = seat
    return dict(phone.buttons(who))[CONFIRM]


def receipts(app: Running) -> list[tuple[str, str]]:
    """Who was shown which receipt, by its hash."""
    sent = [(one.address, text) for phone in phones(app) for one in phone.sent for text in [one.text]]
    return [(who, found[0]) for who, text in sent if (found := HASH.findall("".join(span.text for span in text)))]


@pytest.mark.prove
async def test_of_many_people_at_two_messengers_who_hand_in_the_same_each_has_the_one_receipt(app: Running) -> None:
    seats = [await sit(app, phones(app)[n % 2], f"n{n}") for n in range(full_size(16, COPIES))]
    await all_at_review(app, seats)
    actions = {who: confirm_of((phone, who)) for phone, who in seats}
    await asyncio.gather(*(confirming((phone, who), actions[who]) for phone, who in seats))
    await app.settled()
    assert len(await dossiers(app)) == 1
    assert [version for _, version, _ in await versions(app)] == [1]
    shown = receipts(app)
    assert sorted(who for who, _ in shown) == sorted(who for _, who in seats)
    assert len({sha for _, sha in shown}) == 1
    said = [text for phone, who in seats for text in phone.texts(who)]
    assert sum(words("report.done") in text for text in said) == 1, "one of them was the first"
    assert sum(words("register.same") in text for text in said) == len(seats) - 1


async def test_fifty_copies_of_what_one_person_confirms_on_two_messengers_are_one(app: Running) -> None:
    """The messenger sends half of them again, under the number that they had."""
    first, second = phones(app)
    here, there = await sit(app, first, "an"), (second, "an")
    await app.app.database.run(_linked, second.name)
    await all_at_review(app, [here])
    action = confirm_of(here)
    copies = [confirming((here, there)[n % 2], action, f"again{n % 4}") for n in range(COPIES)]
    taken = await asyncio.gather(*copies)
    assert sum(taken) == 4, "the others were there already"
    await app.settled()
    assert [version for _, version, _ in await versions(app)] == [1]
    assert len(receipts(app)) == 1
    assert await app.rows("SELECT 1 FROM inbox WHERE state <> 'done'") == []


async def _linked(tx: Any, channel: str) -> None:
    """The same person at another messenger, as after a code typed there."""
    mine = await tx.one("addresses.find", channel="phone", address="an")
    visitor = await people.at_address(tx, channel, "an", 0)
    await people.link(tx, visitor, mine["member"])

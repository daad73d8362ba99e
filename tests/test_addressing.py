"""A message to many that names whom it goes to: each reads their own name, and before it goes the longest is seen."""

from __future__ import annotations

import json

import pytest

from domain.audience import Addressee
from flows.addressing import unknown, without_salutation
from flows.broadcast import LONGEST
from handlers.addressing import MOST, length, longest, worded
from tests.launching import ENTERPRISES, SEND, at_review, confirmed, everybody, gone, last, made
from tests.registering import OTHER, all_said, seat, words

TEXT = "Kính gửi {người nhận},\nMời {don vi} cử {Họ tên} dự họp."
STEEL, CABLE = "Công ty TNHH Thép Hải Âu (mẫu)", "Công ty TNHH Dây cáp Phượng Vĩ (mẫu)"
EVERYONE = words("recipients.whom.everyone")

pytestmark = pytest.mark.begins.with_args(everybody)


async def test_each_reads_their_own_name(both):
    await seat(both, "b", "kkt-hai-phong-dn-1", "head", "Hoàng Văn Bình")
    await confirmed(both, text=TEXT, whom=EVERYONE)
    await gone(both)
    assert f"Kính gửi {STEEL},\nMời {STEEL} cử Lê Thị An dự họp." in last(both, "a")
    assert "Kính gửi anh/chị Đỗ Thị Sen,\nMời " in last(both, "s")
    assert f"Kính gửi {CABLE}, {STEEL},\n" in last(both, "b"), "both of their units"
    assert json.loads((await made(both))[0]["body"])["lines"][0]["text"] == TEXT, "the words stand once"


async def test_who_is_called_otherwise_by_then_is_called_so(app):
    await app.tap("o", "broadcast_new")
    await confirmed(app, text="{tên}! {người nhận}!", whom=ENTERPRISES)
    hostile = "**Bà** {tên} <b>"
    await app.app.database.run(_renamed, hostile)
    await gone(app)
    assert f"{hostile}! {STEEL}!" in last(app, "a")


async def _renamed(tx, name):
    (row,) = [r for r in await tx.all("reach.of_board", board="kkt-hai-phong") if r["name"] == "Lê Thị An"]
    await tx.run("members.name", id=row["member"], name=name)


async def test_a_role_names_its_own_units_alone(app):
    await seat(app, "head", OTHER, "delegate", "Vũ Văn Đầu")
    await at_review(app, text="Gửi {đơn vị}.")
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("broadcast.role.label")))
    await app.say("o", words("recipients.role.head"))
    shown = await app.tap("o", words("broadcast.review.preview"))
    assert f"Gửi {STEEL}." in shown[0]
    await app.say("o", "tiếp")
    await app.tap("o", SEND)
    await gone(app)
    assert f"Gửi {STEEL}." in last(app, "head")


async def test_before_it_goes_the_longest_name_is_seen_and_on_oneself_ones_own(app):
    await at_review(app, text=TEXT)
    shown = await app.tap("o", words("broadcast.review.preview"))
    assert words("broadcast.preview.longest") in shown[0]
    assert f"Mời {CABLE} cử Hoàng Văn Bình dự họp." in shown[0]
    await app.say("o", "tiếp")
    await app.tap("o", words("broadcast.review.test"))
    assert any("Kính gửi anh/chị Trần Văn Cán,\n" in one for one in app.phone.texts("o")[-2:])
    await app.say("o", "tiếp")
    await app.tap("o", SEND)
    await app.say("o", "/thongbao")
    assert any("“Mời {don vi} cử" in label for label, _ in app.phone.buttons("o")), "called by what it says"


async def test_what_a_name_makes_too_long_is_not_sent(app):
    fits = "{đơn vị} " + ("mời họp " * LONGEST)[: LONGEST - len(CABLE) - 2] + "a"
    (review,) = await at_review(app, text=fits)
    assert "⛔" not in review
    await app.say("o", "Sửa một mục")
    await app.tap("o", words("flow.fix", label=words("broadcast.text.label")))
    (review,) = await app.say("o", fits + "a")
    assert words("reach.too_long", length=LONGEST + 1, most=LONGEST) in review
    assert SEND not in dict(app.phone.buttons("o"))
    await app.say("o", SEND)
    assert await made(app) == []


async def test_what_stands_for_a_name_nobody_knows_can_be_the_longest(app):
    await app.app.database.run(_renamed, None)
    fits = "{tên} " + ("mời họp " * LONGEST)[: LONGEST - len("Hoàng Văn Bình") - 2] + "a"
    (review,) = await at_review(app, text=fits)
    assert words("reach.too_long", length=LONGEST + len("the unit's delegate") - 14, most=LONGEST) in review
    shown = await app.tap("o", words("broadcast.review.preview"))
    assert "đại diện đơn vị mời họp" in shown[0]


@pytest.mark.parametrize("strange", ["{board}", "{tên", "}", "{}", "{chức vụ}"])
async def test_what_stands_for_nobody_is_said_at_once(app, strange):
    await app.tap("o", "broadcast_new")
    (refused,) = await app.say("o", f"Kính gửi {strange}, mời họp chiều nay.")
    assert words("broadcast.text.unknown_name", name=strange) in refused
    (asked,) = await all_said(app, "o", "Kính gửi {TEN DON VI}, mời họp chiều nay.")
    assert words("broadcast.files.ask") in asked


def test_names_are_filled_in_once_and_many_units_are_counted():
    many = Addressee("An", tuple(f"{{tên}} {n}" for n in range(MOST + 2)), staff=False)
    assert worded("{don vi}", many, "vi") == "{tên} 0, {tên} 1, {tên} 2 và 2 đơn vị khác"
    assert worded("{người nhận} {tên}", Addressee(None, (), staff=True), "vi") == "anh/chị đại diện đơn vị"
    assert unknown("{Đơn  Vị} { họ và tên } {recipient}") is None


def test_the_longest_name_is_the_longest_as_it_is_shown():
    many = Addressee("An", tuple(f"DN {n}" for n in range(10)), staff=False)
    one = Addressee("An", ("Công ty TNHH Một",), staff=False)
    assert longest("{đơn vị}", [one, many]) == many, "with what stands between them, and how many more there are"
    nameless, named = Addressee(None, ("P",), staff=True), Addressee("Lê An", ("P",), staff=True)
    assert longest("{tên}", [named, nameless]) == nameless, "“đại diện đơn vị”"
    assert longest("{người nhận}", [nameless, named]) == named, "“anh/chị Lê An”"
    unit = Addressee(None, ("Công ty sáu chữ",), staff=False)
    assert longest("{tên}, {đơn vị}", [one, unit]) == unit
    assert length("{tên}", nameless) == len("the unit's delegate"), "in whichever language is longer"
    assert longest("{tên}", []) is None


def test_a_message_is_called_by_what_it_says_to_everybody():
    assert without_salutation("Kính gửi {tên},\n\nMời họp.") == "Mời họp."
    assert without_salutation("Mời {tên} họp.") == "Mời {tên} họp."
    assert without_salutation("Mời họp.\n{tên}") == "Mời họp.\n{tên}"

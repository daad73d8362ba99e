"""Invites through the whole app: wrong, used, expired, typed by hand, and what names and units may hold."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.telegram.channel import TelegramChannel
from domain.people import Unit, UnitKind
from handlers.joining import TRIES
from storage import people
from storage.invites import printed_code
from tests.app import START, Phone, running_app
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.machine import full_size
from texts.compose import catalogue

WRONG = "ABCDE23456"


def text(key):
    return catalogue()[key]["vi"].replace("**", "")


async def joins(running, who, code, name="Nguyễn Thị Hoa"):
    """From the code to the welcome."""
    for said in (code, "đồng ý", name, "1"):
        told = await running.say(who, said)
        assert told, said
    return told[0].startswith("Chào mừng")


async def memberships(running):
    return [row["member"] for row in await running.rows("SELECT member FROM memberships")]


async def test_a_code_may_be_typed_in_any_way(database_url):
    async with running_app(database_url) as running:
        for number, way in enumerate(
            (str.lower, printed_code, lambda code: f"/start {code}", lambda code: f" {code[:5]} {code[5:]} ")
        ):
            code = await running.invite()
            assert await joins(running, f"u{number}", way(code))
        assert len(await memberships(running)) == 4


async def test_wrong_codes_are_counted_and_looked_at_again_after_an_hour(database_url):
    async with running_app(database_url) as running:
        code = await running.invite()
        for left in range(TRIES - 1, 0, -1):
            assert f"{left} lần" in (await running.say("u1", WRONG))[0]
        for said in (WRONG, code):
            assert await running.say("u1", said) == [text("code.too_many_tries")]
        assert await running.say("u1", "/menu"), "everything else works"
        assert await joins(running, "u2", await running.invite())
        await running.move_to(START + timedelta(minutes=62))
        assert await joins(running, "u1", code)


async def test_used_and_expired_codes_say_so(database_url):
    async with running_app(database_url) as running:
        code, late = await running.invite(), await running.invite()
        assert await joins(running, "u1", code)
        assert await running.say("u2", code) == [text("code.used")]
        assert "rồi ạ" in (await running.say("u1", code))[0]
        await running.move_to(START + timedelta(days=90, minutes=1))
        assert await running.say("u2", late) == [text("code.expired")]
        assert await joins(running, "u2", await running.invite())


async def test_two_people_with_one_code_and_only_one_gets_in(database_url):
    async with running_app(database_url) as running:
        code = await running.invite()
        for who in ("u1", "u2"):
            for said in (code, "1", "Nguyễn Thị Hoa"):
                await running.say(who, said)
        for who in ("u1", "u2"):
            await running.phone.hand_in(who, "1")
        await running.settled()
        assert len(await memberships(running)) == 1
        assert all(len(running.phone.texts(who)) >= 4 for who in ("u1", "u2"))
        other = await running.invite()
        late = next(who for who in ("u1", "u2") if "Chào mừng" not in "".join(running.phone.texts(who)))
        assert await joins(running, late, other)


async def test_declining_leaves_the_code_unused(database_url):
    async with running_app(database_url) as running:
        code = await running.invite()
        await running.say("u1", code)
        assert (await running.say("u1", "không đồng ý"))[0].startswith(text("join.declined")[:20])
        assert await memberships(running) == []
        assert await joins(running, "u1", code)
        given_ = [row["given"] for row in await running.rows("SELECT given FROM consents ORDER BY id")]
        assert given_ == [0, 1]


async def test_a_form_survives_a_restart(database_url):
    async with running_app(database_url) as running:
        code = await running.invite()
        await running.say("u1", code)
        await running.say("u1", "1")
    async with running_app(database_url, [Phone()]) as running:
        running.phone._number = 1000
        assert "Nguyễn Thị Hoa" in (await running.say("u1", "Nguyễn Thị Hoa"))[0]
        assert (await running.say("u1", "1"))[0].startswith("Chào mừng")


async def test_names_that_look_like_markup_are_shown_as_they_are(tmp_path):
    """Escaped for Telegram, whose server refuses what does not parse."""
    unit = Unit(slug="x", name="Cty <b>A&B</b> & *Con*_trai_ </i>", kind=UnitKind.ENTERPRISE, parent="kkt-hai-phong")
    async with FakeTelegram() as telegram:
        channel = TelegramChannel(TOKEN, api_url=telegram.url)
        async with running_app(f"sqlite:///{tmp_path}/t.db", [channel]) as running:
            await running.app.database.run(people.put_unit, unit, "kkt-hai-phong")
            code = await running.invite("x")
            for said in (f"/start {code}", "1", "<b>Hoa</b> <script>", "O'Nguyễn-Lê T.", "1"):
                before = len(telegram.texts(5))
                telegram.say(5, said)
                await telegram.until(lambda before=before: len(telegram.texts(5)) > before)
                await running.settled()
            told = "\n".join(telegram.texts(5))
            assert unit.name in told
            assert text("join.name.not_a_name")[:20] in told
            assert "Chào mừng anh/chị O'Nguyễn-Lê T." in told
            assert [row["state"] for row in await running.rows("SELECT DISTINCT state FROM outbox")] == ["sent"]


SAID = st.sampled_from(
    ["1", "2", "0", "9", "CODE", "/start CODE", WRONG, "đồng ý", "khong", "Nguyễn Hoa", "Lê Văn Tám", "hạn nộp?", "sửa: họ và tên",
     "huỷ", "quay lại", "lưu", "menu", "/xoadulieu", "/ngonngu", "/viec", "", "x" * 300, "TAP first", "TAP last", "TAP old"]
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("joining")


@settings(max_examples=full_size(6, 400), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.lists(SAID, min_size=8, max_size=25), min_size=4, max_size=4))
async def test_whatever_is_said_in_whatever_order_is_answered(story, folder):
    """Four people at once, each with a story of their own; nobody is left without an answer, no code is used twice.

    What somebody has had erased is gone, answers too, and not looked at.
    """
    async with running_app(f"sqlite:///{folder}/stories.db") as running:
        stamp = len(await running.rows("SELECT 1 FROM inbox"))
        running.phone._number = stamp
        people_, code = [f"p{stamp}.{n}" for n in range(len(story))], await running.invite()
        for turn in range(max(map(len, story))):
            for who, said in zip(people_, story, strict=True):
                if turn < len(said):
                    await hand_in(running, who, said[turn].replace("CODE", code))
            await running.settled()
        rows = await running.rows(
            "SELECT i.id, i.state, i.raw, (SELECT COUNT(*) FROM outbox o WHERE o.key LIKE 'reply:' || i.id || ':%' "
            "AND o.state = 'sent') AS answers FROM inbox i WHERE i.raw <> '{}'"
        )
        assert [row for row in rows if row["state"] != "done" or not row["answers"]] == []
        joined = [
            json.loads(row["detail"])["serial"]
            for row in await running.rows("SELECT detail FROM audit WHERE act = 'joined'")
        ]
        assert len(joined) == len(set(joined)), "a code lets one person in"


async def hand_in(running, who, said):
    if not said.startswith("TAP"):
        return await running.phone.hand_in(who, said)
    buttons = running.phone.buttons(who) or [("none", "=join.consent.1:yes")]
    shown = {"TAP first": buttons[0], "TAP last": buttons[-1], "TAP old": ("old", "=join.name.2:known")}[said]
    return await running.phone.hand_in(who, kind="tap", action=shown[1])

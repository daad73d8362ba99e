"""The chat page in a real browser: talking, and that nothing typed is lost and nothing comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.chromium import chromium
from tests.fakes.site import Site, site
from tests.fakes.visitor import Visitor, visit, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from channels.contract import Envelope

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


async def echo(site: Site, envelope: Envelope) -> None:
    said = site.channel.read(envelope.raw)
    await site.say(envelope.address or "", f"Bot nghe: {said.text or said.action}")


# --- talking -------------------------------------------------------------------------------------------------------


async def test_a_first_visit_greets_and_one_tap_begins(chrome: Browser, there: Site) -> None:
    there.answer = echo
    async with visit(chrome, there) as lan:
        await lan.page.get_by_role("button", name=words("page.begin")).click()
        await expect(lan.row("Bot nghe: /start")).to_be_visible()
        await expect(lan.page.locator("#hello")).to_be_hidden()
        assert there.said() == [{"text": "/start"}]
        await lan.reload()
        assert await lan.texts() == ["/start", "Bot nghe: /start"]
        await expect(lan.page.locator("#hello")).to_be_hidden()


async def test_an_answer_is_awaited_visibly(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.type("hạn nộp?")
        await expect(lan.row("hạn nộp?")).to_have_attribute("data-state", "stored")
        await expect(lan.page.locator("#typing")).to_be_visible()
        await lan.hears("Trước ngày 01/5/2023.")
        await expect(lan.row("Trước ngày")).to_be_visible()
        await expect(lan.page.locator("#typing")).to_be_hidden()
        await expect(lan.page.locator("time").first).to_have_text("08:00")


async def test_a_link_with_a_code_says_it_once(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there, "/?start=AbC-12_3") as lan:
        await expect(lan.row("/start AbC-12_3")).to_have_attribute("data-state", "stored")
        assert lan.page.url == f"{there.url}/"
        await lan.reload()
        await expect(lan.row("/start AbC-12_3")).to_have_count(1)
        await lan.page.goto(f"{there.url}/?start=<b>")
        await lan.ready()
        assert there.said() == [{"text": "/start AbC-12_3"}]


async def test_a_tap_shows_at_once_and_its_menu_is_replaced_where_it_stands(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("Chọn ban:", buttons=[("Hải Phòng", "b:hp"), ("Gia Lai", "b:gl")])
        await lan.hears("Tin sau menu.")
        there.refusing = True
        button = lan.page.get_by_role("button", name="Gia Lai")
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await button.click()
        there.refusing = False
        await expect(button).to_have_attribute("data-state", "stored")
        assert there.said() == [{"action": "b:gl", "on": 1}]
        await lan.hears("Ban Gia Lai:", buttons=[("Xem", "v:1")], edits="1")
        await expect(lan.row("Ban Gia Lai:")).to_be_visible()
        assert await lan.texts() == ["Ban Gia Lai:", "Tin sau menu."]
        await lan.page.get_by_role("button", name="Xem").click()
        await expect(lan.page.get_by_role("button", name="Xem")).to_have_attribute("data-state", "stored")
        assert there.said()[1:] == [{"action": "v:1", "on": 1}]
        await lan.reload()
        assert await lan.texts() == ["Ban Gia Lai:", "Tin sau menu."]


async def test_the_menu_is_one_tap_away_and_commands_in_a_text_can_be_tapped(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("Nhắn /viec, không phải 1626/KH hay a/viec.")
        await lan.page.get_by_role("button", name=words("quick.menu")).click()
        await lan.page.locator("button.command").click()
        await expect(lan.row("/viec").nth(1)).to_have_attribute("data-state", "stored")
        assert there.said() == [{"text": "menu"}, {"text": "/viec"}]


# --- nothing is lost -----------------------------------------------------------------------------------------------


async def test_what_cannot_be_stored_is_kept_over_a_reload_and_goes_in_once(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        there.refusing = True
        await lan.type("một")
        await lan.type("hai")
        await expect(lan.row("một").locator(".note")).to_have_text(words("bubble.again"))
        await lan.reload()
        assert await lan.texts() == ["một", "hai"]
        await expect(lan.row("một").locator(".note")).to_have_text(words("bubble.again"))
        assert there.inbox == []
        there.refusing = False
        await expect(lan.row("một")).to_have_attribute("data-state", "stored")
        await expect(lan.row("hai")).to_have_attribute("data-state", "stored")
        assert there.said() == [{"text": "một"}, {"text": "hai"}]
        await lan.reload()
        assert await lan.texts() == ["một", "hai"]
        assert len(there.inbox) == 2


async def test_an_answer_lost_on_its_way_makes_no_second_message(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.route("**/chat/send", _stored_but_cut, times=1)
        await lan.type("một lần thôi")
        await expect(lan.row("một lần thôi")).to_have_attribute("data-state", "stored")
        await lan.type("tiếp")
        await expect(lan.row("tiếp")).to_have_attribute("data-state", "stored")
        assert there.said() == [{"text": "một lần thôi"}, {"text": "tiếp"}]
        assert await lan.texts() == ["một lần thôi", "tiếp"]


async def _stored_but_cut(route: Any) -> None:
    await route.fetch()
    await route.abort()


async def test_after_the_server_was_away_everything_comes_once_and_in_order(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("trước")
        await expect(lan.row("trước")).to_be_visible()
        await there.down()
        await expect(lan.page.locator("#banner")).to_have_text(words("page.reconnecting"))
        for n in range(3):
            await lan.hears(f"lúc vắng {n}")
        await lan.type("gõ lúc mất kết nối")
        await expect(lan.row("gõ lúc")).to_have_attribute("data-state", "again")
        await there.up()
        await expect(lan.row("gõ lúc")).to_have_attribute("data-state", "stored")
        await expect(lan.page.locator("#banner")).to_be_hidden(timeout=20_000)
        expected = ["trước", "lúc vắng 0", "lúc vắng 1", "lúc vắng 2", "gõ lúc mất kết nối"]
        await expect(lan.page.locator(".row")).to_have_count(5)
        assert await lan.texts() == expected
        await lan.reload()
        assert await lan.texts() == expected


async def test_offline_is_said_and_what_was_typed_goes_out_afterwards(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.context.set_offline(True)
        await expect(lan.page.locator("#banner")).to_have_text(words("page.offline"))
        await lan.type("giữ giúp em")
        await expect(lan.row("giữ giúp em")).to_have_attribute("data-state", "again")
        assert there.tries == 0
        await lan.context.set_offline(False)
        await expect(lan.row("giữ giúp em")).to_have_attribute("data-state", "stored")
        await expect(lan.page.locator("#banner")).to_be_hidden()


async def test_a_draft_survives_a_reload(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.fill("#text", "đang gõ dở\ndòng hai")
        await lan.reload()
        await expect(lan.page.locator("#text")).to_have_value("đang gõ dở\ndòng hai")
        await lan.page.press("#text", "Enter")
        await expect(lan.page.locator("#text")).to_have_value("")
        await lan.reload()
        await expect(lan.page.locator("#text")).to_have_value("")


async def test_whoever_loses_the_cookie_loses_no_text(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        before = await lan.address()
        await lan.context.clear_cookies()
        await lan.type("vẫn còn đây")
        await expect(lan.row("vẫn còn đây")).to_have_attribute("data-state", "stored")
        assert there.inbox[0].address == await lan.address() != before
        await lan.reload()
        assert len(there.inbox) == 1


async def test_a_refused_message_can_be_taken_back_and_changed(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.route("**/chat/send", lambda route: route.fulfill(status=422), times=1)
        await lan.type("bị từ chối")
        await lan.type("tin sau vẫn đi")
        await expect(lan.row("tin sau")).to_have_attribute("data-state", "stored")
        await lan.reload()
        await expect(lan.row("bị từ chối").locator(".note")).to_have_text(words("bubble.refused"))
        await lan.page.get_by_role("button", name=words("bubble.edit")).click()
        await expect(lan.page.locator("#text")).to_have_value("bị từ chối")
        await lan.reload()
        assert await lan.texts() == ["tin sau vẫn đi"]
        await expect(lan.page.locator("#text")).to_have_value("bị từ chối")


async def test_a_text_too_long_stays_in_the_composer_with_a_word_why(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.type("x" * 20_001)
        await expect(lan.page.locator("#wrong")).to_contain_text("20000")
        assert len(await lan.page.input_value("#text")) == 20_001
        await lan.type("x" * 20_000)
        await expect(lan.page.locator(".row.own")).to_have_attribute("data-state", "stored")
        await expect(lan.page.locator("#wrong")).to_be_empty()
        assert there.tries == 1


async def test_two_tabs_of_one_browser_show_the_same(chrome: Browser, there: Site) -> None:
    there.answer = echo
    async with visit(chrome, there) as lan:
        other = Visitor(there, lan.context, await lan.context.new_page())
        await other.open()
        await lan.type("một")
        await expect(other.row("Bot nghe: một")).to_be_visible()
        await other.type("hai")
        await expect(lan.row("Bot nghe: hai")).to_be_visible()
        assert await lan.texts() == await other.texts() == ["một", "Bot nghe: một", "hai", "Bot nghe: hai"]


async def test_seen_is_what_the_page_has_shown(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        async with lan.page.expect_request_finished(lambda asked: asked.url.endswith("/chat/seen")):
            await lan.hears("một")
        assert there.transcript.seen_upto == {await lan.address(): 1}

"""The chat page in a real browser: nothing typed is lost, nothing comes twice, and everybody can use it."""

from __future__ import annotations

import re
import struct
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from starlette.responses import JSONResponse
from starlette.routing import Route

from channels.contract import File
from tests.chromium import DESK, PHONE, chromium
from tests.fakes.site import Site, site
from texts.compose import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page
    from starlette.requests import Request

    from channels.contract import Envelope

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
HOUR = 3_600_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


class Visitor:
    """Somebody with the page open, and what went wrong on it."""

    def __init__(self, site: Site, context: BrowserContext, page: Page) -> None:
        self.site, self.context, self.page = site, context, page
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: "Security Policy" in said.text and self.errors.append(said.text))
        page.on("request", lambda asked: asked.url.startswith(site.url) or self.foreign.append(asked.url))

    async def open(self, path: str = "/") -> Visitor:
        await self.page.goto(self.site.url + path)
        await self.ready()
        return self

    async def ready(self) -> None:
        await expect(self.page.locator("#state")).to_have_class(re.compile(r"\bup\b"))
        await expect(self.page.locator("#log")).to_have_attribute("aria-busy", "false")

    async def reload(self) -> None:
        await self.page.reload()
        await self.ready()

    async def address(self) -> str:
        cookies = await self.context.cookies()
        return str(cookies[0]["value"]).partition(".")[0]

    async def type(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    async def hears(self, *words: Any, **more: Any) -> Any:
        return await self.site.say(await self.address(), *words, **more)

    async def texts(self) -> list[str]:
        return await self.page.locator(".row .text").all_inner_texts()

    def row(self, text: str) -> Any:
        return self.page.locator(".row", has=self.page.locator(".text", has_text=text))


@asynccontextmanager
async def visit(
    chrome: Browser, site: Site, path: str = "/", size: tuple[int, int] = PHONE, **settings: Any
) -> AsyncIterator[Visitor]:
    viewport = {"width": size[0], "height": size[1]}
    context = await chrome.new_context(viewport=viewport, locale="vi-VN", **settings)
    try:
        visitor = Visitor(site, context, await context.new_page())
        yield await visitor.open(path)
        assert visitor.errors == []
        assert visitor.foreign == []
    finally:
        await context.close()


def words(key: str, language: str = "vi") -> str:
    return catalogue()[f"web.{key}"][language]


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
        await expect(lan.page.locator("#banner")).to_be_hidden()
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


# --- what a message looks like -------------------------------------------------------------------------------------


async def test_nothing_that_is_said_becomes_markup(chrome: Browser, there: Site) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) **x** {y}"
    async with visit(chrome, there) as lan:
        await lan.hears(hostile, (hostile, "bold"), (hostile, "quote"), buttons=[("<b>nút</b>", "<i>")])
        await lan.type(hostile)
        await expect(lan.row(hostile).nth(1)).to_have_attribute("data-state", "stored")
        assert (await lan.texts())[1] == hostile
        assert await lan.page.locator(".row :is(img, script, b, i, .text a)").count() == 0
        await expect(lan.page.get_by_role("button", name="<b>nút</b>")).to_be_visible()


async def test_styles_links_and_quotations_are_shown(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        link = "https://kcn.example/kh?so=1626&nam=2023"
        await lan.hears("Hạn: ", ("28/4", "bold"), "\n", ("Câu gốc ", "quote"), ("trước 01/5", "quote"), f"\n({link}).")
        await expect(lan.page.locator(".text strong")).to_have_text("28/4")
        await expect(lan.page.locator(".text blockquote")).to_have_text("Câu gốc trước 01/5")
        found = lan.page.locator(".text a")
        await expect(found).to_have_attribute("href", link)
        assert await found.get_attribute("rel") == "noopener noreferrer"
        assert await found.get_attribute("target") == "_blank"


async def test_a_long_text_is_folded(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("\n".join(f"Dòng {n}" for n in range(60)))
        await lan.hears("Ngắn")
        text, more = lan.page.locator(".text").first, lan.page.locator(".more")
        await expect(more).to_have_count(1)
        assert (await text.bounding_box())["height"] < 400  # type: ignore[index]
        await more.click()
        await expect(more).to_have_attribute("aria-expanded", "true")
        assert (await text.bounding_box())["height"] > 1000  # type: ignore[index]


async def test_files_are_a_picture_or_a_chip(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("", file=File("dòng thời gian.png", "image/png", _png(64, 32)))
        await lan.hears("Lịch", file=File("lich.ics", "text/calendar", b"BEGIN:VCALENDAR"))
        picture = lan.page.get_by_role("img", name="dòng thời gian.png")
        await expect(picture).to_have_js_property("naturalWidth", 64)
        async with lan.page.expect_download() as download:
            await lan.page.locator("a.file").click()
        assert (await download.value).suggested_filename == "lich.ics"


async def test_older_messages_are_fetched_and_the_view_stays(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        for n in range(120):
            there.now += HOUR
            await lan.hears(f"tin số {n}.")
        await lan.hears("sửa 30 từ xa", edits="31")
        await lan.reload()
        await expect(lan.page.locator(".row")).to_have_count(50)
        older = lan.page.get_by_role("button", name=words("page.older"))
        await older.scroll_into_view_if_needed()
        top = lan.row("tin số 71.")
        before = (await top.bounding_box())["y"]  # type: ignore[index]
        await older.click()
        await expect(lan.row("tin số 40.")).to_be_attached()
        assert abs((await top.bounding_box())["y"] - before) < 60  # type: ignore[index]
        await older.click()
        await expect(older).to_be_hidden()
        texts = await lan.texts()
        # an edit whose place was not on the page stands where it came, and what it edited is stale
        assert texts == [f"tin số {n}." for n in range(120) if n != 30] + ["sửa 30 từ xa"]
        days = await lan.page.locator(".day").all_inner_texts()
        assert len(days) == len(set(days)) == 6


async def test_who_reads_further_up_is_left_there_and_told_how_many_are_new(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        for n in range(30):
            await lan.hears(f"tin {n}")
        await expect(lan.row("tin 29")).to_be_in_viewport()
        await lan.page.locator("#scroll").evaluate("it => it.scrollTop = 0")
        down = lan.page.locator("#down")
        await expect(down).to_be_visible()
        await lan.hears("mới một")
        await lan.hears("mới hai")
        await expect(down).to_have_accessible_name(words("scroll.unread").format(n=2))
        await expect(lan.page).to_have_title(re.compile(r"^\(2\) "))
        await expect(lan.row("tin 0")).to_be_in_viewport()
        await down.click()
        await expect(lan.row("mới hai")).to_be_in_viewport()
        await expect(down).to_be_hidden()


async def test_a_message_higher_than_the_screen_is_shown_from_its_beginning(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("\n".join("trước đó"))
        await lan.hears("Chọn:", buttons=[(f"Lựa chọn khá dài số {n}", f"a:{n}") for n in range(20)])
        await expect(lan.row("Chọn:").locator(".bubble")).to_be_in_viewport()


async def test_the_page_speaks_the_language_of_the_last_message(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("Hello", language="en")
        await expect(lan.page.locator("html")).to_have_attribute("lang", "en")
        await expect(lan.page.get_by_role("button", name=words("quick.help", "en"))).to_be_visible()
        await expect(lan.page.locator("#text")).to_have_attribute("placeholder", words("composer.hint", "en"))
        await lan.reload()
        await expect(lan.page.locator("h1")).to_have_text(words("page.title", "en"))
        await lan.hears("Chào anh/chị")
        await expect(lan.page.locator("h1")).to_have_text(words("page.title"))


# --- for everybody -------------------------------------------------------------------------------------------------


async def test_the_keyboard_is_enough(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there, size=DESK) as lan:
        await lan.hears("Chọn:", buttons=[("Một", "a:1"), ("Hai", "a:2")])
        await expect(lan.page.get_by_role("button", name="Hai")).to_be_visible()
        keys = lan.page.keyboard
        reached = []
        for _ in range(9):
            await keys.press("Tab")
            focused = lan.page.locator(":focus")
            reached.append(await focused.evaluate("it => it.getAttribute('aria-label') ?? it.textContent"))
            assert await focused.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
            if reached[-1] == "Hai":
                await keys.press("Enter")
        quick = [words(f"quick.{name}") for name in ("menu", "campaigns", "duties", "calendar", "help")]
        assert reached == ["Một", "Hai", *quick, words("composer.label"), words("composer.send")]
        await expect(lan.page.get_by_role("button", name="Hai")).to_have_attribute("data-state", "stored")
        await lan.hears("Đã chọn hai.", buttons=[("Tiếp", "a:3")], edits="1")
        await lan.page.focus("#text")
        await keys.type("dòng một")
        await keys.press("Shift+Enter")
        await keys.type("dòng hai")
        await keys.press("Enter")
        await expect(lan.row("dòng một")).to_have_attribute("data-state", "stored")
        assert there.said() == [{"action": "a:2", "on": 1}, {"text": "dòng một\ndòng hai"}]


async def test_focus_stays_where_a_menu_was_replaced(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("Chọn:", buttons=[("Một", "a:1")])
        await lan.page.get_by_role("button", name="Một").focus()
        await lan.hears("Tiếp:", buttons=[("Hai", "a:2")], edits="1")
        await expect(lan.page.get_by_role("button", name="Hai")).to_be_focused()


async def test_a_screen_reader_finds_its_way(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("Chọn:", buttons=[("Một", "a:1")])
        log = lan.page.get_by_role("log", name=words("page.history"))
        await expect(log).to_have_attribute("aria-live", "polite")
        await expect(log).to_contain_text(words("bubble.bot"))
        await expect(lan.page.get_by_role("textbox", name=words("composer.label"))).to_be_visible()
        await expect(log.get_by_role("group", name=words("bubble.choices"))).to_be_visible()
        for control in await lan.page.get_by_role("button").all():
            assert await control.evaluate("it => (it.getAttribute('aria-label') ?? it.textContent).trim()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_can_be_read_and_can_be_hit(chrome: Browser, there: Site, scheme: str) -> None:
    async with visit(chrome, there, color_scheme=scheme, reduced_motion="reduce") as lan:
        await lan.hears("x" * 300, buttons=[("Một nút " * 20, "a:1"), ("y" * 90, "a:2")])
        await lan.hears("Ngắn /viec", (" câu gốc", "quote"), buttons=[("A", "a"), ("B", "b")])
        await lan.type("của em " + "z" * 200)
        await expect(lan.row("của em")).to_have_attribute("data-state", "stored")
        for width, height in (PHONE, DESK, (320, 568)):
            await lan.page.set_viewport_size({"width": width, "height": height})
            assert await lan.page.evaluate("document.querySelector('.scroll').scrollWidth") <= width
            for control in await lan.page.locator("button:visible:not(.command)").all():
                box = await control.bounding_box()
                assert box
                assert min(box["height"], box["width"]) >= 44, await control.inner_text()
        for selector in READ:
            pair = await lan.page.locator(selector).first.evaluate(COLOURS)
            assert _contrast(*pair) >= 4.5, selector


# --- the door and the demo -----------------------------------------------------------------------------------------


async def test_a_sign_in_link_leads_into_the_chat(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.goto(there.channel.sign_in_link("good-code"))
        await lan.page.get_by_role("button", name=words("door.enter")).click()
        await lan.ready()
        assert there.sign_in.owners == {await lan.address(): "chị Lan"}


class DemoServer:
    """Plays the demo's side: a state, and every act it was asked for."""

    def __init__(self) -> None:
        self.acts: list[dict[str, Any]] = []
        roles = ("visitor", "staff", "enterprise", "officer")
        self.state: dict[str, Any] = {
            "now": "2023-04-24T08:00:00+07:00",
            "now_text": "Thứ Hai, 24/4/2023, 08:00",
            "persona": "hp-staff",
            "boards": [{"slug": "hp", "name": "KKT Hải Phòng"}, {"slug": "gl", "name": "KKT Gia Lai"}],
            "personas": [
                {"id": f"{b}-{r}", "board": b, "role": r, "label": f"{b} {r}"} for b in ("hp", "gl") for r in roles
            ],
            "presets": [
                {"id": f"p{n}", "label": f"Kế hoạch {n}", "now": "2023-01-01T08:00:00+07:00"} for n in range(5)
            ],
            "next": None,
        }
        self.state["personas"].pop()
        self.routes = [Route("/demo/state", self.show), Route("/demo/act", self.act, methods=["POST"])]

    async def show(self, request: Request) -> JSONResponse:
        return JSONResponse(self.state)

    async def act(self, request: Request) -> JSONResponse:
        asked = await request.json()
        self.acts.append(asked)
        if asked["do"] == "to" and asked["to"] < self.state["now"] and not asked.get("over"):
            return JSONResponse({"message": "Ngày này đã qua."}, 409)
        if asked["do"] == "persona":
            self.state["persona"] = asked["persona"]
        if asked["do"] == "day":
            self.state |= {"now": "2023-04-25T08:00:00+07:00", "now_text": "Thứ Ba, 25/4/2023, 08:00"}
        return JSONResponse(self.state)


async def test_the_demo_panel_turns_the_clock_and_changes_the_person(chrome: Browser) -> None:
    demo = DemoServer()
    async with site(demo=True, more=demo.routes) as there, visit(chrome, there, size=DESK) as lan:
        panel = lan.page.locator("#demo")
        await expect(lan.page.locator("#demo-now")).to_have_text("Thứ Hai, 24/4/2023, 08:00")
        await expect(panel.get_by_role("button", name=words("demo.next"))).to_be_disabled()
        await expect(panel.get_by_label(words("demo.staff"))).to_be_checked()
        await lan.hears("hôm nay của trình diễn")
        await expect(lan.page.locator(".day")).to_have_text(words("day.today"))
        await panel.get_by_role("button", name=words("demo.day")).click()
        await expect(lan.page.locator("#demo-now")).to_have_text("Thứ Ba, 25/4/2023, 08:00")
        await expect(lan.page.locator(".day")).to_have_text(words("day.yesterday"))
        await panel.get_by_label(words("demo.board")).select_option("gl")
        await expect(lan.page.locator("#demo-persona")).to_have_text("gl staff")
        await lan.ready()
        await expect(panel.get_by_label(words("demo.officer"))).to_be_disabled()
        await panel.locator("label", has_text=words("demo.enterprise")).click()
        await expect(lan.page.locator("#demo-persona")).to_have_text("gl enterprise")
        await lan.ready()
        await panel.get_by_role("button", name="Kế hoạch 3").click()
        await lan.ready()
        assert [act["do"] for act in demo.acts] == ["day", "persona", "persona", "preset"]
        assert demo.acts[1:] == [
            {"do": "persona", "persona": "gl-staff"},
            {"do": "persona", "persona": "gl-enterprise"},
            {"do": "preset", "preset": "p3"},
        ]


async def test_going_back_in_the_demo_is_asked_first(chrome: Browser) -> None:
    demo = DemoServer()
    async with site(demo=True, more=demo.routes) as there, visit(chrome, there) as lan:
        await lan.page.get_by_role("button", name=words("demo.open")).click()
        panel, dialog = lan.page.locator("#demo"), lan.page.locator("dialog")
        await panel.get_by_label(words("demo.to")).fill("2023-01-02")
        await panel.get_by_role("button", name=words("demo.go")).click()
        await expect(dialog).to_contain_text("Ngày này đã qua.")
        await dialog.get_by_role("button", name=words("demo.keep")).click()
        await expect(panel.get_by_label(words("demo.to"))).to_have_value("2023-04-24")
        await panel.get_by_label(words("demo.to")).fill("2023-01-02")
        await panel.get_by_role("button", name=words("demo.go")).click()
        async with lan.page.expect_navigation():
            await dialog.get_by_role("button", name=words("demo.over")).click()
        back = {"do": "to", "to": "2023-01-02T08:00:00+07:00"}
        assert demo.acts == [back, back, {**back, "over": True}]
        await lan.ready()
        await lan.page.get_by_role("button", name=words("demo.open")).click()
        await lan.page.keyboard.press("Escape")
        await expect(lan.page.get_by_role("button", name=words("demo.open"))).to_be_focused()


READ = (".row.bot .text", ".row.own .text", ".meta", ".row.own .meta", ".choices button", ".day", ".quick button")
READ += ("h1", ".state", "blockquote", ".command", "#text")
COLOURS = """it => {
  let ground = it;
  const clear = (colour) => /^(transparent|rgba\\(.*, 0\\))$/.test(colour);
  while (clear(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return [getComputedStyle(it).color, getComputedStyle(ground).backgroundColor];
}"""


def _contrast(ink: str, ground: str) -> float:
    """The contrast of two opaque colours, as WCAG 2 counts it."""
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(n) for n in re.findall(r"[\d.]+", colour)[:3]]
    channels = [n / 255 if colour.startswith("rgb") else n for n in parts]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x40" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

"""The chat page in a real browser: what a message looks like, and that everybody can use it."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect
from starlette.responses import Response
from starlette.routing import Route

from bot.downloads import SAVED
from channels.contract import File, Picture
from handlers.shared_links import PATH
from tests import files
from tests.chromium import DESK, PHONE, chromium
from tests.fakes.site import Site, site
from tests.fakes.visitor import visit, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from starlette.requests import Request

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


async def test_of_a_text_with_a_long_quotation_that_alone_is_folded(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        rest = "Người nhận\n" * 30
        await lan.hears("• Nội dung:\n", ("Kính gửi anh chị\n" * 30, "fold"), f"\n{rest}• Lúc gửi: ngay")
        quoted, more = lan.page.locator(".text blockquote"), lan.page.locator(".bubble .more")
        await expect(more).to_have_count(1)
        folded = await quoted.bounding_box()
        await expect(lan.page.get_by_text("Lúc gửi: ngay")).to_be_visible()
        await more.click()
        await expect(more).to_have_attribute("aria-expanded", "true")
        opened = await quoted.bounding_box()
        assert folded
        assert opened
        assert folded["height"] * 3 < opened["height"]


async def test_a_short_one_is_not(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("• Nội dung:\n", ("Mời họp lúc 8 giờ.", "fold"), "\n• Lúc gửi: ngay")
        await expect(lan.page.locator(".text blockquote")).to_have_text("Mời họp lúc 8 giờ.")
        await expect(lan.page.locator(".bubble .more")).to_have_count(0)


async def test_a_picture_that_went_out_to_many_is_shown_above_its_link(chrome: Browser) -> None:
    async def handed_out(request: Request) -> Response:
        if request.path_params["token"] == "gone":
            return Response(status_code=404)
        headers = {**SAVED, "Content-Disposition": "attachment; filename*=UTF-8''to-gap.png"}
        return Response(files.png((900, 1200)), headers=headers, media_type="image/png")

    async with site(more=[Route(f"{PATH}/{{token}}", handed_out)]) as there, visit(chrome, there) as lan:
        url = f"https://thidua.example{PATH}/here"
        await lan.hears(f"Mời anh/chị xem tờ gấp.\n📎 Tệp kèm: to-gap.png\n{url}", picture=Picture("to-gap.png", url))
        shown = lan.page.get_by_role("img", name=words("bubble.picture").format(name="to-gap.png"))
        await expect(shown).to_have_js_property("naturalWidth", 900)
        await expect(lan.page.get_by_role("link", name=url)).to_be_visible()
        box = await shown.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert box["width"] > PHONE[0] / 2
        lost = f"https://thidua.example{PATH}/gone"
        await lan.hears(f"Còn tờ này\n{lost}", picture=Picture("mat.png", lost))
        await expect(lan.page.get_by_role("link", name=lost)).to_be_visible()
        await expect(lan.page.locator(".picture")).to_have_count(1)
        assert (lan.errors, lan.foreign) == ([], [])


async def test_how_far_something_is_is_a_bar(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("▓▓▓░░░░░░░ 31% (125/404 người)")
        bar = lan.page.locator(".text progress")
        assert await bar.evaluate("bar => bar.position") == 0.3
        await expect(lan.page.locator(".text")).to_have_text("31% (125/404 người)")


async def test_a_long_text_is_folded(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.hears("\n".join(f"Dòng {n}" for n in range(60)))
        await lan.hears("Ngắn")
        text, more = lan.page.locator(".text").first, lan.page.locator(".more")
        await expect(more).to_have_count(1)
        assert (await text.bounding_box())["height"] < 500  # type: ignore[index]
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
        for _ in range(10):
            await keys.press("Tab")
            focused = lan.page.locator(":focus")
            reached.append(await focused.evaluate("it => it.getAttribute('aria-label') ?? it.textContent"))
            assert await focused.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
            if reached[-1] == "Hai":
                await keys.press("Enter")
        quick = [words(f"quick.{name}") for name in ("menu", "campaigns", "duties", "calendar", "help")]
        below = [words(f"composer.{name}") for name in ("attach", "label", "send")]
        assert reached == ["Một", "Hai", *quick, *below]
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
